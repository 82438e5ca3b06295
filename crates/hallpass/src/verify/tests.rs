use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;
use crate::browser::{Browser, SITE, builder};
use crate::config::Strategy;
use crate::signing::SigningOptions;
use crate::signing_key::{SigningAlgorithm, SigningKey};
use crate::world::fixed::Fixed;

const ISSUER: &str = "http://localhost:4405/api/auth";

fn by_secret(fixed: &Fixed, secret: &str) -> Verifier {
    Verifier::new(fixed.world().clock).secrets(vec![Secret::new(secret)]).unwrap().over_plain_http()
}

#[test]
fn a_cookie_that_a_sibling_domain_could_have_set_is_nobodys() {
    let fixed = Fixed::new();
    let token = include_str!("../../testdata/next-auth-v4.jwe").trim();
    let verifier = Verifier::new(fixed.world().clock).secrets(vec![Secret::new("topsecret")]).unwrap();
    let plain = headers("cookie", &format!("next-auth.session-token={token}"));
    let secure = headers("cookie", &format!("__Secure-next-auth.session-token={token}"));
    assert!(
        verifier.session(&Method::GET, &plain).is_none() && verifier.session(&Method::GET, &secure).is_some()
    );
    let development = verifier.over_plain_http();
    assert!(
        development.session(&Method::GET, &plain).is_some()
            && development.session(&Method::GET, &secure).is_none()
    );
}

fn headers(name: &'static str, value: &str) -> HeaderMap {
    HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())])
}

#[test]
fn what_any_next_auth_wrote_is_read_from_a_cookie_and_from_a_bearer() {
    for (cookie, token) in [
        ("next-auth.session-token", include_str!("../../testdata/next-auth-v3.jws")),
        ("next-auth.session-token", include_str!("../../testdata/next-auth-v3.jwe")),
        ("next-auth.session-token", include_str!("../../testdata/next-auth-v4.jwe")),
        ("authjs.session-token", include_str!("../../testdata/authjs-v5.jwe")),
    ] {
        let (fixed, token) = (Fixed::new(), token.trim());
        for headers in [
            headers("cookie", &format!("other=1; {cookie}={token}")),
            headers("authorization", &format!("bearer {token}")),
        ] {
            let session = by_secret(&fixed, "topsecret").session(&Method::GET, &headers).unwrap();
            assert_eq!(session.user.id.0, "7");
            assert!(by_secret(&fixed, "another").session(&Method::GET, &headers).is_none());
        }
        fixed.clock.advance(Duration::from_secs(31 * 86_400));
        assert!(by_secret(&fixed, "topsecret").token(token).is_none(), "it is over");
    }
}

#[tokio::test]
async fn a_session_of_every_wire_is_read_and_what_else_the_browser_holds_is_nobodys() {
    for wire in Wire::ALL {
        let fixed = Fixed::new();
        let mut browser = Browser::new(&builder(&fixed, Strategy::Jwt).wire(*wire).build().unwrap());
        browser.sign_up("ada@example.com", "correct-horse").await;
        let verifier = by_secret(&fixed, "topsecret");
        let (session, others): (Vec<_>, Vec<_>) =
            browser.cookies.iter().partition(|(name, _)| name.contains("session-token"));
        let read =
            verifier.session(&Method::GET, &headers("cookie", &format!("{}={}", session[0].0, session[0].1)));
        assert_eq!(read.unwrap().user.email.as_deref(), Some("ada@example.com"));
        for (_, value) in others {
            assert!(verifier.token(value).is_none(), "{wire:?}");
        }
    }
}

