//! Proof Key for Code Exchange (RFC 7636), method S256 and no other.
//!
//! ```
//! use hallpass_oauth::pkce::Verifier;
//!
//! // The example of RFC 7636, appendix B.
//! let verifier = Verifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned()).unwrap();
//! assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
//! ```
//!
//! It draws no random bytes: they are passed in.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// A code verifier: 43 to 128 unreserved characters (RFC 7636 §4.1).
#[derive(Clone)]
pub struct Verifier(Zeroizing<String>);

/// The text is no code verifier: its length is not 43 to 128, or it holds a character outside `A-Z a-z 0-9 - . _ ~`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAVerifier;

impl Verifier {
    /// Makes a verifier from 32 unguessable bytes.
    pub fn from_random(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Reads back a verifier that was kept for the callback.
    ///
    /// # Errors
    /// [`NotAVerifier`] where RFC 7636 §4.1 forbids it, so that no token request leaves with a weak one.
    pub fn parse(text: String) -> Result<Self, NotAVerifier> {
        let text = Zeroizing::new(text);
        let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
        if (43..=128).contains(&text.len()) && text.bytes().all(unreserved) {
            Ok(Self(text))
        } else {
            Err(NotAVerifier)
        }
    }

    /// What is sent ahead in the browser: the base64url of the verifier's SHA-256 (RFC 7636 §4.2).
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.as_bytes()))
    }

    /// The verifier itself, to keep it for the callback.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier([redacted])")
    }
}

impl fmt::Display for NotAVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the code verifier is not 43 to 128 unreserved characters")
    }
}

impl std::error::Error for NotAVerifier {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_long_or_foreign_verifier_is_refused() {
        for text in ["", &"a".repeat(42), &"a".repeat(129), &format!("{} ", "a".repeat(43)), &"ä".repeat(30)]
        {
            assert!(Verifier::parse(text.to_owned()).is_err(), "{text:?}");
        }
        assert!(Verifier::parse("a~._-".repeat(9)).is_ok());
    }

    #[test]
    fn a_verifier_from_random_bytes_has_the_length_the_rfc_asks_for() {
        let verifier = Verifier::from_random(&[0xff; 32]);
        assert_eq!(verifier.expose().len(), 43);
        assert!(Verifier::parse(verifier.expose().to_owned()).is_ok());
        assert_ne!(verifier.challenge(), Verifier::from_random(&[0xfe; 32]).challenge());
    }

    #[test]
    fn a_verifier_never_shows_itself() {
        assert_eq!(format!("{:?}", Verifier::from_random(&[1; 32])), "Verifier([redacted])");
    }
}
