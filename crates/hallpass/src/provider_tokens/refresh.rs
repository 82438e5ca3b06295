//! One flight: from asking for an account's token to having it.
//!
//! Before the provider is asked, a lease is written over the state that was read. Whoever finds a lease waits for the
//! state to change. Whoever finds one that has run out knows that its holder died with the answer: the account is marked.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hallpass_oauth::assertion::Stamp;
use hallpass_oauth::id_token::{self, Expected};
use hallpass_oauth::secret::RefreshToken;
use hallpass_oauth::token::{TokenError, Tokens, refresh_request, refresh_response};
use hallpass_oauth::{Metadata, ProviderError};
use hallpass_store::{Change, CommitError, ProviderTokens, Timestamp, Unavailable};

use super::kept::Kept;
use super::{Landed, ProviderTokenError};
use crate::jose::A256Gcm;
use crate::relying_party::{Errand, Keys, RelyingParty};
use crate::world::{HttpError, World, random_token};

/// Longer than a provider is waited for, with what has to be written afterwards.
const LEASE: Duration = Duration::from_secs(20);
/// Whoever waits for another process waits so long.
const PATIENCE: Duration = Duration::from_secs(12);
/// And looks so often.
const PAUSE: Duration = Duration::from_millis(25);
/// A provider that was asked in vain is left alone for so long.
const REST: Duration = Duration::from_secs(5);
/// How often what a provider handed out is tried to be written.
const TRIES: usize = 5;

pub(super) struct Flight {
    pub(super) world: World,
    pub(super) party: Arc<RelyingParty>,
    pub(super) sealer: Arc<A256Gcm>,
    pub(super) account: String,
}

