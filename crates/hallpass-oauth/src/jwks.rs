//! A provider's public signing keys (RFC 7517, RFC 7518 §6, RFC 8037 §2).
//!
//! ```
//! use hallpass_oauth::jwks;
//!
//! let answer = http::Response::new(br#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#);
//! assert!(jwks::response(&answer).unwrap().is_empty(), "a symmetric key is no public key");
//! ```
//!
//! It caches nothing. Keep the keys, and fetch them once more when
//! [`id_token::verify`](crate::id_token::verify) answers
//! [`UnknownKey`](crate::id_token::IdTokenError::UnknownKey); bound how often.

use aws_lc_rs::signature::{self, ParsedPublicKey, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Method, Request, Response};
use serde_json::{Map, Value};

use crate::algorithm::{Algorithm, Family};
use crate::fault::{Fault, faults};
use crate::json;
use crate::metadata::Metadata;

/// A larger document is refused.
const MAX_BYTES: usize = 1024 * 1024;
/// A set of more keys is refused.
const MAX_KEYS: usize = 100;

faults! {
    /// Why a set of keys cannot be used.
    pub enum JwksError {
        /// The provider has no URL of keys.
        NoUri = "jwks_no_uri", Fault::Configuration, "the provider has no URL of signing keys";
        /// The answer's status is not 200; a redirect is not followed.
        Status(status: u16) = "jwks_status", Fault::Provider, "the keys were answered with another status than 200";
        /// The answer is not one sound JSON object with a list `keys`.
        NotJson = "jwks_not_json", Fault::Provider, "the keys are not sound JSON";
        /// There are more than 100 keys.
        TooMany = "jwks_too_many", Fault::Provider, "there are more than 100 keys";
    }
}

/// The usable keys of a set: keys that are malformed, weak, private, symmetric or meant for something else are left
/// out.
#[derive(Clone, Debug, Default)]
pub struct Jwks(Vec<Key>);

#[derive(Clone, Debug)]
pub(crate) struct Key {
    kid: Option<String>,
    alg: Option<Algorithm>,
    issuer: Option<String>,
    material: Material,
}

#[derive(Clone, Debug)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(ParsedPublicKey),
    P384(ParsedPublicKey),
    Ed25519(ParsedPublicKey),
}

/// Asks for the keys.
///
/// # Errors
/// [`JwksError::NoUri`] for a provider that has none.
pub fn request(metadata: &Metadata) -> Result<Request<Vec<u8>>, JwksError> {
    let uri = metadata.jwks_uri.as_ref().ok_or(JwksError::NoUri)?;
    Ok(uri.request(Method::GET, Vec::new()))
}

/// Reads the answer.
///
/// # Errors
/// [`JwksError`] says why it cannot be used. A set without one usable key is no error.
pub fn response(response: &Response<impl AsRef<[u8]>>) -> Result<Jwks, JwksError> {
    if response.status().as_u16() != 200 {
        return Err(JwksError::Status(response.status().as_u16()));
    }
    let members = json::object(response.body().as_ref(), MAX_BYTES).ok_or(JwksError::NotJson)?;
    let keys = members.get("keys").and_then(Value::as_array).ok_or(JwksError::NotJson)?;
    if keys.len() > MAX_KEYS {
        return Err(JwksError::TooMany);
    }
    Ok(Jwks(keys.iter().filter_map(Value::as_object).filter_map(Key::read).collect()))
}

impl Jwks {
    /// How many usable keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no usable key.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The keys that may have made a signature of this algorithm; of the given name, where one is given.
    pub(crate) fn candidates<'a>(
        &'a self,
        algorithm: Algorithm,
        kid: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Key> {
        self.0.iter().filter(move |key| key.fits(algorithm) && (kid.is_none() || key.kid.as_deref() == kid))
    }
}

