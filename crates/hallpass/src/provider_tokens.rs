//! Tokens of providers, for asking them in a person's name long after the sign-in.
//!
//! They are kept sealed in the store, and renewed when they run out. However many ask at once, in however many processes:
//! a provider hears of one refresh at a time, and everybody gets what came of it. Providers take a refresh token once, and
//! take back all of them where one comes twice (RFC 9700 §4.14.2). So a refresh whose answer was lost is never sent again:
//! the account is marked, and the person signs in with the provider once more. Their session here stays.
//!
//! ```
//! # async fn run(auth: hallpass::Auth, session: hallpass::Session) {
//! use hallpass::ProviderTokenError;
//!
//! match auth.provider_token(&session.user.id, "github").await {
//!     Ok(token) => println!("Authorization: Bearer {}", token.access_token),
//!     Err(ProviderTokenError::SignInAgain) => println!("show a button that leads to /api/auth/signin"),
//!     Err(error) => println!("{error}"),
//! }
//! # }
//! ```

mod kept;
mod refresh;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::Shared;
use hallpass_oauth::token::Tokens;
use hallpass_store::{Change, ProviderTokens, Timestamp, UserId};

use crate::config::{Auth, Setup};
use crate::error::Fault;
use crate::jose::A256Gcm;
use crate::relying_party::RelyingParty;
use crate::world::{Pending, World};
use kept::Kept;
use refresh::Flight;

/// What asks a provider in a person's name.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderToken {
    /// To be sent as `Authorization: Bearer …`.
    pub access_token: String,
    /// Until when it is good, where the provider says so.
    pub expires: Option<Timestamp>,
    /// What it is good for, where the provider says so: scopes with spaces between them.
    pub scope: Option<String>,
}

impl fmt::Debug for ProviderToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderToken")
            .field("expires", &self.expires)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderTokenError {
    /// No token is kept: this user never signed in with that provider since its tokens are kept
    /// (`ClientBuilder::keep_tokens`, `keep_tokens` in the configuration).
    NotKept,
    /// The person has to sign in with the provider again: it took its tokens back, or a renewal was lost on its way.
    SignInAgain,
    /// The provider or the store cannot be asked at the moment. Try again in a few seconds.
    Unavailable,
}

impl fmt::Display for ProviderTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotKept => "no token of this provider is kept for this user",
            Self::SignInAgain => "the person has to sign in with the provider again",
            Self::Unavailable => "the provider or the store cannot be asked at the moment",
        })
    }
}

impl std::error::Error for ProviderTokenError {}

impl Auth {
    /// A token that is good for a moment at least, of the account that this user linked last at this provider. It is
    /// renewed first where it runs out.
    ///
    /// # Errors
    /// [`ProviderTokenError`].
    pub async fn provider_token(
        &self,
        user: &UserId,
        provider: &str,
    ) -> Result<ProviderToken, ProviderTokenError> {
        fresh(&self.0, user, provider).await
    }
}

/// As [`Auth::provider_token`].
pub(crate) async fn fresh(
    setup: &Setup,
    user: &UserId,
    provider: &str,
) -> Result<ProviderToken, ProviderTokenError> {
    let keeps = |party: &&Arc<RelyingParty>| party.id() == provider && party.client().keeps_tokens();
    let party = setup.oauth.iter().find(keeps).ok_or(ProviderTokenError::NotKept)?;
    let accounts = setup.world.store.accounts(user).await.map_err(|_| ProviderTokenError::Unavailable)?;
    let account = accounts.into_iter().rfind(|account| account.provider == provider);
    let account = account.ok_or(ProviderTokenError::NotKept)?.provider_account_id;
    setup.keeper.fresh(&setup.world, party, account).await
}

/// What came of a flight.
type Landed = Result<ProviderToken, ProviderTokenError>;
/// Whom a flight is for: the provider and the account there.
type Passenger = (String, String);

/// Keeps the tokens, and knows which renewals are under way here.
pub(crate) struct Keeper {
    sealer: Arc<A256Gcm>,
    flights: Arc<Mutex<HashMap<Passenger, Shared<Pending<'static, Landed>>>>>,
}

impl Keeper {
    pub(crate) fn new(sealer: A256Gcm) -> Self {
        Self { sealer: Arc::new(sealer), flights: Arc::default() }
    }

    /// The token of an account. Whoever asks while a flight is under way waits for that one; it goes on when they leave.
    async fn fresh(&self, world: &World, party: &Arc<RelyingParty>, account: String) -> Landed {
        let flight = Flight {
            world: world.clone(),
            party: Arc::clone(party),
            sealer: Arc::clone(&self.sealer),
            account,
        };
        self.board(flight).await
    }

    fn board(&self, flight: Flight) -> Shared<Pending<'static, Landed>> {
        let passenger = (flight.party.id().to_owned(), flight.account.clone());
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        // What has landed is over, also where nobody has cleared it away yet.
        if let Some(under_way) = flights.get(&passenger).filter(|flight| flight.peek().is_none()) {
            return under_way.clone();
        }
        let tasks = Arc::clone(&flight.world.tasks);
        let starting: Pending<'static, Landed> = Box::pin(flight.fly());
        let starting = starting.shared();
        flights.insert(passenger.clone(), starting.clone());
        drop(flights);
        let (all, lands) = (Arc::clone(&self.flights), starting.clone());
        tasks.spawn(Box::pin(async move {
            let _ = lands.clone().await;
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            if all.get(&passenger).is_some_and(|flight| flight.ptr_eq(&lands)) {
                all.remove(&passenger);
            }
        }));
        starting
    }

    /// What a sign-in writes, where this provider's tokens are kept.
    pub(crate) async fn at_sign_in(
        &self,
        setup: &Setup,
        party: &RelyingParty,
        account: &str,
        arrived: &(Tokens, Option<String>),
    ) -> Result<Option<Change>, Fault> {
        if !party.client().keeps_tokens() {
            return Ok(None);
        }
        let (now, (tokens, sub)) = (setup.world.clock.now(), arrived);
        let mut kept = Kept::of(tokens, sub.clone(), now);
        if kept.refresh_token.is_none() {
            // Many providers hand one out at the first consent only; a dead one is not worth keeping.
            let before = setup.world.store.provider_tokens(party.id(), account).await?;
            let before = before.and_then(|before| Kept::open(&self.sealer, &before));
            kept.refresh_token =
                before.filter(|before| !before.again).and_then(|before| before.refresh_token);
        }
        let tokens = ProviderTokens {
            provider: party.id().to_owned(),
            provider_account_id: account.to_owned(),
            revision: setup.random_token()?,
            sealed: kept.seal(&self.sealer, setup.world.random.as_ref(), party.id(), account)?,
            busy_until: None,
        };
        Ok(Some(Change::KeepTokens { tokens, replaces: None }))
    }
}