#[test]
fn a_cookie_with_a_name_of_the_sites_own_is_read_whole_or_in_chunks_and_no_other_is() {
    const NAME: &str = "staff.session";
    let fixed = Fixed::new();
    let secrets = || vec![Secret::new("topsecret")];
    let mut names = Wire::V5.cookie_names(true);
    names.session = NAME.into();
    let claims =
        json!({ "sub": "7", "name": "Ada", "iat": 1_790_000_000_u32, "exp": 4_000_000_000_u32 }).to_string();
    let written = |wire| {
        let tokens = SessionTokens::new(&secrets(), wire, &names).unwrap();
        tokens.write(&*fixed.world().random, claims.as_bytes()).unwrap()
    };
    let verifier = Verifier::new(fixed.world().clock).cookie(NAME).secrets(secrets()).unwrap();
    for token in [Wire::V4, Wire::V5].map(written) {
        let (first, second) = token.split_at(token.len() / 2);
        for cookies in [format!("{NAME}={token}"), format!("{NAME}.1={second}; {NAME}.0={first}")] {
            let session = verifier.session(&Method::GET, &headers("cookie", &cookies)).unwrap();
            assert_eq!(session.user.id.0, "7");
        }
        assert!(
            verifier.session(&Method::GET, &headers("cookie", &format!("{NAME}.0={first}"))).is_none(),
            "a chunk is missing"
        );
        let usual =
            format!("__Secure-next-auth.session-token={token}; __Secure-authjs.session-token={token}");
        assert!(verifier.session(&Method::GET, &headers("cookie", &usual)).is_none());
        assert!(
            by_secret(&fixed, "topsecret")
                .session(&Method::GET, &headers("cookie", &format!("{NAME}={token}")))
                .is_none()
        );
    }
}

#[test]
fn a_cookie_changes_something_only_for_pages_of_the_site_and_a_bearer_always() {
    let fixed = Fixed::new();
    let token = include_str!("../../testdata/next-auth-v4.jwe").trim();
    let cookie = ("cookie", format!("next-auth.session-token={token}"));
    let bearer = ("authorization", format!("Bearer {token}"));
    let (with_site, without) =
        (by_secret(&fixed, "topsecret").site(SITE).unwrap(), by_secret(&fixed, "topsecret"));
    for (told, counts) in [
        ([].as_slice(), false),
        (&[("origin", SITE)], true),
        (&[("sec-fetch-site", "same-origin")], true),
        // The site's page asks an API on another host.
        (&[("origin", SITE), ("sec-fetch-site", "same-site")], true),
        (&[("origin", "https://evil.example")], false),
        (&[("origin", "null")], false),
        (&[("origin", SITE), ("origin", "https://evil.example")], false),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], false),
        (&[("referer", SITE)], false),
    ] {
        let sent = |(name, value): &(&'static str, String), more: &[(&'static str, &'static str)]| {
            let all = told.iter().chain(more).copied().chain([(*name, value.as_str())]);
            let mut headers = HeaderMap::new();
            for (name, value) in all {
                headers.append(name, value.parse().unwrap());
            }
            headers
        };
        let socket = [("upgrade", "websocket")];
        for (method, more) in [(Method::POST, [].as_slice()), (Method::CONNECT, &[]), (Method::GET, &socket)]
        {
            let (by_cookie, by_bearer) = (sent(&cookie, more), sent(&bearer, more));
            assert_eq!(with_site.session(&method, &by_cookie).is_some(), counts, "{method} {told:?}");
            assert!(without.session(&method, &by_cookie).is_none(), "{method} {told:?}");
            assert!(with_site.session(&method, &by_bearer).is_some());
            assert!(without.session(&method, &by_bearer).is_some());
        }
        assert!(without.session(&Method::GET, &sent(&cookie, &[])).is_some());
    }
}

#[test]
fn a_header_that_is_no_bearers_is_nobodys() {
    let fixed = Fixed::new();
    let verifier = by_secret(&fixed, "topsecret");
    let token = include_str!("../../testdata/next-auth-v4.jwe").trim();
    for value in ["", "Bearer", "Bearer ", token, &format!("Basic {token}"), &format!("Bearer {token} x")] {
        assert!(verifier.session(&Method::GET, &headers("authorization", value)).is_none(), "{value}");
    }
    let mut twice = headers("authorization", &format!("Bearer {token}"));
    twice.append("authorization", twice["authorization"].clone());
    assert!(verifier.session(&Method::GET, &twice).is_none());
    assert!(Verifier::new(fixed.world().clock).token(token).is_none(), "nothing is accepted yet");
}

/// A token that `GET /token` gave, and the keys that it is signed with.
async fn signed(fixed: &Fixed, algorithm: SigningAlgorithm) -> (String, String) {
    let pem = SigningKey::generate(algorithm).unwrap();
    let options = SigningOptions::new(vec![SigningKey::from_pem(&pem).unwrap()]);
    let auth = builder(fixed, Strategy::Jwt).signing(options).build().unwrap();
    let mut browser = Browser::new(&auth);
    browser.sign_up("ada@example.com", "correct-horse").await;
    let token = browser.get("/token").await.json()["token"].as_str().unwrap().to_owned();
    (token, browser.get("/jwks").await.body)
}

