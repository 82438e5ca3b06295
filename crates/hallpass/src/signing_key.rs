//! A key that signs tokens for APIs, read from PEM or made.
//!
//! ```
//! use hallpass::{SigningAlgorithm, SigningKey};
//!
//! let pem = SigningKey::generate(SigningAlgorithm::EdDsa).expect("random bytes");
//! let key = SigningKey::from_pem(&pem)?;
//! assert_eq!(key.key_id().len(), 43);
//! assert!(!format!("{key:?}").contains("PRIVATE"));
//! # Ok::<(), hallpass::SigningKeyError>(())
//! ```

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::jose::{EdDsa, Es256, PublicKey};

/// What signs tokens for APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningAlgorithm {
    /// `ES256`: ECDSA on P-256. Every library verifies it.
    Es256,
    /// `EdDSA` on Ed25519: faster, and a signature takes no random bytes.
    EdDsa,
}

/// A private key, and the name under which its public half is published.
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>);

struct Inner {
    pair: Pair,
    public: PublicKey,
    id: String,
}

enum Pair {
    Es256(Es256),
    EdDsa(EdDsa),
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.0.id).finish_non_exhaustive()
    }
}

/// Two keys are the same if their public halves are.
impl PartialEq for SigningKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for SigningKey {}

/// Why a text is no key to sign with. Says the way out, and nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningKeyError {
    /// There is no PEM block in it (RFC 7468), or one that cannot be read.
    NotPem,
    /// The key is under a passphrase.
    Encrypted,
    /// There is a public key or a certificate in it.
    PublicOnly,
    /// There is a key in it, but not as PKCS#8.
    NotPkcs8,
    /// There is more than one key in it.
    Several,
    /// It is an RSA key.
    Rsa,
    /// It is a key on another curve, which is named.
    Curve(&'static str),
    /// It says that it is a key, and cannot be used as one.
    Unreadable,
}

const MAKES_ONE: &str = "`hallpass secret --signing-key es256` prints a good one";

impl fmt::Display for SigningKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPem => write!(
                f,
                "there is no PEM in it that begins with -----BEGIN PRIVATE KEY-----: {MAKES_ONE}"
            ),
            Self::Encrypted => f.write_str(
                "the key is under a passphrase, which nobody could type at a start: take it off with `openssl pkcs8 -in KEY -out NEW`, and let only hallpass's user read the file",
            ),
            Self::PublicOnly => write!(
                f,
                "it holds the public half, which signs nothing: name the file with the private key; {MAKES_ONE}"
            ),
            Self::NotPkcs8 => f.write_str(
                "the key is not written as PKCS#8: `openssl pkcs8 -topk8 -nocrypt -in KEY -out NEW` writes it so",
            ),
            Self::Several => f.write_str("there are several keys in it: one key a file"),
            Self::Rsa => write!(f, "it is an RSA key, and tokens are signed with P-256 or Ed25519: {MAKES_ONE}"),
            Self::Curve(name) => {
                write!(f, "it is a key on {name}, and tokens are signed with P-256 or Ed25519: {MAKES_ONE}")
            }
            Self::Unreadable => write!(f, "it is no private key on P-256 or Ed25519 that can be read: {MAKES_ONE}"),
        }
    }
}

impl std::error::Error for SigningKeyError {}

impl SigningKey {
    /// Reads a PKCS#8 key on P-256 or Ed25519 from PEM, as `hallpass secret --signing-key` and OpenSSL write it.
    pub fn from_pem(pem: &str) -> Result<Self, SigningKeyError> {
        let der = der(pem)?;
        let (pair, public) = if let Some(key) = Es256::from_pkcs8(&der) {
            let public = key.public_key().ok_or(SigningKeyError::Unreadable)?;
            (Pair::Es256(key), public)
        } else if let Some(key) = EdDsa::from_pkcs8(&der) {
            let public = key.public_key();
            (Pair::EdDsa(key), public)
        } else {
            return Err(stranger(&der));
        };
        let id = thumbprint(&public);
        Ok(Self(Arc::new(Inner { pair, public, id })))
    }

