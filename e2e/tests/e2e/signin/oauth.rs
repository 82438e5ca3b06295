//! `POST /signin/<oauth provider>`.

use std::collections::{BTreeMap, BTreeSet};

use e2e::{Config, Request, Server, closed_port};

use crate::scene::{ADA, PASSWORD, nothing_happens, oidc, start_oauth, with_ada, with_oidc};

fn query(url: &str) -> BTreeMap<String, String> {
    url::Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

#[test]
fn it_leads_to_the_provider_with_every_check_on() {
    let server = Server::start(with_oidc(Config::new(), "basic"));
    let mut browser = server.browser();
    let answer = browser.submit_json("signin/oidc", &[("callbackUrl", "/after")]);
    assert_eq!(answer.status, 200);
    let url = answer.url();
    assert!(url.starts_with(&format!("{}/auth?", oidc().text("/issuer"))), "{url}");
    let query = query(&url);
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["client_id"], "client-basic");
    assert_eq!(query["redirect_uri"], server.at("/api/auth/callback/oidc"));
    assert_eq!(query["scope"], "openid email profile");
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["code_challenge"].len(), 43);
    assert!(query["state"].len() >= 43 && query["nonce"].len() >= 43, "{query:?}");
    assert!(!query.contains_key("code_verifier"));
    let transaction =
        answer.cookies().into_iter().find(|cookie| cookie.name.starts_with("next-auth.state")).unwrap();
    assert!(transaction.attributes.iter().any(|attribute| attribute == "HttpOnly"));
    assert!(transaction.attributes.iter().any(|attribute| attribute == "SameSite=Lax"));
    assert!(transaction.lasts.is_some_and(|seconds| (890..=900).contains(&seconds)), "{transaction:?}");
}

// A13
#[test]
fn a_form_is_redirected_so_that_its_body_is_not_sent_on() {
    let server = Server::start(with_oidc(Config::new(), "basic"));
    let answer = start_oauth(&mut server.browser(), "oidc");
    assert!([302, 303].contains(&answer.status));
}

// A22
#[test]
fn no_two_sign_ins_share_a_check_value() {
    let server = Server::start(with_oidc(Config::new(), "basic"));
    let mut browser = server.browser();
    let mut seen = BTreeSet::new();
    for _ in 0..50 {
        let query = query(&browser.submit_json("signin/oidc", &[]).url());
        for name in ["state", "nonce", "code_challenge"] {
            assert!(seen.insert(query[name].clone()), "{name} repeats");
        }
    }
}

#[test]
fn each_tab_has_a_transaction_of_its_own_and_an_old_one_makes_room() {
    let server = Server::start(with_oidc(Config::new(), "basic"));
    let mut browser = server.browser();
    let transactions =
        |names: Vec<String>| names.into_iter().filter(|name| name.starts_with("next-auth.state")).count();
    for _ in 0..5 {
        browser.submit_json("signin/oidc", &[]);
    }
    assert_eq!(transactions(browser.cookie_names()), 5);
    // A browser that starts and never finishes must not run into the limit of its cookie header.
    for _ in 0..40 {
        let answer = browser.submit_json("signin/oidc", &[]);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    assert!(transactions(browser.cookie_names()) <= 20, "{:?}", browser.cookie_names());
    assert_eq!(browser.get("session").status, 200);
}

#[test]
fn parameters_of_the_query_reach_the_provider_but_not_in_place_of_ours() {
    let server = Server::start(with_oidc(Config::new(), "basic"));
    let mut browser = server.browser();
    let token = browser.csrf();
    let path = "signin/oidc?prompt=login&login_hint=x&client_id=evil&redirect_uri=https%3A%2F%2Fevil.example&state=fixed&nonce=fixed&code_challenge=fixed&code_challenge_method=plain&response_type=token&response_mode=fragment";
    let answer = browser.post(path, &[("csrfToken", &token), ("json", "true")]);
    let query = query(&answer.url());
    assert_eq!(query["prompt"], "login");
    assert_eq!(query["client_id"], "client-basic");
    assert_eq!(query["redirect_uri"], server.at("/api/auth/callback/oidc"));
    assert_eq!((query["code_challenge_method"].as_str(), query["response_type"].as_str()), ("S256", "code"));
    assert!(!query.values().any(|value| value == "fixed" || value.contains("evil")), "{query:?}");
}

// A01, A08
#[test]
fn another_site_cannot_start_a_sign_in() {
    let server = Server::start(with_oidc(Config::new(), "basic"));
    let mut browser = server.browser();
    let token = browser.csrf();
    let answer = nothing_happens(&server, || browser.post("signin/oidc", &[("callbackUrl", "/rel")]));
    assert_eq!((answer.status, answer.location()), (302, server.at("/api/auth/signin?csrf=true").as_str()));
    let request =
        Request::post("signin/oidc", &[("csrfToken", token.as_str())]).header("Sec-Fetch-Site", "cross-site");
    let answer = nothing_happens(&server, || browser.send(request));
    assert_eq!(answer.status, 403);
}

#[test]
fn a_link_does_not_start_a_sign_in() {
    let server = Server::start(with_oidc(Config::new(), "basic"));
    let answer = server.browser().get("signin/oidc");
    assert_eq!(answer.status, 200);
    assert!(answer.cookies().iter().all(|cookie| !cookie.name.starts_with("next-auth.state")));
}

// F15
#[test]
fn a_provider_that_is_down_is_an_error_page_and_the_other_ways_work() {
    let issuer = format!("http://127.0.0.1:{}", closed_port());
    let server = with_ada(Config::new().oidc("down", &issuer, "id", Some("a-client-secret")));
    let mut browser = server.browser();
    let answer = nothing_happens(&server, || browser.submit("signin/down", &[]));
    assert_eq!(
        (answer.status, answer.location()),
        (302, server.at("/api/auth/error?error=OAuthSignin").as_str())
    );
    server.log.told(&["reason", "provider_unreachable"]);
    assert_eq!(server.browser().sign_in(ADA, PASSWORD).status, 200);
}
