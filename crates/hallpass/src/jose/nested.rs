//! A signed token in a sealed and compressed one: the sessions of next-auth 3 with `jwt.encryption`.

use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::{A256Gcm, Hs512};

/// `{"alg":"dir","enc":"A256GCM","zip":"DEF"}`.
const HEADER: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIn0";

/// What is compressed may become this long, in bytes: more than all cookies of a request may have.
const MOST: usize = 64 * 1024;

/// The bytes in it, or nothing: also where they would become too many.
pub(crate) fn open_nested(sealed: &A256Gcm, signed: &Hs512, token: &str) -> Option<Vec<u8>> {
    let compressed = sealed.open_under(HEADER, token)?;
    let inner = decompress_to_vec_with_limit(&compressed, MOST).ok()?;
    signed.open(std::str::from_utf8(&inner).ok()?)
}

#[cfg(test)]
mod tests {
    use hallpass_wire::TokenFormat;
    use miniz_oxide::deflate::compress_to_vec;

    use super::super::trials::Counting;
    use super::*;
    use crate::secret::Secret;

    fn keys() -> (A256Gcm, Hs512) {
        let secrets = [Secret::new("topsecret")];
        let sealed = A256Gcm::new(&secrets, &TokenFormat::A256Gcm.derivation("")).unwrap();
        (sealed, Hs512::new(&secrets, &TokenFormat::Hs512.derivation("")).unwrap())
    }

    fn opened(inner: &[u8]) -> Option<Vec<u8>> {
        let (sealed, signed) = keys();
        let token = sealed.seal_under(HEADER, &Counting, &compress_to_vec(inner, 9)).unwrap();
        open_nested(&sealed, &signed, &token)
    }

    #[test]
    fn what_would_become_too_long_is_refused_before_it_does() {
        let (_, signed) = keys();
        let long = |bytes: usize| signed.sign(" ".repeat(bytes).as_bytes()).unwrap();
        assert_eq!(opened(long(40_000).as_bytes()).unwrap().len(), 40_000);
        assert_eq!(opened(long(60_000).as_bytes()), None);
        assert_eq!(opened(&vec![0; 10_000_000]), None);
    }

    #[test]
    fn what_is_compressed_has_to_be_a_signed_token() {
        for inner in [&b"{\"sub\":\"7\"}"[..], b"", b"\xFF", b"eyJhbGciOiJub25lIn0.e30."] {
            assert_eq!(opened(inner), None);
        }
    }
}
