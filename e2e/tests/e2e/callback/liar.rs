//! `GET /callback/<oauth provider>` with a provider that lies: each lie of `e2e/peers/lies.mjs` by its name.

mod reasons;

use std::time::{Duration, Instant};

use e2e::{Browser, Config, Request, Server};
use serde_json::Value;

use crate::scene::{PROFILES, SESSION, liar, nothing_happens, of, start_oauth, with_ada, with_lies};

fn port() -> u16 {
    url::Url::parse(liar().text("/url")).unwrap().port().unwrap()
}

/// What the relying party asked of this issuer.
fn log(lie: &str) -> Value {
    liar().ask(port(), &Request::get(&format!("/control/log?lie={lie}"))).json()
}

/// The endpoints that it asked, in order.
fn asked(lie: &str) -> Vec<String> {
    log(lie).as_array().unwrap().iter().map(|entry| entry["endpoint"].as_str().unwrap().to_owned()).collect()
}

fn lies(prefixes: &[&str]) -> Vec<(String, String)> {
    let all = liar().facts["lies"].as_object().unwrap();
    let chosen: Vec<_> = all
        .iter()
        .filter(|(name, _)| prefixes.iter().any(|prefix| name.starts_with(prefix)))
        .map(|(name, expect)| (name.clone(), expect.as_str().unwrap().to_owned()))
        .collect();
    assert!(!chosen.is_empty(), "no lie is called {prefixes:?}");
    chosen
}

/// Tells each lie to one server and checks what comes of it.
fn tell(prefixes: &[&str]) {
    tell_exactly(&lies(prefixes));
}

/// Likewise under both profiles.
fn tell_in_both(prefixes: &[&str]) {
    for profile in PROFILES {
        tell_to(of(profile, Config::database_sessions()), &lies(prefixes));
    }
}

fn check(server: &Server, lie: &str, expect: &str) {
    let mut browser = server.browser();
    let mark = server.log.mark();
    let start = Instant::now();
    if expect == "start" {
        let answer = nothing_happens(server, || start_oauth(&mut browser, lie));
        assert_eq!(answer.location(), server.at("/api/auth/error?error=OAuthSignin"), "{lie}");
    } else if expect == "accept" {
        let answer = finish(&mut browser, lie);
        assert_eq!(
            answer.location(),
            server.at("/after"),
            "{lie}:\n{}",
            server.log.lines()[mark..].join("\n")
        );
        assert_eq!(browser.session()["user"]["email"], format!("{lie}@liar.example"), "{lie}");
        return;
    } else {
        let answer = nothing_happens(server, || finish(&mut browser, lie));
        let told = server.log.told_since(mark, &["reason"]);
        if answer.status == 302 {
            let to = answer.location().to_owned();
            let pages =
                ["OAuthCallback", "Callback"].map(|code| server.at(&format!("/api/auth/error?error={code}")));
            assert!(pages.contains(&to), "{lie}: {to} {told}");
            // The page says what to do.
            let page = browser.follow(answer);
            assert!(page.text().contains("Try signing in with a different account."), "{lie}");
        } else {
            assert_eq!(answer.status, 400, "{lie}");
        }
        if expect == "early" {
            assert!(!asked(lie).contains(&"token".to_owned()), "{lie}: {:?}", asked(lie));
        }
        assert!(!asked(lie).iter().any(|endpoint| endpoint == "stolen"), "{lie}");
    }
    assert!(start.elapsed() < Duration::from_secs(10), "{lie}: {:?}", start.elapsed());
    server.log.told_since(mark, &[&format!("reason={:?}", reasons::reason(lie))]);
    assert!(browser.cookie(SESSION).is_none(), "{lie}");
}

/// From the start to the answer of the callback.
fn finish(browser: &mut Browser, lie: &str) -> e2e::Response {
    let started = start_oauth(browser, lie);
    let back = browser.send_to(started.location(), Request::get(""));
    let answer = browser.send_to(back.location(), Request::get(""));
    browser.learn(&log(lie));
    answer
}

#[test]
fn the_truth_is_accepted_however_it_is_told() {
    let honest: Vec<_> = lies(&[""])
        .into_iter()
        .filter(|(name, expect)| expect == "accept" && !name.starts_with("kept-for-"))
        .collect();
    let names: Vec<&str> = honest.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.len() >= 9, "{names:?}");
    tell_exactly(&honest);
}

fn tell_exactly(chosen: &[(String, String)]) {
    tell_to(Config::database_sessions(), chosen);
}

fn tell_to(config: Config, chosen: &[(String, String)]) {
    let server = Server::start(with_lies(config, chosen.iter().map(|(name, _)| name.as_str())));
    for (lie, expect) in chosen {
        check(&server, lie, expect);
    }
}

#[test]
fn metadata_that_does_not_hold_never_starts_a_sign_in() {
    tell(&["a10-", "a23-", "a37-", "oidcc-client-test-discovery-issuer-mismatch"]);
}

#[test]
fn a_nonce_that_is_not_ours_is_refused() {
    tell(&["a21-", "oidcc-client-test-nonce-invalid"]);
}

#[test]
fn an_issuer_parameter_that_is_not_the_providers_is_refused_before_the_token_request() {
    tell_in_both(&["a24-"]);
}

#[test]
fn an_unsigned_id_token_is_refused() {
    tell(&["a28-", "oidcc-client-test-idtoken-sig-none"]);
}

#[test]
fn an_id_token_under_another_algorithm_is_refused() {
    tell(&["a29-", "oidcc-client-test-invalid-sig-hs256"]);
}

