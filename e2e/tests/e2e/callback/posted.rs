//! `POST /callback/<oauth provider>`: the real provider posts its answer (`response_mode=form_post`).
//!
//! A browser that is made to post by another site's page sends no cookie that is `SameSite=Lax`: here another browser,
//! which has none, posts instead, and the first one follows the redirect. That real browsers do so is tried in
//! `e2e/browser/oidc.test.mjs`.

use e2e::{Browser, Config, Request, Response, Server};

use crate::scene::{SESSION, nothing_happens, oidc, start_oauth, strategies, through_login, with_oidc};

type Fields = Vec<(String, String)>;

fn posting(config: Config) -> Config {
    with_oidc(config, "basic").text("providers.oidc.response_mode", "form_post")
}

/// Goes through the provider's login page up to the form that it would make the browser post: where to, and what.
fn through_login_to_form(browser: &mut Browser, account: &str) -> (String, Fields) {
    let started = start_oauth(browser, "oidc");
    from_start_to_form(browser, &started, account)
}

fn from_start_to_form(browser: &mut Browser, started: &Response, account: &str) -> (String, Fields) {
    assert!(started.location().contains("response_mode=form_post"));
    let page = through_login(browser, started, account).expect_err("a page with a form");
    let text = page.text().to_owned();
    let action = text.split("action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let names = ["code", "state", "iss", "error", "error_description"];
    let field = |name: &str| Some((name.to_owned(), page.field(name)?));
    (action, names.into_iter().filter_map(field).collect())
}

/// The URL at the provider that a sign-in starts with, and the one that a person is sent on to when the provider's page has posted its
/// answer.
pub fn sent_on(server: &Server, browser: &mut Browser) -> (String, String) {
    let started = start_oauth(browser, "oidc");
    let (action, fields) = from_start_to_form(browser, &started, "ada");
    let back = post_from_elsewhere(server, &action, &fields).location().to_owned();
    (started.location().to_owned(), back)
}

fn form(fields: &Fields) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Posts as another site makes a browser post: from its origin, without a cookie.
fn post_from_elsewhere(server: &Server, action: &str, fields: &Fields) -> Response {
    let request = Request::post("", &form(fields))
        .header("Origin", oidc().text("/issuer"))
        .header("Sec-Fetch-Site", "cross-site");
    server.browser().send_to(action, request)
}

fn error(server: &Server) -> String {
    server.at("/api/auth/error?error=OAuthCallback")
}

#[test]
fn a_person_signs_in_by_an_answer_that_is_posted() {
    for config in strategies() {
        let server = Server::start(posting(config));
        let mut browser = server.browser();
        let (action, fields) = through_login_to_form(&mut browser, "ada");
        assert_eq!(action, server.at("/api/auth/callback/oidc"));
        let before = server.database().everything();
        let sent_on = post_from_elsewhere(&server, &action, &fields);
        assert_eq!(server.database().everything(), before, "the POST decides nothing");
        assert_eq!(sent_on.status, 303);
        assert!(sent_on.cookies().is_empty(), "it would overwrite those that could not come");
        let there = sent_on.location().to_owned();
        for (name, value) in &fields {
            assert!(name == "iss" || !there.contains(value.as_str()), "{name} stands in the URL");
        }
        let answer = browser.send_to(&there, Request::get(""));
        assert_eq!(answer.location(), server.at("/after"));
        assert_eq!(browser.session()["user"]["email"], "ada@example.com");
        let again = browser.send_to(&there, Request::get(""));
        assert_eq!(again.location(), error(&server), "it works once");
    }
}

// A16, A17, A26
#[test]
fn a_posted_answer_that_this_browser_did_not_start_is_refused() {
    let server = Server::start(posting(Config::database_sessions()));
    let mut attacker = server.browser();
    let (action, fields) = through_login_to_form(&mut attacker, "mallory");
    let there = post_from_elsewhere(&server, &action, &fields).location().to_owned();

    let mut victim = server.browser();
    start_oauth(&mut victim, "oidc");
    let answer = nothing_happens(&server, || victim.send_to(&there, Request::get("")));
    assert_eq!(answer.location(), error(&server));
    server.log.told(&["state_cookie_missing"]);
    assert!(victim.cookie(SESSION).is_none());

    let (action, own) = through_login_to_form(&mut victim, "ada");
    let change = |name: &str, to: Option<&str>| -> Fields {
        let with = |(known, value): &(String, String)| match to {
            _ if known != name => Some((known.clone(), value.clone())),
            None => None,
            Some(to) => Some((known.clone(), to.to_owned())),
        };
        own.iter().filter_map(with).collect()
    };
    let code = &fields.iter().find(|(name, _)| name == "code").unwrap().1;
    for (what, fields, reason) in [
        ("without a state", change("state", None), "callback_state_missing"),
        ("with an empty state", change("state", Some("")), "callback_state_missing"),
        ("without a code", change("code", None), "callback_code_missing"),
        ("with a code too long", change("code", Some(&"x".repeat(4097))), "callback_parameter_too_long"),
        ("with nobody's state", change("state", Some("xyz-nobodys")), "state_cookie_missing"),
        ("of another issuer", change("iss", Some("https://evil.example")), "callback_iss_mismatched"),
        ("with another's code", change("code", Some(code)), "token_refused"),
    ] {
        let mark = server.log.mark();
        // A browser that started, each time.
        let mut copy = victim.clone();
        let answer = nothing_happens(&server, || {
            let sent_on = post_from_elsewhere(&server, &action, &fields);
            if sent_on.location() == error(&server) {
                return sent_on;
            }
            copy.send_to(sent_on.location(), Request::get(""))
        });
        assert_eq!(answer.location(), error(&server), "{what}");
        server.log.told_since(mark, &[&format!("reason={reason:?}")]);
    }
}

#[test]
fn an_answer_that_is_to_be_posted_does_not_come_by_url_and_the_other_way_round() {
    let server = Server::start(posting(Config::database_sessions()));
    let mut browser = server.browser();
    let (action, fields) = through_login_to_form(&mut browser, "ada");
    let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let by_url = format!("{action}?{query}");
    let answer = nothing_happens(&server, || browser.send_to(&by_url, Request::get("")));
    assert_eq!(answer.location(), error(&server));
    server.log.told(&["callback_not_posted"]);

    let redirecting = Server::start(with_oidc(Config::database_sessions(), "basic"));
    let action = redirecting.at("/api/auth/callback/oidc");
    let answer = nothing_happens(&redirecting, || {
        redirecting.browser().send_to(&action, Request::post("", &form(&fields)))
    });
    assert_eq!(answer.location(), redirecting.at("/api/auth/signin?csrf=true"));
}

#[test]
fn a_posted_answer_is_bounded() {
    let server = Server::start(posting(Config::database_sessions()));
    let action = server.at("/api/auth/callback/oidc");
    let huge: Fields = vec![("state".into(), "s".into()), ("code".into(), "x".repeat(70_000))];
    assert_eq!(nothing_happens(&server, || post_from_elsewhere(&server, &action, &huge)).status, 413);
    let twice: Fields = vec![("code".into(), "a".into()), ("code".into(), "b".into())];
    assert_eq!(nothing_happens(&server, || post_from_elsewhere(&server, &action, &twice)).status, 400);
}

#[test]
fn a_person_who_goes_back_is_told_so_by_a_posted_answer_too() {
    let server = Server::start(posting(Config::new()));
    let mut browser = server.browser();
    let started = start_oauth(&mut browser, "oidc");
    let issuer = url::Url::parse(oidc().text("/issuer")).unwrap();
    let login = browser.send_to(started.location(), Request::get(""));
    let interaction = issuer.join(login.location()).unwrap();
    let resumed = browser.send_to(interaction.as_str(), Request::post("", &[("abort", "1")]));
    let page = browser.send_to(issuer.join(resumed.location()).unwrap().as_str(), Request::get(""));
    let fields: Fields = ["error", "state", "iss"]
        .into_iter()
        .map(|name| (name.to_owned(), page.field(name).unwrap_or_else(|| panic!("{name}: {}", page.text()))))
        .collect();
    let sent_on = post_from_elsewhere(&server, &server.at("/api/auth/callback/oidc"), &fields);
    let answer = nothing_happens(&server, || browser.send_to(sent_on.location(), Request::get("")));
    assert_eq!(answer.location(), server.at("/api/auth/error?error=Callback"));
    server.log.told(&["provider_access_denied"]);
}
