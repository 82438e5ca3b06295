//! `GET` and `POST /signout`.

use e2e::{Config, Request};

use crate::scene::{SESSION, nothing_happens, strategies, with_ada_signed_in};

#[test]
fn signing_out_ends_the_session_here_and_leads_where_was_asked() {
    for config in strategies() {
        let (server, mut browser) = with_ada_signed_in(config);
        let answer = browser.submit_json("signout", &[("callbackUrl", &server.at("/bye"))]);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.text(), format!("{{\"url\":\"{}\"}}", server.at("/bye")));
        let cookie = answer.cookie(SESSION).unwrap();
        assert_eq!((cookie.value.as_str(), cookie.removes()), ("", true));
        assert_eq!(cookie.attributes[1..], ["Path=/", "HttpOnly", "SameSite=Lax"]);
        assert_eq!(browser.session(), serde_json::json!({}));
    }
}

#[test]
fn without_json_it_is_a_redirect() {
    let (server, mut browser) = with_ada_signed_in(Config::new());
    let answer = browser.submit("signout", &[]);
    assert_eq!((answer.status, answer.location()), (302, server.url()));
    assert!(!browser.is_signed_in());
}

#[test]
fn signing_out_without_a_session_only_redirects() {
    let (server, _) = with_ada_signed_in(Config::new());
    let mut nobody = server.browser();
    let answer = nobody.submit("signout", &[]);
    assert_eq!((answer.status, answer.location()), (302, server.url()));
    assert_eq!(answer.cookie(SESSION), None);
}

// A66
#[test]
fn a_copy_of_the_cookie_is_worth_nothing_after_signing_out_of_a_database_session() {
    let (server, mut browser) = with_ada_signed_in(Config::database_sessions());
    let mut thief = browser.clone();
    assert!(thief.is_signed_in());
    let sessions = server.database().rows("sessions").len();
    browser.submit_json("signout", &[]);
    let answer = thief.get("session");
    assert_eq!(answer.text(), "{}");
    assert_eq!(answer.cookie(SESSION), None, "the read brought the session back");
    assert_eq!(server.database().rows("sessions").len(), sessions - 1);
}

// A01
#[test]
fn without_the_token_it_asks_again_and_the_session_stays() {
    let (server, browser) = with_ada_signed_in(Config::database_sessions());
    let confirm = server.at("/api/auth/signout?csrf=true");
    for (fields, status) in
        [(vec![("json", "true")], 200), (vec![], 302), (vec![("csrfToken", "wrong")], 302)]
    {
        let mark = server.log.mark();
        let mut tab = browser.clone();
        let answer = nothing_happens(&server, || tab.post("signout", &fields));
        assert_eq!(answer.status, status);
        let url = if status == 200 { answer.url() } else { answer.location().to_owned() };
        assert_eq!(url, confirm);
        server.log.told_since(mark, &["reason", "csrf_"]);
        assert!(tab.is_signed_in());
    }
}

// A07
#[test]
fn a_link_or_an_image_does_not_sign_out() {
    let (server, mut browser) = with_ada_signed_in(Config::database_sessions());
    let prefetch = || Request::get("signout").header("Sec-Purpose", "prefetch").header("Purpose", "prefetch");
    let image =
        || Request::get("signout").header("Sec-Fetch-Dest", "image").header("Sec-Fetch-Site", "cross-site");
    for request in [Request::get("signout"), Request::new("HEAD", "signout"), prefetch(), image()] {
        let mut tab = browser.clone();
        let answer = nothing_happens(&server, || tab.send(request));
        assert_eq!(answer.cookie(SESSION), None);
    }
    let page = browser.get("signout");
    assert_eq!(page.status, 200);
    assert_eq!(page.field("csrfToken"), Some(browser.csrf()));
    assert!(browser.is_signed_in());
}

// A08
#[test]
fn another_site_cannot_sign_out_even_with_the_token() {
    let (server, mut browser) = with_ada_signed_in(Config::database_sessions());
    let token = browser.csrf();
    for (name, value) in [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Referer", "https://evil.example/page"),
    ] {
        let mark = server.log.mark();
        let mut tab = browser.clone();
        let request = Request::post("signout", &[("csrfToken", token.as_str())]).header(name, value);
        let answer = nothing_happens(&server, || tab.send(request));
        assert_eq!(answer.status, 403, "{name}: {value}");
        server.log.told_since(mark, &["reason", "cross_site"]);
        assert!(tab.is_signed_in(), "{name}: {value}");
    }
}
