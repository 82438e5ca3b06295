//! The authorization request: the URL the browser is sent to (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).
//!
//! PKCE with S256 is part of every request, and so is `nonce` for OpenID Connect: there is no way to leave them out.
//!
//! ```
//! use hallpass_oauth::{Client, ClientSecret, Provider, UserInfo, authorization, pkce::Verifier};
//!
//! let entry = Provider {
//!     id: "acme".into(),
//!     name: "Acme".into(),
//!     authorization: Some("https://acme.example/authorize".into()),
//!     token: Some("https://acme.example/token".into()),
//!     userinfo: UserInfo::Endpoint("https://acme.example/me".into()),
//!     scope: "profile".into(),
//!     ..Provider::OAUTH2
//! };
//! let client = Client::builder(entry, "my-client").secret(ClientSecret::new("s".into())).build().unwrap();
//! let start = authorization::Start {
//!     redirect_uri: "https://app.example/api/auth/callback/acme",
//!     state: "xyzzy",
//!     nonce: None,
//!     verifier: &Verifier::from_random(&[7; 32]),
//!     extra: &[("login_hint".into(), "jane".into()), ("client_id".into(), "evil".into())],
//! };
//! let url = authorization::url(&client, client.fixed_metadata().unwrap(), &start).unwrap();
//! assert!(url.starts_with("https://acme.example/authorize?response_type=code&client_id=my-client&redirect_uri="));
//! assert!(url.contains("login_hint=jane") && url.contains("code_challenge_method=S256") && !url.contains("evil"));
//! ```
//!
//! It draws no random bytes: state, nonce and verifier are passed in.

use std::borrow::Cow;

use crate::client::Client;
use crate::discovery::Metadata;
use crate::fault::{Fault, faults};
use crate::pkce::Verifier;
use crate::provider::Kind;

/// Parameters that belong to the transaction: nobody but this module sets them.
const RESERVED: &[&str] = &[
    "client_id",
    "client_secret",
    "redirect_uri",
    "response_type",
    "response_mode",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
];
/// More extra parameters than this are refused.
const MAX_EXTRA: usize = 32;
/// Extra parameters of more bytes in all are refused.
const MAX_EXTRA_BYTES: usize = 4096;

faults! {
    /// Why a browser cannot be sent to the provider.
    pub enum AuthorizationError {
        /// An OpenID Connect request needs a nonce.
        MissingNonce = "nonce_missing", Fault::Configuration, "an OpenID Connect request needs a nonce";
        /// There is no state.
        MissingState = "state_missing", Fault::Configuration, "an authorization request needs a state";
        /// There are more than 32 extra parameters, or they have more than 4096 bytes.
        TooMuchExtra = "authorization_params_too_large", Fault::Visitor, "there are too many extra parameters";
    }
}

/// One transaction's values.
#[derive(Clone, Copy)]
pub struct Start<'a> {
    /// Where the provider sends the browser back to; the very same text goes into the token request.
    pub redirect_uri: &'a str,
    /// Ties the answer to the browser that asks: unguessable, used once.
    pub state: &'a str,
    /// Ties the ID token to this transaction: unguessable, used once. OpenID Connect only.
    pub nonce: Option<&'a str>,
    /// Ties the code to whoever asks (RFC 7636). Only its hash leaves.
    pub verifier: &'a Verifier,
    /// What the caller adds to the entry's parameters or sets otherwise, `scope` included. Those that belong to the
    /// transaction are left out in silence.
    pub extra: &'a [(String, String)],
}

/// The URL to send the browser to.
///
/// # Errors
/// [`AuthorizationError`] says what does not fit.
pub fn url(client: &Client, metadata: &Metadata, start: &Start<'_>) -> Result<String, AuthorizationError> {
    if start.state.is_empty() {
        return Err(AuthorizationError::MissingState);
    }
    let nonce = match client.provider().kind {
        Kind::Oidc => Some(start.nonce.filter(|nonce| !nonce.is_empty()).ok_or(AuthorizationError::MissingNonce)?),
        Kind::Oauth2 => None,
    };
    let challenge = start.verifier.challenge();
    let transaction = [
        ("response_type", Some("code")),
        ("client_id", Some(client.client_id())),
        ("redirect_uri", Some(start.redirect_uri)),
        ("state", Some(start.state)),
        ("nonce", nonce),
        ("code_challenge", Some(&challenge)),
        ("code_challenge_method", Some("S256")),
    ];
    let optional = optional(client, start.extra)?;

    let mut url = metadata.authorization_endpoint.url().clone();
    let replaced = |name: &str| RESERVED.contains(&name) || optional.iter().any(|(known, _)| *known == name);
    // RFC 6749 §3.1: a query that the endpoint has already is kept.
    let kept: Vec<(String, String)> =
        url.query_pairs().filter(|(name, _)| !replaced(name)).map(|(n, v)| (n.into(), v.into())).collect();
    url.query_pairs_mut()
        .clear()
        .extend_pairs(kept)
        .extend_pairs(transaction.iter().filter_map(|(name, value)| Some((name, (*value)?))))
        .extend_pairs(&optional);
    Ok(url.into())
}

/// The entry's scope and parameters, overridden by the caller's.
fn optional<'a>(
    client: &'a Client,
    extra: &'a [(String, String)],
) -> Result<Vec<(&'a str, Cow<'a, str>)>, AuthorizationError> {
    let bytes: usize = extra.iter().map(|(name, value)| name.len() + value.len()).sum();
    if extra.len() > MAX_EXTRA || bytes > MAX_EXTRA_BYTES {
        return Err(AuthorizationError::TooMuchExtra);
    }
    let provider = client.provider();
    let scope = (!provider.scope.is_empty()).then_some(("scope", provider.scope.as_ref()));
    let own = provider.authorization_params.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
    let callers = extra.iter().map(|(name, value)| (name.as_str(), value.as_str()));

    let mut chosen: Vec<(&str, Cow<'_, str>)> = Vec::new();
    for (name, value) in scope.into_iter().chain(own).chain(callers) {
        if name.is_empty() || RESERVED.contains(&name) {
            continue;
        }
        let value = if name == "scope" { scope_with_openid(provider.kind, value) } else { value.into() };
        match chosen.iter_mut().find(|(known, _)| *known == name) {
            Some(entry) => entry.1 = value,
            None => chosen.push((name, value)),
        }
    }
    Ok(chosen)
}

/// Without `openid` an OpenID Connect provider would send no ID token (Core §3.1.2.1).
fn scope_with_openid(kind: Kind, scope: &str) -> Cow<'_, str> {
    if kind == Kind::Oidc && !scope.split(' ').any(|word| word == "openid") {
        return format!("openid {scope}").trim_end().to_owned().into();
    }
    scope.into()
}
