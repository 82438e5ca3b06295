//! A signed token in compact form (RFC 7515 §7.1): parsed strictly, verified with keys from the configured set alone.
//!
//! `jwk`, `jku`, `x5u`, `x5c` in a header are never looked at: a token does not choose its own key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::algorithm::Algorithm;
use crate::json;
use crate::jwks::{Jwks, Key};

/// A longer token is refused.
const MAX_TOKEN: usize = 64 * 1024;
/// A longer key name is refused.
const MAX_KID: usize = 1024;

/// Why a token is not a signed token of the issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JwsError {
    Malformed,
    Algorithm,
    Critical,
    Type,
    UnknownKey,
    Signature,
}

/// What a sound token says.
pub(crate) struct Opened {
    pub(crate) algorithm: Algorithm,
    /// The issuer that the key is kept for, where the set of keys says so.
    pub(crate) key_issuer: Option<String>,
    pub(crate) payload: Map<String, Value>,
}

/// Verifies the token and reads its payload.
pub(crate) fn open(token: &str, keys: &Jwks, allowed: &[Algorithm]) -> Result<Opened, JwsError> {
    if token.len() > MAX_TOKEN {
        return Err(JwsError::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(JwsError::Malformed)?;
    if payload.contains('.') {
        return Err(JwsError::Malformed);
    }
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::Malformed);

    let header = json::object(&decode(header)?, MAX_TOKEN).ok_or(JwsError::Malformed)?;
    let algorithm = algorithm(&header, allowed)?;
    let kid = kid(&header)?;
    let key = verify(keys, (algorithm, kid), signed.as_bytes(), &decode(signature)?)?;

    let payload = json::object(&decode(payload)?, MAX_TOKEN).ok_or(JwsError::Malformed)?;
    Ok(Opened { algorithm, key_issuer: key.issuer().map(str::to_owned), payload })
}

fn algorithm(header: &Map<String, Value>, allowed: &[Algorithm]) -> Result<Algorithm, JwsError> {
    let algorithm = header.get("alg").and_then(Value::as_str).and_then(Algorithm::parse);
    let algorithm = algorithm.filter(|algorithm| allowed.contains(algorithm)).ok_or(JwsError::Algorithm)?;
    // No extension is understood here (RFC 7515 §4.1.11); `b64` (RFC 7797) and `zip` would change what is signed.
    if ["crit", "b64", "zip", "enc"].iter().any(|name| header.contains_key(*name)) {
        return Err(JwsError::Critical);
    }
    match header.get("typ") {
        None => Ok(algorithm),
        // A token made for another purpose names it here (RFC 8725 §3.11): `at+jwt`, `logout+jwt`.
        Some(Value::String(kind)) if kind.eq_ignore_ascii_case("JWT") => Ok(algorithm),
        Some(Value::String(kind)) if kind.eq_ignore_ascii_case("application/jwt") => Ok(algorithm),
        Some(_) => Err(JwsError::Type),
    }
}

fn kid(header: &Map<String, Value>) -> Result<Option<&str>, JwsError> {
    match header.get("kid") {
        None => Ok(None),
        Some(Value::String(kid)) if kid.len() <= MAX_KID => Ok(Some(kid)),
        Some(_) => Err(JwsError::Malformed),
    }
}

/// Tries every key the header may mean. Without a `kid`, no key that fits may also mean that the keys have changed.
fn verify<'a>(
    keys: &'a Jwks,
    (algorithm, kid): (Algorithm, Option<&'a str>),
    message: &[u8],
    signature: &[u8],
) -> Result<&'a Key, JwsError> {
    let mut tried = false;
    for key in keys.candidates(algorithm, kid) {
        tried = true;
        if key.verifies(algorithm, message, signature) {
            return Ok(key);
        }
    }
    if tried && kid.is_some() { Err(JwsError::Signature) } else { Err(JwsError::UnknownKey) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signer::{Signer, b64, jwks, rs256};
    use aws_lc_rs::hmac;
    use serde_json::json;

    const PAYLOAD: &str = r#"{"sub":"1"}"#;

    fn refusal(token: &str, keys: &Jwks) -> JwsError {
        open(token, keys, Algorithm::ALL).err().expect("refused")
    }

    /// The header `{"alg","kid":"k"}` with more members.
    fn header(alg: &str, more: Value) -> Value {
        let mut header = json!({ "alg": alg, "kid": "k" });
        for (name, value) in more.as_object().cloned().unwrap_or_default() {
            header[name] = value;
        }
        header
    }

    #[test]
    fn every_algorithm_opens_what_its_key_signed() {
        for algorithm in Algorithm::ALL {
            let rsa = matches!(algorithm.as_str().as_bytes()[0], b'R' | b'P');
            let signer = if rsa { rs256().as_algorithm(*algorithm) } else { Signer::new(*algorithm) };
            let token = signer.sign(&header(algorithm.as_str(), json!({ "typ": "JWT" })), PAYLOAD);
            let keys = jwks(&[signer.jwk_named("k")]);
            let opened =
                open(&token, &keys, &[*algorithm]).unwrap_or_else(|error| panic!("{algorithm}: {error:?}"));
            assert_eq!((opened.algorithm, &opened.payload["sub"]), (*algorithm, &json!("1")));

            let others: Vec<_> = Algorithm::ALL.iter().copied().filter(|other| other != algorithm).collect();
            assert_eq!(
                open(&token, &keys, &others).err(),
                Some(JwsError::Algorithm),
                "{algorithm}: not agreed"
            );
        }
    }

    // oidcc-client-test-idtoken-sig-none, A28
    #[test]
    fn an_unsigned_token_is_refused_however_none_is_spelled() {
        let keys = jwks(&[rs256().jwk_named("k")]);
        for alg in ["none", "None", "NONE", "nOnE", ""] {
            let head = b64(header(alg, json!({})).to_string());
            assert_eq!(refusal(&format!("{head}.{}.", b64(PAYLOAD)), &keys), JwsError::Algorithm, "{alg:?}");
            assert_eq!(
                refusal(&rs256().sign(&header(alg, json!({})), PAYLOAD), &keys),
                JwsError::Algorithm,
                "{alg:?}"
            );
        }
        for head in
            [json!({ "kid": "k" }), json!({ "alg": null }), json!({ "alg": ["RS256"] }), json!({ "alg": 1 })]
        {
            assert_eq!(refusal(&rs256().sign(&head, PAYLOAD), &keys), JwsError::Algorithm, "{head}");
        }
    }

    // oidcc-client-test-invalid-sig-hs256, A29
    #[test]
    fn a_public_key_used_as_a_shared_secret_is_refused() {
        let jwk = rs256().jwk_named("k");
        let der = rs256().public_bytes();
        let pem = format!("-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n", b64(&der));
        let secrets = [der, pem.into_bytes(), jwk.to_string().into_bytes(), b"client-secret".to_vec()];
        let symmetric = json!({ "kty": "oct", "kid": "k", "k": b64("client-secret") });
        for secret in secrets {
            for alg in ["HS256", "HS384", "HS512"] {
                let signed = format!("{}.{}", b64(header(alg, json!({})).to_string()), b64(PAYLOAD));
                let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), signed.as_bytes());
                let token = format!("{signed}.{}", b64(tag));
                assert_eq!(refusal(&token, &jwks(&[jwk.clone(), symmetric.clone()])), JwsError::Algorithm);
                let renamed = token.replacen(
                    &b64(header(alg, json!({})).to_string()),
                    &b64(header("RS256", json!({})).to_string()),
                    1,
                );
                assert_eq!(refusal(&renamed, &jwks(std::slice::from_ref(&jwk))), JwsError::Signature);
            }
        }
    }

    // A29
    #[test]
    fn a_key_of_one_kind_does_not_verify_another_kind() {
        let es256 = Signer::new(Algorithm::Es256);
        let claimed = es256.sign(&header("RS256", json!({})), PAYLOAD);
        assert_eq!(refusal(&claimed, &jwks(&[es256.jwk_named("k")])), JwsError::UnknownKey);
        assert_eq!(refusal(&claimed, &jwks(&[rs256().jwk_named("k")])), JwsError::Signature);

        let mut pinned = rs256().jwk_named("k");
        pinned["alg"] = "PS256".into();
        assert_eq!(
            refusal(&rs256().sign(&header("RS256", json!({})), PAYLOAD), &jwks(&[pinned])),
            JwsError::UnknownKey
        );
        let pss_as_pkcs1 = rs256().as_algorithm(Algorithm::Ps256).sign(&header("RS256", json!({})), PAYLOAD);
        assert_eq!(refusal(&pss_as_pkcs1, &jwks(&[rs256().jwk_named("k")])), JwsError::Signature);
    }

    // oidcc-client-test-invalid-sig-rs256, -es256, A30
    #[test]
    fn one_flipped_bit_anywhere_is_refused() {
        for signer in [rs256(), &Signer::new(Algorithm::Es256), &Signer::new(Algorithm::EdDsa)] {
            let keys = jwks(&[signer.jwk_named("k")]);
            let signed = format!(
                "{}.{}",
                b64(header(signer.algorithm().as_str(), json!({})).to_string()),
                b64(PAYLOAD)
            );
            let signature = signer.signature(signed.as_bytes());
            assert!(open(&format!("{signed}.{}", b64(&signature)), &keys, Algorithm::ALL).is_ok());
            for index in 0..signature.len() {
                let mut bytes = signature.clone();
                bytes[index] ^= 1 << (index % 8);
                assert_eq!(
                    refusal(&format!("{signed}.{}", b64(bytes)), &keys),
                    JwsError::Signature,
                    "byte {index}"
                );
            }
            for bytes in [
                &signature[..signature.len() - 1],
                &[signature.as_slice(), &[0]].concat(),
                &[],
                &vec![0; signature.len()],
            ] {
                assert_eq!(refusal(&format!("{signed}.{}", b64(bytes)), &keys), JwsError::Signature);
            }
            let other = signed.replacen(&b64(PAYLOAD), &b64(r#"{"sub":"2"}"#), 1);
            assert_eq!(refusal(&format!("{other}.{}", b64(&signature)), &keys), JwsError::Signature);
        }
    }

    #[test]
    fn every_flipped_byte_of_a_whole_token_is_refused() {
        let signer = Signer::new(Algorithm::EdDsa);
        let keys = jwks(&[signer.jwk_named("k")]);
        let token = signer.sign(&header("EdDSA", json!({})), PAYLOAD);
        for index in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(open(&changed, &keys, Algorithm::ALL).is_err(), "byte {index}");
        }
    }

    // A30
    #[test]
    fn another_spelling_of_the_same_bytes_is_refused() {
        let signer = rs256();
        let keys = jwks(&[signer.jwk_named("k")]);
        let token = signer.sign(&header("RS256", json!({})), PAYLOAD);
        let (signed, signature) = token.rsplit_once('.').unwrap();
        assert_eq!(signature.len() % 4, 2, "256 bytes leave four bits over");
        let last = signature.as_bytes()[signature.len() - 1] as char;
        let sibling = if last == 'A' { 'B' } else { (last as u8 + 1) as char };
        let stray_bits = format!("{signed}.{}{sibling}", &signature[..signature.len() - 1]);
        for odd in [
            format!("{token}=="),
            format!("{token} "),
            format!(" {token}"),
            format!("{token}\n"),
            format!("{token}."),
            format!("{token}.{signature}"),
            stray_bits,
            signed.to_owned(),
            String::new(),
            "..".to_owned(),
            ".".to_owned(),
            "a.b.c".to_owned(),
            format!("{token}{}", "A".repeat(MAX_TOKEN)),
        ] {
            assert_eq!(refusal(&odd, &keys), JwsError::Malformed, "{odd}");
        }
    }

    // A35
    #[test]
    fn a_token_does_not_bring_its_own_key() {
        let attacker = Signer::new(Algorithm::Es256);
        let keys = jwks(&[rs256().jwk_named("k")]);
        for more in [
            json!({ "jwk": attacker.jwk() }),
            json!({ "jku": "https://evil.example/keys" }),
            json!({ "x5u": "https://evil.example/cert" }),
            json!({ "x5c": [b64(attacker.public_bytes())] }),
        ] {
            assert_eq!(refusal(&attacker.sign(&header("ES256", more), PAYLOAD), &keys), JwsError::UnknownKey);
        }
        let honest = rs256().sign(&header("RS256", json!({ "jku": "https://evil.example/keys" })), PAYLOAD);
        assert!(open(&honest, &keys, Algorithm::ALL).is_ok(), "an ignored member is no reason to refuse");
    }

    // A35
    #[test]
    fn a_header_that_asks_for_an_extension_is_refused() {
        let keys = jwks(&[rs256().jwk_named("k")]);
        for more in [
            json!({ "crit": ["exp"] }),
            json!({ "crit": [] }),
            json!({ "crit": ["b64"], "b64": false }),
            json!({ "b64": false }),
            json!({ "zip": "DEF" }),
        ] {
            assert_eq!(refusal(&rs256().sign(&header("RS256", more), PAYLOAD), &keys), JwsError::Critical);
        }
        for typ in [json!("at+jwt"), json!("logout+jwt"), json!(7), json!(null)] {
            let token = rs256().sign(&header("RS256", json!({ "typ": typ })), PAYLOAD);
            assert_eq!(refusal(&token, &keys), JwsError::Type, "{typ}");
        }
    }

    // A35
    #[test]
    fn a_key_name_is_compared_and_nothing_else() {
        let keys = jwks(&[rs256().jwk_named("k")]);
        for kid in ["../../dev/null", "k' OR '1'='1", "K", "", "k\0"] {
            let token = rs256().sign(&json!({ "alg": "RS256", "kid": kid }), PAYLOAD);
            assert_eq!(refusal(&token, &keys), JwsError::UnknownKey, "{kid:?}");
        }
        for kid in [json!("k".repeat(10_000)), json!(1), json!(["k"]), json!(null)] {
            assert_eq!(
                refusal(&rs256().sign(&json!({ "alg": "RS256", "kid": kid }), PAYLOAD), &keys),
                JwsError::Malformed
            );
        }
    }

    #[test]
    fn repeated_names_are_refused_in_header_and_payload() {
        let keys = jwks(&[rs256().jwk_named("k")]);
        let twice = rs256().sign(&header("RS256", json!({})), r#"{"sub":"1","sub":"2"}"#);
        assert_eq!(refusal(&twice, &keys), JwsError::Malformed);
        let head = b64(r#"{"alg":"RS256","kid":"k","alg":"RS256"}"#);
        let signed = format!("{head}.{}", b64(PAYLOAD));
        let token = format!("{signed}.{}", b64(rs256().signature(signed.as_bytes())));
        assert_eq!(refusal(&token, &keys), JwsError::Malformed);
        for payload in ["[]", "1", "", "\u{feff}{}", "{\"a\":"] {
            assert_eq!(
                refusal(&rs256().sign(&header("RS256", json!({})), payload), &keys),
                JwsError::Malformed
            );
        }
    }

    // oidcc-client-test-kid-absent-single-jwks, -multiple-jwks
    #[test]
    fn without_a_name_every_key_that_fits_is_tried() {
        let (first, second) = (Signer::new(Algorithm::Es256), Signer::new(Algorithm::Es256));
        let token = second.sign(&json!({ "alg": "ES256" }), PAYLOAD);
        assert!(open(&token, &jwks(&[second.jwk()]), Algorithm::ALL).is_ok());
        let several = jwks(&[rs256().jwk_named("r"), first.jwk_named("a"), second.jwk_named("b")]);
        assert!(open(&token, &several, Algorithm::ALL).is_ok());
        assert_eq!(refusal(&token, &jwks(&[first.jwk()])), JwsError::UnknownKey, "the keys may have changed");
    }

    // oidcc-client-test-signing-key-rotation, A35
    #[test]
    fn a_name_that_two_keys_share_means_either() {
        let (old, new) = (Signer::new(Algorithm::Es256), Signer::new(Algorithm::Es256));
        let token = new.sign(&header("ES256", json!({})), PAYLOAD);
        assert!(open(&token, &jwks(&[old.jwk_named("k"), new.jwk_named("k")]), Algorithm::ALL).is_ok());
        assert_eq!(refusal(&token, &jwks(&[old.jwk_named("k")])), JwsError::Signature);
        assert_eq!(refusal(&token, &jwks(&[old.jwk_named("old")])), JwsError::UnknownKey);
        assert_eq!(refusal(&token, &Jwks::default()), JwsError::UnknownKey);
    }
}
