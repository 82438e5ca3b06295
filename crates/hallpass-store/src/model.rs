//! The things a store keeps. Every time is a [`Timestamp`]; every token is kept as its hash only.

use std::fmt;
use std::time::Duration;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A moment: whole milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// A moment given in milliseconds since the Unix epoch, UTC.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// A moment given in seconds since the Unix epoch, UTC.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Milliseconds since the Unix epoch, UTC.
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, UTC (rounded down), as JWT claims count.
    pub const fn secs(self) -> u64 {
        self.0 / 1000
    }

    /// This moment moved into the future; the end of time instead of an overflow.
    #[must_use]
    pub fn after(self, by: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
    }

    /// How long ago `earlier` was, seen from this moment; zero where it lies in the future.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// SHA-256 of a secret token: what the store keeps in the token's place, and the key it is found by.
#[derive(Clone, Copy, PartialOrd, Ord, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Hashes the token as the bearer sends it.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// A hash read back from where a store keeps it.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes to keep.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenHash {}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash([redacted])")
    }
}

/// A user's identifier: opaque, never reused, at most 64 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub String);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Opaque and never reused.
    pub id: UserId,
    /// What to call them.
    pub name: Option<String>,
    /// Their address, normalised; at most one user has it.
    pub email: Option<String>,
    /// When they showed that the address is theirs; `None` while nobody has.
    pub email_verified: Option<Timestamp>,
    /// The URL of a picture.
    pub image: Option<String>,
    /// When the user was made.
    pub created: Timestamp,
}

/// How an [`Account`] signs its user in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// OAuth 2 or OpenID Connect.
    Oauth,
    /// A password, or the application's own `authorize` function.
    Credentials,
}

/// One way in that belongs to a user. `(provider, provider_account_id)` belongs to at most one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whose it is.
    pub user: UserId,
    /// How it signs in.
    pub kind: AccountKind,
    /// The provider's id in the configuration, such as `github`.
    pub provider: String,
    /// Who the user is at the provider: `sub` for OpenID Connect, the user's own id for a password.
    pub provider_account_id: String,
    /// The password's hash, where this account is a password.
    pub secret: Option<PasswordHash>,
    /// When it was linked.
    pub created: Timestamp,
}

/// A password's hash as a PHC string (`$argon2id$…`).
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a PHC string.
    pub fn new(phc: impl Into<String>) -> Self {
        Self(phc.into())
    }

    /// The PHC string, for a hasher or a store.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash([redacted])")
    }
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The hash of the token (database sessions) or of the `sid` claim (JWT sessions).
    pub key: TokenHash,
    /// Who is signed in.
    pub user: UserId,
    /// When they signed in; the absolute limit counts from here.
    pub created: Timestamp,
    /// When the session was last prolonged; `update_age` counts from here.
    pub renewed: Timestamp,
    /// From this moment on it is over.
    pub expires: Timestamp,
}

/// What a one-time token is good for. A token of one purpose is never taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// The link in a sign-in mail.
    EmailSignIn,
}

/// A token that works once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeToken {
    /// The token's hash.
    pub key: TokenHash,
    /// What it is good for.
    pub purpose: Purpose,
    /// For whom: the normalised address.
    pub identifier: String,
    /// Where the link leads after sign-in, kept here so that it works in another browser.
    pub callback_url: Option<String>,
    /// When it was issued.
    pub created: Timestamp,
    /// From this moment on it is worthless.
    pub expires: Timestamp,
}
