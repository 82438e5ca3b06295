//! How people sign in, and how long they stay so.

use std::sync::Arc;
use std::time::Duration;

use hallpass::{
    Assurance, BadCallbackUrl, Bearer, Endings, OtherBrowser, PasswordOptions, Profile, SessionOptions,
    SignUp, Strategy,
};
use hallpass_world::{BadMailOptions, KernelRandom, SmtpMail, SmtpOptions};

use super::decider::Decider;
use super::effective::{Config, Email};
use super::problem::Problem;

impl Decider<'_> {
    /// The defaults of what is not set.
    pub(super) fn profile(&self) -> Profile {
        self.settings.text("profile").and_then(|name| name.parse().ok()).unwrap_or_default()
    }

    pub(super) fn bad_callback_url(&self) -> BadCallbackUrl {
        match self.settings.text("redirect.bad_callback_url") {
            Some("refuse") => BadCallbackUrl::Refuse,
            Some(_) => BadCallbackUrl::LeadHome,
            None => self.profile().bad_callback_url(),
        }
    }

    /// What holds for sessions where nothing else is set.
    fn usual_session(&self) -> SessionOptions {
        let usual = self.profile().session();
        match self.settings.text("session.assurance") {
            Some("aal1") => usual.assured(Assurance::Aal1),
            Some(_) => usual.assured(Assurance::Aal2),
            None => usual,
        }
    }

    pub(super) fn session(&mut self) -> SessionOptions {
        let default = self.usual_session();
        let max_age = self.settings.duration("session.max_age").unwrap_or(default.max_age);
        let session = SessionOptions {
            strategy: match self.settings.text("session.strategy") {
                Some("database") => Strategy::Database,
                _ => Strategy::Jwt,
            },
            max_age,
            update_age: self
                .settings
                .duration("session.update_age")
                .unwrap_or_else(|| default.update_age.min(max_age)),
            absolute_max_age: match self.settings.get("session.absolute_max_age") {
                Some(_) => self.settings.duration("session.absolute_max_age"),
                None => default.absolute_max_age,
            },
            endings: match self.settings.flag("session.announce_endings") {
                Some(true) => Endings::Announced,
                Some(false) => Endings::Unannounced,
                None => default.endings,
            },
            bearer: match self.settings.flag("session.bearer") {
                Some(true) => Bearer::Read,
                Some(false) => Bearer::Refused,
                None => default.bearer,
            },
        };
        if max_age < Duration::from_secs(60) {
            self.wrong("session.max_age", "`session.max_age` is under a minute", "30d is usual");
        }
        if session.update_age > max_age {
            self.wrong(
                "session.update_age",
                "`session.update_age` is longer than `session.max_age`",
                "make it shorter",
            );
        }
        if session.absolute_max_age.is_some_and(|limit| limit < max_age) {
            let key = ["session.absolute_max_age", "session.max_age"]
                .into_iter()
                .find(|key| self.settings.get(key).is_some())
                .unwrap_or("session.assurance");
            self.wrong(
                key,
                "`session.absolute_max_age` is shorter than `session.max_age`",
                "make it longer or \"none\", or `session.max_age` shorter",
            );
        }
        session
    }

    pub(super) fn email(&mut self) -> Option<Email> {
        let mut options = self.profile().email();
        match self.settings.text("email.other_browser") {
            Some("code") => options.other_browser = OtherBrowser::AskForCode,
            Some(_) => options.other_browser = OtherBrowser::Allow,
            None => {}
        }
        if let Some(max_age) = self.settings.duration("email.max_age") {
            options.max_age = max_age;
        }
        let extra_ca = self.pem("email.ca_file");
        let Some(url) = self.settings.text("email.smtp").map(str::to_owned) else {
            if self.settings.text("email.from").is_some() && !self.in_development() {
                self.wrong(
                    "email.from",
                    "`email.smtp` is missing, so no mail can be sent",
                    "set it to smtps://user:password@host:465",
                );
            }
            return self.in_development().then_some(Email { smtp: None, options });
        };
        let Some(from) = self.settings.text("email.from").map(str::to_owned) else {
            self.wrong(
                "email.smtp",
                "`email.from` is missing: the sender of the mails",
                "set from = \"Name <auth@example.com>\" in [email]",
            );
            return None;
        };
        let smtp = SmtpOptions { extra_ca, ..SmtpOptions::new(url, from) };
        match SmtpMail::new(smtp.clone(), Arc::new(KernelRandom)) {
            Ok(mail) if mail.is_exposed() => self.warn(
                "email.smtp",
                "`email.smtp` turns TLS off, so sign-in links cross the network in the clear",
                "drop ?tls=none",
            ),
            Ok(_) => {}
            Err(why @ BadMailOptions::From) => {
                self.wrong(
                    "email.from",
                    format!("`email.from` cannot be used: {why}"),
                    "write auth@example.com or Name <auth@example.com>",
                );
            }
            Err(why) => {
                self.wrong("email.smtp", format!("`email.smtp` cannot be used: {why}"), "check the URL")
            }
        }
        Some(Email { smtp: Some(smtp), options })
    }

    pub(super) fn password(&mut self) -> Option<PasswordOptions> {
        let mut options = PasswordOptions::default();
        let open = self.settings.flag("password.sign_up").unwrap_or(self.in_development());
        options.sign_up = if open { SignUp::Open } else { SignUp::Closed };
        match self.settings.count("password.min_length") {
            None => {}
            Some(length @ 8..=64) => {
                options.min_length = usize::try_from(length).unwrap_or(options.min_length)
            }
            Some(_) => self.wrong(
                "password.min_length",
                "`password.min_length` is not between 8 and 64",
                "8 is the least that is safe, 15 is better",
            ),
        }
        let enabled = self.settings.flag("password.enabled").unwrap_or(self.in_development());
        if !enabled && self.settings.flag("password.sign_up") == Some(true) {
            self.wrong(
                "password.sign_up",
                "`password.sign_up` is on, and passwords are off",
                "set password.enabled = true",
            );
        }
        enabled.then_some(options)
    }

    pub(super) fn ways_in(&mut self, config: &Config) {
        if config.email.is_none()
            && config.password.is_none()
            && config.providers.is_empty()
            && config.application.credentials.is_empty()
            && self.problems.is_empty()
        {
            self.problems.push(Problem::error("there is no way to sign in").way_out(
                "set enabled = true in [password], or smtp and from in [email], or client_id and client_secret in \
                 [providers.github]",
            ));
        }
    }
}
