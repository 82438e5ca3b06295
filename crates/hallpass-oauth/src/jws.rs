//! A signed token in compact form (RFC 7515 §7.1): parsed strictly, verified with keys from the configured set alone.
//!
//! `jwk`, `jku`, `x5u`, `x5c` in a header are never looked at: a token does not choose its own key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::algorithm::Algorithm;
use crate::jwks::Jwks;
use crate::json;

/// A longer token is refused.
const MAX_TOKEN: usize = 64 * 1024;
/// A longer key name is refused.
const MAX_KID: usize = 1024;

/// Why a token is not a signed token of the issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JwsError {
    Malformed,
    Algorithm,
    Critical,
    Type,
    UnknownKey,
    Signature,
}

/// What a sound token says.
pub(crate) struct Opened {
    pub(crate) algorithm: Algorithm,
    pub(crate) payload: Map<String, Value>,
}

/// Verifies the token and reads its payload.
pub(crate) fn open(token: &str, keys: &Jwks, allowed: &[Algorithm]) -> Result<Opened, JwsError> {
    if token.len() > MAX_TOKEN {
        return Err(JwsError::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(JwsError::Malformed)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::Malformed);

    let header = json::object(&decode(header)?, MAX_TOKEN).ok_or(JwsError::Malformed)?;
    let algorithm = algorithm(&header, allowed)?;
    let kid = kid(&header)?;
    verify(keys, (algorithm, kid), signed.as_bytes(), &decode(signature)?)?;

    let payload = json::object(&decode(payload)?, MAX_TOKEN).ok_or(JwsError::Malformed)?;
    Ok(Opened { algorithm, payload })
}

fn algorithm(header: &Map<String, Value>, allowed: &[Algorithm]) -> Result<Algorithm, JwsError> {
    let algorithm = header.get("alg").and_then(Value::as_str).and_then(Algorithm::parse);
    let algorithm = algorithm.filter(|algorithm| allowed.contains(algorithm)).ok_or(JwsError::Algorithm)?;
    // No extension is understood here (RFC 7515 §4.1.11); `b64` (RFC 7797) and `zip` would change what is signed.
    if ["crit", "b64", "zip", "enc"].iter().any(|name| header.contains_key(*name)) {
        return Err(JwsError::Critical);
    }
    match header.get("typ") {
        None => Ok(algorithm),
        // A token made for another purpose names it here (RFC 8725 §3.11): `at+jwt`, `logout+jwt`.
        Some(Value::String(kind)) if kind.eq_ignore_ascii_case("JWT") => Ok(algorithm),
        Some(Value::String(kind)) if kind.eq_ignore_ascii_case("application/jwt") => Ok(algorithm),
        Some(_) => Err(JwsError::Type),
    }
}

fn kid(header: &Map<String, Value>) -> Result<Option<&str>, JwsError> {
    match header.get("kid") {
        None => Ok(None),
        Some(Value::String(kid)) if kid.len() <= MAX_KID => Ok(Some(kid)),
        Some(_) => Err(JwsError::Malformed),
    }
}

/// Tries every key the header may mean. Without a `kid`, no key that fits may also mean that the keys have changed.
fn verify(
    keys: &Jwks,
    (algorithm, kid): (Algorithm, Option<&str>),
    message: &[u8],
    signature: &[u8],
) -> Result<(), JwsError> {
    let mut tried = false;
    for key in keys.candidates(algorithm, kid) {
        tried = true;
        if key.verifies(algorithm, message, signature) {
            return Ok(());
        }
    }
    if tried && kid.is_some() { Err(JwsError::Signature) } else { Err(JwsError::UnknownKey) }
}
