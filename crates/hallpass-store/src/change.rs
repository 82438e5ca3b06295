//! Writes as data.
//!
//! User ids and session keys are random, so two are never equal. Where a caller brings one that is in use, the commit
//! fails with [`CommitError::Unavailable`] and what is there stays: nothing is taken over.
//!
//! What a caller decides rests on what it read before, and others commit in between. The changes that require
//! something look again, within the commit: where what was read is overtaken, nothing is written.

use std::fmt;

use crate::model::{
    Account, OneTimeToken, ProviderTokens, Purpose, Session, SessionClaims, Timestamp, TokenHash, User,
    UserId,
};
use crate::unavailable::Unavailable;

/// One thing to write. A list of them is applied in order, all or nothing. `Debug` shows no address.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// Makes a user. Fails with [`CommitError::EmailTaken`] where another has the address.
    CreateUser(User),
    /// Replaces the user with the same id; whether they are disabled stays as it is. Fails with [`CommitError::UserGone`] or [`CommitError::EmailTaken`].
    UpdateUser(User),
    /// Disables a user: no session of theirs can be started. Those that run are not ended by this;
    /// [`Change::EndSessionsOf`] in the same commit does that. A user who is disabled already stays so since then.
    /// Fails with [`CommitError::UserGone`].
    DisableUser {
        /// Whom.
        user: UserId,
        /// When.
        at: Timestamp,
    },
    /// Lets a user sign in again; nothing where they can. Fails with [`CommitError::UserGone`].
    EnableUser(UserId),
    /// Links an account. Fails with [`CommitError::AccountTaken`] where `(provider, provider_account_id)` is
    /// linked already, to whomever, and with [`CommitError::UserGone`].
    Link(Account),
    /// Keeps what a provider handed out for an account, in the place of what is kept. Fails with
    /// [`CommitError::AccountGone`] where the account is not linked. It goes when the account is unlinked.
    KeepTokens {
        /// What, and for which account.
        tokens: ProviderTokens,
        /// The revision that has to stand there, else it fails with [`CommitError::TokensOvertaken`]. `None`: whatever does.
        replaces: Option<String>,
    },
    /// Unlinks an account; nothing where there is none.
    Unlink {
        /// The provider's id.
        provider: String,
        /// Who the user is there.
        provider_account_id: String,
    },
    /// Unlinks every account of a user, those too that were linked a moment ago; nothing where there is none.
    UnlinkAllOf(UserId),
    /// Writes nothing. Fails with [`CommitError::AccountGone`] where this account is not linked to this user, or holds
    /// another secret: what was decided about it before has been overtaken. Its kind and its age are not compared.
    RequireAccount(Account),
    /// Writes nothing. Fails with [`CommitError::SessionGone`] where this session was ended.
    RequireSession(TokenHash),
    /// Writes nothing. Fails with [`CommitError::UserDisabled`] where this user cannot sign in, and with
    /// [`CommitError::UserGone`].
    RequireEnabled(UserId),
    /// Starts a session. Fails with [`CommitError::UserGone`] and, however they came, with
    /// [`CommitError::UserDisabled`].
    StartSession(Session),
    /// Prolongs a session. Fails with [`CommitError::SessionGone`] where it was ended.
    RenewSession {
        /// Which.
        key: TokenHash,
        /// When it was prolonged.
        renewed: Timestamp,
        /// Until when it lasts.
        expires: Timestamp,
        /// What the application adds from here on; `None` leaves what is there.
        claims: Option<SessionClaims>,
    },
    /// Ends a session; nothing where there is none.
    EndSession(TokenHash),
    /// Ends all sessions of a user but one.
    EndSessionsOf {
        /// Whose.
        user: UserId,
        /// The one that stays.
        except: Option<TokenHash>,
    },
    /// Announces that a session ends, for [`Store::endings`](crate::Store::endings): to be put before the change that
    /// ends it. Nothing where there is no such session.
    AnnounceEnd {
        /// Which.
        key: TokenHash,
        /// From when on nobody needs to know.
        until: Timestamp,
    },
    /// Announces that all sessions of a user but one end: to be put before the change that ends them.
    AnnounceEndsOf {
        /// Whose.
        user: UserId,
        /// The one that stays.
        except: Option<TokenHash>,
        /// From when on nobody needs to know.
        until: Timestamp,
    },
    /// Issues a one-time token. Fails with [`CommitError::TokenTaken`] where its key is in use, expired or not: so a
    /// token may also mark that something was done, once. Of any number of racing commits with the same key one succeeds.
    IssueToken(OneTimeToken),
    /// Spends a one-time token. Fails with [`CommitError::TokenGone`] where it is spent, expired at `now`, of
    /// another purpose, or was never issued. Of any number of racing commits with the same token one succeeds.
    Redeem {
        /// Which.
        key: TokenHash,
        /// What for.
        purpose: Purpose,
        /// When.
        now: Timestamp,
    },
    /// Voids every token of this purpose for this identifier.
    VoidTokens {
        /// What for.
        purpose: Purpose,
        /// For whom.
        identifier: String,
    },
    /// Forgets sessions, tokens and announcements that are over at this moment.
    Sweep(Timestamp),
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateUser(user) => f.debug_tuple("CreateUser").field(user).finish(),
            Self::UpdateUser(user) => f.debug_tuple("UpdateUser").field(user).finish(),
            Self::DisableUser { user, at } => {
                f.debug_struct("DisableUser").field("user", user).field("at", at).finish()
            }
            Self::EnableUser(user) => f.debug_tuple("EnableUser").field(user).finish(),
            Self::Link(account) => f.debug_tuple("Link").field(account).finish(),
            Self::KeepTokens { tokens, .. } => {
                f.debug_struct("KeepTokens").field("tokens", tokens).finish_non_exhaustive()
            }
            Self::Unlink { provider, .. } => {
                f.debug_struct("Unlink").field("provider", provider).finish_non_exhaustive()
            }
            Self::UnlinkAllOf(user) => f.debug_tuple("UnlinkAllOf").field(user).finish(),
            Self::RequireAccount(account) => f.debug_tuple("RequireAccount").field(account).finish(),
            Self::RequireSession(_) => f.write_str("RequireSession(..)"),
            Self::RequireEnabled(user) => f.debug_tuple("RequireEnabled").field(user).finish(),
            Self::StartSession(session) => f.debug_tuple("StartSession").field(session).finish(),
            Self::RenewSession { renewed, expires, .. } => {
                let mut shown = f.debug_struct("RenewSession");
                shown.field("renewed", renewed).field("expires", expires).finish_non_exhaustive()
            }
            Self::EndSession(_) => f.write_str("EndSession(..)"),
            Self::EndSessionsOf { user, .. } => {
                f.debug_struct("EndSessionsOf").field("user", user).finish_non_exhaustive()
            }
            Self::AnnounceEnd { until, .. } => {
                f.debug_struct("AnnounceEnd").field("until", until).finish_non_exhaustive()
            }
            Self::AnnounceEndsOf { user, until, .. } => {
                let mut shown = f.debug_struct("AnnounceEndsOf");
                shown.field("user", user).field("until", until).finish_non_exhaustive()
            }
            Self::IssueToken(token) => f.debug_tuple("IssueToken").field(token).finish(),
            Self::Redeem { purpose, now, .. } => {
                f.debug_struct("Redeem").field("purpose", purpose).field("now", now).finish_non_exhaustive()
            }
            Self::VoidTokens { purpose, .. } => {
                f.debug_struct("VoidTokens").field("purpose", purpose).finish_non_exhaustive()
            }
            Self::Sweep(now) => f.debug_tuple("Sweep").field(now).finish(),
        }
    }
}

