//! `dir` with `A256GCM` (RFC 7518 §5.3): the sessions of next-auth 4, and everything else that is sealed here.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hallpass_wire::KeyDerivation;

use super::{decode_exact, join_sealed, split_sealed};
use crate::secret::Secret;
use crate::world::{OutOfEntropy, Random};

/// `{"alg":"dir","enc":"A256GCM"}`.
const HEADER: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0";

const IV: usize = 12;
const TAG: usize = 16;

/// Seals with the newest secret, opens with any of them.
pub(crate) struct A256Gcm {
    keys: Vec<LessSafeKey>,
}

impl A256Gcm {
    /// Keys for one purpose, which `derivation` names. `None` where there is no secret or the crypto library refuses the
    /// key.
    pub(crate) fn new(secrets: &[Secret], derivation: &KeyDerivation) -> Option<Self> {
        let keys: Option<Vec<_>> = secrets.iter().map(|secret| key(secret, derivation)).collect();
        keys.filter(|keys| !keys.is_empty()).map(|keys| Self { keys })
    }

    /// A JWE around the bytes.
    pub(crate) fn seal(&self, random: &dyn Random, plain: &[u8]) -> Result<String, OutOfEntropy> {
        self.seal_under(HEADER, random, plain)
    }

    /// The same with another header, which says what to do with the bytes.
    pub(super) fn seal_under(
        &self,
        header: &str,
        random: &dyn Random,
        plain: &[u8],
    ) -> Result<String, OutOfEntropy> {
        let mut iv = [0; IV];
        random.fill(&mut iv)?;
        let mut sealed = plain.to_vec();
        let key = self.keys.first().ok_or(OutOfEntropy)?;
        let (nonce, aad) = (Nonce::assume_unique_for_key(iv), Aad::from(header.as_bytes()));
        let tag = key.seal_in_place_separate_tag(nonce, aad, &mut sealed).map_err(|_| OutOfEntropy)?;
        Ok(join_sealed(header, &iv, &sealed, tag.as_ref()))
    }

    /// The bytes in a JWE, or nothing: a token that was not sealed by one of our secrets for this purpose says
    /// no more than that.
    pub(crate) fn open(&self, token: &str) -> Option<Vec<u8>> {
        self.open_under(HEADER, token)
    }

    /// The same for a token with another header, which says what to do with the bytes.
    pub(super) fn open_under(&self, header: &str, token: &str) -> Option<Vec<u8>> {
        let (iv, sealed, tag) = split_sealed(token, header)?;
        let iv: [u8; IV] = decode_exact(iv)?;
        let tag: [u8; TAG] = decode_exact(tag)?;
        let mut sealed_and_tag = Vec::with_capacity(sealed.len() / 4 * 3 + 3 + TAG);
        URL_SAFE_NO_PAD.decode_vec(sealed, &mut sealed_and_tag).ok()?;
        sealed_and_tag.extend_from_slice(&tag);
        let (last, earlier) = self.keys.split_last()?;
        for key in earlier {
            let mut attempt = sealed_and_tag.clone();
            if let Some(length) = open_in_place(key, iv, header, &mut attempt) {
                attempt.truncate(length);
                return Some(attempt);
            }
        }
        let length = open_in_place(last, iv, header, &mut sealed_and_tag)?;
        sealed_and_tag.truncate(length);
        Some(sealed_and_tag)
    }
}

fn open_in_place(key: &LessSafeKey, iv: [u8; IV], header: &str, sealed_and_tag: &mut [u8]) -> Option<usize> {
    let (nonce, header) = (Nonce::assume_unique_for_key(iv), Aad::from(header.as_bytes()));
    key.open_in_place(nonce, header, sealed_and_tag).ok().map(|plain| plain.len())
}

fn key(secret: &Secret, derivation: &KeyDerivation) -> Option<LessSafeKey> {
    let bytes = secret.derive::<32>(derivation)?;
    UnboundKey::new(&AES_256_GCM, bytes.as_ref()).ok().map(LessSafeKey::new)
}

#[cfg(test)]
mod tests {
    use hallpass_wire::TokenFormat;

    use super::super::trials::{Counting, Dry, only_the_whole_token_opens};
    use super::*;

    fn session(secrets: &[&str]) -> A256Gcm {
        let secrets: Vec<_> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        A256Gcm::new(&secrets, &TokenFormat::A256Gcm.derivation("")).unwrap()
    }

    fn purpose(secret: &str, purpose: &str) -> A256Gcm {
        A256Gcm::new(&[Secret::new(secret)], &KeyDerivation::of_purpose(purpose)).unwrap()
    }

    #[test]
    fn every_flipped_character_and_every_prefix_is_refused() {
        let sealer = session(&["topsecret"]);
        let plain = b"{\"sub\":\"1\"}";
        let token = sealer.seal(&Counting, plain).unwrap();
        only_the_whole_token_opens(&token, plain, |token| sealer.open(token));
    }

    #[test]
    fn a_value_of_another_purpose_or_secret_is_refused() {
        let token = purpose("topsecret", "next-auth.state").seal(&Counting, b"x").unwrap();
        assert_eq!(purpose("topsecret", "next-auth.state").open(&token).unwrap(), b"x");
        assert_eq!(session(&["topsecret"]).open(&token), None);
        assert_eq!(purpose("topsecret", "authjs.state").open(&token), None);
        assert_eq!(purpose("other", "next-auth.state").open(&token), None);
    }

    #[test]
    fn any_listed_secret_opens_and_the_first_seals() {
        let old = session(&["old"]).seal(&Counting, b"x").unwrap();
        let both = session(&["new", "old"]);
        assert_eq!(both.open(&old).unwrap(), b"x");
        let fresh = both.seal(&Counting, b"y").unwrap();
        assert_eq!(session(&["new"]).open(&fresh).unwrap(), b"y");
        assert_eq!(session(&["old"]).open(&fresh), None);
    }

    #[test]
    fn a_million_dots_are_refused_at_once() {
        let token = format!("{HEADER}{}", ".".repeat(1_000_000));
        assert_eq!(session(&["topsecret"]).open(&token), None);
    }

    #[test]
    fn without_entropy_nothing_is_sealed() {
        assert_eq!(session(&["topsecret"]).seal(&Dry, b"x"), Err(OutOfEntropy));
    }

    #[test]
    fn without_a_secret_there_is_no_key() {
        assert!(A256Gcm::new(&[], &TokenFormat::A256Gcm.derivation("")).is_none());
    }
}