#[tokio::test]
async fn what_was_signed_is_read_by_whoever_it_is_for_until_it_is_over() {
    for algorithm in [SigningAlgorithm::Es256, SigningAlgorithm::EdDsa] {
        let fixed = Fixed::new();
        let (token, jwks) = signed(&fixed, algorithm).await;
        let verifier = |issuer: &str, audience: &str, jwks: &str| {
            Verifier::new(fixed.world().clock).signed_by(issuer, audience, jwks.as_bytes()).unwrap()
        };
        let session = verifier(ISSUER, SITE, &jwks).token(&token).unwrap();
        assert_eq!(session.user.email.as_deref(), Some("ada@example.com"));
        let (_, others) = signed(&Fixed::new(), algorithm).await;
        assert!(verifier(ISSUER, SITE, &others).token(&token).is_none(), "another's keys");
        assert!(verifier("https://evil.example", SITE, &jwks).token(&token).is_none());
        assert!(verifier(ISSUER, "https://other.example", &jwks).token(&token).is_none());
        assert!(by_secret(&fixed, "topsecret").token(&token).is_none(), "a secret opens no signature");
        fixed.clock.advance(Duration::from_secs(300));
        assert!(verifier(ISSUER, SITE, &jwks).token(&token).is_none());
    }
}

#[tokio::test]
async fn keys_are_changed_under_a_running_server_and_nobody_is_refused() {
    let fixed = Fixed::new();
    let [old, new] = [SigningAlgorithm::Es256, SigningAlgorithm::EdDsa]
        .map(|algorithm| SigningKey::generate(algorithm).unwrap());
    let auth = |pems: &[&str]| {
        let keys = pems.iter().map(|pem| SigningKey::from_pem(pem).unwrap()).collect();
        builder(&fixed, Strategy::Jwt).signing(SigningOptions::new(keys)).build().unwrap()
    };
    let mut browser = Browser::new(&auth(&[&old]));
    browser.sign_up("ada@example.com", "correct-horse").await;
    let (by_old, first) = token_and_keys(&mut browser).await;
    let verifier = Verifier::new(fixed.world().clock).signed_by(ISSUER, SITE, first.as_bytes()).unwrap();
    let in_state = verifier.clone();
    browser.auth = auth(&[&old, &new]);
    let (by_old_still, both) = token_and_keys(&mut browser).await;
    browser.auth = auth(&[&new, &old]);
    let (by_new, _) = token_and_keys(&mut browser).await;
    assert!(in_state.token(&by_old_still).is_some() && !verifier.wants_keys());
    assert!(in_state.token(&by_new).is_none() && verifier.wants_keys());
    verifier.replace_keys(ISSUER, both.as_bytes()).unwrap();
    for token in [&by_old, &by_old_still, &by_new] {
        assert!(in_state.token(token).is_some());
    }
    assert!(!in_state.wants_keys());
    browser.auth = auth(&[&new]);
    let (_, last) = token_and_keys(&mut browser).await;
    verifier.replace_keys(ISSUER, last.as_bytes()).unwrap();
    assert!(in_state.token(&by_new).is_some() && in_state.token(&by_old).is_none());
}

async fn token_and_keys(browser: &mut Browser) -> (String, String) {
    let token = browser.get("/token").await.json()["token"].as_str().unwrap().to_owned();
    (token, browser.get("/jwks").await.body)
}

