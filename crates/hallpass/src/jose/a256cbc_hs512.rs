//! `dir` with `A256CBC-HS512` (RFC 7518 §5.2.5): the sessions of Auth.js 5.

use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey,
    UnboundCipherKey,
};
use aws_lc_rs::hmac::{HMAC_SHA512, Key, sign};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hallpass_wire::KeyDerivation;
use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{decode, decode_exact, join_sealed, split_sealed};
use crate::secret::Secret;
use crate::world::{OutOfEntropy, Random};

/// `{"alg":"dir","enc":"A256CBC-HS512"}`, without a name of the key.
const UNNAMED: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIn0";

const IV: usize = 16;
const TAG: usize = 32;

/// Seals with the newest secret, opens with any of them.
pub(crate) struct A256CbcHs512 {
    keys: Vec<Pair>,
}

/// The two keys of RFC 7518 §5.2.2.1, and the header that names them.
struct Pair {
    mac: Key,
    seal: PaddedBlockEncryptingKey,
    open: PaddedBlockDecryptingKey,
    header: String,
}

impl A256CbcHs512 {
    /// Keys for one purpose. `None` where there is no secret or the crypto library refuses the key.
    pub(crate) fn new(secrets: &[Secret], derivation: &KeyDerivation) -> Option<Self> {
        let keys: Option<Vec<_>> = secrets.iter().map(|secret| Pair::new(secret, derivation)).collect();
        keys.filter(|keys| !keys.is_empty()).map(|keys| Self { keys })
    }

    /// A JWE around the bytes.
    pub(crate) fn seal(&self, random: &dyn Random, plain: &[u8]) -> Result<String, OutOfEntropy> {
        let mut iv = [0; IV];
        random.fill(&mut iv)?;
        let pair = self.keys.first().ok_or(OutOfEntropy)?;
        let mut sealed = plain.to_vec();
        let context = EncryptionContext::Iv128((&iv).into());
        pair.seal.less_safe_encrypt(&mut sealed, context).map_err(|_| OutOfEntropy)?;
        let tag = pair.tag(&pair.header, &iv, &sealed);
        Ok(join_sealed(&pair.header, &iv, &sealed, &tag))
    }

    /// The bytes in a JWE, or nothing. Nothing is decrypted before its tag was compared.
    pub(crate) fn open(&self, token: &str) -> Option<Vec<u8>> {
        let (header, _) = token.split_once('.')?;
        let (iv, sealed, tag) = split_sealed(token, header)?;
        let iv: [u8; IV] = decode_exact(iv)?;
        let tag: [u8; TAG] = decode_exact(tag)?;
        let mut sealed = decode(sealed)?;
        let mut named = self.keys.iter().filter(|pair| header == pair.header || header == UNNAMED);
        let pair = named.find(|pair| pair.tag(header, &iv, &sealed).ct_eq(&tag).into())?;
        let length = pair.open.decrypt(&mut sealed, DecryptionContext::Iv128((&iv).into())).ok()?.len();
        sealed.truncate(length);
        Some(sealed)
    }
}

impl Pair {
    fn new(secret: &Secret, derivation: &KeyDerivation) -> Option<Self> {
        let bytes = secret.derive::<64>(derivation)?;
        let (mac, cipher) = bytes.split_at(32);
        let key = || UnboundCipherKey::new(&AES_256, cipher).ok();
        Some(Self {
            mac: Key::new(HMAC_SHA512, mac),
            seal: PaddedBlockEncryptingKey::cbc_pkcs7(key()?).ok()?,
            open: PaddedBlockDecryptingKey::cbc_pkcs7(key()?).ok()?,
            header: header(bytes.as_ref()),
        })
    }

    /// The first half of the MAC over header, initialisation vector, what is sealed, and the header's length in bits.
    fn tag(&self, header: &str, iv: &[u8], sealed: &[u8]) -> [u8; TAG] {
        let bits = (header.len() as u64) * 8;
        let data = [header.as_bytes(), iv, sealed, &bits.to_be_bytes()].concat();
        let mut tag = [0; TAG];
        for (byte, made) in tag.iter_mut().zip(sign(&self.mac, &data).as_ref()) {
            *byte = *made;
        }
        tag
    }
}

/// The header with the key's thumbprint (RFC 7638 §3, with SHA-512) as its name.
fn header(key: &[u8]) -> String {
    let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(key));
    let jwk = Zeroizing::new(format!(r#"{{"k":"{}","kty":"oct"}}"#, encoded.as_str()));
    let kid = URL_SAFE_NO_PAD.encode(Sha512::digest(jwk.as_bytes()));
    URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"dir","enc":"A256CBC-HS512","kid":"{kid}"}}"#))
}

#[cfg(test)]
mod tests {
    use hallpass_wire::TokenFormat;

    use super::super::trials::{Counting, Dry, only_the_whole_token_opens};
    use super::*;

    const COOKIE: &str = "authjs.session-token";

    fn sealer(secrets: &[&str], cookie: &str) -> A256CbcHs512 {
        let secrets: Vec<_> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        A256CbcHs512::new(&secrets, &TokenFormat::A256CbcHs512.derivation(cookie)).unwrap()
    }

    #[test]
    fn every_flipped_character_and_every_prefix_is_refused() {
        let sealer = sealer(&["topsecret"], COOKIE);
        let plain = b"{\"sub\":\"1\"}";
        let token = sealer.seal(&Counting, plain).unwrap();
        only_the_whole_token_opens(&token, plain, |token| sealer.open(token));
    }

    #[test]
    fn the_key_has_the_name_that_auth_js_gives_it() {
        let header = URL_SAFE_NO_PAD.decode(&sealer(&["topsecret"], COOKIE).keys[0].header).unwrap();
        let kid = "P_qQheEvKoz8A3hJ82DVsHBX5kDSrI0ZKRTMkAOhJPGIgbun9D7wFUsljaysHyS3tC4YFQfSmHno1fecmWhDNw";
        let expected = format!(r#"{{"alg":"dir","enc":"A256CBC-HS512","kid":"{kid}"}}"#);
        assert_eq!(String::from_utf8(header).unwrap(), expected);
    }

    #[test]
    fn another_secret_or_cookie_opens_nothing_and_any_listed_secret_does() {
        let old = sealer(&["old"], COOKIE).seal(&Counting, b"x").unwrap();
        assert_eq!(sealer(&["new", "old"], COOKIE).open(&old).unwrap(), b"x");
        assert_eq!(sealer(&["new"], COOKIE).open(&old), None);
        assert_eq!(sealer(&["old"], "authjs.state").open(&old), None);
        let fresh = sealer(&["new", "old"], COOKIE).seal(&Counting, b"y").unwrap();
        assert_eq!(sealer(&["old"], COOKIE).open(&fresh), None);
    }

    #[test]
    fn without_entropy_nothing_is_sealed() {
        assert_eq!(sealer(&["topsecret"], COOKIE).seal(&Dry, b"x"), Err(OutOfEntropy));
    }
}
