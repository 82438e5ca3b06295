//! Changes as SQL.

use hallpass_store::{
    Account, Change, CommitError, OneTimeToken, ProviderTokens, Purpose, Session, SessionClaims, Timestamp,
    TokenHash, Unavailable, User, UserId,
};
use rusqlite::ffi::{SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
use rusqlite::{Connection, Error, Params, params};

const CREATE_USER: &str = "INSERT INTO users (id, name, email, email_verified, image, created) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const UPDATE_USER: &str = "UPDATE users SET name = ?2, email = ?3, email_verified = ?4, image = ?5, created = ?6 \
     WHERE id = ?1";
const DISABLE_USER: &str = "UPDATE users SET disabled = coalesce(disabled, ?2) WHERE id = ?1";
const ENABLE_USER: &str = "UPDATE users SET disabled = NULL WHERE id = ?1";
const LINK: &str = "INSERT INTO accounts (provider, provider_account_id, user_id, kind, secret, created) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const KEEP_TOKENS: &str = "INSERT INTO provider_tokens (provider, provider_account_id, revision, sealed, busy_until) \
     VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (provider, provider_account_id) DO UPDATE SET \
     revision = excluded.revision, sealed = excluded.sealed, busy_until = excluded.busy_until";
const REPLACE_TOKENS: &str = "UPDATE provider_tokens SET revision = ?3, sealed = ?4, busy_until = ?5 \
     WHERE provider = ?1 AND provider_account_id = ?2 AND revision = ?6";
const LINKED: &str = "SELECT 1 FROM accounts WHERE provider = ?1 AND provider_account_id = ?2";
const UNLINK: &str = "DELETE FROM accounts WHERE provider = ?1 AND provider_account_id = ?2";
const UNLINK_ALL_OF: &str = "DELETE FROM accounts WHERE user_id = ?1";
const REQUIRE_ACCOUNT: &str = "SELECT 1 FROM accounts WHERE provider = ?1 AND provider_account_id = ?2 \
     AND user_id = ?3 AND secret IS ?4";
const REQUIRE_SESSION: &str = "SELECT 1 FROM sessions WHERE key = ?1";
const REQUIRE_USER: &str = "SELECT 1 FROM users WHERE id = ?1";
const REQUIRE_ENABLED: &str = "SELECT 1 FROM users WHERE id = ?1 AND disabled IS NULL";
const START_SESSION: &str = "INSERT INTO sessions (key, user_id, created, renewed, expires, claims) \
     SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM users WHERE id = ?2 AND disabled IS NOT NULL)";
const RENEW_SESSION: &str =
    "UPDATE sessions SET renewed = ?2, expires = ?3, claims = coalesce(?4, claims) WHERE key = ?1";
const END_SESSION: &str = "DELETE FROM sessions WHERE key = ?1";
const END_SESSIONS_OF: &str = "DELETE FROM sessions WHERE user_id = ?1 AND key IS NOT ?2";
const ANNOUNCE_END: &str = "INSERT INTO endings (key, until) SELECT key, ?2 FROM sessions WHERE key = ?1";
const ANNOUNCE_ENDS_OF: &str = "INSERT INTO endings (key, until) \
     SELECT key, ?3 FROM sessions WHERE user_id = ?1 AND key IS NOT ?2";
const ISSUE_TOKEN: &str = "INSERT INTO tokens (key, purpose, identifier, callback_url, created, expires) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const REDEEM: &str = "DELETE FROM tokens WHERE key = ?1 AND purpose = ?2 AND expires > ?3";
const VOID_TOKENS: &str = "DELETE FROM tokens WHERE identifier = ?1 AND purpose = ?2";
const SWEEP_SESSIONS: &str = "DELETE FROM sessions WHERE expires <= ?1";
const SWEEP_TOKENS: &str = "DELETE FROM tokens WHERE expires <= ?1";
const SWEEP_ENDINGS: &str = "DELETE FROM endings WHERE until <= ?1";

/// Every statement that has to find its rows by an index: all but the sweep and plain inserts.
#[cfg(test)]
pub(crate) const STATEMENTS_BY_KEY: &[&str] = &[
    UPDATE_USER,
    DISABLE_USER,
    ENABLE_USER,
    START_SESSION,
    ANNOUNCE_END,
    ANNOUNCE_ENDS_OF,
    REPLACE_TOKENS,
    LINKED,
    UNLINK,
    UNLINK_ALL_OF,
    REQUIRE_ACCOUNT,
    REQUIRE_SESSION,
    REQUIRE_USER,
    REQUIRE_ENABLED,
    RENEW_SESSION,
    END_SESSION,
    END_SESSIONS_OF,
    REDEEM,
    VOID_TOKENS,
];

/// Why a change was not applied.
pub(crate) enum Stop {
    /// It may not be. The commit is refused; others are not concerned.
    Refused(CommitError),
    /// SQLite did not do as it was told; the transaction may be gone.
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Applies one change within a transaction.
pub(crate) fn apply(connection: &Connection, change: &Change) -> Result<(), Stop> {
    let run = Run(connection);
    match change {
        Change::CreateUser(user) => run.create_user(user),
        Change::UpdateUser(user) => run.update_user(user),
        Change::DisableUser { user, at } => {
            run.exactly_one(DISABLE_USER, params![user.0, millis(*at)], CommitError::UserGone)
        }
        Change::EnableUser(user) => run.exactly_one(ENABLE_USER, [&user.0], CommitError::UserGone),
        Change::Link(account) => run.link(account),
        Change::KeepTokens { tokens, replaces } => run.keep_tokens(tokens, replaces.as_deref()),
        Change::Unlink { provider, provider_account_id } => run.any(UNLINK, [provider, provider_account_id]),
        Change::UnlinkAllOf(user) => run.any(UNLINK_ALL_OF, [&user.0]),
        Change::RequireAccount(account) => run.require_account(account),
        Change::RequireSession(key) => {
            run.there_is(REQUIRE_SESSION, [key.as_bytes()], CommitError::SessionGone)
        }
        Change::RequireEnabled(user) => {
            run.there_is(REQUIRE_USER, [&user.0], CommitError::UserGone)?;
            run.there_is(REQUIRE_ENABLED, [&user.0], CommitError::UserDisabled)
        }
        Change::StartSession(session) => run.start_session(session),
        Change::RenewSession { key, renewed, expires, claims } => {
            let claims = claims.as_ref().map(SessionClaims::as_str);
            let row = params![key.as_bytes(), millis(*renewed), millis(*expires), claims];
            run.exactly_one(RENEW_SESSION, row, CommitError::SessionGone)
        }
        Change::EndSession(key) => run.any(END_SESSION, [key.as_bytes()]),
        Change::EndSessionsOf { user, except } => run.end_sessions_of(user, except.as_ref()),
        Change::AnnounceEnd { key, until } => run.any(ANNOUNCE_END, params![key.as_bytes(), millis(*until)]),
        Change::AnnounceEndsOf { user, except, until } => {
            let except = except.as_ref().map(TokenHash::as_bytes);
            run.any(ANNOUNCE_ENDS_OF, params![user.0, except, millis(*until)])
        }
        Change::IssueToken(token) => run.issue_token(token),
        Change::Redeem { key, purpose, now } => run.redeem(key, *purpose, *now),
        Change::VoidTokens { purpose, identifier } => {
            run.any(VOID_TOKENS, [identifier.as_str(), purpose.word()])
        }
        Change::Sweep(now) => {
            run.any(SWEEP_SESSIONS, [millis(*now)])?;
            run.any(SWEEP_TOKENS, [millis(*now)])?;
            run.any(SWEEP_ENDINGS, [millis(*now)])
        }
    }
}

/// The parameters of [`CREATE_USER`] and [`UPDATE_USER`].
fn user_row(user: &User) -> impl Params + '_ {
    let verified = user.email_verified.map(millis);
    (&user.id.0, &user.name, &user.email, verified, &user.image, millis(user.created))
}

struct Run<'c>(&'c Connection);

