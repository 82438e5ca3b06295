//! Reads by key, on the thread that asks.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hallpass_store::{
    Account, AccountKind, Ending, Listed, OneTimeToken, PasswordHash, ProviderTokens, Purpose, Session,
    SessionClaims, SessionPage, Timestamp, TokenHash, Unavailable, User, UserBy, UserId, UserPage,
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
const PROVIDER_TOKENS: &str = "SELECT revision, sealed, busy_until FROM provider_tokens \
     WHERE provider = ?1 AND provider_account_id = ?2";
const ACCOUNTS: &str = "SELECT kind, provider, provider_account_id, secret, created FROM accounts \
     WHERE user_id = ?1 ORDER BY created, provider, provider_account_id";
const USERS: &str = "SELECT id, name, email, email_verified, image, created, disabled FROM users \
     WHERE (created, id) > (?1, ?2) AND (?3 IS NULL OR instr(email, ?3) > 0) ORDER BY created, id LIMIT ?4";
const SESSIONS: &str = "SELECT key, user_id, created, renewed, expires, claims FROM sessions \
     WHERE key > ?1 ORDER BY key LIMIT ?2";
const SESSIONS_OF: &str = "SELECT key, user_id, created, renewed, expires, claims FROM sessions \
     WHERE user_id = ?3 AND key > ?1 ORDER BY key LIMIT ?2";
const ENDINGS: &str = "SELECT number, key, until FROM endings WHERE number > ?1 ORDER BY number LIMIT ?2";

/// Everything that is asked.
#[cfg(test)]
pub(crate) const QUERIES: &[&str] = &[
    SESSION,
    USER_BY_ID,
    USER_BY_EMAIL,
    USER_BY_ACCOUNT,
    TOKEN,
    PROVIDER_TOKENS,
    ACCOUNTS,
    USERS,
    SESSIONS,
    SESSIONS_OF,
    ENDINGS,
];

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

    pub(crate) fn provider_tokens(
        &self,
        provider: &str,
        provider_account_id: &str,
    ) -> Result<Option<ProviderTokens>, Unavailable> {
        self.one(PROVIDER_TOKENS, [provider, provider_account_id], |row| {
            Ok(ProviderTokens {
                provider: provider.to_owned(),
                provider_account_id: provider_account_id.to_owned(),
                revision: row.get(0)?,
                sealed: row.get(1)?,
                busy_until: row.get::<_, Option<i64>>(2)?.map(|_| time(row, 2)).transpose()?,
            })
        })
    }

    pub(crate) fn endings(&self, after: u64, most: usize) -> Result<Vec<Ending>, Unavailable> {
        let connection = self.free_connection();
        let found = connection.prepare_cached(ENDINGS).and_then(|mut query| {
            let rows = query.query_map((counted(after), limit(most)), |row| {
                let number: i64 = row.get(0)?;
                let number = u64::try_from(number).map_err(|_| Error::IntegralValueOutOfRange(0, number))?;
                Ok(Ending { number, key: TokenHash::from_bytes(row.get(1)?), until: time(row, 2)? })
            })?;
            rows.collect()
        });
        found.map_err(|error| unavailable(&error))
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

/// A page of the users: for the writer's connection, as the search for an address may look at many rows.
pub(crate) fn users(connection: &Connection, page: UserPage<'_>) -> Result<Vec<Listed>> {
    let (created, id) = page.after.map_or((-1, ""), |(made, id)| (counted(made.millis()), id.0.as_str()));
    let mut query = connection.prepare_cached(USERS)?;
    let rows = query.query_map((created, id, page.address, limit(page.most)), |row| {
        Ok(Listed { user: user(row)?, disabled: time_if_any(row, 6)? })
    })?;
    rows.collect()
}

/// A page of the sessions: for the writer's connection, as it may be many rows.
pub(crate) fn sessions(connection: &Connection, page: SessionPage<'_>) -> Result<Vec<Session>> {
    let after: &[u8] = page.after.map_or(&[], |key| key.as_bytes());
    let read = |row: &Row<'_>| {
        Ok(Session {
            key: TokenHash::from_bytes(row.get(0)?),
            user: UserId(row.get(1)?),
            created: time(row, 2)?,
            renewed: time(row, 3)?,
            expires: time(row, 4)?,
            claims: row.get::<_, Option<String>>(5)?.map(SessionClaims::new),
        })
    };
    match page.of {
        None => connection.prepare_cached(SESSIONS)?.query_map((after, limit(page.most)), read)?.collect(),
        Some(of) => connection
            .prepare_cached(SESSIONS_OF)?
            .query_map((after, limit(page.most), &of.0), read)?
            .collect(),
    }
}

/// A number as SQLite counts; the highest that it can for those beyond.
fn counted(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

/// The user in the first six columns.
fn user(row: &Row<'_>) -> Result<User> {
    Ok(User {
        id: UserId(row.get(0)?),
        name: row.get(1)?,
        email: row.get(2)?,
        email_verified: time_if_any(row, 3)?,
        image: row.get(4)?,
        created: time(row, 5)?,
    })
}

fn time_if_any(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column)?.map(|millis| timestamp(column, millis)).transpose()
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
                // A text that is a number too, for limits.
                let key = vec!["1"; prepared.parameter_count()];
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
