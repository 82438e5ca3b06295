//! Tokens that an API in any language can verify: who is signed in, signed, for a few minutes.
//!
//! The server that signs never reads such a token. It is made for others, who have the public keys
//! ([`crate::verify`]); what a browser signs in with is its session cookie and nothing else.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use hallpass_store::Timestamp;
use serde_json::Value;

use crate::config::{Auth, ConfigError, Setup};
use crate::hooks::{Object, RESERVED_CLAIMS};
use crate::session::{Session, is_over, shown};
use crate::signing_key::SigningKey;

/// A token is good for at least this long: less is over before it arrives.
const SHORTEST: Duration = Duration::from_secs(30);
/// And for this long at most, because nobody can take it back.
const LONGEST: Duration = Duration::from_secs(3600);

/// What kind of token it is, in its header (RFC 8725 §3.11): not an access token of RFC 9068, which names an OAuth client.
pub(crate) const TOKEN_TYPE: &str = "hallpass+jwt";

/// How tokens for APIs are signed.
///
/// ```
/// use hallpass::{SigningAlgorithm, SigningKey, SigningOptions};
///
/// let pem = SigningKey::generate(SigningAlgorithm::Es256).expect("random bytes");
/// let options = SigningOptions::new(vec![SigningKey::from_pem(&pem)?]);
/// assert_eq!(options.max_age.as_secs(), 300);
/// # Ok::<(), hallpass::SigningKeyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningOptions {
    /// The first signs, all are published: so a key can be changed without refusing anybody.
    pub keys: Vec<SigningKey>,
    /// For whom tokens are: the claim `aud`. `None`: the public URL of the site.
    pub audience: Option<String>,
    /// A token is good for this long, from 30 seconds to an hour.
    pub max_age: Duration,
}

impl SigningOptions {
    /// Five minutes, for the site itself.
    pub fn new(keys: Vec<SigningKey>) -> Self {
        Self { keys, audience: None, max_age: Duration::from_secs(300) }
    }

    /// Whether they can be used.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let mut ids: Vec<_> = self.keys.iter().map(SigningKey::key_id).collect();
        ids.sort_unstable();
        if ids.is_empty() || ids.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(ConfigError::SigningKeys);
        }
        if self.audience.as_deref() == Some("") {
            return Err(ConfigError::SigningAudience);
        }
        let lasts = (SHORTEST..=LONGEST).contains(&self.max_age);
        if lasts { Ok(()) } else { Err(ConfigError::SigningMaxAge) }
    }
}

/// Signs, and has the public keys ready.
pub(crate) struct Signer {
    key: SigningKey,
    /// The header of every token, encoded.
    header: String,
    issuer: String,
    audience: String,
    max_age: Duration,
    /// The body of `GET /jwks` (RFC 7517 §5).
    pub(crate) jwks: Bytes,
}

impl Signer {
    /// `issuer` is the absolute URL of the base path, `site` that of the site.
    pub(crate) fn new(options: SigningOptions, issuer: &str, site: &str) -> Result<Self, ConfigError> {
        options.check()?;
        let jwks: Vec<_> = options.keys.iter().map(SigningKey::jwk).collect();
        let key = options.keys.into_iter().next().ok_or(ConfigError::SigningKeys)?;
        let header =
            serde_json::json!({ "alg": key.algorithm(), "kid": key.key_id(), "typ": TOKEN_TYPE }).to_string();
        Ok(Self {
            header: URL_SAFE_NO_PAD.encode(header),
            key,
            issuer: issuer.to_owned(),
            audience: options.audience.unwrap_or_else(|| site.to_owned()),
            max_age: options.max_age,
            jwks: Bytes::from(serde_json::json!({ "keys": jwks }).to_string()),
        })
    }
}

