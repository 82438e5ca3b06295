//! The store under test with a synchronous face, and rows to fill it with.

use crate::change::{Change, CommitError};
use crate::model::{
    Account, AccountKind, Ending, Listed, OneTimeToken, ProviderTokens, Purpose, Session, Timestamp,
    TokenHash, User, UserId,
};
use crate::store::{Answer, SessionPage, Store, UserBy, UserPage};
use crate::suite::BlockOn;

/// The store under test.
pub(super) struct Subject<'s> {
    store: &'s dyn Store,
    block_on: BlockOn,
}

impl<'s> Subject<'s> {
    pub(super) fn new(store: &'s dyn Store, block_on: BlockOn) -> Self {
        Self { store, block_on }
    }

    fn wait<T: Send, E: Send>(&self, answer: Answer<'_, T, E>) -> Result<T, E> {
        let mut slot = None;
        (self.block_on)(Box::pin(async { slot = Some(answer.await) }));
        slot.expect("block_on drives the future to its end")
    }

    pub(super) fn commit(&self, changes: &[Change]) -> Result<(), CommitError> {
        self.wait(self.store.commit(changes))
    }

    /// Commits what has to succeed for the case to begin.
    pub(super) fn given(&self, changes: &[Change]) {
        assert_eq!(self.commit(changes), Ok(()));
    }

    pub(super) fn session(&self, key: &TokenHash) -> Option<(Session, User)> {
        self.wait(self.store.session(key)).expect("the store answers")
    }

    pub(super) fn user(&self, by: UserBy<'_>) -> Option<User> {
        self.wait(self.store.user(by)).expect("the store answers")
    }

    pub(super) fn user_with(&self, id: &str) -> Option<User> {
        self.user(UserBy::Id(&UserId(id.to_owned())))
    }

    pub(super) fn accounts(&self, user: &str) -> Vec<Account> {
        self.wait(self.store.accounts(&UserId(user.to_owned()))).expect("the store answers")
    }

    pub(super) fn provider_tokens(&self, provider: &str, id: &str) -> Option<ProviderTokens> {
        self.wait(self.store.provider_tokens(provider, id)).expect("the store answers")
    }

    pub(super) fn token(&self, key: &TokenHash) -> Option<OneTimeToken> {
        self.wait(self.store.token(key)).expect("the store answers")
    }

    pub(super) fn users(&self, page: UserPage<'_>) -> Vec<Listed> {
        self.wait(self.store.users(page)).expect("the store answers")
    }

    pub(super) fn sessions(&self, page: SessionPage<'_>) -> Vec<Session> {
        self.wait(self.store.sessions(page)).expect("the store answers")
    }

    pub(super) fn endings(&self, after: u64, most: usize) -> Vec<Ending> {
        self.wait(self.store.endings(after, most)).expect("the store answers")
    }

    /// Runs `racer` on that many threads at once and answers what each got.
    pub(super) fn race<T: Send>(&self, racers: usize, racer: impl Fn(usize) -> T + Sync) -> Vec<T> {
        let start = std::sync::Barrier::new(racers);
        std::thread::scope(|threads| {
            let run = |number| {
                start.wait();
                racer(number)
            };
            let racing: Vec<_> = (0..racers).map(|number| threads.spawn(move || run(number))).collect();
            racing.into_iter().map(|thread| thread.join().expect("no racer panics")).collect()
        })
    }
}

/// A moment, so many seconds after the tests' beginning.
pub(super) fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(1_800_000_000 + secs)
}

pub(super) fn user(id: &str) -> User {
    User {
        id: UserId(id.to_owned()),
        name: None,
        email: None,
        email_verified: None,
        image: None,
        created: at(0),
    }
}

pub(super) fn user_at(id: &str, email: &str) -> User {
    User { email: Some(email.to_owned()), ..user(id) }
}

pub(super) fn account(of: &str, provider: &str, provider_account_id: &str) -> Account {
    Account {
        user: UserId(of.to_owned()),
        kind: AccountKind::Oauth,
        provider: provider.to_owned(),
        provider_account_id: provider_account_id.to_owned(),
        secret: None,
        created: at(0),
    }
}

pub(super) fn session(token: &str, of: &str) -> Session {
    Session {
        key: TokenHash::of(token),
        user: UserId(of.to_owned()),
        created: at(0),
        renewed: at(0),
        expires: at(1_000),
        claims: None,
    }
}

pub(super) fn token(token: &str, identifier: &str) -> OneTimeToken {
    OneTimeToken {
        key: TokenHash::of(token),
        purpose: Purpose::EmailSignIn,
        identifier: identifier.to_owned(),
        callback_url: None,
        created: at(0),
        expires: at(1_000),
    }
}

/// Spends a token well before it expires.
pub(super) fn redeem(token: &str) -> Change {
    redeem_at(token, at(10))
}

pub(super) fn redeem_at(token: &str, now: Timestamp) -> Change {
    Change::Redeem { key: TokenHash::of(token), purpose: Purpose::EmailSignIn, now }
}

/// Text that a store which trims, folds, normalises or re-encodes does not give back: a combining accent, its
/// composed twin, right-to-left, joined emoji, a lone joiner, the last code point, line ends and outer blanks.
pub(super) const DEEP_TEXT: &str =
    " \u{feff}e\u{301} \u{e9} ß ẞ İ ı ﷺ \u{202e}abc\u{202c} 👩‍👩‍👧‍👦\u{200d} \u{10ffff} '\"\\;-- %_ \r\n\t ";
