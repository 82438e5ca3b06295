//! How sessions are kept, and which ways to sign in there are.

use std::time::Duration;

/// The provider id of the mail link.
pub(crate) const EMAIL: &str = "email";
/// The provider id of the built-in passwords.
pub(crate) const PASSWORD: &str = "credentials";

/// How sessions are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// In the cookie, sealed. A read touches no database.
    Jwt,
    /// In the database, found by a random token in the cookie. A sign-out counts at once everywhere.
    Database,
}

/// How long sessions last, and where they are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionOptions {
    /// Where they are kept.
    pub strategy: Strategy,
    /// A session that is not read for this long is over. NextAuth.js: 30 days.
    pub max_age: Duration,
    /// A session is prolonged by a read, but not before it is this old. NextAuth.js: 1 day.
    pub update_age: Duration,
    /// A session is over this long after the sign-in, however often it is read. `None`: no such limit.
    pub absolute_max_age: Option<Duration>,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            strategy: Strategy::Jwt,
            max_age: Duration::from_secs(30 * 86_400),
            update_age: Duration::from_secs(86_400),
            absolute_max_age: None,
        }
    }
}

/// Sign-in by mail link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailOptions {
    /// A link is good for this long. NextAuth.js: 1 day.
    pub max_age: Duration,
}

impl Default for EmailOptions {
    fn default() -> Self {
        Self { max_age: Duration::from_secs(86_400) }
    }
}

/// The built-in password store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordOptions {
    /// Whether anybody may make a user at `/signup`.
    pub sign_up: SignUp,
    /// The fewest characters a new password may have. OWASP ASVS 5.0 §6.2.1 asks for 8 at least.
    pub min_length: usize,
}

/// Who may make users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUp {
    /// Anybody.
    Open,
    /// Only the operator, with `hallpass users add` or [`Auth::add_user`](crate::Auth::add_user).
    Closed,
}

impl Default for PasswordOptions {
    fn default() -> Self {
        Self { sign_up: SignUp::Open, min_length: 8 }
    }
}