/// Why nothing of a commit was written.
#[derive(Debug, PartialEq, Eq)]
pub enum CommitError {
    /// The one-time token is spent, expired or unknown.
    TokenGone,
    /// The session was ended.
    SessionGone,
    /// The user does not exist.
    UserGone,
    /// The user is disabled.
    UserDisabled,
    /// Another user has the address.
    EmailTaken,
    /// The account is linked to a user already.
    AccountTaken,
    /// The account is not linked to the user, or holds another secret.
    AccountGone,
    /// Others were kept for the account meanwhile.
    TokensOvertaken,
    /// A one-time token with this key was issued already.
    TokenTaken,
    /// The store could not be asked.
    Unavailable(Unavailable),
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TokenGone => f.write_str("the one-time token is spent, expired or unknown"),
            Self::SessionGone => f.write_str("the session was ended"),
            Self::UserGone => f.write_str("the user does not exist"),
            Self::UserDisabled => f.write_str("the user is disabled"),
            Self::EmailTaken => f.write_str("another user has this address"),
            Self::AccountTaken => f.write_str("the account is linked to a user already"),
            Self::AccountGone => {
                f.write_str("the account is not linked to the user, or holds another secret")
            }
            Self::TokensOvertaken => f.write_str("other tokens were kept for the account meanwhile"),
            Self::TokenTaken => f.write_str("a one-time token with this key was issued already"),
            Self::Unavailable(cause) => cause.fmt(f),
        }
    }
}

impl std::error::Error for CommitError {}

impl From<Unavailable> for CommitError {
    fn from(cause: Unavailable) -> Self {
        Self::Unavailable(cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_debug_output_shows_whom_a_change_is_about() {
        let private = || "PRIVATE@example.com".to_owned();
        let changes = [
            Change::Unlink { provider: "op".into(), provider_account_id: private() },
            Change::VoidTokens { purpose: Purpose::EmailSignIn, identifier: private() },
        ];
        let shown = format!("{changes:?}");
        assert!(!shown.contains("PRIVATE"), "{shown}");
        assert!(shown.contains("op") && shown.contains("EmailSignIn"), "{shown}");
    }
}
