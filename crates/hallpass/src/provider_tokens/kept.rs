//! What is kept of an account's tokens, sealed and bound to the account.

use std::time::Duration;

use hallpass_oauth::token::Tokens;
use hallpass_store::{ProviderTokens, Timestamp};
use serde::{Deserialize, Serialize};

use super::ProviderToken;
use crate::error::Fault;
use crate::jose::A256Gcm;
use crate::world::Random;

/// A token that runs out within this time is renewed first: whoever gets it has to get somewhere with it.
pub(super) const LEEWAY: Duration = Duration::from_secs(60);

/// The tokens of one account, and what became of them.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) access_token: String,
    pub(super) refresh_token: Option<String>,
    /// Milliseconds since the Unix epoch.
    pub(super) expires: Option<u64>,
    pub(super) scope: Option<String>,
    /// Who the person is at an OpenID Connect provider: what later ID tokens have to say as well.
    pub(super) sub: Option<String>,
    /// The person has to sign in again.
    pub(super) again: bool,
    /// The provider was asked in vain; not to be asked before this moment, in milliseconds.
    pub(super) not_before: Option<u64>,
}

/// As it is sealed. Whose it is stands in it, so that a row that is copied to another account opens for nobody.
#[derive(Serialize, Deserialize)]
struct Sealed {
    provider: String,
    account: String,
    kept: Kept,
}

impl Kept {
    /// What a provider handed out a moment ago.
    pub(super) fn of(tokens: &Tokens, sub: Option<String>, now: Timestamp) -> Self {
        let lasts = |seconds| now.after(Duration::from_secs(seconds)).millis();
        Self {
            access_token: tokens.access_token.expose().to_owned(),
            refresh_token: tokens.refresh_token.as_ref().map(|token| token.expose().to_owned()),
            expires: tokens.expires_in.map(lasts),
            scope: tokens.scope.clone(),
            sub,
            again: false,
            not_before: None,
        }
    }

    /// The same account with what came of a renewal. A refresh token that is not replaced stays (RFC 6749 §6).
    pub(super) fn renewed(self, tokens: &Tokens, now: Timestamp) -> Self {
        let next = Self::of(tokens, self.sub, now);
        Self {
            refresh_token: next.refresh_token.or(self.refresh_token),
            scope: next.scope.or(self.scope),
            ..next
        }
    }

    /// The access token, where it is good for a while.
    pub(super) fn good(&self, now: Timestamp) -> Option<ProviderToken> {
        let good = self.expires.is_none_or(|expires| now.after(LEEWAY).millis() < expires);
        good.then(|| self.token())
    }

    pub(super) fn token(&self) -> ProviderToken {
        ProviderToken {
            access_token: self.access_token.clone(),
            expires: self.expires.map(Timestamp::from_millis),
            scope: self.scope.clone(),
        }
    }

    pub(super) fn seal(
        self,
        sealer: &A256Gcm,
        random: &dyn Random,
        provider: &str,
        account: &str,
    ) -> Result<String, Fault> {
        let sealed = Sealed { provider: provider.to_owned(), account: account.to_owned(), kept: self };
        let plain = serde_json::to_vec(&sealed).map_err(|_| Fault::Broken("json"))?;
        Ok(sealer.seal(random, &plain)?)
    }

    /// `None` where no secret opens it, or it is another account's.
    pub(super) fn open(sealer: &A256Gcm, row: &ProviderTokens) -> Option<Self> {
        let sealed: Sealed = serde_json::from_slice(&sealer.open(&row.sealed)?).ok()?;
        let theirs = sealed.provider == row.provider && sealed.account == row.provider_account_id;
        theirs.then_some(sealed.kept)
    }
}
