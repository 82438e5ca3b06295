//! One provider as this server knows it: its client's registration, and what was fetched from it.
//!
//! Metadata and keys are kept for an hour; when they cannot be fetched again, the last good copy stays in use and is
//! not asked for again for a minute. Keys are also fetched when a token names one that is not known, so that a rotation is
//! followed at once; but not again for that reason within ten seconds, so that a flood of odd tokens does not become a
//! flood of requests.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use hallpass_oauth::jwks::Jwks;
use hallpass_oauth::{Client, Metadata, discovery, jwks};
use hallpass_store::Timestamp;

use crate::error::{Fault, http_reason};
use crate::world::{Addressee, HttpError, World};

const MAX_AGE: Duration = Duration::from_secs(3600);
const KEYS_MIN_AGE: Duration = Duration::from_secs(10);
/// How long the last good copy serves after it could not be fetched anew.
const PATIENCE: Duration = Duration::from_secs(60);
/// All requests to a provider for one request of a browser have to fit into this: the person is waiting.
const DEADLINE: Duration = Duration::from_secs(8);

/// What is asked of a provider for one request of a browser, within one deadline.
pub(crate) struct Errand<'a> {
    world: &'a World,
    until: Timestamp,
    provider: Option<&'a str>,
}

impl<'a> Errand<'a> {
    pub(crate) fn new(world: &'a World, now: Timestamp) -> Self {
        Self { world, until: now.after(DEADLINE), provider: None }
    }

    /// Says whose requests these are, for whoever counts them.
    pub(crate) fn to(self, provider: &'a str) -> Self {
        Self { provider: Some(provider), ..self }
    }

    /// Sends a request; the reason for the log where there is no answer.
    pub(crate) async fn send(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Bytes>, &'static str> {
        self.ask(request).await.map_err(|error| http_reason(&error))
    }

    /// Sends a request. Where no time is left, nothing is sent.
    pub(crate) async fn ask(
        &self,
        mut request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Bytes>, HttpError> {
        let within = self.until.since(self.world.clock.now());
        if within.is_zero() {
            return Err(HttpError::NotSent("the time was up".to_owned()));
        }
        if let Some(provider) = self.provider {
            request.extensions_mut().insert(Addressee(provider.to_owned()));
        }
        self.world.http.send(request.map(Bytes::from), within).await
    }
}

/// A configured provider.
pub(crate) struct RelyingParty {
    client: Client,
    metadata: Kept<Metadata>,
    keys: Kept<Jwks>,
    /// When keys were last fetched for the sake of a token that named an unknown one.
    sought: Mutex<Option<Timestamp>>,
}

/// How old a copy of the keys may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    /// As old as they may get.
    Kept,
    /// The copy at hand lacks a key.
    Newer,
}

