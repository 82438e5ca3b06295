//! The ID token: the provider's signed statement about who signed in (OpenID Connect Core §2, §3.1.3.7).
//!
//! ```
//! use hallpass_oauth::id_token::{self, Expected, IdTokenError};
//! use hallpass_oauth::jwks::Jwks;
//! use hallpass_oauth::secret::IdToken;
//!
//! let unsigned = IdToken::new("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.".to_owned());
//! let expected = Expected::new("https://op.example", "my-client", 1_700_000_000);
//! assert_eq!(id_token::verify(&unsigned, &Jwks::default(), &expected).unwrap_err(), IdTokenError::AlgorithmRefused);
//! ```
//!
//! It fetches no keys and reads no clock: both are passed in. It opens no encrypted tokens.

use std::fmt;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;

use crate::algorithm::Algorithm;
use crate::fault::{Fault, faults};
use crate::jwks::Jwks;
use crate::jws::{self, JwsError, Opened};
use crate::profile::is_sound_id;
use crate::secret::{AccessToken, Code, IdToken};

/// How far the clocks may differ at most, in seconds.
pub const MAX_SKEW: u64 = 60;
/// How old a token may be, in seconds. In the code flow it is made when the code is exchanged, so seconds would do;
/// a day lets providers pass that hand out the token of an earlier sign-in, and still refuses a forgotten one.
const MAX_AGE_OF_TOKEN: u64 = 24 * 60 * 60;

faults! {
    /// Why an ID token is refused.
    pub enum IdTokenError {
        /// Not three parts of strict base64url, or not sound JSON in them.
        Malformed = "id_token_malformed", Fault::Provider, "the ID token is malformed";
        /// The algorithm is `none`, symmetric, unknown, or not one that was agreed.
        AlgorithmRefused = "id_token_algorithm", Fault::Provider, "the ID token's algorithm is not allowed";
        /// The header asks for an extension.
        Critical = "id_token_critical", Fault::Provider, "the ID token's header asks for an extension";
        /// The token was made for another purpose.
        WrongType = "id_token_type", Fault::Provider, "the token is not an ID token";
        /// No key of the set fits: fetch the keys again, once.
        UnknownKey = "id_token_unknown_key", Fault::Provider, "no known key fits the ID token";
        /// The signature is wrong.
        BadSignature = "id_token_signature", Fault::Provider, "the ID token's signature is wrong";
        /// The named claim is missing.
        Missing(claim: &'static str) = "id_token_claim_missing", Fault::Provider, "the ID token lacks a claim";
        /// The named claim has the wrong type or an impossible value.
        BadClaim(claim: &'static str) = "id_token_claim_malformed", Fault::Provider, "a claim of the ID token is malformed";
        /// Another issuer made it.
        WrongIssuer = "id_token_issuer", Fault::Provider, "the ID token is of another issuer";
        /// It was made for another client.
        WrongAudience = "id_token_audience", Fault::Provider, "the ID token is for another client";
        /// It was made for several clients, and asked for by another one.
        WrongParty = "id_token_authorized_party", Fault::Provider, "the ID token was asked for by another client";
        /// It has expired.
        Expired = "id_token_expired", Fault::Provider, "the ID token has expired";
        /// It was made in the future, or may not be used yet.
        NotYet = "id_token_not_yet", Fault::Provider, "the ID token is not valid yet";
        /// It was made more than a day ago.
        TooOld = "id_token_too_old", Fault::Provider, "the ID token is too old";
        /// It belongs to another transaction.
        NonceMismatched = "id_token_nonce", Fault::Visitor, "the ID token belongs to another sign-in";
        /// It belongs to another access token.
        AccessTokenMismatched = "id_token_at_hash", Fault::Provider, "the ID token belongs to another access token";
        /// It belongs to another code.
        CodeMismatched = "id_token_c_hash", Fault::Provider, "the ID token belongs to another code";
        /// The person signed in at the provider longer ago than was asked for.
        AuthenticationTooOld = "id_token_auth_time", Fault::Provider, "the sign-in at the provider is too old";
        /// The person signed in at the provider in another way than was asked for.
        WrongContext = "id_token_acr", Fault::Provider, "the sign-in at the provider was of another kind";
    }
}

/// What the token has to say.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    /// The provider's issuer identifier, exactly.
    pub issuer: &'a str,
    /// The client the token has to be for.
    pub client_id: &'a str,
    /// The nonce of the transaction. `None` only where no authorization request was made.
    pub nonce: Option<&'a str>,
    /// The access token that came along; compared with `at_hash` if the token has one.
    pub access_token: Option<&'a AccessToken>,
    /// The code that was exchanged; compared with `c_hash` if the token has one.
    pub code: Option<&'a Code>,
    /// The algorithms that were agreed: see [`Metadata::algorithms`](crate::discovery::Metadata::algorithms).
    pub algorithms: &'a [Algorithm],
    /// The time, in seconds since 1970-01-01T00:00:00Z.
    pub now: u64,
    /// How far the clocks may differ, in seconds; at most [`MAX_SKEW`] counts.
    pub skew: u64,
    /// The `max_age` that was asked for, in seconds: then `auth_time` is needed.
    pub max_age: Option<u64>,
    /// The `acr` values that were asked for as essential; empty if none were.
    pub acr: &'a [&'a str],
}

