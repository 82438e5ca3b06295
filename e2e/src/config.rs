//! The configuration of a server under test.

use base64::Engine as _;

/// The secret of every server here: as long as a real one, and recognisable in a log.
pub const SECRET: &str = "an-e2e-secret-that-is-long-enough-7f3a9c1d5b";

/// A `hallpass.toml` in the making: one dotted key a line.
#[derive(Clone, Debug)]
pub struct Config {
    lines: Vec<(String, String)>,
    secrets: Vec<String>,
}

impl Config {
    /// A production server with SQLite and passwords, whose log tells everything.
    pub fn new() -> Self {
        Self { lines: Vec::new(), secrets: vec![SECRET.to_owned()] }
            .text("mode", "production")
            .text("secret", SECRET)
            .text("database", "sqlite:hallpass.db")
            .raw("password.enabled", true)
            .raw("password.sign_up", true)
            .text("log.level", "trace")
    }

    /// As [`Config::new`], with sessions in the database.
    pub fn database_sessions() -> Self {
        Self::new().text("session.strategy", "database")
    }

    /// Sets a key to a text.
    #[must_use]
    pub fn text(self, key: &str, value: &str) -> Self {
        // JSON's escapes are among those of a TOML basic string.
        self.raw(key, serde_json::Value::from(value))
    }

    /// Sets a key to a number, a truth value or whatever TOML it is.
    #[must_use]
    pub fn raw(mut self, key: &str, value: impl std::fmt::Display) -> Self {
        self.lines.retain(|(known, _)| known != key);
        self.lines.push((key.to_owned(), value.to_string()));
        self
    }

    /// Takes a key out.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.lines.retain(|(known, _)| known != key);
        self
    }

    /// Adds an OpenID Connect provider on the loopback.
    #[must_use]
    pub fn oidc(self, id: &str, issuer: &str, client: &str, secret: Option<&str>) -> Self {
        let key = |name: &str| format!("providers.{id}.{name}");
        let config =
            self.text(&key("kind"), "oidc").text(&key("issuer"), issuer).text(&key("client_id"), client);
        match secret {
            Some(secret) => config.text(&key("client_secret"), secret).client_secret(client, secret),
            None => config.text(&key("token_auth"), "none"),
        }
    }

    /// Says what may not be logged beside what the browsers see.
    #[must_use]
    pub fn secret(mut self, value: &str) -> Self {
        self.secrets.push(value.to_owned());
        self
    }

    /// A client's secret, as it is and as it is sent (RFC 7617 §2).
    #[must_use]
    pub fn client_secret(self, client: &str, secret: &str) -> Self {
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{client}:{secret}"));
        self.secret(secret).secret(&basic)
    }

    pub(crate) fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// Adds sign-in by mail through a server at this port of the loopback.
    #[must_use]
    pub fn mail(self, smtp: &str) -> Self {
        self.text("email.smtp", smtp).text("email.from", "Hallpass <sign-in@site.example>")
    }

    /// Lets a link in a mail sign in any browser, for a day, as NextAuth.js does.
    #[must_use]
    pub fn mail_anywhere(self) -> Self {
        self.text("email.other_browser", "allow").text("email.max_age", "1d")
    }

    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        self.lines.iter().find(|(known, _)| known == key).map(|(_, value)| value.trim_matches('"'))
    }

    /// The file's text.
    pub fn toml(&self) -> String {
        self.lines.iter().map(|(key, value)| format!("{key} = {value}\n")).collect()
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