#[test]
fn an_id_token_whose_signature_does_not_fit_is_refused() {
    tell_in_both(&["a30-", "oidcc-client-test-invalid-sig-rs256", "oidcc-client-test-invalid-sig-es256"]);
}

#[test]
fn an_id_token_of_another_issuer_is_refused() {
    tell(&["a31-", "oidcc-client-test-invalid-iss"]);
}

#[test]
fn an_id_token_for_somebody_else_is_refused() {
    tell(&["a32-", "oidcc-client-test-invalid-aud", "oidcc-client-test-missing-aud"]);
}

#[test]
fn an_id_token_of_another_time_is_refused() {
    tell(&["a33-", "oidcc-client-test-missing-iat"]);
}

#[test]
fn a_subject_that_cannot_be_kept_or_changes_is_refused() {
    tell(&["a34-", "a45-", "oidcc-client-test-missing-sub", "oidcc-client-test-userinfo-invalid-sub"]);
}

#[test]
fn keys_and_extensions_in_the_token_are_not_believed() {
    tell(&["a35-", "a36-"]);
}

#[test]
fn a_token_answer_that_does_not_hold_is_refused() {
    tell(&["a43-", "a44-"]);
}

#[test]
fn what_the_provider_refuses_is_mapped_and_never_shown() {
    tell(&["a39-"]);
    let server = Server::start(with_lies(Config::new(), ["a39-script-in-the-text"]));
    let mut browser = server.browser();
    let answer = finish(&mut browser, "a39-script-in-the-text");
    let page = browser.follow(answer);
    assert!(!page.text().contains("<script>alert") && !page.text().contains("onerror"), "{}", page.text());
}

#[test]
fn parameters_that_come_twice_are_refused() {
    tell(&["a40-"]);
}

// F15
#[test]
fn a_provider_that_is_ill_fails_in_time() {
    tell(&["f15-"]);
}

// F15
#[test]
fn a_provider_that_hangs_leaves_the_other_ways_alone() {
    let server = with_ada(with_lies(Config::new(), ["f15-token-hangs", "oidcc-client-test"]));
    let mut stuck = server.browser();
    let waiting = std::thread::spawn(move || finish(&mut stuck, "f15-token-hangs").status);
    while !asked("f15-token-hangs").contains(&"token".to_owned()) {
        std::thread::yield_now();
    }
    let start = Instant::now();
    assert_eq!(server.browser().sign_in(crate::scene::ADA, crate::scene::PASSWORD).status, 200);
    assert_eq!(finish(&mut server.browser(), "oidcc-client-test").location(), server.at("/after"));
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert_eq!(waiting.join().unwrap(), 302);
}

/// The token request itself: PKCE fits (the scripted provider checks it), the client proves itself, the redirect
/// URI is the one of the start.
// A22, A42
#[test]
fn an_honest_token_request_is_right_in_every_part() {
    let server = Server::start(with_lies(Config::new(), ["oidcc-client-test"]));
    finish(&mut server.browser(), "oidcc-client-test");
    let log = log("oidcc-client-test");
    let last: &Value =
        log.as_array().unwrap().iter().rev().find(|entry| entry["endpoint"] == "token").unwrap();
    assert_eq!(last["wrong"], Value::Null);
    let form: std::collections::BTreeMap<String, String> =
        url::form_urlencoded::parse(last["body"].as_str().unwrap().as_bytes()).into_owned().collect();
    assert_eq!(form["grant_type"], "authorization_code");
    assert!(form["redirect_uri"].ends_with("/api/auth/callback/oidcc-client-test"));
    let verifier = &form["code_verifier"];
    assert!((43..=128).contains(&verifier.len()), "{}", verifier.len());
    assert!(verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)));
}

/// A provider that speaks OAuth 2 and no OpenID Connect, from the configuration alone: no ID token is asked for, and
/// who it is comes from the userinfo endpoint.
#[test]
fn a_provider_without_openid_connect_signs_in_by_its_userinfo() {
    let peer = liar();
    let issuer = format!("{}/oidcc-client-test-idtoken-sig-es256", peer.text("/url"));
    let key = |name: &str| format!("providers.plain.{name}");
    let config = Config::database_sessions()
        .text(&key("kind"), "oauth")
        .text(&key("name"), "Plain")
        .text(&key("authorization"), &format!("{issuer}/authorize?audience=x"))
        .text(&key("token"), &format!("{issuer}/token"))
        .text(&key("userinfo"), &format!("{issuer}/userinfo"))
        .text(&key("client_id"), peer.text("/client/id"))
        .text(&key("client_secret"), peer.text("/client/secret"))
        .client_secret(peer.text("/client/id"), peer.text("/client/secret"))
        .secret("oidcc-client-test-idtoken-sig-es256@liar.example")
        .text(&key("scope"), "read:user")
        .text(&key("claims.id"), "sub");
    let server = Server::start(config);
    let mut browser = server.browser();
    let started = start_oauth(&mut browser, "plain");
    let query: std::collections::BTreeMap<String, String> =
        url::Url::parse(started.location()).unwrap().query_pairs().into_owned().collect();
    assert_eq!((query["scope"].as_str(), query["audience"].as_str()), ("read:user", "x"));
    assert_eq!(query["code_challenge_method"], "S256");
    assert!(query.contains_key("state") && !query.contains_key("nonce"), "{query:?}");
    let back = browser.send_to(started.location(), Request::get(""));
    let answer = browser.send_to(back.location(), Request::get(""));
    assert_eq!(answer.location(), server.at("/after"));
    assert_eq!(browser.session()["user"]["name"], "Person of oidcc-client-test-idtoken-sig-es256");
    let accounts = server.database().rows("accounts");
    assert!(accounts[0].contains("subject-of-"), "{accounts:?}");
}
