//! `GET` and `POST /session`.

use e2e::{Config, Request, Server};

use crate::scene::{ADA, PASSWORD, SESSION, nothing_happens, strategies, with_ada_signed_in};

#[test]
fn nobody_is_an_empty_object() {
    for config in strategies() {
        let server = Server::start(config);
        let answer = server.browser().get("session");
        assert_eq!((answer.status, answer.text().as_str()), (200, "{}"));
        assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
        assert_eq!(answer.header("cache-control"), Some("private, no-cache, no-store"));
        assert_eq!(answer.header("vary"), Some("Cookie"));
        assert_eq!(answer.cookies().len(), 2);
    }
}

#[test]
fn somebody_is_exactly_what_the_browser_may_know() {
    for config in strategies() {
        let (_server, mut browser) = with_ada_signed_in(config);
        let answer = browser.get("session");
        let body = answer.json();
        let expires = body["expires"].as_str().unwrap();
        assert!(expires.len() == 24 && expires.ends_with('Z') && &expires[10..11] == "T", "{expires}");
        let exact = format!(
            "{{\"user\":{{\"name\":\"Ada Lovelace\",\"email\":\"{ADA}\"}},\"expires\":\"{expires}\"}}"
        );
        assert_eq!(answer.text(), exact);
        assert_eq!(answer.header("cache-control"), Some("private, no-cache, no-store"));
        assert_eq!(answer.header("vary"), Some("Cookie"));
    }
}

#[test]
fn a_read_leaves_the_cookie_alone_until_it_is_time() {
    for config in strategies() {
        let (_server, mut browser) = with_ada_signed_in(config);
        assert_eq!(browser.get("session").cookies(), []);
    }
}

#[test]
fn a_read_prolongs_the_session_when_it_is_time() {
    for config in strategies() {
        let (_server, mut browser) = with_ada_signed_in(config.raw("session.update_age", 0));
        let cookie = browser.get("session").cookie(SESSION).expect("it is always time");
        assert!(cookie.lasts.is_some_and(|seconds| (2_591_990..=2_592_000).contains(&seconds)), "{cookie:?}");
        assert!(browser.is_signed_in());
    }
}

#[test]
fn an_update_answers_with_the_session() {
    for config in strategies() {
        let (_server, mut browser) = with_ada_signed_in(config);
        let token = browser.csrf();
        let body = serde_json::json!({"csrfToken": token, "data": {"name": "New"}}).to_string();
        let answer = browser.send(Request::new("POST", "session").body("application/json", body));
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["user"], browser.session()["user"]);
        // What a browser sends is not what the user is called: only the application could allow that.
        assert_eq!(answer.json()["user"]["name"], "Ada Lovelace");
    }
}

// A01
#[test]
fn an_update_without_the_token_is_refused() {
    for config in strategies() {
        let (server, browser) = with_ada_signed_in(config);
        for body in [r#"{"csrfToken":"bad","data":{"name":"New"}}"#, r#"{"data":{}}"#, "{}"] {
            let mark = server.log.mark();
            let mut tab = browser.clone();
            let answer = nothing_happens(&server, || {
                tab.send(Request::new("POST", "session").body("application/json", body))
            });
            assert_eq!((answer.status, answer.text().as_str()), (400, "{}"));
            server.log.told_since(mark, &["reason", "csrf_"]);
        }
    }
}

// A73
#[test]
fn an_update_cannot_make_somebody_else_of_a_user() {
    let (_server, mut browser) = with_ada_signed_in(Config::new());
    let before = browser.session()["user"].clone();
    let token = browser.csrf();
    let data = serde_json::json!({"sub": "1", "email": "root@evil.example", "role": "admin", "exp": 9e12, "user": {"email": "root@evil.example"}});
    let body = serde_json::json!({"csrfToken": token, "user": data["user"], "data": data});
    browser.send(Request::new("POST", "session").body("application/json", body.to_string()));
    assert_eq!(browser.session()["user"], before);
}

#[test]
fn a_session_in_the_database_is_over_when_its_time_is() {
    let (server, mut browser) = with_ada_signed_in(Config::database_sessions());
    server.database().open().execute("UPDATE sessions SET expires = 1000", []).unwrap();
    let answer = browser.get("session");
    assert_eq!(answer.text(), "{}");
    // A read that was overtaken by a sign-in would take the new cookie away.
    assert_eq!(answer.cookie(SESSION), None);
}

#[test]
fn a_session_token_does_not_stand_in_the_database() {
    let (server, browser) = with_ada_signed_in(Config::database_sessions());
    let token = browser.cookie(SESSION).unwrap();
    let database = server.database();
    assert!(!database.rows("session").is_empty());
    assert!(!database.holds(&token));
    let as_bytes: String = token.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert!(!database.holds(&as_bytes));
}

// A65
#[test]
fn every_sign_in_has_a_new_identifier_and_ends_the_session_before() {
    for config in strategies() {
        let (server, mut browser) = with_ada_signed_in(config);
        let sessions = server.database().rows("sessions").len();
        let first = browser.cookie(SESSION).unwrap();
        let old_csrf = browser.csrf();
        assert_eq!(browser.sign_in(ADA, PASSWORD).status, 200);
        assert_ne!(browser.cookie(SESSION).unwrap(), first);
        assert_ne!(browser.csrf(), old_csrf, "the anti-forgery token outlived the sign-in");
        assert_eq!(server.database().rows("sessions").len(), sessions);
    }
}

// A65
#[test]
fn a_planted_session_cookie_does_not_become_a_session() {
    for config in strategies() {
        let (server, _) = with_ada_signed_in(config);
        let mut victim = server.browser();
        victim.set_cookie(SESSION, "planted-by-somebody-else");
        assert_eq!(victim.sign_in(ADA, PASSWORD).status, 200);
        assert_ne!(victim.cookie(SESSION).unwrap(), "planted-by-somebody-else");
        let mut thief = server.browser();
        thief.set_cookie(SESSION, "planted-by-somebody-else");
        assert!(!thief.is_signed_in());
    }
}

// A41
#[test]
fn another_site_cannot_read_it() {
    let (_server, browser) = with_ada_signed_in(Config::new());
    for origin in ["https://evil.example", "null", "http://localhost.evil.example"] {
        for path in ["session", "csrf", "providers"] {
            let answer = browser.clone().send(Request::get(path).header("Origin", origin));
            assert!(answer.headers.iter().all(|(name, _)| !name.starts_with("access-control")), "{path}");
            let preflight = Request::new("OPTIONS", path)
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST");
            let answer = browser.clone().send(preflight);
            assert!(answer.headers.iter().all(|(name, _)| !name.starts_with("access-control")), "{path}");
        }
    }
}

#[test]
fn changing_the_secret_signs_nobody_out_as_long_as_the_old_one_is_listed() {
    let old = e2e::SECRET;
    let new = "another-e2e-secret-that-is-long-enough-41c2";
    let (_server, browser) = with_ada_signed_in(Config::new());
    let token = browser.cookie(SESSION).unwrap();
    for (secrets, signed_in) in [(vec![new, old], true), (vec![old, new], true), (vec![new], false)] {
        let list = serde_json::json!(secrets).to_string();
        let other = Server::start(Config::new().without("secret").raw("secrets", list));
        // A sealed session is all there is to it; the user need not be in this server's database.
        let mut browser = other.browser();
        browser.set_cookie(SESSION, &token);
        assert_eq!(browser.is_signed_in(), signed_in, "{secrets:?}");
    }
}
