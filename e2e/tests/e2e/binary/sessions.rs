//! `hallpass sessions`, beside a server that runs.

use std::time::{Duration, Instant};

use e2e::{Browser, Config, Finished, Server};
use serde_json::Value;

use crate::scene::{ADA, PASSWORD, SESSION, nothing_happens, strategies, with_ada_signed_in};

/// The lines of an answer in JSON.
fn lines(finished: &Finished) -> Vec<Value> {
    assert_eq!(finished.code, Some(0), "{}", finished.text());
    finished.stdout.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

fn ids(server: &Server, arguments: &[&str]) -> Vec<String> {
    let all = [&["sessions", "list", "--json"], arguments].concat();
    let text = |line: &Value| line["id"].as_str().expect("an id").to_owned();
    lines(&server.listing(&all)).iter().map(text).collect()
}

/// Waits until the server has learnt that a session is over: promised within about a second.
pub(super) fn soon_signed_out(browser: &mut Browser) {
    let start = Instant::now();
    while browser.is_signed_in() {
        assert!(start.elapsed() < Duration::from_secs(10), "the session goes on");
        std::thread::yield_now();
    }
}

#[test]
fn a_list_tells_who_is_signed_in_and_no_secret() {
    for config in strategies() {
        let (server, browser) = with_ada_signed_in(config);
        let cookie = browser.cookie(SESSION).expect("she is signed in");
        let listed = lines(&server.listing(&["sessions", "list", "--json"]));
        assert!(listed.iter().all(|line| line["email"] == ADA), "{listed:?}");
        let table = server.listing(&["sessions", "list", "--user", ADA]);
        assert_eq!(table.stdout.lines().count(), listed.len() + 1);
        assert!(table.stdout.starts_with("SESSION") && table.stdout.contains(ADA));
        // What is shown is no cookie: as one it is nobody.
        for line in &listed {
            let id = line["id"].as_str().expect("an id");
            assert!(id.len() == 16 && !cookie.contains(id));
            let request = e2e::Request::get("session").header("Cookie", format!("{SESSION}={id}"));
            assert_eq!(server.browser().send(request).text(), "{}");
        }
    }
}

#[test]
fn pages_show_every_session_once() {
    let (server, _browser) = with_ada_signed_in(Config::new());
    for _ in 0..3 {
        server.browser().sign_in(ADA, PASSWORD);
    }
    let all = ids(&server, &[]);
    assert_eq!(all.len(), 5, "one of the sign-up, four sign-ins");
    let mut seen = ids(&server, &["--limit", "2"]);
    while let Some(last) = seen.last().cloned() {
        let page = ids(&server, &["--limit", "2", "--after", &last]);
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen, all);
    let first = server.listing(&["sessions", "list", "--limit", "2"]);
    assert!(first.stderr.contains(&format!("--after {}", all[1])), "{}", first.stderr);
}

#[test]
fn a_revoked_session_is_over_on_the_running_server_and_others_go_on() {
    for config in strategies() {
        let (server, mut browser) = with_ada_signed_in(config);
        let before = ids(&server, &[]);
        let mut other = server.browser();
        other.sign_in(ADA, PASSWORD);
        let revoked = before.iter().map(String::as_str).collect::<Vec<_>>();
        let told = server.command(&[&["sessions", "revoke", "--yes"], &revoked[..]].concat(), "");
        assert_eq!(told.code, Some(0), "{}", told.text());
        assert!(told.stdout.contains("ended"), "{}", told.stdout);
        soon_signed_out(&mut browser);
        assert!(other.is_signed_in());
        assert_eq!(ids(&server, &[]).len(), 1);
    }
}

#[test]
fn all_sessions_of_a_user_or_of_everybody_are_ended() {
    for config in strategies() {
        let (server, mut ada) = with_ada_signed_in(config);
        let mut grace = server.browser();
        assert_eq!(grace.sign_up("grace@mail.example", PASSWORD).status, 200);
        let told = server.command(&["sessions", "revoke", "--user", ADA, "--yes"], "");
        assert_eq!(told.code, Some(0), "{}", told.text());
        soon_signed_out(&mut ada);
        assert!(grace.is_signed_in());
        assert_eq!(server.command(&["sessions", "revoke", "--all", "--yes"], "").code, Some(0));
        soon_signed_out(&mut grace);
        assert_eq!(ids(&server, &[]), [""; 0]);
    }
}

// A51
#[test]
fn a_sealed_session_that_ended_is_over_after_a_restart_and_on_a_second_server() {
    let (server, mut browser) = with_ada_signed_in(Config::new());
    let mut copy = browser.clone();
    let database = format!("sqlite:{}", server.database().path().display());
    let second = Server::start(Config::new().text("database", &database));
    let cookie = format!("{SESSION}={}", browser.cookie(SESSION).expect("she is signed in"));
    let there = || second.browser().send(e2e::Request::get("session").header("Cookie", &cookie)).text();
    assert!(there().contains("expires"), "both have the same secret");
    assert_eq!(browser.submit_json("signout", &[]).status, 200);
    let start = Instant::now();
    while there() != "{}" {
        assert!(start.elapsed() < Duration::from_secs(10), "the session goes on at the second server");
        std::thread::yield_now();
    }
    server.stop();
    server.spawn();
    server.wait_until_up();
    assert!(!copy.is_signed_in(), "known before the first request");
    assert_eq!(browser.sign_in(ADA, PASSWORD).status, 200);
    assert!(browser.is_signed_in());
}

#[test]
fn what_cannot_be_done_is_told_with_the_way_out_and_changes_nothing() {
    let (server, mut browser) = with_ada_signed_in(Config::new());
    for (arguments, code, word) in [
        (vec!["sessions", "revoke", "--all"], 2, "--yes"),
        (vec!["sessions", "revoke", "--user", ADA], 2, "--yes"),
        (vec!["sessions", "revoke", "--yes"], 2, "required"),
        (vec!["sessions", "revoke", "--all", "--user", ADA, "--yes"], 2, "cannot be used"),
        (vec!["sessions", "revoke", "0000000000000000", "--yes"], 1, "no session"),
        (vec!["sessions", "revoke", "not-an-id", "--yes"], 2, "sessions list"),
        (vec!["sessions", "revoke", "--user", "nobody@mail.example", "--yes"], 1, "users list"),
        (vec!["sessions", "list", "--user", "nobody@mail.example"], 1, "users list"),
        (vec!["sessions", "list", "--after", "nowhere"], 2, "sessions list"),
    ] {
        nothing_happens(&server, || {
            let told = server.command(&arguments, "");
            assert_eq!(told.code, Some(code), "{arguments:?}: {}", told.text());
            assert!(told.stderr.contains(word), "{arguments:?}: {}", told.stderr);
            browser.get("session")
        });
    }
    assert!(browser.is_signed_in());
}
