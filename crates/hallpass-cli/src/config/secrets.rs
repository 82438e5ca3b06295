//! The secrets that seal the cookies.

use std::path::Path;

use hallpass::Secret;

use super::decider::Decider;
use super::effective::{DEVELOPMENT_DIRECTORY, Mode, Secrets};
use super::problem::Origin;
use super::strength::weakness;

const MAKES_ONE: &str = "`hallpass secret` prints a good one; set it as HALLPASS_SECRET, or keep it in a file and \
                         set HALLPASS_SECRET_FILE";

impl Decider<'_> {
    /// `secret` and `secrets` mean the same: the one from the stronger source counts.
    pub(super) fn one_of_secret_and_secrets(&mut self) {
        let (Some(one), Some(many)) = (self.settings.origin("secret"), self.settings.origin("secrets"))
        else {
            return;
        };
        match strength_of(&one).cmp(&strength_of(&many)) {
            std::cmp::Ordering::Greater => self.settings.override_key("secrets"),
            std::cmp::Ordering::Less => self.settings.override_key("secret"),
            std::cmp::Ordering::Equal => self.wrong(
                "secrets",
                format!("both `secret` ({one}) and `secrets` are set"),
                "keep `secrets`, with the newest secret first, and drop `secret`",
            ),
        }
    }

    pub(super) fn secrets(&mut self) -> Secrets {
        let mut given: Vec<(&'static str, String)> = Vec::new();
        given.extend(self.settings.list("secrets").iter().map(|secret| ("secrets", secret.clone())));
        if let Some(secret) = self.settings.text("secret") {
            given.push(("secret", secret.to_owned()));
        }
        if given.is_empty() && self.in_development() {
            return Secrets::MadeIn(Path::new(DEVELOPMENT_DIRECTORY).join("secret"));
        }
        if given.is_empty() {
            let (key, what) = match self.settings.get("secrets") {
                Some(_) => ("secrets", "`secrets` is empty"),
                None => ("mode", "`secret` is missing: it seals the cookies"),
            };
            self.wrong(key, what, MAKES_ONE);
        }
        for (key, secret) in &given {
            let Some(why) = weakness(secret) else { continue };
            let what = format!("`{key}` is too easy to guess: {why}");
            match self.mode {
                Mode::Production => self.wrong(key, what, MAKES_ONE),
                Mode::Development => self.warn(key, what, MAKES_ONE),
            }
        }
        Secrets::Given(given.into_iter().map(|(_, secret)| Secret::new(secret)).collect())
    }
}

fn strength_of(origin: &Origin) -> u8 {
    match origin {
        Origin::File { .. } => 0,
        Origin::Variable(_) => 1,
        Origin::Flag(_) => 2,
    }
}
