//! The things a store keeps. Every time is a [`Timestamp`]; every token is kept as its hash only.

use std::fmt;
use std::hash::{Hash, Hasher};
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
#[derive(Clone, Copy, PartialOrd, Ord)]
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

impl Hash for TokenHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

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

/// A person who can sign in. `Debug` shows neither name nor address.
#[derive(Clone, PartialEq, Eq)]
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

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("email_verified", &self.email_verified)
            .field("created", &self.created)
            .finish_non_exhaustive()
    }
}

/// A user as an operator sees them. `Debug` shows neither name nor address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Who.
    pub user: User,
    /// Since when they cannot sign in; `None` for everybody who can.
    pub disabled: Option<Timestamp>,
}

/// How an [`Account`] signs its user in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// OAuth 2 or OpenID Connect.
    Oauth,
    /// A password, or the application's own `authorize` function.
    Credentials,
}

impl AccountKind {
    /// The word a store keeps it under.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Oauth => "oauth",
            Self::Credentials => "credentials",
        }
    }

    /// The kind a store kept under this word; `None` where there is no such kind.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Oauth, Self::Credentials].into_iter().find(|kind| kind.word() == word)
    }
}

/// One way in that belongs to a user. `(provider, provider_account_id)` belongs to at most one user.
/// `Debug` does not show who the user is at the provider: some providers say it with a mail address.
#[derive(Clone, PartialEq, Eq)]
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

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("user", &self.user)
            .field("kind", &self.kind)
            .field("provider", &self.provider)
            .field("secret", &self.secret)
            .field("created", &self.created)
            .finish_non_exhaustive()
    }
}

/// What a provider handed out for an account, for whoever keeps it: a store knows nothing of what is in it.
///
/// Whoever writes it chooses a `revision` that was never used; a write that says what it replaces then comes about only
/// where nobody wrote in between.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderTokens {
    /// The provider's id in the configuration.
    pub provider: String,
    /// Who the user is at the provider.
    pub provider_account_id: String,
    /// Tells this state from every other.
    pub revision: String,
    /// The tokens, sealed by whoever keeps them here.
    pub sealed: String,
    /// Until when somebody is fetching newer ones.
    pub busy_until: Option<Timestamp>,
}

impl fmt::Debug for ProviderTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderTokens")
            .field("provider", &self.provider)
            .field("busy_until", &self.busy_until)
            .finish_non_exhaustive()
    }
}

/// A password's hash as a PHC string (`$argon2id$…`).
#[derive(Clone)]
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

impl PartialEq for PasswordHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for PasswordHash {}

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
    /// What the application added to it; `None` where it added nothing, or keeps it in the cookie.
    pub claims: Option<SessionClaims>,
}

/// What an application added to a session: the text of a JSON object. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionClaims(String);

impl SessionClaims {
    /// Wraps the text of a JSON object. A store keeps it byte by byte and does not look into it.
    pub fn new(json: impl Into<String>) -> Self {
        Self(json.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionClaims([redacted])")
    }
}

/// A session that ended before its time, told to processes that read sessions from cookies alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Later endings have higher numbers; none is given twice.
    pub number: u64,
    /// Which session.
    pub key: TokenHash,
    /// From this moment on nobody needs to know.
    pub until: Timestamp,
}

/// What a one-time token is good for. A token of one purpose is never taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// The link in a sign-in mail.
    EmailSignIn,
    /// The link in a mail to somebody who forgot their password.
    PasswordReset,
    /// Marks that an OAuth transaction came to its end: nobody redeems it, and no second one is issued.
    OauthTransaction,
    /// Marks a try at the code of a mail link: nobody redeems it, and no try is had twice.
    MailCodeTry,
}

impl Purpose {
    /// Every purpose.
    const ALL: [Self; 4] =
        [Self::EmailSignIn, Self::PasswordReset, Self::OauthTransaction, Self::MailCodeTry];

    /// Those whose token is mailed to an address: whoever reads that mailbox can take the user over, so these are void
    /// once the user chose another password.
    pub const BY_MAIL: [Self; 2] = [Self::EmailSignIn, Self::PasswordReset];

    /// The word a store keeps it under.
    pub const fn word(self) -> &'static str {
        match self {
            Self::EmailSignIn => "email-sign-in",
            Self::PasswordReset => "password-reset",
            Self::OauthTransaction => "oauth-transaction",
            Self::MailCodeTry => "mail-code-try",
        }
    }

    /// The purpose a store kept under this word; `None` where there is no such purpose.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word)
    }
}

/// A token that works once. `Debug` shows neither for whom it is nor where its link leads.
#[derive(Clone, PartialEq, Eq)]
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

impl fmt::Debug for OneTimeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneTimeToken")
            .field("key", &self.key)
            .field("purpose", &self.purpose)
            .field("created", &self.created)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_time_is_not_passed() {
        let end = Timestamp::from_millis(u64::MAX);
        assert_eq!(end.after(Duration::from_secs(1)), end);
        assert_eq!(Timestamp::from_millis(5).after(Duration::MAX), end);
        assert_eq!(Timestamp::from_secs(u64::MAX), end);
    }

    #[test]
    fn the_future_was_no_time_ago() {
        let (earlier, later) = (Timestamp::from_millis(1_000), Timestamp::from_millis(2_500));
        assert_eq!(earlier.since(later), Duration::ZERO);
        assert_eq!(later.since(earlier), Duration::from_millis(1_500));
        assert_eq!(later.secs(), 2);
    }

    #[test]
    fn no_debug_output_shows_a_person_or_a_secret() {
        let user = User {
            id: UserId("u1".into()),
            name: Some("PRIVATE".into()),
            email: Some("PRIVATE@example.com".into()),
            email_verified: None,
            image: Some("https://example.com/PRIVATE.png".into()),
            created: Timestamp::from_secs(1),
        };
        let account = Account {
            user: user.id.clone(),
            kind: AccountKind::Credentials,
            provider: "credentials".into(),
            provider_account_id: "PRIVATE".into(),
            secret: Some(PasswordHash::new("$argon2id$PRIVATE")),
            created: user.created,
        };
        let token = OneTimeToken {
            key: TokenHash::of("PRIVATE"),
            purpose: Purpose::EmailSignIn,
            identifier: "PRIVATE@example.com".into(),
            callback_url: Some("https://example.com/?code=PRIVATE".into()),
            created: user.created,
            expires: user.created,
        };
        let session = Session {
            key: token.key,
            user: user.id.clone(),
            created: user.created,
            renewed: user.created,
            expires: user.created,
            claims: Some(SessionClaims::new(r#"{"role":"PRIVATE"}"#)),
        };
        let shown = format!("{user:?} {account:?} {token:?} {session:?}");
        assert!(!shown.contains("PRIVATE"), "{shown}");
        assert!(shown.contains("u1") && shown.contains("credentials"), "{shown}");
    }

    #[test]
    fn every_word_leads_back() {
        for kind in [AccountKind::Oauth, AccountKind::Credentials] {
            assert_eq!(AccountKind::from_word(kind.word()), Some(kind));
        }
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::from_word(purpose.word()), Some(purpose));
        }
        assert_eq!(AccountKind::from_word("Oauth"), None);
        assert_eq!(Purpose::from_word(""), None);
    }

    #[test]
    fn a_token_is_kept_as_its_sha_256() {
        let expected = [
            0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
            0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
        ];
        assert_eq!(TokenHash::of("abc"), TokenHash::from_bytes(expected));
        assert_ne!(TokenHash::of("abd"), TokenHash::from_bytes(expected));
    }
}
