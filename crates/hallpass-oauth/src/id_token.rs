//! The ID token: the provider's signed statement about who signed in (OpenID Connect Core §2, §3.1.3.7).
//!
//! ```
//! use hallpass_oauth::id_token::{self, Expected, IdTokenError};
//! use hallpass_oauth::jwks::Jwks;
//! use hallpass_oauth::secret::IdToken;
//!
//! let unsigned = IdToken::new("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.".to_owned());
//! let expected = Expected::new("https://op.example", "my-client", 1_700_000_000);
//! assert_eq!(id_token::verify(&unsigned, &Jwks::default(), &expected).unwrap_err(), IdTokenError::AlgorithmRefused);
//! ```
//!
//! It fetches no keys and reads no clock: both are passed in. It opens no encrypted tokens.

mod checks;

use std::fmt;

use serde_json::{Map, Value};

use self::checks::Checks;
use crate::algorithm::Algorithm;
use crate::fault::{Fault, faults};
use crate::issuer::Tenants;
use crate::jwks::Jwks;
use crate::jws::{self, JwsError, Opened};
use crate::secret::{AccessToken, Code, IdToken};

/// How far the clocks may differ at most, in seconds.
pub const MAX_SKEW: u64 = 60;

faults! {
    /// Why an ID token is refused.
    pub enum IdTokenError {
        /// Not three parts of strict base64url, or not sound JSON in them.
        Malformed = "id_token_malformed", Fault::Provider, "the ID token is malformed";
        /// The algorithm is `none`, symmetric, unknown, or not one that was agreed.
        AlgorithmRefused = "id_token_algorithm", Fault::Provider, "the ID token's algorithm is not allowed";
        /// The header asks for an extension.
        Critical = "id_token_critical", Fault::Provider, "the ID token's header asks for an extension";
        /// The token was made for another purpose.
        WrongType = "id_token_type", Fault::Provider, "the token is not an ID token";
        /// No key of the set fits: fetch the keys again, once.
        UnknownKey = "id_token_unknown_key", Fault::Provider, "no known key fits the ID token";
        /// The signature is wrong.
        BadSignature = "id_token_signature", Fault::Provider, "the ID token's signature is wrong";
        /// The named claim is missing.
        Missing(claim: &'static str) = "id_token_claim_missing", Fault::Provider, "the ID token lacks a claim";
        /// The named claim has the wrong type or an impossible value.
        BadClaim(claim: &'static str) = "id_token_claim_malformed", Fault::Provider, "a claim of the ID token is malformed";
        /// Another issuer made it.
        WrongIssuer = "id_token_issuer", Fault::Provider, "the ID token is of another issuer";
        /// It was made for another client.
        WrongAudience = "id_token_audience", Fault::Provider, "the ID token is for another client";
        /// It was made for several clients, and asked for by another one.
        WrongParty = "id_token_authorized_party", Fault::Provider, "the ID token was asked for by another client";
        /// It has expired.
        Expired = "id_token_expired", Fault::Provider, "the ID token has expired";
        /// It was made in the future, or may not be used yet.
        NotYet = "id_token_not_yet", Fault::Provider, "the ID token is not valid yet";
        /// It was made more than a day ago.
        TooOld = "id_token_too_old", Fault::Provider, "the ID token is too old";
        /// It belongs to another transaction.
        NonceMismatched = "id_token_nonce", Fault::Visitor, "the ID token belongs to another sign-in";
        /// It belongs to another access token.
        AccessTokenMismatched = "id_token_at_hash", Fault::Provider, "the ID token belongs to another access token";
        /// It belongs to another code.
        CodeMismatched = "id_token_c_hash", Fault::Provider, "the ID token belongs to another code";
        /// The person signed in at the provider longer ago than was asked for.
        AuthenticationTooOld = "id_token_auth_time", Fault::Provider, "the sign-in at the provider is too old";
        /// The person signed in at the provider in another way than was asked for.
        WrongContext = "id_token_acr", Fault::Provider, "the sign-in at the provider was of another kind";
    }
}

/// What the token has to say.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    /// The provider's issuer identifier, exactly; or the template of its tenants'.
    pub issuer: &'a str,
    /// How the issuer of a tenant comes from the template: then the token's own tenant decides what `iss` has to be.
    pub tenants: Option<Tenants>,
    /// The client the token has to be for.
    pub client_id: &'a str,
    /// The nonce of the transaction. `None` only where no authorization request was made.
    pub nonce: Option<&'a str>,
    /// The access token that came along; compared with `at_hash` if the token has one.
    pub access_token: Option<&'a AccessToken>,
    /// The code that was exchanged; compared with `c_hash` if the token has one.
    pub code: Option<&'a Code>,
    /// The algorithms that were agreed: see [`Metadata::algorithms`](crate::metadata::Metadata::algorithms).
    pub algorithms: &'a [Algorithm],
    /// The time, in seconds since 1970-01-01T00:00:00Z.
    pub now: u64,
    /// How far the clocks may differ, in seconds; at most [`MAX_SKEW`] counts.
    pub skew: u64,
    /// The `max_age` that was asked for, in seconds: then `auth_time` is needed.
    pub max_age: Option<u64>,
    /// The `acr` values that were asked for as essential; empty if none were.
    pub acr: &'a [&'a str],
}

