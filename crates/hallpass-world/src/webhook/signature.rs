//! The signature of Standard Webhooks, version 1.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The shortest secret that the specification allows, in bytes.
const SHORTEST: usize = 24;

/// What the base64 of a secret stands behind.
const PREFIX: &str = "whsec_";

pub(super) struct Signer(Key);

impl Signer {
    /// `None` where the secret is too short or not what it says it is.
    pub(super) fn new(secret: &str) -> Option<Self> {
        let bytes = match secret.strip_prefix(PREFIX) {
            Some(encoded) => STANDARD.decode(encoded).ok()?,
            None => secret.as_bytes().to_vec(),
        };
        (bytes.len() >= SHORTEST).then(|| Self(Key::new(HMAC_SHA256, &bytes)))
    }

    /// The value of `webhook-signature`; `at` in seconds since 1970, UTC.
    pub(super) fn sign(&self, id: &str, at: u64, body: &[u8]) -> String {
        let mut signed = format!("{id}.{at}.").into_bytes();
        signed.extend_from_slice(body);
        format!("v1,{}", STANDARD.encode(sign(&self.0, &signed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_the_specification_shows() {
        // The example of the specification, "Signature scheme".
        let signer = Signer::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature =
            signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_short_secret_and_one_that_is_not_what_it_says_are_refused() {
        for secret in ["", "short", "whsec_", "whsec_!!!!", "whsec_c2hvcnQ=", "12345678901234567890123"] {
            assert!(Signer::new(secret).is_none(), "{secret}");
        }
        assert!(Signer::new("123456789012345678901234").is_some());
    }
}