#[tokio::test]
async fn keys_that_are_none_replace_nothing_and_no_strangers_token_asks_for_others() {
    let fixed = Fixed::new();
    let (token, jwks) = signed(&fixed, SigningAlgorithm::EdDsa).await;
    let verifier = Verifier::new(fixed.world().clock).signed_by(ISSUER, SITE, jwks.as_bytes()).unwrap();
    assert_eq!(verifier.replace_keys(ISSUER, br#"{"keys":[]}"#), Err(VerifierError::Keys));
    assert_eq!(verifier.replace_keys("https://other.example", jwks.as_bytes()), Err(VerifierError::Issuer));
    assert!(verifier.token(&token).is_some());
    for (issuer, audience) in [("https://other.example", SITE), (ISSUER, "https://other.example")] {
        let (_, others) = signed(&Fixed::new(), SigningAlgorithm::EdDsa).await;
        let strangers = Verifier::new(fixed.world().clock).signed_by(issuer, audience, others.as_bytes());
        let strangers = strangers.unwrap();
        assert!(strangers.token(&token).is_none() && !strangers.wants_keys());
    }
}

#[tokio::test]
async fn a_signed_token_that_is_cut_off_is_nobodys() {
    let fixed = Fixed::new();
    let (token, jwks) = signed(&fixed, SigningAlgorithm::EdDsa).await;
    let verifier = Verifier::new(fixed.world().clock).signed_by(ISSUER, SITE, jwks.as_bytes()).unwrap();
    assert!(verifier.token(&token).is_some());
    for end in 0..token.len() {
        assert!(verifier.token(&token[..end]).is_none());
    }
}

/// Every token here is signed with the right key: it is not the signature that refuses it.
#[test]
fn a_token_that_is_signed_and_says_something_else_is_nobodys() {
    let key = SigningKey::from_pem(&SigningKey::generate(SigningAlgorithm::Es256).unwrap()).unwrap();
    let jwks = json!({ "keys": [key.jwk()] }).to_string();
    let verifier =
        Verifier::new(Fixed::new().world().clock).signed_by(ISSUER, SITE, jwks.as_bytes()).unwrap();
    let header = json!({ "alg": "ES256", "kid": key.key_id(), "typ": "hallpass+jwt" });
    let claims = json!({
        "iss": ISSUER, "aud": SITE, "sub": "7", "iat": 1_795_431_000, "exp": 1_795_439_999, "auth_time": 1_795_430_000,
    });
    let token = |header: &Value, claims: &Value| {
        let signed = format!("{}.{}", encoded(header), encoded(claims));
        let signature = key.sign(signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    assert!(verifier.token(&token(&header, &claims)).is_some());
    let with = |object: &Value, member: &str, value: Value| {
        let mut object = object.clone();
        object[member] = value;
        object
    };
    for (member, value) in [
        ("alg", json!("none")),
        ("alg", json!("EdDSA")),
        ("alg", json!("HS256")),
        ("kid", json!("other")),
        ("kid", Value::Null),
        ("typ", json!("JWT")),
        ("crit", json!(["exp"])),
    ] {
        let header = with(&header, member, value);
        assert!(verifier.token(&token(&header, &claims)).is_none(), "{header}");
    }
    for (member, value) in [
        ("iss", json!("https://evil.example")),
        ("aud", json!("https://other.example")),
        ("aud", Value::Null),
        ("exp", json!(1_795_431_071)),
        ("exp", Value::Null),
        ("sub", Value::Null),
    ] {
        let claims = with(&claims, member, value);
        assert!(verifier.token(&token(&header, &claims)).is_none(), "{claims}");
    }
    let (_, rest) =
        token(&header, &claims).split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let unsigned = json!({ "alg": "none", "kid": key.key_id(), "typ": "hallpass+jwt" });
    let (claims, _) = rest.split_once('.').unwrap();
    assert!(verifier.token(&format!("{}.{claims}.", encoded(&unsigned))).is_none());
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[test]
fn what_cannot_verify_says_why() {
    let new = || Verifier::new(Fixed::new().world().clock);
    assert_eq!(new().secrets(Vec::new()).err(), Some(VerifierError::Secret));
    assert_eq!(new().secrets(vec![Secret::new("")]).err(), Some(VerifierError::Secret));
    for jwks in ["", "{}", r#"{"keys":[]}"#, r#"{"keys":[{"kty":"RSA","kid":"a"}]}"#] {
        assert_eq!(new().signed_by("a", "b", jwks.as_bytes()).err(), Some(VerifierError::Keys), "{jwks}");
    }
    for site in ["", "app.example.com", "data:,x"] {
        assert_eq!(new().site(site).err(), Some(VerifierError::Site), "{site}");
    }
    assert_eq!(new().signed_by("", "b", b"{}").err(), Some(VerifierError::Unnamed));
    assert_eq!(new().signed_by("a", "", b"{}").err(), Some(VerifierError::Unnamed));
}
