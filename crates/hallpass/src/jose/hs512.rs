//! `HS512` (RFC 7518 §3.2): the sessions of next-auth 3, signed and legible.

use aws_lc_rs::hmac::{HMAC_SHA512, Key, sign, verify};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hallpass_wire::KeyDerivation;

use super::{decode, decode_exact};
use crate::secret::Secret;

/// `{"alg":"HS512"}`.
const HEADER: &str = "eyJhbGciOiJIUzUxMiJ9";

/// Signs with the newest secret, verifies with any of them.
pub(crate) struct Hs512 {
    keys: Vec<Key>,
}

impl Hs512 {
    /// Keys for one purpose. `None` where there is no secret.
    pub(crate) fn new(secrets: &[Secret], derivation: &KeyDerivation) -> Option<Self> {
        let key = |secret: &Secret| Some(Key::new(HMAC_SHA512, secret.derive::<64>(derivation)?.as_ref()));
        let keys: Option<Vec<_>> = secrets.iter().map(key).collect();
        keys.filter(|keys| !keys.is_empty()).map(|keys| Self { keys })
    }

    /// A JWS over the bytes; `None` where there is no key.
    pub(crate) fn sign(&self, plain: &[u8]) -> Option<String> {
        let mut token = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(plain));
        let tag = sign(self.keys.first()?, token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(tag, &mut token);
        Some(token)
    }

    /// The bytes that were signed, or nothing.
    pub(crate) fn open(&self, token: &str) -> Option<Vec<u8>> {
        let (signed, tag) = token.rsplit_once('.')?;
        let claims = signed.strip_prefix(HEADER)?.strip_prefix('.')?;
        let tag: [u8; 64] = decode_exact(tag)?;
        self.keys.iter().find(|key| verify(key, signed.as_bytes(), &tag).is_ok())?;
        decode(claims)
    }
}

#[cfg(test)]
mod tests {
    use hallpass_wire::TokenFormat;

    use super::super::trials::only_the_whole_token_opens;
    use super::*;

    fn signer(secrets: &[&str]) -> Hs512 {
        let secrets: Vec<_> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        Hs512::new(&secrets, &TokenFormat::Hs512.derivation("")).unwrap()
    }

    #[test]
    fn every_flipped_character_and_every_prefix_is_refused() {
        let signer = signer(&["topsecret"]);
        let plain = b"{\"sub\":\"1\"}";
        only_the_whole_token_opens(&signer.sign(plain).unwrap(), plain, |token| signer.open(token));
    }

    #[test]
    fn any_listed_secret_verifies_and_the_first_signs() {
        let old = signer(&["old"]).sign(b"x").unwrap();
        assert_eq!(signer(&["new", "old"]).open(&old).unwrap(), b"x");
        let fresh = signer(&["new", "old"]).sign(b"y").unwrap();
        assert_eq!(signer(&["old"]).open(&fresh), None);
    }

    #[test]
    fn no_other_algorithm_is_accepted_under_the_same_signature() {
        let token = signer(&["topsecret"]).sign(b"{}").unwrap();
        let (_, rest) = token.split_once('.').unwrap();
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"HS256"}"#,
            r#"{"alg":"hs512"}"#,
            r#"{"alg":"HS512","b64":false}"#,
        ] {
            let forged = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header));
            assert_eq!(signer(&["topsecret"]).open(&forged), None, "{header}");
        }
        assert_eq!(signer(&["topsecret"]).open("eyJhbGciOiJIUzUxMiJ9.e30."), None);
    }
}
