//! Reads by key, on the thread that asks.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hallpass_store::{
    Account, AccountKind, OneTimeToken, PasswordHash, Purpose, Session, SessionClaims, Timestamp, TokenHash,
    Unavailable, User, UserBy, UserId,
};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, Params, Result, Row};

use crate::connection;
use crate::fault::unavailable;
use crate::options::Options;

const SESSION: &str = "SELECT u.id, u.name, u.email, u.email_verified, u.image, u.created, \
     s.created, s.renewed, s.expires, s.claims FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.key = ?1";
const USER_BY_ID: &str = "SELECT id, name, email, email_verified, image, created FROM users WHERE id = ?1";
const USER_BY_EMAIL: &str =
    "SELECT id, name, email, email_verified, image, created FROM users WHERE email = ?1";
const USER_BY_ACCOUNT: &str = "SELECT u.id, u.name, u.email, u.email_verified, u.image, u.created \
     FROM accounts a JOIN users u ON u.id = a.user_id WHERE a.provider = ?1 AND a.provider_account_id = ?2";
const TOKEN: &str = "SELECT purpose, identifier, callback_url, created, expires FROM tokens WHERE key = ?1";
const ACCOUNTS: &str = "SELECT kind, provider, provider_account_id, secret, created FROM accounts \
     WHERE user_id = ?1 ORDER BY created, provider, provider_account_id";

/// Everything that is asked.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[SESSION, USER_BY_ID, USER_BY_EMAIL, USER_BY_ACCOUNT, TOKEN, ACCOUNTS];

/// The connections that read.
pub(crate) struct Readers {
    connections: Vec<Mutex<Connection>>,
    /// Whose turn it is to be waited for when all are in use.
    turn: AtomicUsize,
}

impl Readers {
    /// Opens the connections and prepares what they will be asked.
    pub(crate) fn open(path: &Path, options: &Options) -> Result<Self> {
        let open_one = |_| {
            let connection = connection::reader(path, options)?;
            for query in [SESSION, USER_BY_ID, USER_BY_EMAIL, USER_BY_ACCOUNT, TOKEN] {
                connection.prepare_cached(query)?;
            }
            Ok(Mutex::new(connection))
        };
        let connections = (0..options.readers.get()).map(open_one).collect::<Result<_>>()?;
        Ok(Self { connections, turn: AtomicUsize::new(0) })
    }

    pub(crate) fn session(&self, key: &TokenHash) -> Result<Option<(Session, User)>, Unavailable> {
        self.one(SESSION, [key.as_bytes()], |row| {
            let user = user(row)?;
            let (created, renewed, expires) = (time(row, 6)?, time(row, 7)?, time(row, 8)?);
            let claims = row.get::<_, Option<String>>(9)?.map(SessionClaims::new);
            Ok((Session { key: *key, user: user.id.clone(), created, renewed, expires, claims }, user))
        })
    }

    pub(crate) fn user(&self, by: UserBy<'_>) -> Result<Option<User>, Unavailable> {
        match by {
            UserBy::Id(id) => self.one(USER_BY_ID, [&id.0], user),
            UserBy::Email(email) => self.one(USER_BY_EMAIL, [email], user),
            UserBy::Account { provider, provider_account_id } => {
                self.one(USER_BY_ACCOUNT, [provider, provider_account_id], user)
            }
        }
    }

    pub(crate) fn token(&self, key: &TokenHash) -> Result<Option<OneTimeToken>, Unavailable> {
        self.one(TOKEN, [key.as_bytes()], |row| {
            Ok(OneTimeToken {
                key: *key,
                purpose: word(row, 0, Purpose::from_word)?,
                identifier: row.get(1)?,
                callback_url: row.get(2)?,
                created: time(row, 3)?,
                expires: time(row, 4)?,
            })
        })
    }

    /// Whether the database answers.
    pub(crate) fn check(&self) -> Result<(), Unavailable> {
        self.user(UserBy::Id(&UserId(String::new()))).map(drop)
    }

    fn one<T>(
        &self,
        query: &str,
        key: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>, Unavailable> {
        let connection = self.free_connection();
        let found =
            connection.prepare_cached(query).and_then(|mut query| query.query_row(key, read).optional());
        found.map_err(|error| unavailable(&error))
    }

    /// The first connection that is free: the same one while there is little to do, so that its cache is warm.
    fn free_connection(&self) -> MutexGuard<'_, Connection> {
        if let Some(free) = self.connections.iter().find_map(|connection| connection.try_lock().ok()) {
            return free;
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.connections.len();
        // A statement that panicked was reset when it was dropped; the connection is sound.
        self.connections[turn].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A user's accounts, oldest first: for the writer's connection, as it may be many rows.
pub(crate) fn accounts(connection: &Connection, of: &UserId) -> Result<Vec<Account>> {
    let mut query = connection.prepare_cached(ACCOUNTS)?;
    let rows = query.query_map([&of.0], |row| {
        Ok(Account {
            user: of.clone(),
            kind: word(row, 0, AccountKind::from_word)?,
            provider: row.get(1)?,
            provider_account_id: row.get(2)?,
            secret: row.get::<_, Option<String>>(3)?.map(PasswordHash::new),
            created: time(row, 4)?,
        })
    })?;
    rows.collect()
}

/// The user in the first six columns.
fn user(row: &Row<'_>) -> Result<User> {
    Ok(User {
        id: UserId(row.get(0)?),
        name: row.get(1)?,
        email: row.get(2)?,
        email_verified: row.get::<_, Option<i64>>(3)?.map(|millis| timestamp(3, millis)).transpose()?,
        image: row.get(4)?,
        created: time(row, 5)?,
    })
}

fn time(row: &Row<'_>, column: usize) -> Result<Timestamp> {
    timestamp(column, row.get(column)?)
}

fn timestamp(column: usize, millis: i64) -> Result<Timestamp> {
    let counted = u64::try_from(millis).map_err(|_| Error::IntegralValueOutOfRange(column, millis))?;
    Ok(Timestamp::from_millis(counted))
}

/// What a column's word stands for. A word nobody knows is an error: it is not taken for another.
fn word<T>(row: &Row<'_>, column: usize, meaning: fn(&str) -> Option<T>) -> Result<T> {
    let found = row.get_ref(column)?.as_str()?;
    meaning(found)
        .ok_or_else(|| Error::FromSqlConversionFailure(column, Type::Text, "an unknown word".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn no_query_is_planned_again_when_it_is_asked_again() {
        let file = std::env::temp_dir().join(format!("hallpass-planned-once-{}.db", std::process::id()));
        let store = crate::Sqlite::open(&file).unwrap();
        let connection = store.readers.free_connection();
        for query in QUERIES {
            for _ in 0..3 {
                let mut prepared = connection.prepare_cached(query).unwrap();
                let key = vec!["k"; prepared.parameter_count()];
                assert!(!prepared.exists(rusqlite::params_from_iter(key)).unwrap());
            }
            let prepared = connection.prepare_cached(query).unwrap();
            assert_eq!(prepared.get_status(StatementStatus::RePrepare), 0, "{query}");
            assert_eq!(prepared.get_status(StatementStatus::Run), 3, "{query}");
        }
        drop(connection);
        drop(store);
        std::fs::remove_file(file).unwrap();
    }
}
