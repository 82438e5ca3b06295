//! What a client signs to prove itself: `private_key_jwt` (RFC 7523 §3, OpenID Connect Core §9), and a client secret that
//! is a signed statement itself.
//!
//! ```
//! use hallpass_oauth::assertion::Stamp;
//!
//! let stamp = Stamp { now: 1_700_000_000, id: "n-0S6_WzA2Mj" };
//! assert!(!format!("{stamp:?}").contains("n-0S6"), "an id that nobody can guess stays one");
//! ```
//!
//! Each is made for one request and is over a minute later. It keeps none: signing takes a fraction of a millisecond.

use std::fmt;

use serde_json::json;

use crate::client::Client;
use crate::metadata::Metadata;
use crate::private_key::PrivateKey;

/// How long a statement is good, in seconds. It is used at once; the rest is for clocks that differ.
const LIFE: u64 = 60;

/// What a signed statement needs from outside.
#[derive(Clone, Copy)]
pub struct Stamp<'a> {
    /// The time, in seconds since 1970-01-01T00:00:00Z.
    pub now: u64,
    /// An id that no other statement has and nobody can guess.
    pub id: &'a str,
}

impl fmt::Debug for Stamp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stamp").field("now", &self.now).finish_non_exhaustive()
    }
}

/// Whom a client's signed statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The issuer, by which no other server can be meant (RFC 7523 as its successor reads it). The token endpoint, where
    /// there is no issuer or it is a template.
    Issuer,
    /// The URL of the token endpoint, for a provider that knows nothing else.
    TokenEndpoint,
}

/// A statement that the client is the client; `None` if it could not be signed.
pub(crate) fn client_assertion(
    client: &Client,
    metadata: &Metadata,
    key: &PrivateKey,
    stamp: &Stamp<'_>,
) -> Option<String> {
    let issuer = metadata.issuer.as_deref().filter(|_| metadata.tenants.is_none());
    let audience = match (client.provider().assertion_audience, issuer) {
        (Audience::Issuer, Some(issuer)) => issuer,
        _ => metadata.token_endpoint.as_str(),
    };
    let claims = json!({
        "iss": client.client_id(),
        "sub": client.client_id(),
        "aud": audience,
        "jti": stamp.id,
        "iat": stamp.now,
        "exp": stamp.now.saturating_add(LIFE),
    });
    key.sign(client.key_id(), &claims)
}

/// A secret that the team of the client signs; `None` if it could not be signed.
pub(crate) fn signed_secret(
    client: &Client,
    key: &PrivateKey,
    audience: &str,
    stamp: &Stamp<'_>,
) -> Option<String> {
    let claims = json!({
        "iss": client.team_id(),
        "sub": client.client_id(),
        "aud": audience,
        "iat": stamp.now,
        "exp": stamp.now.saturating_add(LIFE),
    });
    key.sign(client.key_id(), &claims)
}
