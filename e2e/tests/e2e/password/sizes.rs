//! What a new password may be, wherever it is typed (A63).

use e2e::{Browser, Config, Response, Server};

use crate::scene::{ADA, PASSWORD, Post, nothing_happens, with_ada};

/// Where a new password is typed.
#[derive(Clone, Copy, Debug)]
enum Place {
    Change,
    Reset,
}

const PLACES: [Place; 2] = [Place::Change, Place::Reset];

/// Types a new password where the old one is known; answers whether it is the password.
fn typed(server: &Server, post: &Post, place: Place, current: &str, new: &str) -> Response {
    let mut browser = server.browser();
    match place {
        Place::Change => {
            assert_eq!(browser.sign_in(ADA, current).status, 200, "{place:?}");
            nothing_or_all(server, || submit(&mut browser, &[("currentPassword", current)], "password", new))
        }
        Place::Reset => {
            browser.submit_json("password/reset", &[("email", ADA)]);
            let link = url::Url::parse(&post.link()).unwrap();
            let token = link.query_pairs().find(|(name, _)| name == "token").unwrap().1.into_owned();
            let held = [("token", token.as_str()), ("email", ADA)];
            nothing_or_all(server, || submit(&mut browser, &held, "password/new", new))
        }
    }
}

fn submit(browser: &mut Browser, held: &[(&str, &str)], path: &str, new: &str) -> Response {
    browser.submit(path, &[held, &[("newPassword", new)]].concat())
}

/// A refusal changes nothing.
fn nothing_or_all(server: &Server, what: impl FnOnce() -> Response) -> Response {
    let before = server.database().everything();
    let answer = what();
    if answer.status != 302 {
        assert_eq!(server.database().everything(), before);
    }
    answer
}

#[test]
fn a_password_of_no_fit_length_is_refused_before_it_is_hashed() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::new()));
    for place in PLACES {
        let long = "x".repeat(1025);
        let megabyte = "x".repeat(1_000_000);
        for (new, status) in
            [("x", 400), ("1234567", 400), ("\u{e4}\u{e4}", 400), (long.as_str(), 400), (&megabyte, 413)]
        {
            let answer = typed(&server, &post, place, PASSWORD, new);
            assert_eq!(answer.status, status, "{place:?}: {} bytes", new.len());
        }
    }
    server.log.told(&["reason", "password_unfit"]);
    assert_eq!(server.browser().sign_in(ADA, PASSWORD).status, 200);
}

#[test]
fn every_byte_of_a_password_counts() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::database_sessions()));
    let of = |length: usize| "p".repeat(length);
    let last = |text: &str| format!("{}q", &text[..text.len() - 1]);
    let cases = [
        (of(8), of(7)),
        (of(64), of(63)),
        (of(72), of(73)),
        // What bcrypt would cut off.
        (of(73), last(&of(73))),
        (format!("{}{}", of(72), "abc"), format!("{}{}", of(72), "abd")),
        (of(1024), last(&of(1024))),
        ("before\0after".into(), "before\0other".into()),
        ("before\0after".into(), "before".into()),
        // Composed and decomposed.
        ("pass\u{e9}word".into(), "passe\u{301}word".into()),
        ("  spaces around  ".into(), "spaces around".into()),
        ("Case Counts".into(), "case counts".into()),
        ("\u{1f511}\u{1f511}\u{1f511}\u{1f511}\u{1f511}\u{1f511}\u{1f511}\u{1f511}".into(), of(8)),
    ];
    let mut current = PASSWORD.to_owned();
    for place in PLACES {
        for (new, other) in &cases {
            let answer = typed(&server, &post, place, &current, new);
            assert_eq!(answer.status, 302, "{place:?} {new:?}");
            let mut browser = server.browser();
            let refused = nothing_happens(&server, || browser.sign_in(ADA, other));
            assert_eq!(refused.status, 401, "{place:?} {new:?} {other:?}");
            assert_eq!(browser.sign_in(ADA, new).status, 200, "{place:?} {new:?}");
            current.clone_from(new);
        }
    }
}
