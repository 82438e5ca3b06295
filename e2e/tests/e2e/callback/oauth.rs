//! `GET /callback/<oauth provider>` with the real provider.

use e2e::{Browser, Config, Request, Server};

use crate::scene::{
    PROFILES, SESSION, liar, nothing_happens, of, oidc, sign_in_by_oidc, start_oauth, strategies,
    through_login_page, with_lies, with_oidc,
};

const HONEST: &str = "oidcc-client-test";

/// Starts at the scripted provider and answers with the URL that leads back.
fn back_from_liar(browser: &mut Browser, lie: &str) -> String {
    let started = start_oauth(browser, lie);
    browser.send_to(started.location(), Request::get("")).location().to_owned()
}

/// How often the scripted provider's token endpoint was asked by this lie.
fn token_requests(lie: &str) -> usize {
    let peer = liar();
    let port = url::Url::parse(peer.text("/url")).unwrap().port().unwrap();
    let log = peer.ask(port, &Request::get(&format!("/control/log?lie={lie}"))).json();
    log.as_array().unwrap().iter().filter(|entry| entry["endpoint"] == "token").count()
}

fn with_parameter(url: &str, change: impl Fn(&str, String) -> Option<String>) -> String {
    let mut url = url::Url::parse(url).unwrap();
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .into_owned()
        .filter_map(|(name, value)| change(&name, value).map(|value| (name, value)))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url.into()
}

#[test]
fn a_person_signs_in_whatever_way_the_client_proves_itself() {
    for auth in ["basic", "post", "none"] {
        for config in strategies() {
            let server = Server::start(with_oidc(config, auth));
            let mut browser = server.browser();
            let answer = sign_in_by_oidc(&mut browser, "ada");
            assert_eq!((answer.status, answer.location()), (302, server.at("/after").as_str()), "{auth}");
            let user = browser.session()["user"].clone();
            assert_eq!(
                (&user["name"], &user["email"]),
                (&"Ada Lovelace".into(), &"ada@example.com".into()),
                "{auth}"
            );
            assert!(
                !browser.cookie_names().iter().any(|name| name.starts_with("next-auth.state")),
                "it is over"
            );
            let accounts = server.database().rows("accounts");
            assert_eq!(accounts.len(), 1);
        }
    }
}

#[test]
fn coming_back_is_the_same_user() {
    let server = Server::start(with_oidc(Config::database_sessions(), "basic"));
    sign_in_by_oidc(&mut server.browser(), "grace");
    sign_in_by_oidc(&mut server.browser(), "grace");
    assert_eq!(server.database().rows("users").len(), 1);
    assert_eq!(server.database().rows("accounts").len(), 1);
}

#[test]
fn five_tabs_sign_in_at_once() {
    let server = Server::start(with_oidc(Config::new(), "basic"));
    let mut browser = server.browser();
    let tabs: Vec<_> = (0..5).map(|_| start_oauth(&mut browser, "oidc")).collect();
    // In another order than they started.
    for tab in tabs.iter().rev() {
        let back = through_login_page(&mut browser, tab, "ada");
        let answer = browser.send_to(&back, Request::get(""));
        assert_eq!(answer.location(), server.at("/after"));
    }
    assert!(browser.is_signed_in());
}

#[test]
fn a_person_who_goes_back_is_told_so() {
    let server = Server::start(with_oidc(Config::new(), "basic"));
    let mut browser = server.browser();
    let started = start_oauth(&mut browser, "oidc");
    let login = browser.send_to(started.location(), Request::get(""));
    let peer = url::Url::parse(oidc().text("/issuer")).unwrap();
    let interaction = peer.join(login.location()).unwrap();
    let resumed = browser.send_to(interaction.as_str(), Request::post("", &[("abort", "1")]));
    let back = browser.send_to(peer.join(resumed.location()).unwrap().as_str(), Request::get(""));
    let answer = nothing_happens(&server, || browser.send_to(back.location(), Request::get("")));
    assert_eq!(
        (answer.status, answer.location()),
        (302, server.at("/api/auth/error?error=Callback").as_str())
    );
    server.log.told(&["reason", "access_denied"]);
}

