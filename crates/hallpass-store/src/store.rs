//! The seam between hallpass and whatever remembers things for it.

use std::fmt;
use std::pin::Pin;

use crate::change::{Change, CommitError};
use crate::model::{Account, OneTimeToken, Session, TokenHash, User, UserId};

/// A store's answer: a boxed future, so that `Arc<dyn Store>` works.
pub type Answer<'a, T, E = Unavailable> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// How to find a user.
#[derive(Clone, Copy, Debug)]
pub enum UserBy<'a> {
    /// By id.
    Id(&'a UserId),
    /// By normalised address.
    Email(&'a str),
    /// By an account that is linked to them.
    Account {
        /// The provider's id.
        provider: &'a str,
        /// Who they are there.
        provider_account_id: &'a str,
    },
}

/// Four reads and one write.
///
/// A read answers what was committed before it was asked. Expiry is the caller's to judge: a store returns an
/// expired session or token as it is, until a [`Change::Sweep`] or a [`Change::Redeem`] removes it.
pub trait Store: Send + Sync + 'static {
    /// The session with this key and its user.
    fn session<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<(Session, User)>>;

    /// A user.
    fn user<'a>(&'a self, by: UserBy<'a>) -> Answer<'a, Option<User>>;

    /// The accounts linked to a user, oldest first.
    fn accounts<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Account>>;

    /// A one-time token, looked at and not spent.
    fn token<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<OneTimeToken>>;

    /// Applies the changes in order, all or none. `Ok` means that they survive a crash.
    fn commit<'a>(&'a self, changes: &'a [Change]) -> Answer<'a, (), CommitError>;
}

/// The store could not be asked: it is locked, gone, full or broken. Nothing was written.
#[derive(Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// What happened, for the log; never shown to a user.
    pub cause: String,
}

impl Unavailable {
    /// A fault of the store, said in its own words.
    pub fn new(cause: impl fmt::Display) -> Self {
        Self { cause: cause.to_string() }
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store is unavailable: {}", self.cause)
    }
}

impl std::error::Error for Unavailable {}