impl Key {
    fn read(jwk: &Map<String, Value>) -> Option<Self> {
        let text = |member: &str| jwk.get(member).and_then(Value::as_str);
        // A key whose private half is published signs for everybody.
        if jwk.contains_key("d") || jwk.get("use").is_some_and(|_| text("use") != Some("sig")) {
            return None;
        }
        if let Some(operations) = jwk.get("key_ops") {
            operations.as_array()?.iter().find(|operation| *operation == "verify")?;
        }
        let alg = match jwk.get("alg") {
            None => None,
            Some(name) => Some(Algorithm::parse(name.as_str()?)?),
        };
        let kid = match jwk.get("kid") {
            None => None,
            Some(kid) => Some(kid.as_str()?.to_owned()),
        };
        let bytes = |member: &str| URL_SAFE_NO_PAD.decode(text(member)?).ok();
        let material = match (text("kty")?, text("crv")) {
            ("RSA", _) => rsa(&bytes("n")?, &bytes("e")?)?,
            ("EC", Some("P-256")) => {
                Material::P256(point(&signature::ECDSA_P256_SHA256_FIXED, 32, &bytes("x")?, &bytes("y")?)?)
            }
            ("EC", Some("P-384")) => {
                Material::P384(point(&signature::ECDSA_P384_SHA384_FIXED, 48, &bytes("x")?, &bytes("y")?)?)
            }
            ("OKP", Some("Ed25519")) => {
                Material::Ed25519(ParsedPublicKey::new(&signature::ED25519, bytes("x")?).ok()?)
            }
            _ => return None,
        };
        Some(Self { kid, alg, issuer: text("issuer").map(str::to_owned), material })
    }

    /// The one issuer whose tokens this key signs, where a set for many says so. Not of RFC 7517: a member of its own.
    pub(crate) fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        let family = matches!(
            (algorithm.family(), &self.material),
            (Family::Rsa(_), Material::Rsa { .. })
                | (Family::P256, Material::P256(_))
                | (Family::P384, Material::P384(_))
                | (Family::Ed25519, Material::Ed25519(_))
        );
        family && self.alg.is_none_or(|alg| alg == algorithm)
    }

    /// Whether this key made the signature by this algorithm.
    pub(crate) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let verified = match (&self.material, algorithm.family()) {
            (Material::Rsa { n, e }, Family::Rsa(parameters)) => {
                RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
            }
            (Material::P256(key), Family::P256)
            | (Material::P384(key), Family::P384)
            | (Material::Ed25519(key), Family::Ed25519) => key.verify_sig(message, signature),
            _ => return false,
        };
        verified.is_ok()
    }
}

/// An RSA key of 2048 to 8192 bits (RFC 7518 §3.3) with an odd exponent above 1. Zero bytes in front, which some
/// providers write, are dropped.
fn rsa(n: &[u8], e: &[u8]) -> Option<Material> {
    let significant = |bytes: &[u8]| bytes[bytes.iter().take_while(|b| **b == 0).count()..].to_vec();
    let (n, e) = (significant(n), significant(e));
    let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
    let odd = n.last()? & 1 == 1 && e.last()? & 1 == 1;
    let exponent = e.len() <= 4 && e != [1];
    if !(2048..=8192).contains(&bits) || !odd || !exponent {
        return None;
    }
    RsaPublicKeyComponents { n: &n, e: &e }
        .to_parsed_public_key(&signature::RSA_PKCS1_2048_8192_SHA256)
        .ok()?;
    Some(Material::Rsa { n, e })
}