impl<'a> Expected<'a> {
    /// What every token has to say, with 30 seconds of skew and RS256 (the default of OpenID Connect Core §3.1.3.7).
    pub fn new(issuer: &'a str, client_id: &'a str, now: u64) -> Self {
        Self {
            issuer,
            tenants: None,
            client_id,
            nonce: None,
            access_token: None,
            code: None,
            algorithms: &[Algorithm::Rs256],
            now,
            skew: 30,
            max_age: None,
            acr: &[],
        }
    }
}

/// What a checked token says. Only [`verify`] makes one.
#[derive(Clone)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// Who signed in, at this issuer: 1 to 255 characters.
    pub fn sub(&self) -> &str {
        self.0.get("sub").and_then(Value::as_str).unwrap_or_default()
    }

    /// Every claim, by name.
    pub fn all(&self) -> &Map<String, Value> {
        &self.0
    }

    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims([redacted])")
    }
}

/// Checks the token: first its signature, then its claims (OpenID Connect Core §3.1.3.7).
///
/// # Errors
/// [`IdTokenError`] says why it is refused. After [`IdTokenError::UnknownKey`] fetch the keys and try once more.
pub fn verify(token: &IdToken, keys: &Jwks, expected: &Expected<'_>) -> Result<Claims, IdTokenError> {
    let opened = jws::open(token.expose(), keys, expected.algorithms).map_err(|error| match error {
        JwsError::Malformed => IdTokenError::Malformed,
        JwsError::Algorithm => IdTokenError::AlgorithmRefused,
        JwsError::Critical => IdTokenError::Critical,
        JwsError::Type => IdTokenError::WrongType,
        JwsError::UnknownKey => IdTokenError::UnknownKey,
        JwsError::Signature => IdTokenError::BadSignature,
    })?;
    let Opened { algorithm, key_issuer, payload } = opened;
    Checks { claims: &payload, key_issuer: key_issuer.as_deref(), expected }.all(algorithm)?;
    Ok(Claims(payload))
}

#[cfg(test)]
mod tests {
    use super::checks::MAX_AGE_OF_TOKEN;
    use super::*;
    use crate::signer::{b64, jwks, rs256};
    use aws_lc_rs::digest;
    use serde_json::json;

    const NOW: u64 = 1_800_000_000;
    const NONCE: &str = "n-0S6_WzA2Mj";
    const ACCESS_TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";

    fn claims() -> Value {
        json!({
            "iss": "https://op.example",
            "sub": "248289761001",
            "aud": "my-client",
            "nonce": NONCE,
            "exp": NOW + 300,
            "iat": NOW - 5,
        })
    }

