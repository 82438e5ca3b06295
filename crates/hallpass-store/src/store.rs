//! The seam between hallpass and whatever remembers things for it.

use std::fmt;
use std::pin::Pin;

use crate::change::{Change, CommitError};
use crate::model::{
    Account, Ending, Listed, OneTimeToken, ProviderTokens, Session, Timestamp, TokenHash, User, UserId,
};
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

/// A part of all users: oldest first, of equal age by id. `Debug` does not show the text that is looked for.
#[derive(Clone, Copy)]
pub struct UserPage<'a> {
    /// Only users whose address holds this text, compared byte by byte; users without an address are left out then.
    pub address: Option<&'a str>,
    /// Only users behind this one, by the time they were made and their id. They need not exist any more, so going
    /// on behind the last of a page misses nobody who was there all the time and shows nobody twice.
    pub after: Option<(Timestamp, &'a UserId)>,
    /// At most so many.
    pub most: usize,
}

impl fmt::Debug for UserPage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserPage")
            .field("after", &self.after)
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}

/// A part of all sessions, in the order of their keys, which is no order of time.
#[derive(Clone, Copy, Debug)]
pub struct SessionPage<'a> {
    /// Only this user's.
    pub of: Option<&'a UserId>,
    /// Only sessions behind this key, which need not exist.
    pub after: Option<&'a TokenHash>,
    /// At most so many.
    pub most: usize,
}

/// Five reads for requests, three for operators and neighbours, and one write.
///
/// The rules, each a case of the conformance suite (feature `suite`):
///
/// - A read answers what was committed before it was asked.
/// - Expiry is the caller's to judge: a store returns an expired session or token as it is, until a
///   [`Change::Sweep`] removes it. Only [`Change::Redeem`] compares times, with the `now` it brings.
/// - A commit is all or nothing, and commits that race behave as if one came after the other.
/// - Text is compared byte by byte: no case folding, no normalisation, no trimming.
/// - Times are kept to the millisecond. One that is too far away to count is kept as the latest that can be counted.
/// - A user who is disabled gets no session, however they come: the commit that starts one is refused.
/// - Dropping the future of a commit before it answers leaves open whether it is applied; half of it never is.
pub trait Store: Send + Sync + 'static {
    /// The session with this key and its user.
    fn session<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<(Session, User)>>;

    /// A user.
    fn user<'a>(&'a self, by: UserBy<'a>) -> Answer<'a, Option<User>>;

    /// The accounts linked to a user, oldest first; of equal age, by provider and then by who they are there.
    fn accounts<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Account>>;

    /// What is kept of the provider's tokens for an account.
    fn provider_tokens<'a>(
        &'a self,
        provider: &'a str,
        provider_account_id: &'a str,
    ) -> Answer<'a, Option<ProviderTokens>>;

    /// A one-time token, looked at and not spent.
    fn token<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<OneTimeToken>>;

    /// A page of the users.
    fn users<'a>(&'a self, page: UserPage<'a>) -> Answer<'a, Vec<Listed>>;

    /// A page of the sessions, those too that are over and not swept.
    fn sessions<'a>(&'a self, page: SessionPage<'a>) -> Answer<'a, Vec<Session>>;

    /// The endings that were announced behind this number, by number, at most so many. A number that is answered is
    /// higher than every one that was answered before, whichever process announced it.
    fn endings<'a>(&'a self, after: u64, most: usize) -> Answer<'a, Vec<Ending>>;

    /// Applies the changes in order, all or none. `Ok` means that they survive a crash. The error is that of the
    /// first change that cannot be applied.
    fn commit<'a>(&'a self, changes: &'a [Change]) -> Answer<'a, (), CommitError>;
}
