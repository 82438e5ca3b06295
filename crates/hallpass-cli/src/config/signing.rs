//! The keys that sign tokens for APIs.

use std::path::Path;
use std::time::Duration;

use hallpass::{Secret, SigningKey, SigningOptions};

use super::Loaded;
use super::decider::Decider;
#[cfg(unix)]
use super::problem::Problem;

const KEYS: &str = "signing.keys";
const TOKENS_SECRET: &str = "provider_tokens.secret";

impl Decider<'_> {
    pub(super) fn signing(&mut self) -> Option<SigningOptions> {
        let files = self.settings.list(KEYS).to_vec();
        for key in ["signing.audience", "signing.max_age"] {
            if files.is_empty() && self.settings.get(key).is_some() {
                let what = format!("`{key}` is set, and `{KEYS}` is not, so no token is signed");
                self.wrong(
                    key,
                    what,
                    "name a file: `hallpass secret --signing-key es256` prints a key for it",
                );
            }
        }
        let keys: Vec<SigningKey> = files.iter().filter_map(|file| self.signing_key(file)).collect();
        if let Some(twice) =
            keys.iter().enumerate().position(|(at, key)| keys.iter().take(at).any(|k| k == key))
        {
            let file = files.get(twice).map(String::as_str).unwrap_or_default();
            self.wrong(KEYS, format!("the key in {file} is listed twice"), "list each key once");
        }
        let mut options = SigningOptions::new(keys);
        options.audience = self.settings.text("signing.audience").map(str::to_owned);
        if options.audience.as_deref() == Some("") {
            self.wrong("signing.audience", "`signing.audience` is empty", "leave it out for the public URL");
        }
        options.max_age = self.signing_max_age().unwrap_or(options.max_age);
        (!files.is_empty()).then_some(options)
    }

    /// What the application's server shows to get tokens of providers.
    pub(super) fn application_secret(&mut self) -> Option<Secret> {
        let secret = self.settings.text(TOKENS_SECRET)?.to_owned();
        if secret.len() < 32 {
            let what = format!("`{TOKENS_SECRET}` is shorter than 32 characters");
            self.wrong(TOKENS_SECRET, what, "set it to what `hallpass secret` prints, here and in the app");
        }
        Some(Secret::new(secret))
    }

    fn signing_max_age(&mut self) -> Option<Duration> {
        let max_age = self.settings.duration("signing.max_age")?;
        if !(30..=3600).contains(&max_age.as_secs()) {
            self.wrong(
                "signing.max_age",
                "`signing.max_age` is not between 30 seconds and 1 hour",
                "a signed token cannot be taken back: 5 minutes are good",
            );
        }
        Some(max_age)
    }

    fn signing_key(&mut self, file: &str) -> Option<SigningKey> {
        let pem = match (self.read_file)(Path::new(file)) {
            Ok(pem) => pem,
            Err(error) => {
                let way_out =
                    "check the path and its permissions; `hallpass secret --signing-key es256` prints a key";
                self.wrong(KEYS, format!("{file} cannot be read: {error}"), way_out);
                return None;
            }
        };
        match SigningKey::from_pem(&pem) {
            Ok(key) => Some(key),
            Err(error) => {
                let told = error.to_string();
                let (what, way_out) = told.split_once(": ").unwrap_or((&told, "make another key"));
                self.wrong(KEYS, format!("{file} cannot sign: {what}"), way_out);
                None
            }
        }
    }
}

/// Warns of key files that others on this machine may read: what the file system knows beside their text.
#[cfg(unix)]
pub(crate) fn warn_of_readable_keys(loaded: &mut Loaded) {
    use std::os::unix::fs::PermissionsExt;
    let readable = |file: &&String| {
        std::fs::metadata(file.as_str()).is_ok_and(|about| about.permissions().mode() & 0o004 != 0)
    };
    let files: Vec<String> = loaded.settings.list(KEYS).iter().filter(readable).cloned().collect();
    for file in files {
        let what = format!("{file} holds a private key, and every user of this machine may read it");
        let warning = Problem::warning(what).at(loaded.settings.origin(KEYS));
        loaded.problems.push(warning.way_out(format!("chmod 600 {file}, and let hallpass's user own it")));
    }
}

