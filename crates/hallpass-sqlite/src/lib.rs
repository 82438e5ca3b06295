//! A [`Store`] in one SQLite file, embedded: no server, nothing to install.
//!
//! ```
//! use hallpass_sqlite::Sqlite;
//! use hallpass_store::{Change, Store, Timestamp, User, UserBy, UserId};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = std::env::temp_dir().join(format!("hallpass-sqlite-example-{}", std::process::id()));
//! # std::fs::create_dir_all(&directory)?;
//! # let path = directory.join("hallpass.db");
//! let store = Sqlite::open(&path)?;
//! let ada = User {
//!     id: UserId("u1".into()),
//!     name: Some("Ada".into()),
//!     email: Some("ada@example.com".into()),
//!     email_verified: None,
//!     image: None,
//!     created: Timestamp::from_secs(1_800_000_000),
//! };
//! store.commit(&[Change::CreateUser(ada.clone())]).await?;
//! drop(store);
//!
//! let reopened = Sqlite::open(&path)?;
//! assert_eq!(reopened.user(UserBy::Email("ada@example.com")).await?, Some(ada));
//! # drop(reopened);
//! # std::fs::remove_dir_all(&directory)?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is promised
//!
//! - **An acknowledged commit survives** `kill -9` and the loss of power (write-ahead log, `synchronous=FULL`,
//!   `fullfsync` where the system has it), as far as the disk keeps what it confirmed.
//! - **Commits that wait are written together**, each all or nothing by itself, and acknowledged after one sync.
//! - **A full disk, a lock, an I/O error, a read-only or replaced file** is an [`Unavailable`] to the caller.
//!   Nothing is half written, reads go on where they can, and commits succeed again as soon as the cause is gone.
//! - **Several processes** may open the same file; one of them migrates it, the others wait.
//! - The file is made readable and writable by its owner only: it holds password hashes.
//!
//! # How it runs
//!
//! Reads by key run on the thread that polls them, on a few reader connections: they take microseconds, less than
//! handing them to another thread would. Commits and scans go to one writer thread. No runtime is needed. Dropping
//! [`Sqlite`] finishes the commits that wait, folds the log into the file and joins the thread; that blocks for as
//! long as it takes.
//!
//! # What it does not do
//!
//! It encrypts nothing, takes no backup (copy with `VACUUM INTO`, not with `cp` while it is open), and does not work
//! on a network file system. It sweeps only when told to by [`Change::Sweep`].

mod commit;
mod connection;
mod fault;
mod open;
mod options;
mod place;
mod read;
mod schema;
mod writer;

use std::fmt;
use std::path::Path;

use hallpass_store::{
    Account, Answer, Change, CommitError, Ending, Listed, OneTimeToken, ProviderTokens, Session, SessionPage,
    Store, TokenHash, Unavailable, User, UserBy, UserId, UserPage,
};

pub use open::{OpenError, Schema, schema_of};
pub use options::Options;

use place::Place;
use read::Readers;
use writer::Writer;

/// A store in one SQLite file. See the [crate's page](crate) for what it promises.
pub struct Sqlite {
    place: Place,
    // Before the writer, so that the writer's connection closes last and folds the log into the file.
    readers: Readers,
    writer: Writer,
}

impl Sqlite {
    /// Opens the database at this path with the default [`Options`], makes it where there is none (its directory has
    /// to exist), and brings it to the current schema.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what stands in the way and what to do about it.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_with(path, Options::default())
    }

    /// [`Sqlite::open`] with options.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what stands in the way and what to do about it.
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        open::open(path.as_ref(), options)
    }

    /// Whether the store answers: a small read, and a look at the file and the writer thread. It writes nothing,
    /// so it does not see that a disk is full.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] with the cause.
    pub fn ready(&self) -> Result<(), Unavailable> {
        self.place.check()?;
        self.writer.check()?;
        self.readers.check()
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite").field("path", &self.place.path()).finish_non_exhaustive()
    }
}

impl Store for Sqlite {
    fn session<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<(Session, User)>> {
        Box::pin(async { self.readers.session(key) })
    }

    fn user<'a>(&'a self, by: UserBy<'a>) -> Answer<'a, Option<User>> {
        Box::pin(async move { self.readers.user(by) })
    }

    fn accounts<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Account>> {
        let of = user.clone();
        Box::pin(self.writer.scan(move |connection| read::accounts(connection, &of)))
    }

    fn provider_tokens<'a>(
        &'a self,
        provider: &'a str,
        provider_account_id: &'a str,
    ) -> Answer<'a, Option<ProviderTokens>> {
        Box::pin(async move { self.readers.provider_tokens(provider, provider_account_id) })
    }

    fn token<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<OneTimeToken>> {
        Box::pin(async { self.readers.token(key) })
    }

    fn users<'a>(&'a self, page: UserPage<'a>) -> Answer<'a, Vec<Listed>> {
        let address = page.address.map(str::to_owned);
        let after = page.after.map(|(made, id)| (made, id.clone()));
        Box::pin(self.writer.scan(move |connection| {
            let after = after.as_ref().map(|(made, id)| (*made, id));
            read::users(connection, UserPage { address: address.as_deref(), after, most: page.most })
        }))
    }

    fn sessions<'a>(&'a self, page: SessionPage<'a>) -> Answer<'a, Vec<Session>> {
        let (of, after) = (page.of.cloned(), page.after.copied());
        Box::pin(self.writer.scan(move |connection| {
            let page = SessionPage { of: of.as_ref(), after: after.as_ref(), most: page.most };
            read::sessions(connection, page)
        }))
    }

    fn endings<'a>(&'a self, after: u64, most: usize) -> Answer<'a, Vec<Ending>> {
        Box::pin(async move { self.readers.endings(after, most) })
    }

    fn commit<'a>(&'a self, changes: &'a [Change]) -> Answer<'a, (), CommitError> {
        Box::pin(self.writer.commit(changes))
    }
}
