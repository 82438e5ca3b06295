//! The rows, and the way back from half a commit.
//!
//! Every write goes through [`Tables::set`], which answers what was there before. A commit keeps those answers and
//! sets them again, last first, where a change is refused.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use crate::change::{Change, CommitError};
use crate::model::{
    Account, Ending, Listed, OneTimeToken, ProviderTokens, Purpose, Session, SessionClaims, Timestamp,
    TokenHash, User, UserId,
};
use crate::store::{SessionPage, UserBy, UserPage};
use crate::unavailable::Unavailable;

/// `(provider, provider_account_id)`.
type AccountKey = (String, String);

#[derive(Default)]
pub(super) struct Tables {
    users: HashMap<UserId, User>,
    /// Who has an address; follows `users`.
    emails: HashMap<String, UserId>,
    accounts: HashMap<AccountKey, Account>,
    /// Of accounts that are linked.
    provider_tokens: HashMap<AccountKey, ProviderTokens>,
    sessions: HashMap<TokenHash, Session>,
    tokens: HashMap<TokenHash, OneTimeToken>,
    disabled: HashMap<UserId, Timestamp>,
    endings: BTreeMap<u64, Ending>,
    /// The number of the last ending that was announced, refused commits counted.
    announced: u64,
}

/// A place in a table and what stands, or shall stand, there.
enum Row {
    User(UserId, Option<User>),
    Account(AccountKey, Option<Account>),
    ProviderTokens(AccountKey, Option<ProviderTokens>),
    Session(TokenHash, Option<Session>),
    Token(TokenHash, Option<OneTimeToken>),
    Disabled(UserId, Option<Timestamp>),
    Ending(u64, Option<Ending>),
}

impl Tables {
    pub(super) fn session(&self, key: &TokenHash) -> Option<(Session, User)> {
        let session = self.sessions.get(key)?;
        Some((session.clone(), self.users.get(&session.user)?.clone()))
    }

    pub(super) fn user(&self, by: UserBy<'_>) -> Option<User> {
        let id = match by {
            UserBy::Id(id) => id,
            UserBy::Email(email) => self.emails.get(email)?,
            UserBy::Account { provider, provider_account_id } => {
                &self.accounts.get(&(provider.to_owned(), provider_account_id.to_owned()))?.user
            }
        };
        self.users.get(id).cloned()
    }

    pub(super) fn accounts(&self, user: &UserId) -> Vec<Account> {
        let mut found: Vec<Account> = self.accounts.values().filter(|a| a.user == *user).cloned().collect();
        found.sort_by(|a, b| {
            (a.created, &a.provider, &a.provider_account_id).cmp(&(
                b.created,
                &b.provider,
                &b.provider_account_id,
            ))
        });
        found
    }

    pub(super) fn provider_tokens(
        &self,
        provider: &str,
        provider_account_id: &str,
    ) -> Option<ProviderTokens> {
        self.provider_tokens.get(&(provider.to_owned(), provider_account_id.to_owned())).cloned()
    }

    pub(super) fn token(&self, key: &TokenHash) -> Option<OneTimeToken> {
        self.tokens.get(key).cloned()
    }

    pub(super) fn users(&self, page: UserPage<'_>) -> Vec<Listed> {
        let fits = |user: &&User| {
            let held = |text: &str| user.email.as_ref().is_some_and(|email| email.contains(text));
            page.address.is_none_or(held) && page.after.is_none_or(|after| (user.created, &user.id) > after)
        };
        let mut found: Vec<&User> = self.users.values().filter(fits).collect();
        found.sort_by_key(|user| (user.created, &user.id));
        let listed =
            |user: &User| Listed { user: user.clone(), disabled: self.disabled.get(&user.id).copied() };
        found.into_iter().take(page.most).map(listed).collect()
    }

    pub(super) fn sessions(&self, page: SessionPage<'_>) -> Vec<Session> {
        let fits = |session: &&Session| {
            page.of.is_none_or(|user| session.user == *user)
                && page.after.is_none_or(|after| session.key > *after)
        };
        let mut found: Vec<&Session> = self.sessions.values().filter(fits).collect();
        found.sort_by_key(|session| session.key);
        found.into_iter().take(page.most).cloned().collect()
    }

    pub(super) fn endings(&self, after: u64, most: usize) -> Vec<Ending> {
        self.endings.range(after.saturating_add(1)..).map(|(_, ending)| *ending).take(most).collect()
    }

    pub(super) fn commit(&mut self, changes: &[Change]) -> Result<(), CommitError> {
        let mut replaced = Vec::with_capacity(changes.len());
        for change in changes {
            match self.rows_of(change) {
                Ok(rows) => replaced.extend(rows.into_iter().map(|row| self.set(row))),
                Err(refusal) => {
                    for row in replaced.into_iter().rev() {
                        self.set(row);
                    }
                    return Err(refusal);
                }
            }
        }
        Ok(())
    }