impl Run<'_> {
    fn create_user(&self, user: &User) -> Result<(), Stop> {
        self.insert(CREATE_USER, user_row(user), |violated| match violated {
            SQLITE_CONSTRAINT_UNIQUE => Some(CommitError::EmailTaken),
            SQLITE_CONSTRAINT_PRIMARYKEY => Some(in_use("user id")),
            _ => None,
        })
    }

    fn update_user(&self, user: &User) -> Result<(), Stop> {
        match self.exactly_one(UPDATE_USER, user_row(user), CommitError::UserGone) {
            Err(Stop::Failed(error))
                if error.sqlite_extended_error_code() == Some(SQLITE_CONSTRAINT_UNIQUE) =>
            {
                Err(Stop::Refused(CommitError::EmailTaken))
            }
            done => done,
        }
    }

    fn link(&self, account: &Account) -> Result<(), Stop> {
        let row = params![
            account.provider,
            account.provider_account_id,
            account.user.0,
            account.kind.word(),
            account.secret.as_ref().map(|secret| secret.expose()),
            millis(account.created)
        ];
        self.insert(LINK, row, |violated| match violated {
            SQLITE_CONSTRAINT_PRIMARYKEY => Some(CommitError::AccountTaken),
            SQLITE_CONSTRAINT_FOREIGNKEY => Some(CommitError::UserGone),
            _ => None,
        })
    }

    fn keep_tokens(&self, tokens: &ProviderTokens, replaces: Option<&str>) -> Result<(), Stop> {
        let ProviderTokens { provider, provider_account_id, revision, sealed, busy_until } = tokens;
        let busy_until = busy_until.map(millis);
        self.there_is(LINKED, [provider, provider_account_id], CommitError::AccountGone)?;
        let Some(replaces) = replaces else {
            return self
                .any(KEEP_TOKENS, params![provider, provider_account_id, revision, sealed, busy_until]);
        };
        let row = params![provider, provider_account_id, revision, sealed, busy_until, replaces];
        self.exactly_one(REPLACE_TOKENS, row, CommitError::TokensOvertaken)
    }

    fn require_account(&self, account: &Account) -> Result<(), Stop> {
        let row = params![
            account.provider,
            account.provider_account_id,
            account.user.0,
            account.secret.as_ref().map(|secret| secret.expose())
        ];
        self.there_is(REQUIRE_ACCOUNT, row, CommitError::AccountGone)
    }

    fn start_session(&self, session: &Session) -> Result<(), Stop> {
        let row = params![
            session.key.as_bytes(),
            session.user.0,
            millis(session.created),
            millis(session.renewed),
            millis(session.expires),
            session.claims.as_ref().map(SessionClaims::as_str)
        ];
        let started = self.exactly_one(START_SESSION, row, CommitError::UserDisabled);
        refused_by(started, |violated| match violated {
            SQLITE_CONSTRAINT_PRIMARYKEY => Some(in_use("session key")),
            SQLITE_CONSTRAINT_FOREIGNKEY => Some(CommitError::UserGone),
            _ => None,
        })
    }

    fn end_sessions_of(&self, user: &UserId, except: Option<&TokenHash>) -> Result<(), Stop> {
        self.any(END_SESSIONS_OF, params![user.0, except.map(TokenHash::as_bytes)])
    }

    fn issue_token(&self, token: &OneTimeToken) -> Result<(), Stop> {
        let row = params![
            token.key.as_bytes(),
            token.purpose.word(),
            token.identifier,
            token.callback_url,
            millis(token.created),
            millis(token.expires)
        ];
        self.insert(ISSUE_TOKEN, row, |violated| match violated {
            SQLITE_CONSTRAINT_PRIMARYKEY => Some(CommitError::TokenTaken),
            _ => None,
        })
    }

    fn redeem(&self, key: &TokenHash, purpose: Purpose, now: Timestamp) -> Result<(), Stop> {
        let row = params![key.as_bytes(), purpose.word(), millis(now)];
        self.exactly_one(REDEEM, row, CommitError::TokenGone)
    }

    fn any(&self, sql: &str, row: impl Params) -> Result<(), Stop> {
        self.0.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    fn there_is(&self, sql: &str, row: impl Params, otherwise: CommitError) -> Result<(), Stop> {
        match self.0.prepare_cached(sql)?.exists(row)? {
            true => Ok(()),
            false => Err(Stop::Refused(otherwise)),
        }
    }

    fn exactly_one(&self, sql: &str, row: impl Params, otherwise: CommitError) -> Result<(), Stop> {
        match self.0.prepare_cached(sql)?.execute(row)? {
            1 => Ok(()),
            _ => Err(Stop::Refused(otherwise)),
        }
    }

    /// Inserts a row. `refusal` says what a violated constraint, an extended result code of SQLite, means here.
    fn insert(
        &self,
        sql: &str,
        row: impl Params,
        refusal: impl FnOnce(i32) -> Option<CommitError>,
    ) -> Result<(), Stop> {
        refused_by(self.any(sql, row), refusal)
    }
}

/// What a violated constraint means, where `refusal` knows it.
fn refused_by(done: Result<(), Stop>, refusal: impl FnOnce(i32) -> Option<CommitError>) -> Result<(), Stop> {
    done.map_err(|stop| match stop {
        Stop::Failed(error) => match error.sqlite_extended_error_code().and_then(refusal) {
            Some(refused) => Stop::Refused(refused),
            None => Stop::Failed(error),
        },
        refused @ Stop::Refused(_) => refused,
    })
}

/// A moment as SQLite counts. What lies beyond is kept as the last moment that can be counted.
fn millis(time: Timestamp) -> i64 {
    i64::try_from(time.millis()).unwrap_or(i64::MAX)
}

fn in_use(what: &str) -> CommitError {
    Unavailable::new(format_args!("the {what} is in use; user ids and session keys have to be random")).into()
}
