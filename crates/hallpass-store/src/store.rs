//! The seam between hallpass and whatever remembers things for it.

use std::fmt;
use std::pin::Pin;

use crate::change::{Change, CommitError};
use crate::model::{Account, OneTimeToken, Session, TokenHash, User, UserId};
use crate::unavailable::Unavailable;

/// A store's answer: a boxed future, so that `Arc<dyn Store>` works.
pub type Answer<'a, T, E = Unavailable> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// How to find a user. `Debug` shows the id and the provider only.
#[derive(Clone, Copy)]
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

impl fmt::Debug for UserBy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => f.debug_tuple("Id").field(id).finish(),
            Self::Email(_) => f.write_str("Email([redacted])"),
            Self::Account { provider, .. } => {
                f.debug_struct("Account").field("provider", provider).finish_non_exhaustive()
            }
        }
    }
}

/// Four reads and one write.
///
/// The rules, each a case of the conformance suite (feature `suite`):
///
/// - A read answers what was committed before it was asked.
/// - Expiry is the caller's to judge: a store returns an expired session or token as it is, until a
///   [`Change::Sweep`] removes it. Only [`Change::Redeem`] compares times, with the `now` it brings.
/// - A commit is all or nothing, and commits that race behave as if one came after the other.
/// - Text is compared byte by byte: no case folding, no normalisation, no trimming.
/// - Times are kept to the millisecond. One that is too far away to count is kept as the latest that can be counted.
/// - Dropping the future of a commit before it answers leaves open whether it is applied; half of it never is.
pub trait Store: Send + Sync + 'static {
    /// The session with this key and its user.
    fn session<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<(Session, User)>>;

    /// A user.
    fn user<'a>(&'a self, by: UserBy<'a>) -> Answer<'a, Option<User>>;

    /// The accounts linked to a user, oldest first; of equal age, by provider and then by who they are there.
    fn accounts<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Account>>;

    /// A one-time token, looked at and not spent.
    fn token<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<OneTimeToken>>;

    /// Applies the changes in order, all or none. `Ok` means that they survive a crash. The error is that of the
    /// first change that cannot be applied.
    fn commit<'a>(&'a self, changes: &'a [Change]) -> Answer<'a, (), CommitError>;
}