    /// A fresh private key as PKCS#8 in PEM. `None` where the system has no random bytes.
    pub fn generate(algorithm: SigningAlgorithm) -> Option<Zeroizing<String>> {
        let der = match algorithm {
            SigningAlgorithm::Es256 => Es256::generate()?,
            SigningAlgorithm::EdDsa => EdDsa::generate()?,
        };
        let encoded = Zeroizing::new(STANDARD.encode(der.as_slice()));
        let mut pem = Zeroizing::new(String::with_capacity(512));
        pem.push_str("-----BEGIN PRIVATE KEY-----\n");
        let mut rest = encoded.as_str();
        while let Some((line, more)) = rest.split_at_checked(64) {
            pem.push_str(line);
            pem.push('\n');
            rest = more;
        }
        if !rest.is_empty() {
            pem.push_str(rest);
            pem.push('\n');
        }
        pem.push_str("-----END PRIVATE KEY-----\n");
        Some(pem)
    }

    /// The `kid` under which its public half is published: its thumbprint (RFC 7638), 43 characters.
    pub fn key_id(&self) -> &str {
        &self.0.id
    }

    pub(crate) fn algorithm(&self) -> &'static str {
        self.0.public.alg
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        match &self.0.pair {
            Pair::Es256(key) => key.sign(message),
            Pair::EdDsa(key) => key.sign(message),
        }
    }

    /// The public half as a JWK (RFC 7517 §4).
    pub(crate) fn jwk(&self) -> serde_json::Value {
        let members = self.0.public.members.iter().map(|(name, value)| (*name, value.as_str()));
        let about = [("alg", self.algorithm()), ("kid", self.key_id()), ("use", "sig")];
        members.chain(about).map(|(name, value)| (name.to_owned(), serde_json::Value::from(value))).collect()
    }
}

/// RFC 7638 §3: the hash of the members that make the key, in the order of their names, without a space.
fn thumbprint(public: &PublicKey) -> String {
    let members: Vec<_> = public.members.iter().map(|(name, value)| format!("{name:?}:{value:?}")).collect();
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{{{}}}", members.join(","))))
}

/// The bytes of the one private key.
fn der(pem: &str) -> Result<Zeroizing<Vec<u8>>, SigningKeyError> {
    let blocks: Vec<_> =
        pem.split("-----BEGIN ").skip(1).filter_map(|rest| rest.split_once("-----")).collect();
    let mut keys = blocks.iter().filter(|(label, _)| *label == "PRIVATE KEY");
    match (keys.next(), keys.next()) {
        (Some((_, body)), None) => {
            let (body, _) = body.split_once("-----END PRIVATE KEY-----").ok_or(SigningKeyError::NotPem)?;
            let compact = Zeroizing::new(body.split_whitespace().collect::<String>());
            STANDARD.decode(compact.as_str()).map(Zeroizing::new).map_err(|_| SigningKeyError::NotPem)
        }
        (Some(_), Some(_)) => Err(SigningKeyError::Several),
        (None, _) => {
            let named = |label: &str| blocks.iter().any(|(known, _)| *known == label);
            Err(match () {
                () if named("ENCRYPTED PRIVATE KEY") => SigningKeyError::Encrypted,
                () if named("RSA PRIVATE KEY") => SigningKeyError::Rsa,
                () if named("EC PRIVATE KEY") || named("OPENSSH PRIVATE KEY") => SigningKeyError::NotPkcs8,
                () if named("PUBLIC KEY") || named("RSA PUBLIC KEY") || named("CERTIFICATE") => {
                    SigningKeyError::PublicOnly
                }
                () => SigningKeyError::NotPem,
            })
        }
    }
}

