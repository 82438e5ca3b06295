//! A provider's answer that the browser posts (OAuth 2.0 Form Post Response Mode 1.0).
//!
//! A POST from another site brings none of our cookies, neither the transaction's nor the session's, since they are
//! `SameSite=Lax`. So it decides nothing: what it says is sealed into the URL of a redirect to the same callback, and the
//! GET that follows brings the cookies and is checked like every other. Sealed, so that the code, and what is said of the
//! person, are in no history, no log of a proxy and no `Referer`. The seal is no proof of anything: anybody may post here.

use hallpass_oauth::callback::{self, Callback};
use hallpass_oauth::{Provider, ResponseMode};
use hallpass_wire::Action;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::time::Duration;

use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::relying_party::{RelyingParty, answer};

/// The redirect is followed at once.
const MAX_AGE: Duration = Duration::from_secs(120);
/// A longer description of the person is left out.
const MAX_DESCRIPTION: usize = 2048;
/// Where the sealed answer stands in the query.
const FIELD: &str = "posted";
/// What is passed on of an answer, besides the description.
const FIELDS: [&str; 4] = ["state", "code", "error", "iss"];

/// What the GET reads.
#[derive(Serialize, Deserialize)]
struct Sealed {
    provider: String,
    fields: Vec<(String, String)>,
    description: Option<String>,
    /// Seconds since the Unix epoch.
    exp: u64,
}

/// What came back from a provider.
pub(super) struct Came {
    pub(super) callback: Callback,
    /// What the answer says of the person, where it is posted; nobody signed it.
    pub(super) description: Option<String>,
}

/// Whether this provider's answers are posted.
pub(super) fn is_posted(party: &RelyingParty) -> bool {
    provider(party).response_mode == ResponseMode::FormPost
}

/// Sends the browser on with what it posted. Reads no cookie, and leaves those that could not come as they are.
pub(super) fn post(x: &Exchange<'_>, party: &RelyingParty) -> Reply {
    let reply = seal(x, party).unwrap_or_else(|fault| {
        fault.log(x.trace);
        fault.reply(x)
    });
    reply.leaving_cookies()
}

fn seal(x: &Exchange<'_>, party: &RelyingParty) -> Result<Reply, Fault> {
    // What is not of sound form is refused here, and bounded with it.
    callback::parse(x.form.pairs()).map_err(|error| answer(error.reason()))?;
    let field = |name: &str| x.form.get(name).map(|value| (name.to_owned(), value.to_owned()));
    let description = provider(party).posted_description.and_then(|name| x.form.get(name));
    let sealed = Sealed {
        provider: party.id().to_owned(),
        fields: FIELDS.into_iter().filter_map(field).collect(),
        description: description.filter(|text| text.len() <= MAX_DESCRIPTION).map(str::to_owned),
        exp: x.now.after(MAX_AGE).secs(),
    };
    let plain = serde_json::to_vec(&sealed).map_err(|_| Fault::Broken("json"))?;
    let value = x.setup.posted_sealer.seal(x.setup.world.random.as_ref(), &plain)?;
    let url = format!("{}?{FIELD}={value}", x.setup.url(Action::Callback(party.id())));
    let mut reply = Reply::redirect(x, StatusCode::OK, &url)?;
    if reply.status == StatusCode::FOUND {
        // Whatever follows the redirect follows it with a GET (RFC 9110 §15.4.4).
        reply.status = StatusCode::SEE_OTHER;
    }
    Ok(reply)
}

/// Reads what came: from the query, or from what was posted before, as the provider was asked to answer.
pub(super) fn came(x: &Exchange<'_>, party: &RelyingParty) -> Result<Came, Fault> {
    let parse = |pairs: &[(String, String)]| callback::parse(pairs).map_err(|error| answer(error.reason()));
    if !is_posted(party) {
        return Ok(Came { callback: parse(x.query.pairs())?, description: None });
    }
    let value = x.query.get(FIELD).ok_or(answer("callback_not_posted"))?;
    let sealed = x.setup.posted_sealer.open(value).and_then(|plain| serde_json::from_slice(&plain).ok());
    let sealed: Sealed = sealed.ok_or(answer("callback_forged"))?;
    if sealed.provider != party.id() {
        return Err(answer("callback_of_another_provider"));
    }
    if x.now.secs() >= sealed.exp {
        return Err(answer("callback_expired"));
    }
    Ok(Came { callback: parse(&sealed.fields)?, description: sealed.description })
}

fn provider(party: &RelyingParty) -> &Provider {
    party.client().provider()
}

#[cfg(test)]
mod tests {
    use hallpass_oauth::profile::{ClaimNames, Profile, ProfileError};
    use hallpass_oauth::{Client, ClientSecret, Mapping, UserInfo};
    use serde_json::{Value, json};
    use url::Url;

