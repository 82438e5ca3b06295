//! `EdDSA` on Ed25519 (RFC 8037 §3.1), signed for whoever has the public key.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::PublicKey;

/// A key that signs.
pub(crate) struct EdDsa {
    pair: Ed25519KeyPair,
}

impl EdDsa {
    /// From PKCS#8 in DER, with its public half (RFC 5958) or without (RFC 8410 §7). `None` where it is another kind of key.
    pub(crate) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        Some(Self { pair: Ed25519KeyPair::from_pkcs8(der).ok()? })
    }

    /// A fresh key as PKCS#8 in DER, without its public half, which older readers refuse.
    pub(crate) fn generate() -> Option<Zeroizing<Vec<u8>>> {
        let pair = Ed25519KeyPair::generate().ok()?;
        Some(Zeroizing::new(pair.to_pkcs8v1().ok()?.as_ref().to_vec()))
    }

    /// 64 bytes.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        Some(self.pair.try_sign(message).ok()?.as_ref().to_vec())
    }

    /// The other half (RFC 8037 §2).
    pub(crate) fn public_key(&self) -> PublicKey {
        let x = URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref());
        PublicKey { alg: "EdDSA", members: vec![("crv", "Ed25519".into()), ("kty", "OKP".into()), ("x", x)] }
    }
}