/// A point on the curve, in uncompressed form (SEC 1 §2.3.3); the library refuses one that is not on it.
fn point(
    algorithm: &'static signature::EcdsaVerificationAlgorithm,
    length: usize,
    x: &[u8],
    y: &[u8],
) -> Option<ParsedPublicKey> {
    if x.len() != length || y.len() != length {
        return None;
    }
    let bytes = [&[4], x, y].concat();
    ParsedPublicKey::new(algorithm, bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signer::{Signer, b64, jwks, rs256};
    use serde_json::json;

    fn usable(jwk: &Value) -> bool {
        !jwks(std::slice::from_ref(jwk)).is_empty()
    }

    fn set(mut jwk: Value, member: &str, value: Value) -> Value {
        jwk[member] = value;
        jwk
    }

    fn error(status: u16, body: &[u8]) -> JwksError {
        response(&Response::builder().status(status).body(body).unwrap()).unwrap_err()
    }

    #[test]
    fn an_answer_that_is_no_set_of_keys_is_refused() {
        assert_eq!(error(302, b"{\"keys\":[]}"), JwksError::Status(302));
        assert_eq!(error(500, b""), JwksError::Status(500));
        for body in
            ["", "[]", "<html>", "{}", "{\"keys\":{}}", "{\"keys\":[],\"keys\":[]}", &"[".repeat(100_000)]
        {
            assert_eq!(error(200, body.as_bytes()), JwksError::NotJson);
        }
        let huge = format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(MAX_BYTES));
        assert_eq!(error(200, huge.as_bytes()), JwksError::NotJson);
        let many = json!({ "keys": vec![json!({}); 101] }).to_string();
        assert_eq!(error(200, many.as_bytes()), JwksError::TooMany);
    }

    #[test]
    fn a_key_that_is_not_for_signatures_is_left_out() {
        let jwk = rs256().jwk();
        assert!(usable(&jwk));
        assert!(usable(&set(jwk.clone(), "use", json!("sig"))));
        assert!(usable(&set(jwk.clone(), "key_ops", json!(["verify"]))));
        assert!(!usable(&set(jwk.clone(), "use", json!("enc"))));
        assert!(!usable(&set(jwk.clone(), "use", json!(1))));
        assert!(!usable(&set(jwk.clone(), "key_ops", json!(["encrypt"]))));
        assert!(!usable(&set(jwk.clone(), "key_ops", json!("verify"))));
        assert!(!usable(&set(jwk.clone(), "alg", json!("RSA-OAEP"))));
        assert!(!usable(&set(jwk.clone(), "alg", json!("HS256"))));
        assert!(!usable(&set(jwk.clone(), "kid", json!(1))));
        assert!(!usable(&set(jwk, "d", json!("AQAB"))), "a published private key");
        assert!(!usable(&json!({ "kty": "oct", "k": "c2VjcmV0" })));
        assert!(!usable(&json!("RSA")));
    }

    #[test]
    fn a_weak_or_broken_rsa_key_is_left_out() {
        let jwk = rs256().jwk();
        for (bytes, why) in [
            (vec![0xff; 128], "1024 bits"),
            (vec![0x7f; 255], "2039 bits"),
            (vec![0xff; 1025], "8200 bits"),
            (vec![0xfe; 256], "even"),
            (vec![0; 256], "zero"),
            (vec![], "nothing"),
        ] {
            assert!(!usable(&set(jwk.clone(), "n", json!(b64(bytes)))), "{why}");
        }
        for (bytes, why) in
            [(vec![1], "one"), (vec![2], "even"), (vec![], "nothing"), (vec![0xff; 32], "huge")]
        {
            assert!(!usable(&set(jwk.clone(), "e", json!(b64(bytes)))), "{why}");
        }
        for text in ["AQAB==", "AQ AB", "AQ+/", "!"] {
            assert!(!usable(&set(jwk.clone(), "e", json!(text))), "{text}");
        }
        let n = URL_SAFE_NO_PAD.decode(jwk["n"].as_str().unwrap()).unwrap();
        assert!(
            usable(&set(jwk, "n", json!(b64([vec![0], n].concat())))),
            "a zero byte in front is harmless"
        );
    }

    #[test]
    fn a_point_that_is_not_on_the_curve_is_left_out() {
        for algorithm in [Algorithm::Es256, Algorithm::Es384] {
            let jwk = Signer::new(algorithm).jwk();
            assert!(usable(&jwk));
            assert!(!usable(&set(jwk.clone(), "x", jwk["y"].clone())));
            assert!(!usable(&set(jwk.clone(), "x", json!(b64([0; 32])))));
            assert!(!usable(&set(jwk.clone(), "y", json!(""))));
            assert!(!usable(&set(jwk, "crv", json!("secp256k1"))));
        }
        let jwk = Signer::new(Algorithm::EdDsa).jwk();
        assert!(usable(&jwk));
        assert!(!usable(&set(jwk.clone(), "x", json!(b64([1; 31])))));
        assert!(!usable(&set(jwk, "crv", json!("X25519"))));
    }

    #[test]
    fn one_broken_key_does_not_spoil_the_others() {
        assert_eq!(jwks(&[json!({}), json!(null), rs256().jwk(), json!({ "kty": "EC" })]).len(), 1);
    }
}