/// Elsewhere nobody can tell.
#[cfg(not(unix))]
pub(crate) fn warn_of_readable_keys(_: &mut Loaded) {}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use hallpass::SigningAlgorithm;

    use super::super::problem::Severity;
    use super::super::{Sources, load, report};
    use super::*;

    const SECRET: &str = "q0Zr7v1Xy9w2Jt5LmNf8KcB3hDsGpAeU4iOxRkEw6Yo=";

    fn made() -> String {
        SigningKey::generate(SigningAlgorithm::EdDsa).unwrap().to_string()
    }

    /// A production configuration with this in it; `/one.pem` and `/two.pem` are there.
    fn configured(signing: &str, one: &str) -> Loaded {
        let text = format!(
            "url = \"https://app.example.com\"\nsecret = \"{SECRET}\"\npassword.enabled = true\n{signing}"
        );
        let two = made();
        let read = |path: &Path| match path.to_str() {
            Some("hallpass.toml") => Ok(text.clone()),
            Some("/one.pem") => Ok(one.to_owned()),
            Some("/two.pem") => Ok(two.clone()),
            _ => Err(ErrorKind::NotFound.into()),
        };
        load(&Sources {
            file: None,
            variables: std::collections::BTreeMap::new(),
            flags: Vec::new(),
            read_file: &read,
        })
    }

    fn errors(loaded: &Loaded) -> String {
        let errors = loaded.problems.iter().filter(|problem| problem.severity == Severity::Error);
        errors.map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn nothing_is_signed_unless_a_key_is_named() {
        assert_eq!(configured("", "").config.signing, None);
        assert_eq!(configured("signing.keys = []", "").config.signing, None);
        let loaded = configured("signing.keys = [\"/one.pem\", \"/two.pem\"]", &made());
        assert_eq!(errors(&loaded), "");
        let signing = loaded.config.signing.unwrap();
        assert_eq!((signing.keys.len(), signing.audience, signing.max_age.as_secs()), (2, None, 300));
    }

    #[test]
    fn a_file_that_cannot_sign_is_told_with_the_way_out_and_nothing_of_its_text() {
        for (text, told) in [
            ("canary".to_owned(), "PEM"),
            ("-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----".to_owned(), "RSA"),
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\ncanary".to_owned(), "passphrase"),
            ("-----BEGIN PUBLIC KEY-----\ncanary".to_owned(), "public half"),
            ("-----BEGIN EC PRIVATE KEY-----\ncanary".to_owned(), "openssl pkcs8 -topk8"),
        ] {
            let loaded = configured("signing.keys = [\"/one.pem\"]", &text);
            let errors = errors(&loaded);
            assert!(
                errors.contains("hallpass.toml:4: /one.pem cannot sign") && errors.contains(told),
                "{errors}"
            );
            assert!(errors.contains("→") && !errors.contains("canary"), "{errors}");
        }
        assert!(
            errors(&configured("signing.keys = [\"/none.pem\"]", "")).contains("/none.pem cannot be read")
        );
    }

    #[test]
    fn what_contradicts_itself_is_told() {
        let key = made();
        for (text, told) in [
            ("signing.max_age = 60", "no token is signed"),
            ("signing.audience = \"a\"", "no token is signed"),
            ("signing.keys = [\"/one.pem\", \"/one.pem\"]", "listed twice"),
            ("signing.keys = [\"/one.pem\"]\nsigning.max_age = \"2h\"", "between 30 seconds and 1 hour"),
            ("signing.keys = [\"/one.pem\"]\nsigning.max_age = 29", "between 30 seconds and 1 hour"),
            ("signing.keys = [\"/one.pem\"]\nsigning.audience = \"\"", "`signing.audience` is empty"),
        ] {
            let loaded = configured(text, &key);
            assert!(errors(&loaded).contains(told), "{text}: {}", errors(&loaded));
        }
    }

    #[test]
    fn neither_report_nor_configuration_holds_the_key() {
        let key = made();
        let loaded = configured("signing.keys = [\"/one.pem\"]", &key);
        let body = key.lines().nth(1).unwrap();
        let told = format!("{} {:?}", report::report(&loaded), loaded.config);
        assert!(told.contains("/one.pem") && !told.contains(body), "{told}");
    }
}
