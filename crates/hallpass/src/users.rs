//! Users and passwords, made by the operator or at sign-up.

use std::fmt;

use hallpass_store::{Change, CommitError, UserBy, UserId};

use crate::address::normalise;
use crate::config::{Auth, PASSWORD, PasswordOptions};
use crate::password::NewPassword;
use crate::sign_in::{Fresh, by_sign_up, password_account};
use crate::world::OutOfEntropy;

const MAX_NAME_CHARS: usize = 255;

/// A name as it is kept: one line, no control characters, not too long; `None` where nothing is left.
pub(crate) fn clean_name(name: &str) -> Option<String> {
    let name: String = name.chars().filter(|letter| !letter.is_control()).take(MAX_NAME_CHARS).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Why a user or password was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserError {
    /// Not an address that mail is sent to.
    Address,
    /// The password is too short or too long; the rule in words.
    Password(String),
    /// There is a user with this address.
    Taken,
    /// There is no user with this address.
    Unknown,
    /// The store, the hasher or the random number generator cannot be used at the moment.
    Unavailable(String),
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => f.write_str("this is no mail address: write it as ada@example.com"),
            Self::Password(rule) => f.write_str(rule),
            Self::Taken => f.write_str("there is a user with this address already"),
            Self::Unknown => f.write_str("there is no user with this address"),
            Self::Unavailable(cause) => f.write_str(cause),
        }
    }
}

impl std::error::Error for UserError {}

impl From<CommitError> for UserError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::EmailTaken => Self::Taken,
            CommitError::UserGone => Self::Unknown,
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl From<OutOfEntropy> for UserError {
    fn from(_: OutOfEntropy) -> Self {
        Self::Unavailable("the system has no random bytes".into())
    }
}

impl From<hallpass_store::Unavailable> for UserError {
    fn from(error: hallpass_store::Unavailable) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl Auth {
    /// Makes a user with a password. That the address is theirs counts as not shown, as at sign-up.
    pub async fn add_user(
        &self,
        email: &str,
        name: Option<&str>,
        password: &str,
    ) -> Result<UserId, UserError> {
        let email = normalise(email).ok_or(UserError::Address)?;
        let secret = self.hash(password).await?;
        let world = &self.0.world;
        let fresh = Fresh { id: UserId(self.0.random_token()?), now: world.clock.now() };
        let decision = by_sign_up(name.and_then(clean_name), email, secret, fresh);
        world.store.commit(&decision.changes).await?;
        Ok(decision.user.id)
    }

    /// Gives a user another password, and ends all their sessions.
    pub async fn set_password(&self, email: &str, password: &str) -> Result<(), UserError> {
        let email = normalise(email).ok_or(UserError::Address)?;
        let world = &self.0.world;
        let user = world.store.user(UserBy::Email(&email)).await?.ok_or(UserError::Unknown)?;
        let secret = self.hash(password).await?;
        let account = password_account(&user.id, secret, world.clock.now());
        let changes = [
            Change::Unlink { provider: PASSWORD.into(), provider_account_id: user.id.0.clone() },
            Change::Link(account),
            Change::EndSessionsOf { user: user.id, except: None },
        ];
        Ok(self.0.commit(&changes).await?)
    }

    /// Forgets sessions and links that are over. The binary does it every hour; an application that embeds the
    /// library should too. Nothing depends on it but the size of the database: what is over is refused anyway.
    pub async fn sweep(&self) -> Result<(), UserError> {
        let world = &self.0.world;
        Ok(world.store.commit(&[Change::Sweep(world.clock.now())]).await?)
    }

    async fn hash(&self, password: &str) -> Result<hallpass_store::PasswordHash, UserError> {
        let min_length =
            self.0.passwords.as_ref().map_or(PasswordOptions::default().min_length, |o| o.min_length);
        let password = NewPassword::check(password, min_length)
            .ok_or_else(|| UserError::Password(NewPassword::rule(min_length)))?;
        let busy = |_| UserError::Unavailable("too many passwords are being hashed: try again".into());
        self.0.world.passwords.hash(password.into_inner()).await.map_err(busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(clean_name("  Ada\r\nLovelace\u{1b}[0m ").as_deref(), Some("AdaLovelace[0m"));
        assert_eq!(clean_name(" \n"), None);
    }
}
