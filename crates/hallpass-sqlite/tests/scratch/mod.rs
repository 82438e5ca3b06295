//! A directory of a test's own, and a store in it.
#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use hallpass_sqlite::{Options, Sqlite};
use hallpass_store::{
    Account, Answer, Change, CommitError, Ending, Listed, OneTimeToken, ProviderTokens, Session, SessionPage,
    Store, Timestamp, TokenHash, User, UserBy, UserId, UserPage,
};
use rusqlite::Connection;

/// Removed when dropped.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("sqlite-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("hallpass.db")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A store in a directory of its own. Fields drop in order: the store closes before its directory goes.
pub(crate) struct Scratch {
    pub(crate) store: Sqlite,
    pub(crate) directory: Directory,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Self {
        let directory = Directory::new();
        Self { store: Sqlite::open_with(directory.file(), options).unwrap(), directory }
    }

    /// Another connection to the same file, as another program would have it.
    pub(crate) fn other_program(&self) -> Connection {
        Connection::open(self.directory.file()).unwrap()
    }
}

impl Store for Scratch {
    fn session<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<(Session, User)>> {
        self.store.session(key)
    }
    fn user<'a>(&'a self, by: UserBy<'a>) -> Answer<'a, Option<User>> {
        self.store.user(by)
    }
    fn accounts<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Account>> {
        self.store.accounts(user)
    }
    fn provider_tokens<'a>(
        &'a self,
        provider: &'a str,
        provider_account_id: &'a str,
    ) -> Answer<'a, Option<ProviderTokens>> {
        self.store.provider_tokens(provider, provider_account_id)
    }
    fn token<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<OneTimeToken>> {
        self.store.token(key)
    }
    fn users<'a>(&'a self, page: UserPage<'a>) -> Answer<'a, Vec<Listed>> {
        self.store.users(page)
    }
    fn sessions<'a>(&'a self, page: SessionPage<'a>) -> Answer<'a, Vec<Session>> {
        self.store.sessions(page)
    }
    fn endings<'a>(&'a self, after: u64, most: usize) -> Answer<'a, Vec<Ending>> {
        self.store.endings(after, most)
    }
    fn commit<'a>(&'a self, changes: &'a [Change]) -> Answer<'a, (), CommitError> {
        self.store.commit(changes)
    }
}

/// The answer, waited for on this thread.
pub(crate) fn wait<T: Send, E: Send>(answer: Answer<'_, T, E>) -> Result<T, E> {
    let mut slot = None;
    hallpass_store::suite::block_on(Box::pin(async { slot = Some(answer.await) }));
    slot.unwrap()
}

pub(crate) fn user(id: &str) -> User {
    User {
        id: UserId(id.to_owned()),
        name: None,
        email: None,
        email_verified: None,
        image: None,
        created: Timestamp::from_secs(1_800_000_000),
    }
}

pub(crate) fn session(token: &str, of: &str) -> Session {
    Session {
        key: TokenHash::of(token),
        user: UserId(of.to_owned()),
        created: Timestamp::from_secs(1_800_000_000),
        renewed: Timestamp::from_secs(1_800_000_000),
        expires: Timestamp::from_secs(1_900_000_000),
        claims: None,
    }
}

/// A user whose picture takes so many bytes.
pub(crate) fn large_user(id: &str, bytes: usize) -> Change {
    Change::CreateUser(User { image: Some("x".repeat(bytes)), ..user(id) })
}

pub(crate) fn has_user(store: &impl Store, id: &str) -> bool {
    wait(store.user(UserBy::Id(&UserId(id.to_owned())))).unwrap().is_some()
}

/// Why a commit was not written.
pub(crate) fn cause_of(answer: Result<(), CommitError>) -> String {
    match answer {
        Err(CommitError::Unavailable(unavailable)) => unavailable.cause,
        other => panic!("not unavailable but {other:?}"),
    }
}

/// What SQLite says about the file's soundness: `ok`.
pub(crate) fn integrity(file: &Path) -> String {
    let connection = Connection::open(file).unwrap();
    connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap()
}
