//! `examples/hello-axum`: an app with the library inside.

use e2e::{Request, Server};

use crate::scene::{ADA, PASSWORD};

fn page(path: &str) -> Request {
    Request::get(path).header("Accept", "text/html")
}

#[test]
fn an_app_shows_a_page_to_who_is_signed_in_and_sends_others_to_sign_in() {
    let server = Server::hello_axum();
    let mut browser = server.browser();
    assert!(browser.send(page("/")).text().contains("Sign in"));
    let answer = browser.send(page("/private"));
    assert!([302, 303, 307].contains(&answer.status), "{}", answer.status);
    assert!(
        answer.location().contains("/api/auth/signin") && answer.location().contains("private"),
        "{}",
        answer.location()
    );
    // The sign-in page remembers where the person wanted to go.
    let sign_in = browser.follow(answer);
    assert_eq!(sign_in.field("callbackUrl"), Some(server.at("/private")));
    assert_eq!(browser.sign_up(ADA, PASSWORD).status, 200);
    assert_eq!(browser.send(page("/private")).text(), "Hello, Ada Lovelace!");
    assert!(browser.send(page("/")).text().contains("You are signed in."));
    browser.submit_json("signout", &[]);
    assert_ne!(browser.send(page("/private")).status, 200);
}

#[test]
fn an_app_refuses_a_program_with_a_problem_that_it_can_read() {
    let server = Server::hello_axum();
    let answer = server.browser().send(Request::get("/private").header("Accept", "application/json"));
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.json()["status"], 401);
}

#[test]
fn what_an_app_says_of_a_session_is_kept_by_no_cache() {
    let server = Server::hello_axum();
    let mut browser = server.browser();
    browser.sign_up(ADA, PASSWORD);
    for path in ["/private", "/"] {
        let answer = browser.send(page(path));
        assert!(
            answer.header("cache-control").is_some_and(|value| value.contains("no-store")),
            "{path}: {:?}",
            answer.headers
        );
        assert!(answer.all("vary").any(|value| value.to_ascii_lowercase().contains("cookie")), "{path}");
    }
}

#[test]
fn an_app_keeps_its_own_paths() {
    let server = Server::hello_axum();
    assert_eq!(server.browser().get("/nowhere").status, 404);
    assert_eq!(server.browser().get("/api/auth/bogus").status, 400);
    assert_eq!(server.browser().get("providers").json()["credentials"]["id"], "credentials");
}
