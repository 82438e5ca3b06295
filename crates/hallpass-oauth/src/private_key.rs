//! The key by which a client proves itself with a signature instead of a password.
//!
//! ```
//! use hallpass_oauth::private_key::{KeyError, PrivateKey};
//!
//! assert_eq!(PrivateKey::from_pem("no key").unwrap_err(), KeyError::NotPem);
//! ```
//!
//! It reads no file: the text is handed in. What an ECDSA signature needs of randomness is drawn by the cryptographic
//! library, as for every signature of TLS.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::algorithm::Algorithm;
use crate::fault::{Fault, faults};

faults! {
    /// Why a text is no key to sign with.
    pub enum KeyError {
        /// There is no block that begins with `-----BEGIN PRIVATE KEY-----` (or `RSA` or `EC PRIVATE KEY`).
        NotPem = "private_key_not_pem", Fault::Configuration, "there is no PEM private key";
        /// The key is encrypted, malformed, of under 2048 bits of RSA, or of a curve that is neither P-256, P-384 nor Ed25519.
        Unusable = "private_key_unusable", Fault::Configuration, "the private key is encrypted, malformed, weak or of an unknown kind";
    }
}

/// A private key, and the thumbprint of its certificate where that came along.
#[derive(Clone)]
pub struct PrivateKey {
    pair: Arc<Pair>,
    thumbprint: Option<String>,
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey([redacted])")
    }
}

impl PrivateKey {
    /// Reads the first private key of a PEM text: PKCS #8 (RFC 5958), PKCS #1 or SEC 1. If the text holds a certificate
    /// too, signatures name the key by its thumbprint (`x5t#S256`, RFC 7515 §4.1.8), as providers ask that register
    /// certificates and no bare keys.
    ///
    /// # Errors
    /// [`KeyError`] says why it cannot be used.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let der = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| KeyError::NotPem)?;
        let pair = pair(&der).filter(Pair::is_strong).ok_or(KeyError::Unusable)?;
        let thumbprint = CertificateDer::from_pem_slice(text.as_bytes())
            .ok()
            .map(|certificate| URL_SAFE_NO_PAD.encode(Sha256::digest(&certificate)));
        Ok(Self { pair: Arc::new(pair), thumbprint })
    }

    /// What it signs with: RS256, ES256, ES384 or EdDSA.
    pub fn algorithm(&self) -> Algorithm {
        match &*self.pair {
            Pair::Rsa(_) => Algorithm::Rs256,
            Pair::P256(_) => Algorithm::Es256,
            Pair::P384(_) => Algorithm::Es384,
            Pair::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    /// A signed token (RFC 7515 §7.1) of these claims; `None` if the library could not sign.
    pub(crate) fn sign(&self, key_id: Option<&str>, claims: &Value) -> Option<String> {
        let mut header = json!({ "alg": self.algorithm().as_str(), "typ": "JWT" });
        if let Some(key_id) = key_id {
            header["kid"] = key_id.into();
        }
        if let Some(thumbprint) = &self.thumbprint {
            header["x5t#S256"] = thumbprint.as_str().into();
        }
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let signature = self.pair.signature(signed.as_bytes())?;
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn pair(der: &PrivateKeyDer<'_>) -> Option<Pair> {
    type Read = fn(&'static EcdsaSigningAlgorithm, &[u8]) -> Option<EcdsaKeyPair>;
    let curves = |bytes: &[u8], read: Read| {
        read(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, bytes)
            .map(Pair::P256)
            .or_else(|| read(&signature::ECDSA_P384_SHA384_FIXED_SIGNING, bytes).map(Pair::P384))
    };
    match der {
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()).ok().map(Pair::Rsa),
        PrivateKeyDer::Sec1(key) => curves(key.secret_sec1_der(), |curve, bytes| {
            EcdsaKeyPair::from_private_key_der(curve, bytes).ok()
        }),
        PrivateKeyDer::Pkcs8(key) => {
            let bytes = key.secret_pkcs8_der();
            curves(bytes, |curve, bytes| EcdsaKeyPair::from_pkcs8(curve, bytes).ok())
                .or_else(|| RsaKeyPair::from_pkcs8(bytes).ok().map(Pair::Rsa))
                // Without the public half, which the common tools leave out.
                .or_else(|| Ed25519KeyPair::from_pkcs8_maybe_unchecked(bytes).ok().map(Pair::Ed25519))
        }
        _ => None,
    }
}

impl Pair {
    /// RFC 7518 §3.3: an RSA key has 2048 bits at least.
    fn is_strong(&self) -> bool {
        match self {
            Self::Rsa(pair) => pair.public_modulus_len() >= 256,
            Self::P256(_) | Self::P384(_) | Self::Ed25519(_) => true,
        }
    }

    fn signature(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::P256(pair) | Self::P384(pair) => Some(pair.sign(&random, message).ok()?.as_ref().to_vec()),
            Self::Ed25519(pair) => Some(pair.sign(message).as_ref().to_vec()),
            Self::Rsa(pair) => {
                let mut bytes = vec![0; pair.public_modulus_len()];
                pair.sign(&signature::RSA_PKCS1_SHA256, &random, message, &mut bytes).ok()?;
                Some(bytes)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signer::{self, jwks};
    use crate::{jws, signer::Signer};

    #[test]
    fn what_a_key_signs_its_public_half_opens() {
        for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa] {
            let signer = Signer::new(algorithm);
            let key = PrivateKey::from_pem(&signer.pem()).unwrap();
            assert_eq!(key.algorithm(), algorithm);
            let token = key.sign(Some("k"), &json!({ "iss": "me" })).unwrap();
            let opened = jws::open(&token, &jwks(&[signer.jwk_named("k")]), &[algorithm]).unwrap();
            assert_eq!(opened.payload["iss"], "me");
            let other = jwks(&[Signer::new(algorithm).jwk_named("k")]);
            assert!(jws::open(&token, &other, &[algorithm]).is_err(), "{algorithm}");
        }
    }

    #[test]
    fn a_text_that_is_no_usable_key_is_refused() {
        let pem = |kind: &str, body: &str| format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n");
        for text in ["", "secret", &pem("PUBLIC KEY", "MAA="), &pem("CERTIFICATE", "MAA=")] {
            assert_eq!(PrivateKey::from_pem(text).unwrap_err(), KeyError::NotPem, "{text}");
        }
        let whole = Signer::new(Algorithm::Es256).pem();
        assert_eq!(PrivateKey::from_pem(&whole[..whole.len() / 2]).unwrap_err(), KeyError::NotPem);
        for text in
            [pem("PRIVATE KEY", "MAA="), pem("RSA PRIVATE KEY", "MAA="), pem("EC PRIVATE KEY", "MAA=")]
        {
            assert_eq!(PrivateKey::from_pem(&text).unwrap_err(), KeyError::Unusable, "{text}");
        }
    }

    #[test]
    fn a_certificate_beside_the_key_is_named_by_its_thumbprint() {
        let pem = format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n{}",
            "aGVsbG8=",
            Signer::new(Algorithm::Es256).pem()
        );
        let token = PrivateKey::from_pem(&pem).unwrap().sign(None, &json!({})).unwrap();
        let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
        let header: Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(header["x5t#S256"], signer::b64(Sha256::digest(b"hello")));
        assert_eq!(header.get("kid"), None);
    }

    #[test]
    fn a_key_never_shows_itself() {
        let key = PrivateKey::from_pem(&Signer::new(Algorithm::Es256).pem()).unwrap();
        assert_eq!(format!("{key:?}"), "PrivateKey([redacted])");
    }
}
