//! Compact tokens (RFC 7515, RFC 7516): one module for each algorithm. Most are those of NextAuth.js's sessions; `es256` and
//! `eddsa` sign for others, who have the public keys ([`crate::verify`]).
//!
//! A header is compared and never obeyed: what asks for another algorithm, a key of its own or a count of rounds is not
//! one of these, and says nothing. Keys come from the secret by HKDF-SHA256 with a purpose, so that a value made for one
//! never opens for another, and are derived once.

mod a256cbc_hs512;
mod a256gcm;
mod eddsa;
mod es256;
mod hs512;
mod nested;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub(crate) use a256cbc_hs512::A256CbcHs512;
pub(crate) use a256gcm::A256Gcm;
pub(crate) use eddsa::EdDsa;
pub(crate) use es256::Es256;
pub(crate) use hs512::Hs512;
pub(crate) use nested::open_nested;

/// What may be known of a key that signs (RFC 7517 §4).
pub(crate) struct PublicKey {
    /// Which algorithm it is for.
    pub(crate) alg: &'static str,
    /// The members that make the key, in the order of their names: as its thumbprint wants them (RFC 7638 §3.2).
    pub(crate) members: Vec<(&'static str, String)>,
}

fn decode(encoded: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(encoded).ok()
}

fn decode_exact<const N: usize>(encoded: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    (URL_SAFE_NO_PAD.decode_slice(encoded, &mut bytes).ok()? == N).then_some(bytes)
}

/// The parts of a JWE after its header, and after the key that `dir` leaves empty (RFC 7516 §3.1).
fn split_sealed<'a>(token: &'a str, header: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let rest = token.strip_prefix(header)?.strip_prefix("..")?;
    let (iv, rest) = rest.split_once('.')?;
    let (sealed, tag) = rest.split_once('.')?;
    Some((iv, sealed, tag))
}

/// A JWE, written.
fn join_sealed(header: &str, iv: &[u8], sealed: &[u8], tag: &[u8]) -> String {
    let mut token = String::with_capacity(header.len() + 100 + sealed.len() / 3 * 4);
    token.push_str(header);
    token.push('.');
    for part in [iv, sealed, tag] {
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(part, &mut token);
    }
    token
}

#[cfg(test)]
mod trials {
    use crate::world::{OutOfEntropy, Random};

    /// Opens the token, and refuses it cut off anywhere and with any one character changed.
    pub(super) fn only_the_whole_token_opens(
        token: &str,
        plain: &[u8],
        open: impl Fn(&str) -> Option<Vec<u8>>,
    ) {
        assert_eq!(open(token).unwrap(), plain);
        for end in 0..token.len() {
            assert_eq!(open(&token[..end]), None);
        }
        for at in 0..token.len() {
            let mut bytes = token.to_owned().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(open(std::str::from_utf8(&bytes).unwrap()), None, "at {at}");
        }
    }

    /// Bytes that are 0, 1, 2, ….
    pub(super) struct Counting;

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), OutOfEntropy> {
            for (n, byte) in (0..).zip(bytes) {
                *byte = n;
            }
            Ok(())
        }
    }

    /// Nothing.
    pub(super) struct Dry;

    impl Random for Dry {
        fn fill(&self, _: &mut [u8]) -> Result<(), OutOfEntropy> {
            Err(OutOfEntropy)
        }
    }
}