impl<'a> Expected<'a> {
    /// What every token has to say, with 30 seconds of skew and RS256 (the default of OpenID Connect Core §3.1.3.7).
    pub fn new(issuer: &'a str, client_id: &'a str, now: u64) -> Self {
        Self {
            issuer,
            client_id,
            nonce: None,
            access_token: None,
            code: None,
            algorithms: &[Algorithm::Rs256],
            now,
            skew: 30,
            max_age: None,
            acr: &[],
        }
    }
}

/// What a checked token says. Only [`verify`] makes one.
#[derive(Clone)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// Who signed in, at this issuer: 1 to 255 characters.
    pub fn sub(&self) -> &str {
        self.0.get("sub").and_then(Value::as_str).unwrap_or_default()
    }

    /// Every claim, by name.
    pub fn all(&self) -> &Map<String, Value> {
        &self.0
    }

    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims([redacted])")
    }
}

/// Checks the token: first its signature, then its claims (OpenID Connect Core §3.1.3.7).
///
/// # Errors
/// [`IdTokenError`] says why it is refused. After [`IdTokenError::UnknownKey`] fetch the keys and try once more.
pub fn verify(token: &IdToken, keys: &Jwks, expected: &Expected<'_>) -> Result<Claims, IdTokenError> {
    let opened = jws::open(token.expose(), keys, expected.algorithms).map_err(|error| match error {
        JwsError::Malformed => IdTokenError::Malformed,
        JwsError::Algorithm => IdTokenError::AlgorithmRefused,
        JwsError::Critical => IdTokenError::Critical,
        JwsError::Type => IdTokenError::WrongType,
        JwsError::UnknownKey => IdTokenError::UnknownKey,
        JwsError::Signature => IdTokenError::BadSignature,
    })?;
    let Opened { algorithm, payload } = opened;
    let checks = Checks { claims: &payload, expected };
    checks.parties()?;
    checks.times()?;
    checks.transaction(algorithm)?;
    checks.freshness()?;
    Ok(Claims(payload))
}

struct Checks<'a> {
    claims: &'a Map<String, Value>,
    expected: &'a Expected<'a>,
}