    use super::*;
    use crate::browser::{Answer, Browser, SESSION, SITE, builder};
    use crate::config::{Auth, Strategy};
    use crate::world::fixed::Fixed;

    /// Takes the name from what was posted, and tries to take more.
    fn profile(said: &Value) -> Result<Profile, ProfileError> {
        let names = ClaimNames { id: "id".into(), name: "/user/name".into(), ..ClaimNames::OPENID };
        Profile::from_claims(said, &names)
    }

    fn client(id: &'static str, response_mode: ResponseMode) -> Client {
        let provider = Provider {
            id: id.into(),
            name: "Acme".into(),
            authorization: Some("https://op.example/authorize".into()),
            token: Some("https://op.example/token".into()),
            userinfo: UserInfo::Endpoint("https://op.example/me".into()),
            mapping: Mapping::Function(profile),
            response_mode,
            posted_description: Some("user"),
            ..Provider::OAUTH2
        };
        Client::builder(provider, "client-1").secret(ClientSecret::new("s3cret".into())).build().unwrap()
    }

    fn server(fixed: &Fixed) -> Auth {
        builder(fixed, Strategy::Database)
            .oauth(client("acme", ResponseMode::FormPost))
            .oauth(client("other", ResponseMode::FormPost))
            .oauth(client("plain", ResponseMode::Query))
            .build()
            .unwrap()
    }

    async fn start(browser: &mut Browser, provider: &str) -> String {
        let answer = browser.post(&format!("/signin/{provider}"), "callbackUrl=%2Fafter&json=true").await;
        let url = Url::parse(&answer.url()).unwrap();
        let get =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        assert_eq!(get("response_mode").as_deref() == Some("form_post"), provider != "plain");
        get("state").unwrap()
    }

    /// Posts as a page of another site makes a browser post: without a single cookie.
    async fn posted(auth: &Auth, form: &str) -> Answer {
        Browser::new(auth).post_bare("/callback/acme", form).await
    }

    /// The path below the base that the answer leads to.
    fn path(answer: &Answer) -> String {
        let base = format!("{SITE}/api/auth");
        answer.location.as_deref().unwrap().strip_prefix(&base).unwrap().to_owned()
    }

    fn answers(fixed: &Fixed) {
        fixed.http.answer(&json!({"access_token": "at", "token_type": "bearer"}));
        fixed.http.answer(&json!({"id": "1", "email": "ada@example.com"}));
    }

    fn refused() -> Option<String> {
        Some(format!("{SITE}/api/auth/error?error=OAuthCallback"))
    }

    #[tokio::test]
    async fn a_posted_answer_is_carried_to_the_browser_that_started_and_shows_nothing_on_the_way() {
        let fixed = Fixed::new();
        let auth = server(&fixed);
        let mut browser = Browser::new(&auth);
        let state = start(&mut browser, "acme").await;
        let user = "%7B%22name%22%3A%22Ada%20Lovelace%22%2C%22email%22%3A%22evil%40example.com%22%7D";
        let answer = posted(&auth, &format!("code=c0de-of-ada&state={state}&user={user}")).await;
        assert_eq!((answer.status, answer.set_cookies.len()), (303, 0), "{:?}", answer.set_cookies);
        assert_eq!(answer.headers["referrer-policy"], "strict-origin");
        let there = path(&answer);
        assert!(!there.contains("c0de") && !there.contains(&state) && !there.contains("Lovelace"), "{there}");
        answers(&fixed);
        let home = browser.get(&there).await;
        assert_eq!(home.location.as_deref(), Some("http://localhost:4405/after"));
        let user = browser.session().await["user"].clone();
        assert_eq!((&user["name"], &user["email"]), (&json!("Ada Lovelace"), &json!("ada@example.com")));
    }

