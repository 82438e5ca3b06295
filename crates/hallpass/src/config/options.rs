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
    /// Whether other processes learn of a sign-out. For sessions in the database they have no need to.
    pub endings: Endings,
    /// Whether a session's token counts outside its cookie.
    pub bearer: Bearer,
}

/// Whether the end of a session in a cookie is announced in the store, so that every process refuses a copy of it within
/// about a second (OWASP ASVS 5.0 §7.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endings {
    /// It is.
    Announced,
    /// Only the process that ended it refuses a copy at once; others at `update_age`. Enough where there is one process.
    Unannounced,
}

/// Whether `Authorization: Bearer` with a session's token is read where there is no session's cookie, as `getToken` of
/// NextAuth.js does. For reading alone: no POST to hallpass looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// It is.
    Read,
    /// Only the cookie counts.
    Refused,
}

/// A level of NIST SP 800-63B, for its lifetimes. It says nothing about how somebody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assurance {
    /// 30 days at most.
    Aal1,
    /// 24 hours at most, and 1 hour without use.
    Aal2,
}

/// What is answered where somebody is to go afterwards to a place that is neither of this site nor allowed by the
/// application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadCallbackUrl {
    /// 400, and a page that says so.
    Refuse,
    /// As NextAuth.js: the site itself takes its place.
    LeadHome,
}

/// Sign-in by mail link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailOptions {
    /// A link is good for this long. NextAuth.js: 1 day.
    pub max_age: Duration,
    /// What it is worth in a browser that did not ask for it.
    pub other_browser: OtherBrowser,
}

/// What a mail link is worth in a browser that did not ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherBrowser {
    /// Something with the code that the asking browser was shown: for 10 minutes and five tries, whatever `max_age` is.
    AskForCode,
    /// As much as in the one that asked.
    Allow,
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
