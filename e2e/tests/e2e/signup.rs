//! `GET` and `POST /signup`.

use e2e::{Config, Server};

use crate::scene::{ADA, PASSWORD, SESSION, nothing_happens, strategies, with_ada};

#[test]
fn the_page_asks_and_the_form_makes_an_account_and_signs_in() {
    for config in strategies() {
        let server = Server::start(config);
        let mut browser = server.browser();
        let page = browser.get("signup?callbackUrl=%2Fwelcome");
        assert_eq!(page.status, 200);
        let token = page.field("csrfToken").unwrap();
        let callback = page.field("callbackUrl").unwrap();
        let answer = browser.post(
            "signup",
            &[
                ("csrfToken", &token),
                ("callbackUrl", &callback),
                ("name", "Ada"),
                ("email", ADA),
                ("password", PASSWORD),
            ],
        );
        assert_eq!((answer.status, answer.location()), (302, server.at("/welcome").as_str()));
        assert_eq!(browser.session()["user"], serde_json::json!({"name": "Ada", "email": ADA}));
        assert!(!server.database().holds(PASSWORD));
        assert!(server.database().holds("$argon2id$v=19$m=19456,t=2,p=1$"), "OWASP's parameters");
    }
}

#[test]
fn an_address_that_is_taken_is_refused_and_keeps_its_password() {
    let server = with_ada(Config::new());
    for spelling in [ADA, "Ada.Lovelace@MAIL.example", " ada.lovelace@mail.example "] {
        let mut stranger = server.browser();
        nothing_happens(&server, || stranger.sign_up(spelling, "another password"));
        assert!(!stranger.is_signed_in());
    }
    assert_eq!(server.browser().sign_in(ADA, PASSWORD).status, 200);
}

#[test]
fn a_password_that_is_too_short_or_endless_is_refused() {
    let server = Server::start(Config::new());
    for password in ["", "short", "1234567", &"x".repeat(5000)] {
        let mut browser = server.browser();
        let answer = nothing_happens(&server, || browser.sign_up(ADA, password));
        assert_ne!(answer.url(), server.url());
    }
}

// A52
#[test]
fn what_is_no_address_is_refused() {
    let server = Server::start(Config::new());
    for email in [
        "",
        "ada",
        "ada@",
        "@mail.example",
        "a@b@c.example",
        "<a@mail.example>",
        "a b@mail.example",
        "a@mail.example,b@mail.example",
        "\"a\"@mail.example",
        "a@mail.example\r\nBcc: b@mail.example",
        "a\0@mail.example",
        "a@-mail.example",
        "a@mail..example",
    ] {
        let mut browser = server.browser();
        nothing_happens(&server, || browser.sign_up(email, PASSWORD));
        assert!(!browser.is_signed_in(), "{email:?}");
    }
}

// A01
#[test]
fn without_the_token_nothing_happens() {
    let server = Server::start(Config::new());
    let fields = [("email", ADA), ("password", PASSWORD), ("name", "Ada")];
    let answer = nothing_happens(&server, || server.browser().post("signup", &fields));
    assert_eq!(answer.status, 302);
    server.log.told(&["reason", "csrf_missing"]);
}

#[test]
fn where_sign_up_is_closed_there_is_no_page_and_no_account() {
    let server = Server::start(Config::new().raw("password.sign_up", false));
    let mut browser = server.browser();
    let page = browser.get("signup");
    assert!(page.field("password").is_none(), "{}", page.text());
    nothing_happens(&server, || browser.sign_up(ADA, PASSWORD));
    assert_eq!(browser.cookie(SESSION), None);
    assert!(!browser.get("signin").text().contains("/signup"));
}
