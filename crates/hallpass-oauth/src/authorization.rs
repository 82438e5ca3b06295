//! The authorization request: the URL the browser is sent to (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).
//!
//! `nonce` is part of every request for OpenID Connect, and PKCE with S256 of every request but to a provider whose entry
//! says that it refuses PKCE: there is no other way to leave them out.
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
use crate::fault::{Fault, faults};
use crate::metadata::Metadata;
use crate::pkce::Verifier;
use crate::provider::{Kind, Pkce, ResponseMode};

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
        Kind::Oidc => {
            Some(start.nonce.filter(|nonce| !nonce.is_empty()).ok_or(AuthorizationError::MissingNonce)?)
        }
        Kind::Oauth2 => None,
    };
    let provider = client.provider();
    let challenge = (provider.pkce == Pkce::S256).then(|| start.verifier.challenge());
    let transaction = [
        ("response_type", Some("code")),
        ("client_id", Some(client.client_id())),
        ("redirect_uri", Some(start.redirect_uri)),
        ("state", Some(start.state)),
        ("nonce", nonce),
        ("code_challenge", challenge.as_deref()),
        ("code_challenge_method", challenge.as_ref().map(|_| "S256")),
        ("response_mode", (provider.response_mode == ResponseMode::FormPost).then_some("form_post")),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{Provider, UserInfo};
    use crate::secret::ClientSecret;
    use url::Url;

    const REDIRECT: &str = "https://app.example/api/auth/callback/acme?x=%20y";

    fn client(kind: Kind) -> Client {
        let base = if kind == Kind::Oidc { Provider::OIDC } else { Provider::OAUTH2 };
        let entry = Provider {
            id: "acme".into(),
            name: "Acme".into(),
            issuer: Some("https://acme.example".into()),
            authorization: Some("https://acme.example/authorize?tenant=a%26b&client_id=x&prompt=none".into()),
            token: Some("https://acme.example/token".into()),
            jwks: Some("https://acme.example/keys".into()),
            userinfo: UserInfo::Endpoint("https://acme.example/me".into()),
            authorization_params: vec![("prompt".into(), "consent".into()), ("state".into(), "fixed".into())]
                .into(),
            ..base
        };
        Client::builder(entry, "my client&").secret(ClientSecret::new("s".into())).build().unwrap()
    }

    fn build(
        client: &Client,
        extra: &[(&str, &str)],
        nonce: Option<&str>,
    ) -> Result<Vec<(String, String)>, AuthorizationError> {
        let extra: Vec<_> =
            extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let verifier = Verifier::from_random(&[7; 32]);
        let start = Start { redirect_uri: REDIRECT, state: "st", nonce, verifier: &verifier, extra: &extra };
        let url = url(client, client.fixed_metadata().unwrap(), &start)?;
        assert!(!url.contains(verifier.expose()), "the verifier stays here");
        Ok(Url::parse(&url).unwrap().query_pairs().into_owned().collect())
    }

    fn all<'a>(pairs: &'a [(String, String)], name: &str) -> Vec<&'a str> {
        pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    // A42
    #[test]
    fn the_transaction_is_in_the_url_once_and_unchanged() {
        let pairs = build(&client(Kind::Oidc), &[], Some("no")).unwrap();
        assert_eq!(all(&pairs, "response_type"), ["code"]);
        assert_eq!(all(&pairs, "client_id"), ["my client&"]);
        assert_eq!(all(&pairs, "redirect_uri"), [REDIRECT]);
        assert_eq!(all(&pairs, "state"), ["st"]);
        assert_eq!(all(&pairs, "nonce"), ["no"]);
        assert_eq!(all(&pairs, "code_challenge"), [Verifier::from_random(&[7; 32]).challenge()]);
        assert_eq!(all(&pairs, "code_challenge_method"), ["S256"]);
        assert_eq!(all(&pairs, "scope"), ["openid email profile"]);
        assert_eq!(all(&pairs, "tenant"), ["a&b"], "the endpoint's own query is kept");
        assert_eq!(all(&pairs, "prompt"), ["consent"], "and overridden by the entry");
    }

    // A22, A42
    #[test]
    fn the_caller_cannot_touch_the_transaction() {
        let evil: Vec<_> = RESERVED.iter().map(|name| (*name, "evil")).collect();
        for kind in [Kind::Oauth2, Kind::Oidc] {
            let pairs = build(&client(kind), &evil, Some("no")).unwrap();
            assert!(pairs.iter().all(|(_, value)| value != "evil"), "{pairs:?}");
        }
    }

    #[test]
    fn the_caller_may_add_and_override_the_rest() {
        let extra = [("prompt", "login"), ("login_hint", "a"), ("login_hint", "b&c"), ("scope", "email")];
        let pairs = build(&client(Kind::Oauth2), &extra, None).unwrap();
        assert_eq!(all(&pairs, "prompt"), ["login"]);
        assert_eq!(all(&pairs, "login_hint"), ["b&c"]);
        assert_eq!(all(&pairs, "scope"), ["email"]);
        assert_eq!(all(&pairs, "nonce"), [""; 0]);
        let pairs = build(&client(Kind::Oidc), &extra, Some("no")).unwrap();
        assert_eq!(all(&pairs, "scope"), ["openid email"], "without openid there is no ID token");
    }

    #[test]
    fn a_provider_that_refuses_pkce_gets_none_and_one_that_posts_is_told_so() {
        let provider = client(Kind::Oidc).provider().clone();
        let provider = Provider { pkce: Pkce::Refused, response_mode: ResponseMode::FormPost, ..provider };
        let client = Client::builder(provider, "id").secret(ClientSecret::new("s".into())).build().unwrap();
        let pairs = build(&client, &[("response_mode", "query")], Some("no")).unwrap();
        assert_eq!(all(&pairs, "code_challenge"), [""; 0]);
        assert_eq!(all(&pairs, "code_challenge_method"), [""; 0]);
        assert_eq!(all(&pairs, "nonce"), ["no"], "the nonce is what ties the code then");
        assert_eq!(all(&pairs, "response_mode"), ["form_post"]);
    }

    #[test]
    fn a_request_without_its_checks_is_not_made() {
        let client = client(Kind::Oidc);
        assert_eq!(build(&client, &[], None), Err(AuthorizationError::MissingNonce));
        assert_eq!(build(&client, &[], Some("")), Err(AuthorizationError::MissingNonce));
        let verifier = Verifier::from_random(&[7; 32]);
        let start =
            Start { redirect_uri: REDIRECT, state: "", nonce: Some("no"), verifier: &verifier, extra: &[] };
        let error = url(&client, client.fixed_metadata().unwrap(), &start).unwrap_err();
        assert_eq!(error, AuthorizationError::MissingState);
    }

    #[test]
    fn the_callers_parameters_are_bounded() {
        let long = "x".repeat(MAX_EXTRA_BYTES);
        assert_eq!(
            build(&client(Kind::Oauth2), &[("a", &long)], None),
            Err(AuthorizationError::TooMuchExtra)
        );
        assert_eq!(
            build(&client(Kind::Oauth2), &[("a", "b"); MAX_EXTRA + 1], None),
            Err(AuthorizationError::TooMuchExtra)
        );
        assert!(build(&client(Kind::Oauth2), &[("a", "b"); MAX_EXTRA], None).is_ok());
    }
}