/// What kind of key it is, by the object identifier in it: for the person who has to find another.
fn stranger(der: &[u8]) -> SigningKeyError {
    // With the tag and the length of an identifier (X.690 §8.19), so that no other bytes look like one.
    const RSA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
    const CURVES: [(&str, &[u8]); 5] = [
        ("P-384", &[6, 5, 0x2b, 0x81, 4, 0, 0x22]),
        ("P-521", &[6, 5, 0x2b, 0x81, 4, 0, 0x23]),
        ("secp256k1", &[6, 5, 0x2b, 0x81, 4, 0, 0x0a]),
        ("X25519", &[6, 3, 0x2b, 0x65, 0x6e]),
        ("Ed448", &[6, 3, 0x2b, 0x65, 0x71]),
    ];
    let head = der.get(..der.len().min(40)).unwrap_or_default();
    let holds = |id: &[u8]| head.windows(id.len()).any(|window| window == id);
    if holds(RSA) {
        return SigningKeyError::Rsa;
    }
    let named = CURVES.into_iter().find(|(_, id)| holds(id));
    named.map_or(SigningKeyError::Unreadable, |(name, _)| SigningKeyError::Curve(name))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED_SIGNING, ED25519, EcdsaKeyPair, UnparsedPublicKey,
    };

    use super::*;

    /// RFC 8037 A.1 and A.3: a key, and its thumbprint.
    const RFC8037: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

    fn made(algorithm: SigningAlgorithm) -> Zeroizing<String> {
        SigningKey::generate(algorithm).unwrap()
    }

    #[test]
    fn a_key_has_the_name_that_the_rfc_gives_it() {
        let key = SigningKey::from_pem(RFC8037).unwrap();
        assert_eq!(key.key_id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(
            key.jwk(),
            serde_json::json!({
                "alg": "EdDSA", "crv": "Ed25519", "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
                "kty": "OKP", "use": "sig", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            })
        );
    }

    #[test]
    fn what_is_made_is_read_and_its_signatures_hold() {
        let key = SigningKey::from_pem(&made(SigningAlgorithm::Es256)).unwrap();
        let jwk = key.jwk();
        assert_eq!((&jwk["kty"], &jwk["crv"], &jwk["alg"]), (&"EC".into(), &"P-256".into(), &"ES256".into()));
        let part = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
        let point = [vec![4], part("x"), part("y")].concat();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        public.verify(b"x", &key.sign(b"x").unwrap()).unwrap();
        let key = SigningKey::from_pem(&made(SigningAlgorithm::EdDsa)).unwrap();
        let x = URL_SAFE_NO_PAD.decode(key.jwk()["x"].as_str().unwrap()).unwrap();
        UnparsedPublicKey::new(&ED25519, x).verify(b"x", &key.sign(b"x").unwrap()).unwrap();
    }

    #[test]
    fn lines_end_as_they_like_and_words_may_stand_around() {
        for pem in [RFC8037.replace('\n', "\r\n"), format!("a note\n\n  {RFC8037}\n# more")] {
            assert!(SigningKey::from_pem(&pem).is_ok(), "{pem}");
        }
    }

    #[test]
    fn what_is_no_key_to_sign_with_is_named() {
        let block = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
        let cut = RFC8037.split("-----END").next().unwrap().to_owned();
        for (pem, error) in [
            (String::new(), SigningKeyError::NotPem),
            ("MC4CAQAwBQYDK2VwBCIEIJ1h".into(), SigningKeyError::NotPem),
            (cut, SigningKeyError::NotPem),
            (RFC8037.replace("MC4C", "MC4!"), SigningKeyError::NotPem),
            (block("ENCRYPTED PRIVATE KEY"), SigningKeyError::Encrypted),
            (block("PUBLIC KEY"), SigningKeyError::PublicOnly),
            (block("CERTIFICATE"), SigningKeyError::PublicOnly),
            (block("EC PRIVATE KEY"), SigningKeyError::NotPkcs8),
            (block("RSA PRIVATE KEY"), SigningKeyError::Rsa),
            (RFC8037.repeat(2), SigningKeyError::Several),
            (block("PRIVATE KEY"), SigningKeyError::Unreadable),
        ] {
            assert_eq!(SigningKey::from_pem(&pem).unwrap_err(), error, "{pem}");
            assert!(error.to_string().contains(": "), "{error} says a way out");
        }
    }

    #[test]
    fn another_kind_of_key_is_called_by_its_name() {
        let pem = |der: &[u8]| {
            let body = STANDARD.encode(der);
            format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
        };
        let rsa =
            [0x30, 0x82, 4, 0xbe, 2, 1, 0, 0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
        assert_eq!(SigningKey::from_pem(&pem(&rsa)), Err(SigningKeyError::Rsa));
        let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
        let der = pair.to_pkcs8v1().unwrap();
        assert_eq!(SigningKey::from_pem(&pem(der.as_ref())), Err(SigningKeyError::Curve("P-384")));
    }

    #[test]
    fn a_key_says_nothing_of_itself_but_its_name() {
        let pem = made(SigningAlgorithm::EdDsa);
        let key = SigningKey::from_pem(&pem).unwrap();
        assert_eq!(format!("{key:?}"), format!("SigningKey {{ id: {:?}, .. }}", key.key_id()));
    }
}
