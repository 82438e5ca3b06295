//! `ES256` (RFC 7518 §3.4): ECDSA on P-256 with SHA-256, signed for whoever has the public key.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::PublicKey;

/// A key that signs.
pub(crate) struct Es256 {
    pair: EcdsaKeyPair,
}

impl Es256 {
    /// From PKCS#8 (RFC 5208) in DER. `None` where it is another kind of key, or its halves do not fit.
    pub(crate) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).ok()?;
        Some(Self { pair })
    }

    /// A fresh key as PKCS#8 in DER. The dice are the crypto library's own, as they are for each signature.
    pub(crate) fn generate() -> Option<Zeroizing<Vec<u8>>> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()?;
        Some(Zeroizing::new(pair.to_pkcs8v1().ok()?.as_ref().to_vec()))
    }

    /// 64 bytes: `r` and `s`.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        Some(self.pair.sign(&SystemRandom::new(), message).ok()?.as_ref().to_vec())
    }

    /// The other half (RFC 7518 §6.2.1): a point, written as 4, `x` and `y`.
    pub(crate) fn public_key(&self) -> Option<PublicKey> {
        let (x, y) = self.pair.public_key().as_ref().strip_prefix(&[4])?.split_at_checked(32)?;
        let members = [("crv", "P-256".into()), ("kty", "EC".into())];
        let coordinates = [("x", URL_SAFE_NO_PAD.encode(x)), ("y", URL_SAFE_NO_PAD.encode(y))];
        Some(PublicKey { alg: "ES256", members: members.into_iter().chain(coordinates).collect() })
    }
}
