//! Cookies that are malformed, oversized, repeated or tampered with (A67, A69).

use std::time::{Duration, Instant};

use e2e::{Browser, Config, Request, Response, Server};

use crate::scene::{ADA, PASSWORD, SESSION, nothing_happens, strategies, with_ada_signed_in};

fn with_cookies(server: &Server, header: impl AsRef<[u8]>) -> Response {
    server.browser().send(Request::get("session").header("Cookie", header))
}

fn is_nobody(answer: &Response, what: &str) {
    assert_eq!((answer.status, answer.text().as_str()), (200, "{}"), "{what:.200}");
    assert!(answer.all("set-cookie").count() <= 20, "{what:.200}");
}

#[test]
fn a_session_cookie_that_is_nonsense_is_nobody() {
    for config in strategies() {
        let server = Server::start(config);
        let dots = ".".repeat(5000);
        for value in [
            "",
            "x",
            "....",
            "a.b.c.d.e",
            "%E0%A4%A",
            "%00",
            "\"quoted\"",
            "null",
            "undefined",
            "{}",
            "eyJhbGciOiJub25lIn0..",
            "eyJhbGciOiJub25lIn0.e30.",
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0....",
            &dots,
        ] {
            let answer = nothing_happens(&server, || with_cookies(&server, format!("{SESSION}={value}")));
            is_nobody(&answer, value);
        }
    }
}

#[test]
fn cookies_that_are_nonsense_are_ignored_around_a_good_one() {
    for config in strategies() {
        let (server, browser) = with_ada_signed_in(config);
        let good = format!("{SESSION}={}", browser.cookie(SESSION).unwrap());
        for odd in [
            format!("{SESSION}-other=x; {good}"),
            format!("{good}; {SESSION}-other=x"),
            format!("{SESSION}.x=1; {good}"),
            format!("{SESSION}.01=1; {good}"),
            format!("a; b=; =c; ;;; {good}"),
            format!("%zz=%zz; {good}"),
            format!("a=\"b; {good}"),
            format!("NEXT-AUTH.SESSION-TOKEN=x; {good}"),
        ] {
            let answer = with_cookies(&server, &odd);
            assert_eq!(answer.json()["user"]["email"], ADA, "{odd}");
        }
    }
}

#[test]
fn two_session_cookies_are_nobody() {
    for config in strategies() {
        let (server, browser) = with_ada_signed_in(config);
        let good = browser.cookie(SESSION).unwrap();
        for (first, second) in [(good.as_str(), "x"), ("x", good.as_str()), (&good, &good)] {
            is_nobody(&with_cookies(&server, format!("{SESSION}={first}; {SESSION}={second}")), "two");
        }
    }
}

#[test]
fn a_session_in_chunks_is_read_only_whole_and_in_one_way() {
    let (server, browser) = with_ada_signed_in(Config::new());
    let token = browser.cookie(SESSION).unwrap();
    let (head, tail) = token.split_at(token.len() / 2);
    let whole = format!("{SESSION}.0={head}; {SESSION}.1={tail}");
    assert_eq!(with_cookies(&server, &whole).json()["user"]["email"], ADA);
    let swapped = format!("{SESSION}.1={tail}; {SESSION}.0={head}");
    assert_eq!(with_cookies(&server, swapped).json()["user"]["email"], ADA);
    for torn in [
        format!("{SESSION}.0={head}"),
        format!("{SESSION}.1={tail}"),
        format!("{SESSION}.0={head}; {SESSION}.2={tail}"),
        format!("{SESSION}.0={head}; {SESSION}.01={tail}"),
        format!("{SESSION}.0={head}; {SESSION}.\u{ff11}={tail}"),
        format!("{SESSION}.0={tail}; {SESSION}.1={head}"),
        format!("{SESSION}.0={head}; {SESSION}.0={head}; {SESSION}.1={tail}"),
    ] {
        is_nobody(&with_cookies(&server, &torn), &torn);
    }
    let hundred: Vec<String> = (0..100).map(|n| format!("{SESSION}.{n}=x")).collect();
    let answer = with_cookies(&server, hundred.join("; "));
    assert!(answer.status == 200 || answer.status == 431);
    assert!(answer.all("set-cookie").count() <= 20);
}