impl Checks<'_> {
    /// Who made the token, about whom, for whom.
    fn parties(&self) -> Result<(), IdTokenError> {
        if self.needed_text("iss")? != self.expected.issuer {
            return Err(IdTokenError::WrongIssuer);
        }
        if !is_sound_id(self.needed_text("sub")?) {
            return Err(IdTokenError::BadClaim("sub"));
        }
        let client_id = self.expected.client_id;
        let audience = self.audience()?;
        if !audience.contains(&client_id) {
            return Err(IdTokenError::WrongAudience);
        }
        match self.text("azp")? {
            Some(party) if party != client_id => Err(IdTokenError::WrongParty),
            None if audience.iter().any(|other| *other != client_id) => Err(IdTokenError::WrongParty),
            _ => Ok(()),
        }
    }

    fn audience(&self) -> Result<Vec<&str>, IdTokenError> {
        match self.claims.get("aud") {
            None => Err(IdTokenError::Missing("aud")),
            Some(Value::String(one)) => Ok(vec![one]),
            Some(Value::Array(several)) => {
                let texts = several.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
                texts.ok_or(IdTokenError::BadClaim("aud"))
            }
            Some(_) => Err(IdTokenError::BadClaim("aud")),
        }
    }

    /// When the token is valid.
    fn times(&self) -> Result<(), IdTokenError> {
        let (now, skew) = (self.expected.now, self.skew());
        let expires = self.time("exp")?.ok_or(IdTokenError::Missing("exp"))?;
        let issued = self.time("iat")?.ok_or(IdTokenError::Missing("iat"))?;
        if expires.saturating_add(skew) <= now {
            return Err(IdTokenError::Expired);
        }
        let latest = now.saturating_add(skew);
        if issued > latest || self.time("nbf")?.is_some_and(|not_before| not_before > latest) {
            return Err(IdTokenError::NotYet);
        }
        if issued.saturating_add(MAX_AGE_OF_TOKEN).saturating_add(skew) < now {
            return Err(IdTokenError::TooOld);
        }
        Ok(())
    }

    /// Which sign-in the token belongs to.
    fn transaction(&self, algorithm: Algorithm) -> Result<(), IdTokenError> {
        if let Some(nonce) = self.expected.nonce {
            let said = self.needed_text("nonce")?;
            if !bool::from(said.as_bytes().ct_eq(nonce.as_bytes())) {
                return Err(IdTokenError::NonceMismatched);
            }
        }
        let access_token = self.expected.access_token.map(AccessToken::expose);
        if !self.hash_fits("at_hash", access_token, algorithm)? {
            return Err(IdTokenError::AccessTokenMismatched);
        }
        if !self.hash_fits("c_hash", self.expected.code.map(Code::expose), algorithm)? {
            return Err(IdTokenError::CodeMismatched);
        }
        Ok(())
    }

    /// OpenID Connect Core §3.1.3.6: the left half of the hash. Fits also where there is nothing to compare.
    fn hash_fits(&self, claim: &'static str, of: Option<&str>, algorithm: Algorithm) -> Result<bool, IdTokenError> {
        let (Some(said), Some(of)) = (self.text(claim)?, of) else { return Ok(true) };
        let hash = digest::digest(algorithm.hash(), of.as_bytes());
        let half = URL_SAFE_NO_PAD.encode(&hash.as_ref()[..hash.as_ref().len() / 2]);
        Ok(said.as_bytes().ct_eq(half.as_bytes()).into())
    }

    /// When and how the person signed in at the provider, where that was asked for.
    fn freshness(&self) -> Result<(), IdTokenError> {
        let authenticated = self.time("auth_time")?;
        if let Some(max_age) = self.expected.max_age {
            let authenticated = authenticated.ok_or(IdTokenError::Missing("auth_time"))?;
            if authenticated > self.expected.now.saturating_add(self.skew()) {
                return Err(IdTokenError::NotYet);
            }
            if authenticated.saturating_add(max_age).saturating_add(self.skew()) < self.expected.now {
                return Err(IdTokenError::AuthenticationTooOld);
            }
        }
        if !self.expected.acr.is_empty() && !self.expected.acr.contains(&self.needed_text("acr")?) {
            return Err(IdTokenError::WrongContext);
        }
        Ok(())
    }

    fn skew(&self) -> u64 {
        self.expected.skew.min(MAX_SKEW)
    }

    fn needed_text(&self, claim: &'static str) -> Result<&str, IdTokenError> {
        self.text(claim)?.ok_or(IdTokenError::Missing(claim))
    }

    fn text(&self, claim: &'static str) -> Result<Option<&str>, IdTokenError> {
        match self.claims.get(claim) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(IdTokenError::BadClaim(claim)),
        }
    }

    /// A NumericDate (RFC 7519 §2): seconds, a fraction is dropped.
    fn time(&self, claim: &'static str) -> Result<Option<u64>, IdTokenError> {
        /// The year 9999 and more is no date of a token.
        const LATEST: f64 = 253_402_300_799.0;
        let Some(value) = self.claims.get(claim) else { return Ok(None) };
        let seconds = value.as_f64().filter(|seconds| (0.0..=LATEST).contains(seconds));
        // In that range a float holds every whole second, so nothing is lost or cut.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        seconds.map(|seconds| Some(seconds as u64)).ok_or(IdTokenError::BadClaim(claim))
    }
}