/// A signed token: a JWS in its compact form (RFC 7515 §3.1).
#[derive(Clone, PartialEq, Eq)]
pub struct SignedToken {
    /// What to send as `Authorization: Bearer …`.
    pub token: String,
    /// Until when it is good: no longer than the session.
    pub expires: Timestamp,
}

impl fmt::Debug for SignedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedToken").field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// Why there is no signed token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedTokenError {
    /// No key to sign with is configured: [`AuthBuilder::signing`](crate::AuthBuilder::signing).
    Off,
    /// The session is over.
    SessionOver,
    /// The application could not be asked what the session shows.
    Application,
    /// The system has no random bytes.
    OutOfEntropy,
}

impl fmt::Display for SignedTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "no key to sign with is configured",
            Self::SessionOver => "the session is over",
            Self::Application => "the application could not be asked what the session shows",
            Self::OutOfEntropy => "the system has no random bytes",
        })
    }
}

impl std::error::Error for SignedTokenError {}

impl Auth {
    /// Signs what a session says, for an API that cannot read the session's cookie. `GET /token` answers the same.
    ///
    /// # Errors
    /// [`SignedTokenError`].
    pub async fn signed_token(&self, session: &Session) -> Result<SignedToken, SignedTokenError> {
        sign(&self.0, session, self.0.world.clock.now()).await
    }
}

/// A token for this session: never longer than it lasts, nor than the absolute limit allows.
pub(crate) async fn sign(
    setup: &Setup,
    session: &Session,
    now: Timestamp,
) -> Result<SignedToken, SignedTokenError> {
    let signer = setup.signer.as_ref().ok_or(SignedTokenError::Off)?;
    let limit = setup.session.absolute_max_age.map(|limit| session.signed_in.after(limit));
    let end = now.after(signer.max_age).min(session.expires);
    let expires = Timestamp::from_secs(limit.map_or(end, |limit| end.min(limit)).secs());
    if is_over(&setup.session, session.signed_in, expires, now) {
        return Err(SignedTokenError::SessionOver);
    }
    let jti = setup.random_token().map_err(|_| SignedTokenError::OutOfEntropy)?;
    let body = shown(setup, session).await.map_err(|_| SignedTokenError::Application)?;
    let mut claims = claims_of(body);
    // RFC 7519 §4.1, and OpenID Connect Core §2 for `auth_time`; times in whole seconds.
    let times = [("iat", now.secs()), ("exp", expires.secs()), ("auth_time", session.signed_in.secs())];
    let names = [
        ("iss", signer.issuer.as_str()),
        ("aud", &signer.audience),
        ("sub", &session.user.id.0),
        ("jti", &jti),
    ];
    claims.extend(times.map(|(name, seconds)| (name.to_owned(), seconds.into())));
    claims.extend(names.map(|(name, value)| (name.to_owned(), value.into())));
    let claims = serde_json::to_vec(&claims).map_err(|_| SignedTokenError::OutOfEntropy)?;
    let mut token = format!("{}.{}", signer.header, URL_SAFE_NO_PAD.encode(claims));
    let signature = signer.key.sign(token.as_bytes()).ok_or(SignedTokenError::OutOfEntropy)?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(SignedToken { token, expires })
}

/// What the session shows to the browser, as claims: of its user and of itself, and nothing that is hidden there, since the
/// browser can read the token. No member stands in for a claim of ours.
fn claims_of(mut body: Object) -> Object {
    let mut user = match body.remove("user") {
        Some(Value::Object(user)) => user,
        _ => Object::new(),
    };
    let mut claims = Object::new();
    for (from, to) in [("name", "name"), ("email", "email"), ("image", "picture")] {
        let value = user.remove(from).filter(Value::is_string);
        claims.extend(value.map(|value| (to.to_owned(), value)));
    }
    let others = body.into_iter().chain(user);
    let own = |name: &str| name == "expires" || RESERVED_CLAIMS.contains(&name);
    claims.extend(others.filter(|(name, value)| !own(name) && !value.is_null()));
    claims
}