#[test]
fn cookies_beyond_measure_are_refused_or_ignored_at_once() {
    let server = Server::start(Config::new());
    let many = (0..10_000).map(|n| format!("c{n}=1")).collect::<Vec<_>>().join("; ");
    for header in [
        "x".repeat(8 << 10),
        format!("a={}", "x".repeat(16 << 10)),
        format!("{SESSION}={}", "x".repeat(64 << 10)),
        many,
        ".".repeat(1 << 20),
    ] {
        let start = Instant::now();
        let answer = Request::get("/api/auth/session")
            .header("Cookie", &header)
            .try_send(server.address(), "localhost");
        if let Ok(answer) = answer {
            assert!([200, 400, 431].contains(&answer.status), "{}", answer.status);
            assert!(answer.all("set-cookie").count() <= 20);
        }
        assert!(start.elapsed() < Duration::from_secs(1));
        assert_eq!(server.browser().get("/healthz").status, 200);
    }
}

// A69
#[test]
fn a_sealed_session_with_any_byte_changed_is_nobody() {
    let (server, browser) = with_ada_signed_in(Config::new().text("log.level", "info"));
    let token = browser.cookie(SESSION).unwrap();
    let ask = |value: &str| is_nobody(&with_cookies(&server, format!("{SESSION}={value}")), value);
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        ask(&String::from_utf8(bytes).unwrap());
    }
    for length in (0..token.len()).step_by(7) {
        ask(&token[..length]);
    }
    for odd in [
        format!("{token}A"),
        format!("{token}."),
        format!("{token}="),
        format!(".{token}"),
        token.replacen('.', "..", 1),
        token.replacen("..", ".", 1),
    ] {
        ask(&odd);
    }
}

// A69
#[test]
fn a_sealed_session_under_another_algorithm_or_secret_is_nobody() {
    let (server, browser) = with_ada_signed_in(Config::new());
    let token = browser.cookie(SESSION).unwrap();
    let rest = &token[token.find("..").unwrap()..];
    for header in [
        // {"alg":"none"} · {"alg":"dir","enc":"A128GCM"} · {"alg":"PBES2-HS256+A128KW","p2c":4294967295,"enc":"A256GCM"}
        // · {"alg":"dir","enc":"A256GCM","zip":"DEF"} · {"alg":"dir","enc":"A256GCM","crit":["x"]}
        "eyJhbGciOiJub25lIn0",
        "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0",
        "eyJhbGciOiJQQkVTMi1IUzI1NitBMTI4S1ciLCJwMmMiOjQyOTQ5NjcyOTUsImVuYyI6IkEyNTZHQ00ifQ",
        "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIn0",
        "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiY3JpdCI6WyJ4Il19",
    ] {
        let start = Instant::now();
        is_nobody(&with_cookies(&server, format!("{SESSION}={header}{rest}")), header);
        assert!(start.elapsed() < Duration::from_secs(1));
    }
    let other = Server::start(Config::new().text("secret", "another-e2e-secret-that-is-long-enough-41c2"));
    is_nobody(&with_cookies(&other, format!("{SESSION}={token}")), "another secret");
}

#[test]
fn a_callback_url_cookie_that_is_nonsense_leads_home() {
    let (server, _) = with_ada_signed_in(Config::new());
    for value in [
        "%E0%A4%A",
        "%00",
        "https%3A%2F%2Fevil.example",
        "//evil.example",
        "javascript:alert(1)",
        &"x".repeat(6000),
    ] {
        let mut browser: Browser = server.browser();
        browser.set_cookie(crate::scene::CALLBACK_URL, value);
        let answer = browser.sign_in(ADA, PASSWORD);
        // As the v4 server reads it, two slashes are a path of this site.
        let home = [server.url().to_owned(), server.at("//evil.example")];
        assert!(home.contains(&answer.url()), "{value:.60}: {}", answer.url());
    }
}
