//! One provider as this server knows it: its client's registration, and what was fetched from it.
//!
//! Metadata and keys are kept for an hour; when they cannot be fetched again, the last good copy stays in use.
//! Keys are also fetched when a token names one that is not known, at most every ten seconds, so that a rotation
//! is followed at once and a flood of odd tokens does not become a flood of requests.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use hallpass_oauth::jwks::Jwks;
use hallpass_oauth::{Client, Metadata, discovery, jwks};
use hallpass_store::Timestamp;

use crate::error::{Fault, http_reason};
use crate::world::{HttpError, World};

const MAX_AGE: Duration = Duration::from_secs(3600);
const KEYS_MIN_AGE: Duration = Duration::from_secs(10);

/// A configured provider.
pub(crate) struct RelyingParty {
    client: Client,
    metadata: Kept<Metadata>,
    keys: Kept<Jwks>,
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
        Self { client, metadata: Kept::default(), keys: Kept::default() }
    }

    pub(crate) fn id(&self) -> &str {
        &self.client.provider().id
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The provider's endpoints: from its entry, or as it describes itself.
    pub(crate) async fn metadata(&self, world: &World) -> Result<Arc<Metadata>, &'static str> {
        if let Some(fixed) = self.client.fixed_metadata() {
            return Ok(Arc::new(fixed.clone()));
        }
        let now = world.clock.now();
        let kept = self.metadata.get();
        if let Some((metadata, at)) = &kept
            && now.since(*at) < MAX_AGE
        {
            return Ok(metadata.clone());
        }
        match self.fetch_metadata(world).await {
            Ok(metadata) => Ok(self.metadata.set(metadata, now)),
            Err(reason) => kept.map(|(metadata, _)| metadata).ok_or(reason),
        }
    }

    async fn fetch_metadata(&self, world: &World) -> Result<Metadata, &'static str> {
        let request = discovery::request(&self.client).map_err(|error| error.reason())?;
        let response = send(world, request).await.map_err(|error| http_reason(&error))?;
        discovery::response(&self.client, &response).map_err(|error| error.reason())
    }

    /// The provider's keys.
    pub(crate) async fn keys(
        &self,
        world: &World,
        metadata: &Metadata,
        age: Keys,
    ) -> Result<Arc<Jwks>, &'static str> {
        let now = world.clock.now();
        let longest = if age == Keys::Newer { KEYS_MIN_AGE } else { MAX_AGE };
        let kept = self.keys.get();
        if let Some((keys, at)) = &kept
            && now.since(*at) < longest
        {
            return Ok(keys.clone());
        }
        match fetch_keys(world, metadata).await {
            Ok(keys) => Ok(self.keys.set(keys, now)),
            Err(reason) => kept.map(|(keys, _)| keys).ok_or(reason),
        }
    }
}

async fn fetch_keys(world: &World, metadata: &Metadata) -> Result<Jwks, &'static str> {
    let request = jwks::request(metadata).map_err(|error| error.reason())?;
    let response = send(world, request).await.map_err(|error| http_reason(&error))?;
    jwks::response(&response).map_err(|error| error.reason())
}

/// Sends a request of the relying party.
pub(crate) async fn send(
    world: &World,
    request: http::Request<Vec<u8>>,
) -> Result<http::Response<Bytes>, HttpError> {
    world.http.send(request.map(Bytes::from)).await
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

    fn set(&self, value: T, at: Timestamp) -> Arc<T> {
        let value = Arc::new(value);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((value.clone(), at));
        value
    }
}