impl RelyingParty {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, metadata: Kept::default(), keys: Kept::default(), sought: Mutex::new(None) }
    }

    pub(crate) fn id(&self) -> &str {
        &self.client.provider().id
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The provider's endpoints: from its entry, or as it describes itself.
    pub(crate) async fn metadata(&self, errand: &Errand<'_>) -> Result<Arc<Metadata>, &'static str> {
        if let Some(fixed) = self.client.fixed_metadata() {
            return Ok(Arc::new(fixed.clone()));
        }
        let now = errand.world.clock.now();
        let kept = self.metadata.get();
        if let Some((metadata, at)) = &kept
            && now.since(*at) < MAX_AGE
        {
            return Ok(metadata.clone());
        }
        match self.fetch_metadata(errand).await {
            Ok(metadata) => Ok(self.metadata.set(metadata, now)),
            Err(reason) => self.metadata.spare(now).ok_or(reason),
        }
    }

    async fn fetch_metadata(&self, errand: &Errand<'_>) -> Result<Metadata, &'static str> {
        let request = discovery::request(&self.client).map_err(|error| error.reason())?;
        let response = errand.send(request).await?;
        discovery::response(&self.client, &response).map_err(|error| error.reason())
    }

    /// The provider's keys.
    pub(crate) async fn keys(
        &self,
        errand: &Errand<'_>,
        metadata: &Metadata,
        age: Keys,
    ) -> Result<Arc<Jwks>, &'static str> {
        let now = errand.world.clock.now();
        let kept = self.keys.get();
        let fresh = |at: Timestamp| match age {
            Keys::Kept => now.since(at) < MAX_AGE,
            Keys::Newer => !self.may_seek(now),
        };
        if let Some((keys, at)) = &kept
            && fresh(*at)
        {
            return Ok(keys.clone());
        }
        match fetch_keys(errand, metadata).await {
            Ok(keys) => Ok(self.keys.set(keys, now)),
            Err(reason) => self.keys.spare(now).ok_or(reason),
        }
    }

    /// Whether it is time again to look for an unknown key; if so, the time is taken note of.
    fn may_seek(&self, now: Timestamp) -> bool {
        let mut sought = self.sought.lock().unwrap_or_else(PoisonError::into_inner);
        let due = sought.is_none_or(|at| now.since(at) >= KEYS_MIN_AGE);
        if due {
            *sought = Some(now);
        }
        due
    }
}

async fn fetch_keys(errand: &Errand<'_>, metadata: &Metadata) -> Result<Jwks, &'static str> {
    let request = jwks::request(metadata).map_err(|error| error.reason())?;
    let response = errand.send(request).await?;
    jwks::response(&response).map_err(|error| error.reason())
}

/// A fault for an answer that did not hold.
pub(crate) fn answer(reason: &'static str) -> Fault {
    Fault::ProviderAnswer(reason)
}

/// The last good copy of something, and when it was fetched.
struct Kept<T>(Mutex<Option<(Arc<T>, Timestamp)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Kept<T> {
    fn get(&self) -> Option<(Arc<T>, Timestamp)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last good copy, to serve for a while longer.
    fn spare(&self, now: Timestamp) -> Option<Arc<T>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (value, at) = kept.as_mut()?;
        let age = MAX_AGE.saturating_sub(PATIENCE);
        let aged = now.millis().saturating_sub(u64::try_from(age.as_millis()).unwrap_or(u64::MAX));
        *at = (*at).max(Timestamp::from_millis(aged));
        Some(value.clone())
    }

    fn set(&self, value: T, at: Timestamp) -> Arc<T> {
        let value = Arc::new(value);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((value.clone(), at));
        value
    }
}

#[cfg(test)]
mod tests {
    use hallpass_oauth::Provider;
    use serde_json::json;

    use super::*;
    use crate::world::fixed::Fixed;

    fn party() -> RelyingParty {
        let issuer = Some("https://op.example".into());
        let provider = Provider { id: "op".into(), name: "Op".into(), issuer, ..Provider::OIDC };
        let secret = hallpass_oauth::ClientSecret::new("s3cret".into());
        RelyingParty::new(Client::builder(provider, "client").secret(secret).build().unwrap())
    }

    fn document() -> serde_json::Value {
        json!({
            "issuer": "https://op.example",
            "authorization_endpoint": "https://op.example/authorize",
            "token_endpoint": "https://op.example/token",
            "jwks_uri": "https://op.example/jwks",
        })
    }

    async fn ask(fixed: &Fixed, party: &RelyingParty) -> Result<(), &'static str> {
        let world = fixed.world();
        party.metadata(&Errand::new(&world, world.clock.now())).await.map(drop)
    }

    fn asked(fixed: &Fixed) -> usize {
        fixed.http.asked.lock().unwrap().len()
    }

    #[tokio::test]
    async fn what_a_provider_says_is_kept_for_an_hour_and_its_last_word_longer() {
        let (fixed, party) = (Fixed::new(), party());
        assert_eq!(ask(&fixed, &party).await, Err("provider_timed_out"));
        fixed.http.answer(&document());
        assert_eq!(ask(&fixed, &party).await, Ok(()));
        fixed.clock.advance(MAX_AGE - Duration::from_millis(1));
        assert_eq!((ask(&fixed, &party).await, asked(&fixed)), (Ok(()), 2));
        fixed.clock.advance(Duration::from_millis(1));
        assert_eq!((ask(&fixed, &party).await, asked(&fixed)), (Ok(()), 3), "asked in vain");
        assert_eq!((ask(&fixed, &party).await, asked(&fixed)), (Ok(()), 3), "and not again at once");
        fixed.clock.advance(PATIENCE);
        fixed.http.answer(&document());
        assert_eq!((ask(&fixed, &party).await, asked(&fixed)), (Ok(()), 4));
    }

    #[tokio::test]
    async fn all_requests_for_one_browser_share_one_deadline() {
        let fixed = Fixed::new();
        let world = fixed.world();
        let errand = Errand::new(&world, world.clock.now());
        let request = || http::Request::get("https://op.example/").body(Vec::new()).unwrap();
        fixed.http.answer(&json!({}));
        assert!(errand.send(request()).await.is_ok());
        fixed.clock.advance(DEADLINE - Duration::from_secs(1));
        fixed.http.answer(&json!({}));
        assert!(errand.send(request()).await.is_ok());
        fixed.clock.advance(Duration::from_secs(1));
        assert_eq!(errand.send(request()).await.err(), Some("provider_unreachable"));
        assert_eq!(*fixed.http.allowed.lock().unwrap(), [DEADLINE, Duration::from_secs(1)]);
    }

    #[tokio::test]
    async fn an_unknown_key_is_looked_for_at_once_and_not_again_for_ten_seconds() {
        let (fixed, party) = (Fixed::new(), party());
        let world = fixed.world();
        let errand = || Errand::new(&world, world.clock.now());
        fixed.http.answer(&document());
        let metadata = party.metadata(&errand()).await.unwrap();
        for (age, fetched) in [(Keys::Kept, 2), (Keys::Kept, 2), (Keys::Newer, 3), (Keys::Newer, 3)] {
            fixed.http.answer(&json!({"keys": []}));
            assert!(party.keys(&errand(), &metadata, age).await.is_ok());
            assert_eq!(asked(&fixed), fetched);
        }
        fixed.clock.advance(KEYS_MIN_AGE);
        assert!(party.keys(&errand(), &metadata, Keys::Newer).await.is_ok());
        assert_eq!(asked(&fixed), 4);
    }
}