/// What came of asking the provider.
enum Outcome {
    Renewed(Tokens),
    /// It will not renew any more, or nobody knows whether it did.
    Over(&'static str),
    /// It did not renew, and may do so later.
    NotNow(&'static str),
}

impl Flight {
    pub(super) async fn fly(self) -> Landed {
        let until = self.world.clock.now().after(PATIENCE);
        loop {
            let row = self.world.store.provider_tokens(self.party.id(), &self.account).await;
            let row = row.map_err(|_| ProviderTokenError::Unavailable)?.ok_or(ProviderTokenError::NotKept)?;
            let now = self.world.clock.now();
            let Some(kept) = Kept::open(&self.sealer, &row) else {
                tracing::warn!(
                    provider = self.party.id(),
                    "kept tokens cannot be opened: was the secret changed?"
                );
                return Err(ProviderTokenError::SignInAgain);
            };
            match row.busy_until {
                Some(busy) if now < busy && now < until => self.world.tasks.sleep(PAUSE).await,
                Some(busy) if now < busy => return Err(ProviderTokenError::Unavailable),
                // Its holder is gone, and with it the answer.
                Some(_) => match self.mark(row, kept, "holder_gone").await {
                    Err(CommitError::TokensOvertaken) => {}
                    _ => return Err(ProviderTokenError::SignInAgain),
                },
                None => match self.decide(row, kept, now).await {
                    Err(Again::Overtaken) => {}
                    Err(Again::Landed(landed)) => return landed,
                    Ok(landed) => return landed,
                },
            }
        }
    }

    /// Nobody is at it: answers from what is kept, or asks the provider.
    async fn decide(&self, row: ProviderTokens, kept: Kept, now: Timestamp) -> Result<Landed, Again> {
        if kept.again {
            return Ok(Err(ProviderTokenError::SignInAgain));
        }
        if let Some(token) = kept.good(now) {
            return Ok(Ok(token));
        }
        let Some(refresh_token) = kept.refresh_token.clone() else {
            return Ok(Err(ProviderTokenError::SignInAgain));
        };
        if kept.not_before.is_some_and(|moment| now.millis() < moment) {
            return Ok(Err(ProviderTokenError::Unavailable));
        }
        let errand = Errand::new(&self.world, now).to(self.party.id());
        let unavailable = |_| Again::Landed(Err(ProviderTokenError::Unavailable));
        // What can fail without harm comes before the lease.
        let metadata = self.party.metadata(&errand).await.map_err(unavailable)?;
        let id = random_token(self.world.random.as_ref()).map_err(|_| unavailable(""))?;
        let stamp = Stamp { now: now.secs(), id: &id };
        let request =
            refresh_request(self.party.client(), &metadata, &RefreshToken::new(refresh_token), &stamp);
        let request = request.map_err(|error| {
            tracing::error!(provider = self.party.id(), reason = error.reason(), "a token cannot be renewed");
            Again::Landed(Err(ProviderTokenError::Unavailable))
        })?;
        let leased = self.write(&row, kept.clone(), Some(now.after(LEASE))).await?;
        let outcome = match errand.ask(request).await {
            Ok(response) => self.heard(&errand, &metadata, &kept, &response).await,
            Err(HttpError::NotSent(_)) => Outcome::NotNow("provider_unreachable"),
            Err(error) => Outcome::Over(crate::error::http_reason(&error)),
        };
        Ok(self.land(leased, kept, outcome).await)
    }

    /// What an answer means.
    async fn heard(
        &self,
        errand: &Errand<'_>,
        metadata: &Metadata,
        kept: &Kept,
        response: &http::Response<Bytes>,
    ) -> Outcome {
        match refresh_response(self.party.client(), response) {
            Ok(tokens) => match self.is_of_the_same_person(errand, metadata, kept, &tokens).await {
                Ok(()) => Outcome::Renewed(tokens),
                Err(reason) => Outcome::Over(reason),
            },
            Err(TokenError::Refused(
                ProviderError::ServerError
                | ProviderError::TemporarilyUnavailable
                // The operator's to mend; the person's consent stands.
                | ProviderError::InvalidClient
                | ProviderError::UnauthorizedClient
                | ProviderError::InvalidRequest
                | ProviderError::InvalidScope
                | ProviderError::UnsupportedGrantType,
            )) => Outcome::NotNow("provider_refused"),
            // An error status without a reason says that nothing was done. If that is not so, the next refusal ends it.
            Err(TokenError::Status(_)) => Outcome::NotNow("provider_unavailable"),
            Err(error) => Outcome::Over(error.reason()),
        }
    }

    /// An ID token that comes along is of the same issuer and person (OpenID Connect Core §12.2).
    async fn is_of_the_same_person(
        &self,
        errand: &Errand<'_>,
        metadata: &Metadata,
        kept: &Kept,
        tokens: &Tokens,
    ) -> Result<(), &'static str> {
        let (Some(id_token), Some(issuer)) = (&tokens.id_token, metadata.issuer.as_deref()) else {
            return Ok(());
        };
        let client = self.party.client();
        let algorithms = metadata.algorithms(client);
        let expected = Expected {
            access_token: Some(&tokens.access_token),
            algorithms: &algorithms,
            tenants: metadata.tenants,
            skew: client.clock_skew(),
            ..Expected::new(issuer, client.client_id(), self.world.clock.now().secs())
        };
        let keys = self.party.keys(errand, metadata, Keys::Kept).await?;
        let claims = match id_token::verify(id_token, &keys, &expected) {
            Err(id_token::IdTokenError::UnknownKey) => {
                let keys = self.party.keys(errand, metadata, Keys::Newer).await?;
                id_token::verify(id_token, &keys, &expected)
            }
            checked => checked,
        };
        let claims = claims.map_err(|error| error.reason())?;
        if kept.sub.as_deref() == Some(claims.sub()) { Ok(()) } else { Err("another_person") }
    }

    /// Writes what came of it, and gives it to everybody.
    async fn land(&self, leased: ProviderTokens, kept: Kept, outcome: Outcome) -> Landed {
        match outcome {
            Outcome::Renewed(tokens) => {
                let next = kept.renewed(&tokens, self.world.clock.now());
                let token = next.token();
                self.insist(&leased, next).await;
                Ok(token)
            }
            Outcome::Over(reason) => {
                // If even this cannot be written, the lease runs out and says the same.
                let _ = self.mark(leased, kept, reason).await;
                Err(ProviderTokenError::SignInAgain)
            }
            Outcome::NotNow(reason) => {
                tracing::warn!(provider = self.party.id(), reason, "a token was not renewed");
                let not_before = Some(self.world.clock.now().after(REST).millis());
                let _ = self.write(&leased, Kept { not_before, ..kept }, None).await;
                Err(ProviderTokenError::Unavailable)
            }
        }
    }

    /// Writes what the provider handed out, which it does once: a store that is down for a moment is asked again.
    async fn insist(&self, leased: &ProviderTokens, next: Kept) {
        for _ in 0..TRIES {
            match self.write(leased, next.clone(), None).await {
                Ok(_) | Err(Again::Overtaken) => return,
                Err(Again::Landed(_)) => self.world.tasks.sleep(PAUSE * 10).await,
            }
        }
        tracing::error!(provider = self.party.id(), "renewed tokens could not be written");
    }

    /// The person has to sign in again.
    async fn mark(&self, row: ProviderTokens, kept: Kept, reason: &'static str) -> Result<(), CommitError> {
        tracing::warn!(provider = self.party.id(), reason, "a token cannot be renewed any more");
        let gone = Kept { again: true, refresh_token: None, ..kept };
        let unsealed = |()| CommitError::Unavailable(Unavailable::new("what is kept could not be sealed"));
        let next = self.next(&row, gone, None).map_err(unsealed)?;
        self.world.store.commit(&[Change::KeepTokens { tokens: next, replaces: Some(row.revision) }]).await
    }

    /// Replaces the state that was read.
    async fn write(
        &self,
        before: &ProviderTokens,
        kept: Kept,
        busy_until: Option<Timestamp>,
    ) -> Result<ProviderTokens, Again> {
        let unavailable = Again::Landed(Err(ProviderTokenError::Unavailable));
        let Ok(tokens) = self.next(before, kept, busy_until) else { return Err(unavailable) };
        let replaces = Some(before.revision.clone());
        match self.world.store.commit(&[Change::KeepTokens { tokens: tokens.clone(), replaces }]).await {
            Ok(()) => Ok(tokens),
            Err(CommitError::TokensOvertaken) => Err(Again::Overtaken),
            Err(CommitError::AccountGone) => Err(Again::Landed(Err(ProviderTokenError::NotKept))),
            Err(_) => Err(unavailable),
        }
    }

    fn next(
        &self,
        before: &ProviderTokens,
        kept: Kept,
        busy_until: Option<Timestamp>,
    ) -> Result<ProviderTokens, ()> {
        let random = self.world.random.as_ref();
        let sealed = kept.seal(&self.sealer, random, self.party.id(), &self.account).map_err(drop)?;
        let revision = random_token(random).map_err(drop)?;
        Ok(ProviderTokens { revision, sealed, busy_until, ..before.clone() })
    }
}

/// Why a step did not lead to the next.
enum Again {
    /// Another was faster: look again.
    Overtaken,
    /// It ends here.
    Landed(Landed),
}