    /// The rows a change sets, or why it may not.
    fn rows_of(&mut self, change: &Change) -> Result<Vec<Row>, CommitError> {
        Ok(match change {
            Change::CreateUser(user) => vec![self.created_user(user)?],
            Change::UpdateUser(user) => vec![self.updated_user(user)?],
            Change::DisableUser { user, at } => vec![self.disabled(user, *at)?],
            Change::EnableUser(user) => {
                self.user_exists(user).map(|()| vec![Row::Disabled(user.clone(), None)])?
            }
            Change::Link(account) => vec![self.linked(account)?],
            Change::KeepTokens { tokens, replaces } => vec![self.kept(tokens, replaces.as_deref())?],
            Change::Unlink { provider, provider_account_id } => {
                unlinked((provider.clone(), provider_account_id.clone())).into()
            }
            Change::UnlinkAllOf(user) => self.accounts_of(user),
            Change::RequireAccount(account) => self.account_stands(account).map(|()| vec![])?,
            Change::RequireSession(key) => self.session_exists(key).map(|()| vec![])?,
            Change::RequireEnabled(user) => self.is_enabled(user).map(|()| vec![])?,
            Change::StartSession(session) => vec![self.started(session)?],
            Change::RenewSession { key, renewed, expires, claims } => {
                vec![self.renewed(key, *renewed, *expires, claims.as_ref())?]
            }
            Change::EndSession(key) => vec![Row::Session(*key, None)],
            Change::EndSessionsOf { user, except } => self.sessions_of(user, except.as_ref()),
            Change::AnnounceEnd { key, until } => {
                let known = self.sessions.contains_key(key).then_some(*key);
                self.announce(known.into_iter().collect(), *until)
            }
            Change::AnnounceEndsOf { user, except, until } => {
                self.announce(self.keys_of(user, except.as_ref()), *until)
            }
            Change::IssueToken(token) => vec![self.issued(token)?],
            Change::Redeem { key, purpose, now } => vec![self.redeemed(key, *purpose, *now)?],
            Change::VoidTokens { purpose, identifier } => self.tokens_for(*purpose, identifier),
            Change::Sweep(now) => self.over_at(*now),
        })
    }

    fn created_user(&self, user: &User) -> Result<Row, CommitError> {
        if self.users.contains_key(&user.id) {
            return Err(in_use("user id"));
        }
        self.email_free_for(user)?;
        Ok(Row::User(user.id.clone(), Some(user.clone())))
    }

    fn updated_user(&self, user: &User) -> Result<Row, CommitError> {
        self.user_exists(&user.id)?;
        self.email_free_for(user)?;
        Ok(Row::User(user.id.clone(), Some(user.clone())))
    }

    fn disabled(&self, user: &UserId, at: Timestamp) -> Result<Row, CommitError> {
        self.user_exists(user)?;
        let since = self.disabled.get(user).copied().unwrap_or(at);
        Ok(Row::Disabled(user.clone(), Some(since)))
    }

    fn linked(&self, account: &Account) -> Result<Row, CommitError> {
        let key = (account.provider.clone(), account.provider_account_id.clone());
        if self.accounts.contains_key(&key) {
            return Err(CommitError::AccountTaken);
        }
        self.user_exists(&account.user)?;
        Ok(Row::Account(key, Some(account.clone())))
    }

    fn accounts_of(&self, user: &UserId) -> Vec<Row> {
        let linked = self.accounts.iter().filter(|(_, account)| account.user == *user);
        linked.flat_map(|(key, _)| unlinked(key.clone())).collect()
    }

    fn kept(&self, tokens: &ProviderTokens, replaces: Option<&str>) -> Result<Row, CommitError> {
        let key = (tokens.provider.clone(), tokens.provider_account_id.clone());
        if !self.accounts.contains_key(&key) {
            return Err(CommitError::AccountGone);
        }
        let stands = self.provider_tokens.get(&key).map(|kept| kept.revision.as_str());
        if replaces.is_some() && replaces != stands {
            return Err(CommitError::TokensOvertaken);
        }
        Ok(Row::ProviderTokens(key, Some(tokens.clone())))
    }

    fn account_stands(&self, wanted: &Account) -> Result<(), CommitError> {
        match self.accounts.get(&(wanted.provider.clone(), wanted.provider_account_id.clone())) {
            Some(found) if found.user == wanted.user && found.secret == wanted.secret => Ok(()),
            _ => Err(CommitError::AccountGone),
        }
    }

    fn session_exists(&self, key: &TokenHash) -> Result<(), CommitError> {
        if self.sessions.contains_key(key) { Ok(()) } else { Err(CommitError::SessionGone) }
    }

    fn started(&self, session: &Session) -> Result<Row, CommitError> {
        if self.sessions.contains_key(&session.key) {
            return Err(in_use("session key"));
        }
        self.is_enabled(&session.user)?;
        Ok(Row::Session(session.key, Some(session.clone())))
    }

