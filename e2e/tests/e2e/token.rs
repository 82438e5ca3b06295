//! `GET /token` and `GET /jwks`, with an API in Rust. Other languages verify tokens in `e2e/api`.

use e2e::{Browser, Config, Request, Server, hallpass};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::jwk::{JwkSet, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};

use crate::scene::{ADA, PASSWORD, SESSION};

#[derive(serde::Deserialize)]
struct Claims {
    sub: String,
    email: String,
}

// As it stands in book/apis.md.
fn who(token: &str, keys: &JwkSet, site: &str) -> Result<Claims, Error> {
    let header = decode_header(token)?;
    let key = header.kid.as_deref().and_then(|kid| keys.find(kid)).ok_or(ErrorKind::InvalidToken)?;
    if header.typ.as_deref() != Some("hallpass+jwt") {
        return Err(ErrorKind::InvalidToken.into());
    }
    let algorithm = match key.common.key_algorithm {
        Some(KeyAlgorithm::ES256) => Algorithm::ES256,
        _ => Algorithm::EdDSA,
    };
    let mut expected = Validation::new(algorithm);
    expected.set_issuer(&[format!("{site}/api/auth")]);
    expected.set_audience(&[site]);
    expected.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    Ok(decode(token, &DecodingKey::from_jwk(key)?, &expected)?.claims)
}

/// A server that signs, and Ada's browser.
fn signing(algorithm: &str, config: Config) -> (Server, Browser) {
    let server = Server::prepare(config.raw("signing.keys", r#"["a.pem"]"#), &[]);
    let made = hallpass(server.folder().path(), &["secret", "--signing-key", algorithm], &[], "");
    std::fs::write(server.folder().file("a.pem"), made.stdout).unwrap();
    server.spawn();
    server.wait_until_up();
    let mut ada = server.browser();
    assert_eq!(ada.sign_up(ADA, PASSWORD).status, 200);
    (server, ada)
}

fn token(browser: &mut Browser) -> String {
    let answer = browser.get("token");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["token"].as_str().unwrap().to_owned()
}

#[test]
fn an_api_in_rust_knows_who_is_signed_in() {
    for algorithm in ["es256", "eddsa"] {
        let (server, mut ada) = signing(algorithm, Config::new());
        let token = token(&mut ada);
        let keys: JwkSet = serde_json::from_value(server.browser().get("jwks").json()).unwrap();
        let claims = who(&token, &keys, server.url()).unwrap();
        assert_eq!((claims.email.as_str(), claims.sub.is_empty()), (ADA, false));
        assert!(who(&token, &keys, "https://other.example").is_err());
        assert!(who(&ada.cookie(SESSION).unwrap(), &keys, server.url()).is_err());
        let mut forged = token.into_bytes();
        let last = forged.len() - 4;
        forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
        assert!(who(std::str::from_utf8(&forged).unwrap(), &keys, server.url()).is_err());
    }
}

#[test]
fn the_book_shows_the_function_that_is_run_here() {
    let (here, page) = (include_str!("token.rs"), include_str!("../../../book/apis.md"));
    let start = page.find("```rust\nfn who").expect("the function") + "```rust\n".len();
    let (function, _) = page[start..].split_once("```").unwrap();
    assert!(here.contains(function), "{function}");
}

#[test]
fn a_signed_token_in_the_place_of_a_session_cookie_is_nobody() {
    for config in [Config::new(), Config::database_sessions()] {
        for wire in ["v3", "v4", "v5"] {
            let (server, mut ada) = signing("es256", config.clone().text("wire", wire));
            let token = token(&mut ada);
            let mut thief = server.browser();
            for name in [SESSION, "authjs.session-token"] {
                thief.set_cookie(name, &token);
            }
            assert!(!thief.is_signed_in());
            assert_eq!(thief.get("token").status, 401);
            let bearer = Request::get("session").header("Authorization", format!("Bearer {token}"));
            assert!(!server.browser().send(bearer).json()["user"].is_object());
        }
    }
}

#[test]
fn a_token_is_for_this_browser_alone_and_no_other_site_gets_one() {
    let (server, mut ada) = signing("eddsa", Config::new());
    let answer = ada.get("token");
    assert_eq!(answer.header("cache-control"), Some("private, no-cache, no-store"));
    assert_eq!(answer.header("access-control-allow-origin"), None);
    for (name, value) in [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")] {
        let answer = ada.send(Request::get("token").header(name, value));
        assert_eq!((answer.status, answer.text().contains("eyJ")), (403, false), "{name}");
    }
    assert_eq!(ada.submit("signout", &[]).status, 302);
    assert_eq!(ada.get("token").status, 401);
    let keys = server.browser().get("jwks");
    assert_eq!(keys.header("cache-control"), Some("public, max-age=300"));
    assert!(keys.cookies().is_empty() && !keys.text().contains("\"d\""));
}

#[test]
fn without_a_key_there_is_neither_token_nor_jwks() {
    let server = Server::start(Config::new());
    for path in ["token", "jwks", ".well-known/jwks.json"] {
        assert_eq!(server.browser().get(path).status, 400, "{path}");
    }
    let document = server.browser().get("/openapi.json");
    assert_eq!((document.status, document.text().contains("/token")), (200, false));
}
