//! `GET /csrf`.

use e2e::{Config, SECRET, Server};
use sha2::{Digest, Sha256};

use crate::scene::{CALLBACK_URL, CSRF};

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_token_comes_with_the_cookie_that_proves_it() {
    let server = Server::start(Config::new());
    let answer = server.browser().get("csrf");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("private, no-cache, no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    assert_eq!(answer.header("expires"), Some("0"));
    assert_eq!(answer.header("vary"), Some("Cookie"));
    let body = answer.json();
    let token = body["csrfToken"].as_str().unwrap();
    assert_eq!(answer.text(), format!("{{\"csrfToken\":\"{token}\"}}"));
    assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let cookie = answer.cookie(CSRF).unwrap();
    assert_eq!(cookie.value, format!("{token}%7C{}", hash(&format!("{token}{SECRET}"))));
    assert_eq!(cookie.attributes, ["Path=/", "HttpOnly", "SameSite=Lax"]);
    let callback = answer.cookie(CALLBACK_URL).unwrap();
    assert_eq!(callback.value, e2e::percent_encoded(server.url()));
    assert_eq!(callback.attributes, ["Path=/", "HttpOnly", "SameSite=Lax"]);
    assert_eq!(answer.cookies().len(), 2);
}

#[test]
fn a_browser_keeps_its_token() {
    let server = Server::start(Config::new());
    let mut browser = server.browser();
    let first = browser.csrf();
    let again = browser.get("csrf");
    assert_eq!(again.json()["csrfToken"], first.as_str());
    assert_eq!(again.cookies(), []);
    assert_ne!(server.browser().csrf(), first, "two browsers share a token");
}

#[test]
fn a_cookie_that_does_not_prove_its_token_is_replaced() {
    let server = Server::start(Config::new());
    let token = "a".repeat(64);
    let forged = [
        format!("{token}%7C{}", hash(&token)),
        format!("{token}%7C{}", hash(&format!("{token}guess"))),
        format!("{token}%7C{}", hash(&format!("{token}{SECRET}")).to_uppercase()),
        format!("{token}%7C{}%7C", hash(&format!("{token}{SECRET}"))),
        format!("%7C{}", hash(SECRET)),
        format!("{token}%7C"),
        token.clone(),
        "%7C".to_owned(),
        "%E0%A4%A".to_owned(),
    ];
    for cookie in forged {
        let mut browser = server.browser();
        browser.set_cookie(CSRF, &cookie);
        let answer = browser.get("csrf");
        assert_ne!(answer.json()["csrfToken"], token.as_str(), "{cookie}");
        assert!(answer.cookie(CSRF).is_some(), "{cookie}");
    }
}

#[test]
fn over_https_the_cookies_carry_their_prefixes() {
    let server = Server::start(Config::new().text("url", "https://app.example.test"));
    let answer = server.browser().get("csrf");
    let cookie = answer.cookie("__Host-next-auth.csrf-token").unwrap();
    assert_eq!(cookie.attributes, ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"]);
    let callback = answer.cookie("__Secure-next-auth.callback-url").unwrap();
    assert_eq!(callback.attributes, ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"]);
    assert!(answer.header("strict-transport-security").is_some());
}