    fn renewed(
        &self,
        key: &TokenHash,
        renewed: Timestamp,
        expires: Timestamp,
        claims: Option<&SessionClaims>,
    ) -> Result<Row, CommitError> {
        let session = self.sessions.get(key).ok_or(CommitError::SessionGone)?.clone();
        let claims = claims.cloned().or_else(|| session.claims.clone());
        Ok(Row::Session(*key, Some(Session { renewed, expires, claims, ..session })))
    }

    fn sessions_of(&self, user: &UserId, except: Option<&TokenHash>) -> Vec<Row> {
        self.keys_of(user, except).into_iter().map(|key| Row::Session(key, None)).collect()
    }

    fn keys_of(&self, user: &UserId, except: Option<&TokenHash>) -> Vec<TokenHash> {
        let theirs = self.sessions.values().filter(|s| s.user == *user && except != Some(&s.key));
        theirs.map(|s| s.key).collect()
    }

    /// A row for each, under numbers that are given to nobody else, not even if this commit is refused.
    fn announce(&mut self, keys: Vec<TokenHash>, until: Timestamp) -> Vec<Row> {
        let row = |key| {
            self.announced += 1;
            Row::Ending(self.announced, Some(Ending { number: self.announced, key, until }))
        };
        keys.into_iter().map(row).collect()
    }

    fn issued(&self, token: &OneTimeToken) -> Result<Row, CommitError> {
        if self.tokens.contains_key(&token.key) {
            return Err(CommitError::TokenTaken);
        }
        Ok(Row::Token(token.key, Some(token.clone())))
    }

    fn redeemed(&self, key: &TokenHash, purpose: Purpose, now: Timestamp) -> Result<Row, CommitError> {
        match self.tokens.get(key) {
            Some(token) if token.purpose == purpose && now < token.expires => Ok(Row::Token(*key, None)),
            _ => Err(CommitError::TokenGone),
        }
    }

    fn tokens_for(&self, purpose: Purpose, identifier: &str) -> Vec<Row> {
        let voided = self.tokens.values().filter(|t| t.purpose == purpose && t.identifier == identifier);
        voided.map(|t| Row::Token(t.key, None)).collect()
    }

    fn over_at(&self, now: Timestamp) -> Vec<Row> {
        let sessions = self.sessions.values().filter(|s| s.expires <= now).map(|s| Row::Session(s.key, None));
        let tokens = self.tokens.values().filter(|t| t.expires <= now).map(|t| Row::Token(t.key, None));
        let endings = self.endings.values().filter(|e| e.until <= now).map(|e| Row::Ending(e.number, None));
        sessions.chain(tokens).chain(endings).collect()
    }

    fn is_enabled(&self, user: &UserId) -> Result<(), CommitError> {
        self.user_exists(user)?;
        if self.disabled.contains_key(user) { Err(CommitError::UserDisabled) } else { Ok(()) }
    }

    fn user_exists(&self, id: &UserId) -> Result<(), CommitError> {
        if self.users.contains_key(id) { Ok(()) } else { Err(CommitError::UserGone) }
    }

    fn email_free_for(&self, user: &User) -> Result<(), CommitError> {
        match user.email.as_ref().and_then(|email| self.emails.get(email)) {
            Some(owner) if *owner != user.id => Err(CommitError::EmailTaken),
            _ => Ok(()),
        }
    }

    /// Sets a row and answers what stood there.
    fn set(&mut self, row: Row) -> Row {
        match row {
            Row::User(id, user) => {
                let email = user.as_ref().and_then(|user| user.email.clone());
                let was = put(&mut self.users, id.clone(), user);
                if let Some(old) = was.as_ref().and_then(|user| user.email.as_ref()) {
                    self.emails.remove(old);
                }
                if let Some(email) = email {
                    self.emails.insert(email, id.clone());
                }
                Row::User(id, was)
            }
            Row::Account(key, account) => Row::Account(key.clone(), put(&mut self.accounts, key, account)),
            Row::ProviderTokens(key, tokens) => {
                Row::ProviderTokens(key.clone(), put(&mut self.provider_tokens, key, tokens))
            }
            Row::Session(key, session) => Row::Session(key, put(&mut self.sessions, key, session)),
            Row::Token(key, token) => Row::Token(key, put(&mut self.tokens, key, token)),
            Row::Disabled(id, since) => Row::Disabled(id.clone(), put(&mut self.disabled, id, since)),
            Row::Ending(number, ending) => {
                let was = match ending {
                    Some(ending) => self.endings.insert(number, ending),
                    None => self.endings.remove(&number),
                };
                Row::Ending(number, was)
            }
        }
    }
}

/// An account goes with what is kept for it.
fn unlinked(key: AccountKey) -> [Row; 2] {
    [Row::ProviderTokens(key.clone(), None), Row::Account(key, None)]
}

fn put<K: Hash + Eq, V>(map: &mut HashMap<K, V>, key: K, value: Option<V>) -> Option<V> {
    match value {
        Some(value) => map.insert(key, value),
        None => map.remove(&key),
    }
}

fn in_use(what: &str) -> CommitError {
    Unavailable::new(format_args!("the {what} is in use; user ids and session keys have to be random")).into()
}
