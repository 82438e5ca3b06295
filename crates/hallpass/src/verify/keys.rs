//! The public keys of a hallpass, and what they signed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hallpass_store::Timestamp;
use serde::Deserialize;

use crate::session::{Session, of_token};
use crate::signing::TOKEN_TYPE;

/// A longer token is none of ours.
const LONGEST: usize = 16 * 1024;

/// A set of public keys (RFC 7517 §5), with whose they are and for whom they sign.
pub(super) struct PublishedKeys {
    issuer: String,
    audience: String,
    keys: RwLock<Vec<Key>>,
    /// A token named one that is not there.
    wanted: AtomicBool,
}

struct Key {
    id: String,
    alg: &'static str,
    verifies: UnparsedPublicKey<Vec<u8>>,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Jwk>,
}

/// A member of the set. What is not known here is passed over, as RFC 7517 §5 has it.
#[derive(Deserialize)]
struct Jwk {
    kid: Option<String>,
    kty: String,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Header<'a> {
    alg: &'a str,
    kid: &'a str,
    typ: &'a str,
    /// What the reader is obliged to understand (RFC 7515 §4.1.11): nothing is understood here.
    crit: Option<serde::de::IgnoredAny>,
}

/// Of the claims what is compared here.
#[derive(Deserialize)]
struct Named<'a> {
    iss: &'a str,
    aud: &'a str,
    /// In seconds.
    auth_time: u64,
}

impl PublishedKeys {
    /// `None` where it is no set, or has no key of a kind that signs here.
    pub(super) fn new(issuer: &str, audience: &str, jwks: &[u8]) -> Option<Self> {
        let keys = RwLock::new(read(jwks)?);
        let (issuer, audience) = (issuer.to_owned(), audience.to_owned());
        Some(Self { issuer, audience, keys, wanted: AtomicBool::new(false) })
    }

    pub(super) fn are_of(&self, issuer: &str) -> bool {
        self.issuer == issuer
    }

    /// Whether a token named a key that was not there since the keys were replaced.
    pub(super) fn are_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    /// `None` as for [`PublishedKeys::new`]; the keys stay as they are then.
    pub(super) fn replace(&self, jwks: &[u8]) -> Option<()> {
        let fresh = read(jwks)?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        self.wanted.store(false, Ordering::Relaxed);
        Some(())
    }

    /// The session that a token tells of, where it was signed by one of these keys, by whom and for whom it should be.
    pub(super) fn session(&self, token: &str, now: Timestamp) -> Option<Session> {
        if token.len() > LONGEST {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header = URL_SAFE_NO_PAD.decode(header).ok()?;
        let header: Header<'_> = serde_json::from_slice(&header).ok()?;
        if header.typ != TOKEN_TYPE || header.crit.is_some() {
            return None;
        }
        let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
        let named: Named<'_> = serde_json::from_slice(&claims).ok()?;
        if named.iss != self.issuer || named.aud != self.audience {
            return None;
        }
        self.verify(&header, signed, &URL_SAFE_NO_PAD.decode(signature).ok()?)?;
        let signed_in = Timestamp::from_secs(named.auth_time);
        of_token(claims, now).map(|session| Session { signed_in, ..session })
    }

    fn verify(&self, header: &Header<'_>, signed: &str, signature: &[u8]) -> Option<()> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let Some(key) = keys.iter().find(|key| key.id == header.kid) else {
            self.wanted.store(true, Ordering::Relaxed);
            return None;
        };
        // The header names a key; which algorithm that key is for is not the header's to say (RFC 8725 §3.1).
        let fits = key.alg == header.alg;
        fits.then(|| key.verifies.verify(signed.as_bytes(), signature).ok()).flatten()
    }
}

/// The keys of a set. `None` where it is no set, or has no key of a kind that signs here.
fn read(jwks: &[u8]) -> Option<Vec<Key>> {
    let set: Set = serde_json::from_slice(jwks).ok()?;
    let keys: Vec<Key> = set.keys.into_iter().filter_map(Key::new).collect();
    (!keys.is_empty()).then_some(keys)
}

impl Key {
    fn new(jwk: Jwk) -> Option<Self> {
        let coordinate = |member: Option<String>| {
            let bytes = URL_SAFE_NO_PAD.decode(member?).ok()?;
            (bytes.len() == 32).then_some(bytes)
        };
        let (alg, how, bytes): (_, &'static dyn VerificationAlgorithm, _) =
            match (jwk.kty.as_str(), jwk.crv.as_deref()?) {
                ("EC", "P-256") => {
                    let point = [vec![4], coordinate(jwk.x)?, coordinate(jwk.y)?].concat();
                    ("ES256", &ECDSA_P256_SHA256_FIXED, point)
                }
                ("OKP", "Ed25519") => ("EdDSA", &ED25519, coordinate(jwk.x)?),
                _ => return None,
            };
        Some(Self { id: jwk.kid?, alg, verifies: UnparsedPublicKey::new(how, bytes) })
    }
}
