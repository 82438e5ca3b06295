//! The deployment's secret, and sealed values made with it.
//!
//! A sealed value is a JWE as next-auth 4 writes it (RFC 7516, `dir` with `A256GCM`): the key comes from the
//! secret by HKDF-SHA256 (RFC 5869) with a salt that names the purpose, so that a value sealed for one purpose
//! never opens for another. Keys are derived once.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hallpass_wire::KeyDerivation;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::world::{OutOfEntropy, Random};

/// A secret of the deployment. At least 32 random bytes; `hallpass secret` prints one.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps the secret as it stands in the configuration.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(Zeroizing::new(secret.into()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

const IV: usize = 12;
const TAG: usize = 16;

/// Seals with the newest secret, opens with any of them.
pub(crate) struct Sealer {
    keys: Vec<LessSafeKey>,
    header: &'static str,
}

impl Sealer {
    /// Keys for one purpose, which `derivation` names. `None` where there is no secret or the crypto library refuses the key.
    pub(crate) fn new(secrets: &[Secret], derivation: &KeyDerivation) -> Option<Self> {
        let keys: Option<Vec<_>> = secrets.iter().map(|secret| key(secret, derivation)).collect();
        keys.filter(|keys| !keys.is_empty()).map(|keys| Self { keys, header: derivation.header })
    }

    /// A JWE around the bytes.
    pub(crate) fn seal(&self, random: &dyn Random, plain: &[u8]) -> Result<String, OutOfEntropy> {
        let mut iv = [0; IV];
        random.fill(&mut iv)?;
        let mut sealed = plain.to_vec();
        let key = self.keys.first().ok_or(OutOfEntropy)?;
        let tag = key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(iv),
                Aad::from(self.header.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| OutOfEntropy)?;
        let mut token = String::with_capacity(self.header.len() + 44 + sealed.len() / 3 * 4 + 8);
        token.push_str(self.header);
        token.push_str("..");
        URL_SAFE_NO_PAD.encode_string(iv, &mut token);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(&sealed, &mut token);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(tag, &mut token);
        Ok(token)
    }

    /// The bytes in a JWE, or nothing: a token that was not sealed by one of our secrets for this purpose says
    /// no more than that.
    pub(crate) fn open(&self, token: &str) -> Option<Vec<u8>> {
        let rest = token.strip_prefix(self.header)?.strip_prefix("..")?;
        let (iv, rest) = rest.split_once('.')?;
        let (sealed, tag) = rest.split_once('.')?;
        let iv: [u8; IV] = decode_exact(iv)?;
        let tag: [u8; TAG] = decode_exact(tag)?;
        let mut sealed_and_tag = Vec::with_capacity(sealed.len() / 4 * 3 + 3 + TAG);
        URL_SAFE_NO_PAD.decode_vec(sealed, &mut sealed_and_tag).ok()?;
        sealed_and_tag.extend_from_slice(&tag);
        let (last, earlier) = self.keys.split_last()?;
        for key in earlier {
            let mut attempt = sealed_and_tag.clone();
            if let Some(length) = self.open_in_place(key, iv, &mut attempt) {
                attempt.truncate(length);
                return Some(attempt);
            }
        }
        let length = self.open_in_place(last, iv, &mut sealed_and_tag)?;
        sealed_and_tag.truncate(length);
        Some(sealed_and_tag)
    }

    fn open_in_place(&self, key: &LessSafeKey, iv: [u8; IV], sealed_and_tag: &mut [u8]) -> Option<usize> {
        let (nonce, header) = (Nonce::assume_unique_for_key(iv), Aad::from(self.header.as_bytes()));
        key.open_in_place(nonce, header, sealed_and_tag).ok().map(|plain| plain.len())
    }
}

fn key(secret: &Secret, derivation: &KeyDerivation) -> Option<LessSafeKey> {
    let mut bytes = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(derivation.salt.as_bytes()), secret.expose().as_bytes())
        .expand(derivation.info.as_bytes(), bytes.as_mut())
        .ok()?;
    UnboundKey::new(&AES_256_GCM, bytes.as_ref()).ok().map(LessSafeKey::new)
}

fn decode_exact<const N: usize>(encoded: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    (URL_SAFE_NO_PAD.decode_slice(encoded, &mut bytes).ok()? == N).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use hallpass_wire::Wire;

    use super::*;

    struct Counting;
    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), OutOfEntropy> {
            for (n, byte) in (0..).zip(bytes) {
                *byte = n;
            }
            Ok(())
        }
    }

    struct Dry;
    impl Random for Dry {
        fn fill(&self, _: &mut [u8]) -> Result<(), OutOfEntropy> {
            Err(OutOfEntropy)
        }
    }

    fn sealer(secret: &str, salt: &str) -> Sealer {
        Sealer::new(&[Secret::new(secret)], &Wire::V4.key_derivation(salt)).unwrap()
    }

    #[test]
    fn every_flipped_character_and_every_prefix_is_refused() {
        let sealer = sealer("topsecret", "");
        let token = sealer.seal(&Counting, b"{\"sub\":\"1\"}").unwrap();
        assert_eq!(sealer.open(&token).unwrap(), b"{\"sub\":\"1\"}");
        for end in 0..token.len() {
            assert_eq!(sealer.open(&token[..end]), None);
        }
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(sealer.open(std::str::from_utf8(&bytes).unwrap()), None, "at {at}");
        }
    }

    #[test]
    fn a_value_of_another_purpose_or_secret_is_refused() {
        let token = sealer("topsecret", "next-auth.state").seal(&Counting, b"x").unwrap();
        assert_eq!(sealer("topsecret", "").open(&token), None);
        assert_eq!(sealer("other", "next-auth.state").open(&token), None);
    }

    #[test]
    fn any_listed_secret_opens_and_the_first_seals() {
        let old = sealer("old", "").seal(&Counting, b"x").unwrap();
        let both =
            Sealer::new(&[Secret::new("new"), Secret::new("old")], &Wire::V4.key_derivation("")).unwrap();
        assert_eq!(both.open(&old).unwrap(), b"x");
        let fresh = both.seal(&Counting, b"y").unwrap();
        assert_eq!(sealer("new", "").open(&fresh).unwrap(), b"y");
        assert_eq!(sealer("old", "").open(&fresh), None);
    }

    #[test]
    fn a_million_dots_are_refused_at_once() {
        let sealer = sealer("topsecret", "");
        let token = format!("{}{}", sealer.header, ".".repeat(1_000_000));
        assert_eq!(sealer.open(&token), None);
    }

    #[test]
    fn without_entropy_nothing_is_sealed() {
        assert_eq!(sealer("topsecret", "").seal(&Dry, b"x"), Err(OutOfEntropy));
    }

    #[test]
    fn a_token_that_next_auth_4_sealed_opens() {
        // Recorded from the npm package with the secret `topsecret`.
        let token = include_str!("../testdata/next-auth-v4.jwe").trim();
        let claims: serde_json::Value =
            serde_json::from_slice(&sealer("topsecret", "").open(token).unwrap()).unwrap();
        assert_eq!(claims["iat"], 1_795_431_123);
    }
}