    /// The sound claims with one set otherwise, or left out where the value is `null`.
    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        match value {
            Value::Null => claims.as_object_mut().and_then(|members| members.remove(name)),
            value => claims.as_object_mut().and_then(|members| members.insert(name.to_owned(), value)),
        };
        claims
    }

    fn expected() -> Expected<'static> {
        Expected { nonce: Some(NONCE), ..Expected::new("https://op.example", "my-client", NOW) }
    }

    fn check_text(payload: &str, expected: &Expected<'_>) -> Result<Claims, IdTokenError> {
        let token = rs256().sign(&json!({ "alg": "RS256", "kid": "k" }), payload);
        verify(&IdToken::new(token), &jwks(&[rs256().jwk_named("k")]), expected)
    }

    fn check(claims: &Value, expected: &Expected<'_>) -> Result<Claims, IdTokenError> {
        check_text(&claims.to_string(), expected)
    }

    fn refusal(name: &str, value: Value) -> IdTokenError {
        check(&with(name, value), &expected()).unwrap_err()
    }

    /// The sound payload with the claim's value replaced by this text, which need not be one that `json!` can write.
    fn raw(name: &str, text: &str) -> IdTokenError {
        let payload = with(name, json!("@@")).to_string().replace("\"@@\"", text);
        check_text(&payload, &expected()).unwrap_err()
    }

    // oidcc-client-test, oidcc-client-test-idtoken-sig-rs256
    #[test]
    fn a_sound_token_says_who_signed_in() {
        let claims = check(&claims(), &expected()).unwrap();
        assert_eq!(claims.sub(), "248289761001");
        assert_eq!(claims.all()["aud"], "my-client");
        assert_eq!(format!("{claims:?}"), "Claims([redacted])");
    }

    // The lies of the OpenID Foundation's relying-party plans that stand in a claim, by their public names.
    #[test]
    fn every_lie_of_the_certification_plans_is_refused_for_its_own_reason() {
        for (lie, claim, value, reason) in [
            ("oidcc-client-test-invalid-iss", "iss", json!("https://op.example/other"), "id_token_issuer"),
            ("oidcc-client-test-missing-sub", "sub", Value::Null, "id_token_claim_missing"),
            ("oidcc-client-test-invalid-aud", "aud", json!("other-client"), "id_token_audience"),
            ("oidcc-client-test-missing-aud", "aud", Value::Null, "id_token_claim_missing"),
            ("oidcc-client-test-missing-iat", "iat", Value::Null, "id_token_claim_missing"),
            ("oidcc-client-test-nonce-invalid", "nonce", json!("other"), "id_token_nonce"),
            (
                "oidcc-client-test-invalid-athash",
                "at_hash",
                json!("AAAAAAAAAAAAAAAAAAAAAA"),
                "id_token_at_hash",
            ),
            ("oidcc-client-test-invalid-chash", "c_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"), "id_token_c_hash"),
        ] {
            let (access_token, code) = (AccessToken::new(ACCESS_TOKEN.into()), Code::new("code".into()));
            let expected = Expected { access_token: Some(&access_token), code: Some(&code), ..expected() };
            assert_eq!(check(&with(claim, value), &expected).unwrap_err().reason(), reason, "{lie}");
        }
    }

    // A21
    #[test]
    fn a_nonce_that_is_not_this_transactions_is_refused() {
        assert_eq!(refusal("nonce", Value::Null), IdTokenError::Missing("nonce"));
        for near in ["", "n-0S6_WzA2M", "n-0S6_WzA2Mj ", "N-0S6_WzA2Mj"] {
            assert_eq!(refusal("nonce", json!(near)), IdTokenError::NonceMismatched, "{near:?}");
        }
        for odd in [json!([NONCE]), json!(1), json!({ "nonce": NONCE }), json!(true)] {
            assert_eq!(refusal("nonce", odd), IdTokenError::BadClaim("nonce"));
        }
    }

    // A31
    #[test]
    fn an_issuer_that_is_nearly_right_is_refused() {
        for near in [
            "https://op.example/",
            "http://op.example",
            "https://OP.example",
            "https://op.example:443",
            "https://op.example/{tenantid}",
            "",
        ] {
            assert_eq!(refusal("iss", json!(near)), IdTokenError::WrongIssuer, "{near:?}");
        }
        assert_eq!(refusal("iss", json!(["https://op.example"])), IdTokenError::BadClaim("iss"));
        assert_eq!(refusal("iss", Value::Null), IdTokenError::Missing("iss"));
        assert_eq!(raw("iss", "null"), IdTokenError::BadClaim("iss"));
    }

    const TENANTS: Tenants = Tenants { shared: &["common"], placeholder: "{tenantid}", claim: "tid" };
    const ONE: &str = "9122040d-6c67-4c5b-b112-36a304b66dad";
    const OTHER: &str = "11112222-bbbb-3333-cccc-4444dddd5555";

    fn of_tenant(iss: &str, tid: Value, key_issuer: Option<&str>) -> Result<Claims, IdTokenError> {
        let mut said = with("tid", tid);
        said["iss"] = iss.into();
        let mut jwk = rs256().jwk_named("k");
        if let Some(key_issuer) = key_issuer {
            jwk["issuer"] = key_issuer.into();
        }
        let expected =
            Expected { issuer: "https://op.example/{tenantid}/v2.0", tenants: Some(TENANTS), ..expected() };
        let token = rs256().sign(&json!({ "alg": "RS256", "kid": "k" }), said.to_string());
        verify(&IdToken::new(token), &jwks(&[jwk]), &expected)
    }

    // A31
    #[test]
    fn a_token_of_a_tenant_names_that_tenant_twice() {
        let own = format!("https://op.example/{ONE}/v2.0");
        let others = format!("https://op.example/{OTHER}/v2.0");
        assert!(of_tenant(&own, json!(ONE), None).is_ok());
        for (iss, tid) in [
            (own.as_str(), json!(OTHER)),
            (own.as_str(), json!("")),
            (&own.to_uppercase(), json!(ONE)),
            ("https://op.example/{tenantid}/v2.0", json!("{tenantid}")),
            ("https://op.example/common/v2.0", json!("common")),
            ("https://evil.example/x/v2.0", json!("x")),
            (&format!("https://evil.example/{ONE}/v2.0"), json!(ONE)),
            (&format!("{own}/"), json!(ONE)),
        ] {
            assert_eq!(
                of_tenant(iss, tid.clone(), None).unwrap_err(),
                IdTokenError::WrongIssuer,
                "{iss} {tid}"
            );
        }
        assert_eq!(of_tenant(&own, Value::Null, None).unwrap_err(), IdTokenError::Missing("tid"));
        assert_eq!(of_tenant(&own, json!([ONE]), None).unwrap_err(), IdTokenError::BadClaim("tid"));

        let template = "https://op.example/{tenantid}/v2.0";
        assert!(of_tenant(&own, json!(ONE), Some(template)).is_ok(), "a key for all");
        assert!(of_tenant(&own, json!(ONE), Some(&own)).is_ok(), "its own key");
        let foreign = of_tenant(&own, json!(ONE), Some(&others));
        assert_eq!(foreign.unwrap_err(), IdTokenError::WrongIssuer, "a key of another tenant");
    }

    // A32
    #[test]
    fn a_token_for_somebody_else_is_refused() {
        assert_eq!(refusal("aud", json!([])), IdTokenError::WrongAudience);
        assert_eq!(refusal("aud", json!(["other"])), IdTokenError::WrongAudience);
        assert_eq!(refusal("aud", json!("My-Client")), IdTokenError::WrongAudience);
        assert_eq!(refusal("aud", json!(["my-client", "other"])), IdTokenError::WrongParty);
        assert_eq!(refusal("azp", json!("other")), IdTokenError::WrongParty);
        for odd in [json!(7), json!(["my-client", 7]), json!({ "my-client": true })] {
            assert_eq!(refusal("aud", odd), IdTokenError::BadClaim("aud"));
        }
        assert_eq!(refusal("azp", json!(["my-client"])), IdTokenError::BadClaim("azp"));

        let mut several = with("aud", json!(["other", "my-client"]));
        several["azp"] = json!("other");
        assert_eq!(check(&several, &expected()).unwrap_err(), IdTokenError::WrongParty);
        several["azp"] = json!("my-client");
        assert!(check(&several, &expected()).is_ok());
        assert!(check(&with("aud", json!(["my-client"])), &expected()).is_ok());
    }

    // A33
    #[test]
    fn a_time_that_is_no_time_is_refused() {
        for claim in ["exp", "iat", "nbf"] {
            for odd in [json!("1800000300"), json!(true), json!([NOW]), json!(-1), json!({}), json!(1e300)] {
                assert_eq!(refusal(claim, odd.clone()), IdTokenError::BadClaim(claim), "{claim} {odd}");
            }
            assert_eq!(raw(claim, "null"), IdTokenError::BadClaim(claim));
            for text in ["1e400", "NaN", "Infinity", "0x1", "01"] {
                assert_eq!(raw(claim, text), IdTokenError::Malformed, "{claim} {text}");
            }
        }
        assert_eq!(refusal("exp", Value::Null), IdTokenError::Missing("exp"));
    }

    // A33
    #[test]
    fn a_token_is_valid_in_its_time_and_a_minute_around_at_most() {
        let at = |claim: &str, value: u64, skew: u64| {
            check(&with(claim, json!(value)), &Expected { skew, ..expected() }).err()
        };
        assert_eq!(at("exp", NOW, 0), Some(IdTokenError::Expired));
        assert_eq!(at("exp", NOW + 1, 0), None);
        assert_eq!(at("exp", NOW - 59, 60), None);
        assert_eq!(at("exp", NOW - 60, 60), Some(IdTokenError::Expired));
        assert_eq!(
            at("exp", NOW - 61, 3600),
            Some(IdTokenError::Expired),
            "more skew than a minute does not count"
        );
        assert_eq!(at("iat", NOW + 60, 60), None);
        assert_eq!(at("iat", NOW + 61, 3600), Some(IdTokenError::NotYet));
        assert_eq!(at("nbf", NOW + 61, 60), Some(IdTokenError::NotYet));
        assert_eq!(at("nbf", NOW + 60, 60), None);
        assert_eq!(at("iat", 0, 60), Some(IdTokenError::TooOld));
        assert_eq!(at("iat", NOW - MAX_AGE_OF_TOKEN - 1, 0), Some(IdTokenError::TooOld));
        assert_eq!(at("iat", NOW - MAX_AGE_OF_TOKEN, 0), None);
        assert_eq!(
            check(&with("iat", json!(1_799_999_999.75)), &expected()).err(),
            None,
            "a fraction is a number too"
        );
    }

    // A34
    #[test]
    fn a_subject_that_is_no_subject_is_refused() {
        for odd in
            [json!(1), json!({}), json!(["1"]), json!(true), json!(""), json!("a\0b"), json!("x".repeat(256))]
        {
            assert_eq!(refusal("sub", odd.clone()), IdTokenError::BadClaim("sub"), "{odd}");
        }
        assert_eq!(raw("sub", "null"), IdTokenError::BadClaim("sub"));
        assert!(check(&with("sub", json!("x".repeat(255))), &expected()).is_ok());
    }

    // A36; the value is the one of OpenID Connect Core, appendix A.3.
    #[test]
    fn hashes_are_compared_where_they_are_there() {
        let access_token = AccessToken::new(ACCESS_TOKEN.into());
        let code = Code::new("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk".into());
        let expected = Expected { access_token: Some(&access_token), code: Some(&code), ..expected() };
        assert!(check(&with("at_hash", json!("77QmUPtjPfzWtF2AnpK9RQ")), &expected).is_ok());
        assert!(check(&with("c_hash", json!("LDktKdoQak3Pk0cnXxCltA")), &expected).is_ok());
        assert!(check(&claims(), &expected).is_ok(), "both are optional in the code flow");

        let whole = b64(digest::digest(&digest::SHA256, ACCESS_TOKEN.as_bytes()));
        for wrong in ["", "77QmUPtjPfzWtF2AnpK9RR", "77QmUPtjPfzWtF2AnpK9RQ==", &whole] {
            let error = check(&with("at_hash", json!(wrong)), &expected).unwrap_err();
            assert_eq!(error, IdTokenError::AccessTokenMismatched, "{wrong:?}");
        }
        assert_eq!(check(&with("c_hash", json!("x")), &expected).unwrap_err(), IdTokenError::CodeMismatched);
        assert_eq!(
            check(&with("at_hash", json!(1)), &expected).unwrap_err(),
            IdTokenError::BadClaim("at_hash")
        );
    }

    // A38
    #[test]
    fn freshness_is_checked_where_it_was_asked_for() {
        let fresh = Expected { max_age: Some(60), skew: 0, ..expected() };
        assert_eq!(check(&claims(), &fresh).unwrap_err(), IdTokenError::Missing("auth_time"));
        assert_eq!(
            check(&with("auth_time", json!(NOW - 61)), &fresh).unwrap_err(),
            IdTokenError::AuthenticationTooOld
        );
        assert_eq!(check(&with("auth_time", json!(NOW + 1)), &fresh).unwrap_err(), IdTokenError::NotYet);
        assert_eq!(
            check(&with("auth_time", json!("x")), &fresh).unwrap_err(),
            IdTokenError::BadClaim("auth_time")
        );
        assert!(check(&with("auth_time", json!(NOW - 60)), &fresh).is_ok());

        let strong = Expected { acr: &["phr", "phrh"], ..expected() };
        assert_eq!(check(&claims(), &strong).unwrap_err(), IdTokenError::Missing("acr"));
        assert_eq!(check(&with("acr", json!("pwd")), &strong).unwrap_err(), IdTokenError::WrongContext);
        assert!(check(&with("acr", json!("phr")), &strong).is_ok());
    }

    #[test]
    fn no_refusal_repeats_what_the_token_says() {
        for claim in ["iss", "aud", "nonce", "azp", "sub", "exp"] {
            let error = refusal(claim, json!("leaky-value\u{0}"));
            assert!(!format!("{error} {error:?}").contains("leaky-value"), "{error}");
        }
    }
}