#[test]
fn a_provider_that_changed_its_keys_is_followed() {
    let server = Server::start(with_lies(Config::new(), [HONEST]));
    let mut browser = server.browser();
    let port = url::Url::parse(liar().text("/url")).unwrap().port().unwrap();
    for _ in 0..2 {
        let back = back_from_liar(&mut browser, HONEST);
        let answer = browser.send_to(&back, Request::get(""));
        assert_eq!(answer.location(), server.at("/after"));
        liar().ask(port, &Request::new("POST", &format!("/control/rotate?lie={HONEST}")));
    }
}

// A16, A17
#[test]
fn a_callback_that_this_browser_did_not_start_is_refused_before_the_token_request() {
    const LIE: &str = "kept-for-a16";
    let server = Server::start(with_lies(Config::database_sessions(), [LIE]));
    let asked = token_requests(LIE);
    let error = server.at("/api/auth/error?error=OAuthCallback");
    let refused = |mut browser: Browser, url: &str, [what, reason]: [&str; 2]| {
        let mark = server.log.mark();
        let answer = nothing_happens(&server, || browser.send_to(url, Request::get("")));
        if answer.status == 302 {
            assert_eq!(answer.location(), error, "{what}");
        } else {
            assert_eq!(answer.status, 400, "{what}");
        }
        server.log.told_since(mark, &[&format!("reason={reason:?}")]);
    };
    let mut browser = server.browser();
    let back = back_from_liar(&mut browser, LIE);
    refused(server.browser(), &back, ["no cookie", "state_cookie_missing"]);
    refused(
        server.browser(),
        &server.at(&format!("/api/auth/callback/{LIE}?code=x&state=y")),
        ["nothing is right", "state_cookie_missing"],
    );
    refused(
        server.browser(),
        &server.at(&format!("/api/auth/callback/{LIE}")),
        ["no parameters", "callback_state_missing"],
    );
    let mut other = server.browser();
    back_from_liar(&mut other, LIE);
    refused(other, &back, ["the cookie of another browser", "state_cookie_missing"]);
    type Change = fn(&str, String) -> Option<String>;
    let changes: [([&str; 2], Change); 6] = [
        (["absent", "callback_state_missing"], |name, value| (name != "state").then_some(value)),
        (["empty", "callback_state_missing"], |name, value| {
            Some(if name == "state" { String::new() } else { value })
        }),
        (["prefix", "state_cookie_missing"], |name, value| {
            Some(if name == "state" { value[..20].to_owned() } else { value })
        }),
        (["longer", "state_cookie_missing"], |name, value| {
            Some(if name == "state" { format!("{value}A") } else { value })
        }),
        (["upper case", "state_cookie_missing"], |name, value| {
            Some(if name == "state" { value.to_uppercase() } else { value })
        }),
        (["without code", "callback_code_missing"], |name, value| (name != "code").then_some(value)),
    ];
    for (what, change) in changes {
        refused(browser.clone(), &with_parameter(&back, change), what);
    }
    assert_eq!(token_requests(LIE), asked, "the token endpoint was asked");
    let answer = browser.send_to(&back, Request::get(""));
    assert_eq!(answer.location(), server.at("/after"), "the honest callback is still good");
}

// A88
#[test]
fn a_code_or_state_in_the_body_does_not_stand_for_the_one_in_the_query() {
    let server = Server::start(with_lies(Config::database_sessions(), [HONEST]));
    let mut browser = server.browser();
    let back = back_from_liar(&mut browser, HONEST);
    for field in ["code", "state"] {
        let mut tab = browser.clone();
        let answer =
            nothing_happens(&server, || tab.send_to(&back, Request::post("", &[(field, "somebody-elses")])));
        assert_eq!(answer.location(), server.at("/api/auth/signin?csrf=true"), "{field}");
    }
    // The provider takes a code once: it was not asked before. And a body that a GET brings is not looked at.
    let form = e2e::form(&[("code", "somebody-elses"), ("state", "somebody-elses")]);
    let request = Request::get("").body("application/x-www-form-urlencoded", form);
    assert_eq!(browser.send_to(&back, request).location(), server.at("/after"));
}

