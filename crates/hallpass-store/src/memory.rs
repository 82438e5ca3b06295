//! A store in the process's memory.

mod tables;

use std::fmt;
use std::sync::{Mutex, MutexGuard};

use crate::change::{Change, CommitError};
use crate::memory::tables::Tables;
use crate::model::{Account, Ending, Listed, OneTimeToken, ProviderTokens, Session, TokenHash, User, UserId};
use crate::store::{Answer, SessionPage, Store, UserBy, UserPage};
use crate::unavailable::Unavailable;

/// Remembers until the process ends: for tests, demonstrations and development.
///
/// ```
/// use hallpass_store::{Change, CommitError, Memory, Store, Timestamp, User, UserBy, UserId};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), CommitError> {
/// let store = Memory::new();
/// let ada = User {
///     id: UserId("u1".into()),
///     name: Some("Ada".into()),
///     email: Some("ada@example.com".into()),
///     email_verified: None,
///     image: None,
///     created: Timestamp::from_secs(1_000),
/// };
/// store.commit(&[Change::CreateUser(ada.clone())]).await?;
/// assert_eq!(store.user(UserBy::Email("ada@example.com")).await?, Some(ada));
/// # Ok(())
/// # }
/// ```
///
/// It keeps every rule of [`Store`] but one: nothing survives the process. Every listing,
/// unlinking a user's accounts and ending all their sessions look at every row, so it is not meant for many users.
#[derive(Default)]
pub struct Memory {
    tables: Mutex<Tables>,
}

impl Memory {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A thread that panicked in here may have left half a commit behind. No answer is better than a wrong one.
    fn tables(&self) -> Result<MutexGuard<'_, Tables>, Unavailable> {
        self.tables.lock().map_err(|_| Unavailable::new("a commit to the memory store panicked"))
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memory([redacted])")
    }
}

impl Store for Memory {
    fn session<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<(Session, User)>> {
        Box::pin(async { Ok(self.tables()?.session(key)) })
    }

    fn user<'a>(&'a self, by: UserBy<'a>) -> Answer<'a, Option<User>> {
        Box::pin(async move { Ok(self.tables()?.user(by)) })
    }

    fn accounts<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Account>> {
        Box::pin(async { Ok(self.tables()?.accounts(user)) })
    }

    fn provider_tokens<'a>(
        &'a self,
        provider: &'a str,
        provider_account_id: &'a str,
    ) -> Answer<'a, Option<ProviderTokens>> {
        Box::pin(async move { Ok(self.tables()?.provider_tokens(provider, provider_account_id)) })
    }

    fn token<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<OneTimeToken>> {
        Box::pin(async { Ok(self.tables()?.token(key)) })
    }

    fn users<'a>(&'a self, page: UserPage<'a>) -> Answer<'a, Vec<Listed>> {
        Box::pin(async move { Ok(self.tables()?.users(page)) })
    }

    fn sessions<'a>(&'a self, page: SessionPage<'a>) -> Answer<'a, Vec<Session>> {
        Box::pin(async move { Ok(self.tables()?.sessions(page)) })
    }

    fn endings<'a>(&'a self, after: u64, most: usize) -> Answer<'a, Vec<Ending>> {
        Box::pin(async move { Ok(self.tables()?.endings(after, most)) })
    }

    fn commit<'a>(&'a self, changes: &'a [Change]) -> Answer<'a, (), CommitError> {
        Box::pin(async { self.tables()?.commit(changes) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::suite!(Memory::new());

    #[test]
    fn after_a_panic_inside_there_is_no_answer_instead_of_half_a_commit() {
        let store = Memory::new();
        std::thread::scope(|threads| {
            let commit = threads.spawn(|| {
                let _held = store.tables.lock();
                panic!("in the middle of a commit");
            });
            assert!(commit.join().is_err());
        });
        assert!(store.tables().is_err());
    }
}