    #[tokio::test]
    async fn a_posted_answer_signs_nobody_else_in() {
        let fixed = Fixed::new();
        let auth = server(&fixed);
        let mut attacker = Browser::new(&auth);
        let state = start(&mut attacker, "acme").await;
        let there = path(&posted(&auth, &format!("code=c&state={state}")).await);
        let mut victim = Browser::new(&auth);
        start(&mut victim, "acme").await;
        let answer = victim.get(&there).await;
        assert_eq!(answer.location, refused());
        assert!(!answer.touches(SESSION) && fixed.http.asked.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_posted_answer_is_good_at_its_provider_for_two_minutes_and_once() {
        let fixed = Fixed::new();
        let auth = server(&fixed);
        let mut browser = Browser::new(&auth);
        let state = start(&mut browser, "acme").await;
        let there = path(&posted(&auth, &format!("code=c&state={state}")).await);
        assert_eq!(browser.get(&there.replace("/acme?", "/other?")).await.location, refused());
        assert_eq!(browser.get(&there[..there.len() - 1]).await.location, refused());
        fixed.clock.advance(MAX_AGE);
        assert_eq!(browser.get(&there).await.location, refused());
        assert!(fixed.http.asked.lock().unwrap().is_empty());

        let there = path(&posted(&auth, &format!("code=c&state={state}")).await);
        answers(&fixed);
        assert!(browser.get(&there).await.touches(SESSION));
        answers(&fixed);
        assert!(!browser.get(&there).await.touches(SESSION));
    }

    // A20
    #[tokio::test]
    async fn what_is_sealed_here_is_good_nowhere_else_and_the_other_way_round() {
        let fixed = Fixed::new();
        let auth = server(&fixed);
        let mut browser = Browser::new(&auth);
        let state = start(&mut browser, "acme").await;
        let there = path(&posted(&auth, &format!("code=c&state={state}")).await);
        let sealed = there.split_once("posted=").unwrap().1.to_owned();
        let (name, transaction) = browser.cookies.iter().find(|(name, _)| name.contains(".state.")).unwrap();
        let (name, transaction) = (name.clone(), transaction.clone());
        let forged = format!("/callback/acme?posted={transaction}");
        assert_eq!(browser.get(&forged).await.location, refused());
        browser.cookies.insert(SESSION.into(), sealed.clone());
        assert_eq!(browser.session().await, json!({}));
        browser.cookies.insert(name, sealed);
        assert_eq!(browser.get(&there).await.location, refused());
        assert!(fixed.http.asked.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn an_answer_comes_the_way_that_was_asked_for() {
        let fixed = Fixed::new();
        let auth = server(&fixed);
        let mut browser = Browser::new(&auth);
        let state = start(&mut browser, "acme").await;
        assert_eq!(browser.get(&format!("/callback/acme?code=c&state={state}")).await.location, refused());
        let state = start(&mut browser, "plain").await;
        let form = format!("code=c&state={state}");
        let answer = Browser::new(&auth).post_bare("/callback/plain", &form).await;
        assert!(
            answer.location.unwrap().contains("/signin?csrf=true"),
            "it needs the token of every other POST"
        );
        assert!(fixed.http.asked.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_malformed_post_is_refused_and_touches_no_cookie() {
        let fixed = Fixed::new();
        let auth = server(&fixed);
        let long = "x".repeat(4097);
        for form in [
            "",
            "code=c",
            "state=s",
            &format!("code={long}&state=s"),
            "code=c&state=s%0a",
            "code[]=c&state=s",
        ] {
            let answer = posted(&auth, form).await;
            assert_eq!((answer.location, answer.set_cookies.len()), (refused(), 0), "{form:.40}");
        }
        assert_eq!(posted(&auth, "code=a&code=b&state=s").await.status, 400);
    }

    #[tokio::test]
    async fn what_cannot_be_a_description_is_left_out() {
        let fixed = Fixed::new();
        let auth = server(&fixed);
        for user in ["Ada".to_owned(), format!("%7B%22name%22%3A%22{}%22%7D", "x".repeat(MAX_DESCRIPTION))] {
            let mut browser = Browser::new(&auth);
            let state = start(&mut browser, "acme").await;
            let there = path(&posted(&auth, &format!("code=c&state={state}&user={user}")).await);
            answers(&fixed);
            assert!(browser.get(&there).await.touches(SESSION));
            assert_eq!(browser.session().await["user"]["name"], Value::Null);
        }
    }

    #[tokio::test]
    async fn whoever_is_signed_in_links_by_a_posted_answer_too() {
        let fixed = Fixed::new();
        let auth = server(&fixed);
        let mut browser = Browser::new(&auth);
        browser.sign_up("bob@example.com", "correct-horse").await;
        let state = start(&mut browser, "acme").await;
        let there = path(&posted(&auth, &format!("code=c&state={state}")).await);
        answers(&fixed);
        assert_eq!(browser.get(&there).await.location.as_deref(), Some("http://localhost:4405/after"));
        assert_eq!(browser.session().await["user"]["email"], "bob@example.com");
    }

    #[tokio::test]
    async fn a_posted_no_is_told_from_a_forged_one() {
        let fixed = Fixed::new();
        let auth = server(&fixed);
        let mut browser = Browser::new(&auth);
        let state = start(&mut browser, "acme").await;
        let there = path(&posted(&auth, &format!("error=access_denied&state={state}")).await);
        let no = browser.get(&there).await.location;
        assert_eq!(no, Some(format!("{SITE}/api/auth/error?error=Callback")));
        let there = path(&posted(&auth, "error=access_denied&state=x").await);
        assert_eq!(browser.get(&there).await.location, refused());
    }
}