// A18
#[test]
fn a_callback_is_good_once() {
    let server = Server::start(with_oidc(Config::database_sessions(), "basic"));
    let mut browser = server.browser();
    let started = start_oauth(&mut browser, "oidc");
    let back = through_login_page(&mut browser, &started, "ada");
    // A copy of the browser's cookies, from before the callback: the cookie is gone from the browser afterwards.
    let copy = browser.clone();
    assert_eq!(browser.send_to(&back, Request::get("")).location(), server.at("/after"));
    let error = server.at("/api/auth/error?error=OAuthCallback");
    let mark = server.log.mark();
    let answer = nothing_happens(&server, || browser.clone().send_to(&back, Request::get("")));
    assert_eq!(answer.location(), error);
    server.log.told_since(mark, &["state_cookie_missing"]);
    let mark = server.log.mark();
    let answer = nothing_happens(&server, || copy.clone().send_to(&back, Request::get("")));
    assert_eq!(answer.location(), error, "the provider takes a code once");
    server.log.told_since(mark, &["token_refused"]);
}

// A18
#[test]
fn of_many_racing_callbacks_one_succeeds() {
    let server = Server::start(with_lies(Config::database_sessions(), [HONEST]));
    let mut browser = server.browser();
    let back = back_from_liar(&mut browser, HONEST);
    assert_eq!(race(&browser, &back), 1);
    assert_eq!(server.database().rows("sessions").len(), 1);
}

// A provider may take back what it gave for a code that comes twice (RFC 6749 §4.1.2), and this one does: then nobody
// is signed in, and certainly not two.
// A18
#[test]
fn of_many_racing_callbacks_at_a_strict_provider_no_two_succeed() {
    let server = Server::start(with_oidc(Config::database_sessions(), "basic"));
    let mut browser = server.browser();
    let started = start_oauth(&mut browser, "oidc");
    let back = through_login_page(&mut browser, &started, "ada");
    let sessions = race(&browser, &back);
    assert!(sessions <= 1, "{sessions}");
    assert_eq!(server.database().rows("sessions").len(), sessions);
}

/// Opens the same URL fifty times at once in the same browser, and counts the sessions.
fn race(browser: &Browser, back: &str) -> usize {
    let start = std::sync::Arc::new(std::sync::Barrier::new(50));
    let threads: Vec<_> = (0..50)
        .map(|_| {
            let (mut browser, back, start) = (browser.clone(), back.to_owned(), start.clone());
            std::thread::spawn(move || {
                start.wait();
                browser.send_to(&back, Request::get("")).cookie(SESSION).is_some()
            })
        })
        .collect();
    threads.into_iter().filter_map(|thread| thread.join().unwrap().then_some(())).count()
}

// A19
#[test]
fn what_was_started_at_one_provider_cannot_end_at_another() {
    const ONE: &str = "kept-for-a19";
    const OTHER: &str = "kept-for-a19-too";
    for (profile, from, to) in PROFILES.into_iter().flat_map(|name| [(name, ONE, OTHER), (name, OTHER, ONE)])
    {
        let server = Server::start(with_lies(of(profile, Config::database_sessions()), [ONE, OTHER]));
        let asked = token_requests(to);
        let mut browser = server.browser();
        let back = back_from_liar(&mut browser, from);
        let crossed = back.replace(&format!("/callback/{from}?"), &format!("/callback/{to}?"));
        assert_ne!(crossed, back);
        let answer = nothing_happens(&server, || browser.send_to(&crossed, Request::get("")));
        assert_eq!(answer.location(), server.at("/api/auth/error?error=OAuthCallback"));
        assert_eq!(token_requests(to), asked);
    }
}

// A26, A27
#[test]
fn an_attackers_finished_callback_does_not_sign_the_victim_in() {
    let server = Server::start(with_oidc(Config::database_sessions(), "basic"));
    let mut attacker = server.browser();
    let started = start_oauth(&mut attacker, "oidc");
    let back = through_login_page(&mut attacker, &started, "mallory");
    let mut victim = server.browser();
    victim.get("signin");
    let answer = nothing_happens(&server, || victim.send_to(&back, Request::get("")));
    assert_eq!(answer.location(), server.at("/api/auth/error?error=OAuthCallback"));
    // The attacker's code under the victim's own state: PKCE and nonce are of another transaction.
    let started = start_oauth(&mut victim, "oidc");
    let own = through_login_page(&mut victim, &started, "ada");
    let code = url::Url::parse(&back)
        .unwrap()
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap()
        .1
        .into_owned();
    let injected =
        with_parameter(&own, |name, value| Some(if name == "code" { code.clone() } else { value }));
    let answer = nothing_happens(&server, || victim.send_to(&injected, Request::get("")));
    assert_eq!(answer.location(), server.at("/api/auth/error?error=OAuthCallback"));
}
