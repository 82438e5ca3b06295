//! The order in which an application is asked and told, for each way in, with every question written down: that of wire §7, but that
//! `jwt` is asked before anything is written and told.

use std::sync::{Arc, Mutex};

use hallpass_oauth::{Client, ClientSecret, Provider, UserInfo};
use serde_json::json;
use url::Url;

use super::{Event, HookError, Hooks, Object, Redirect, SessionContext, SigningIn, TokenContext, Verdict};
use crate::browser::{Browser, SESSION, SITE, builder, token_of_last_mail};
use crate::config::Strategy;
use crate::credentials::{Authorize, AuthorizeError, Credentials, Identity, Input};
use crate::world::Pending;
use crate::world::fixed::Fixed;

/// Everything that was asked and told, in order.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Hooks for Diary {
    fn sign_in<'a>(&'a self, attempt: &'a SigningIn<'a>) -> Pending<'a, Result<Verdict, HookError>> {
        self.note(format!("signIn {:?}", attempt.stage));
        Box::pin(async { Ok(Verdict::Allow) })
    }

    fn redirect<'a>(&'a self, redirect: Redirect<'a>) -> Pending<'a, Result<String, HookError>> {
        self.note(format!("redirect {}", redirect.judged.trim_start_matches(SITE)));
        Box::pin(async move { Ok(redirect.judged.to_owned()) })
    }

    fn jwt<'a>(&'a self, claims: Object, _: &'a TokenContext<'a>) -> Pending<'a, Result<Object, HookError>> {
        self.note("jwt");
        Box::pin(async { Ok(claims) })
    }

    fn session<'a>(
        &'a self,
        body: Object,
        _: &'a SessionContext<'a>,
    ) -> Pending<'a, Result<Object, HookError>> {
        self.note("session");
        Box::pin(async { Ok(body) })
    }

    fn event<'a>(&'a self, event: &'a Event<'a>) -> Pending<'a, ()> {
        self.note(match event {
            Event::LinkAccount { provider, provider_account_id, .. } => {
                format!("linkAccount event: {provider} {provider_account_id}")
            }
            event => format!("{} event", event.name()),
        });
        Box::pin(async {})
    }
}

/// The application's own way in, which knows everybody by one name.
struct Directory(Diary);

impl Authorize for Directory {
    fn authorize(&self, input: Input) -> Pending<'_, Result<Option<Identity>, AuthorizeError>> {
        self.0.note("authorize");
        let known = input.get("username") == Some("ada");
        let ada = Identity { id: "7".into(), name: Some("Ada".into()), ..Identity::default() };
        Box::pin(async move { Ok(known.then_some(ada)) })
    }
}

/// An OAuth provider without OpenID Connect.
fn acme() -> Client {
    let provider = Provider {
        id: "acme".into(),
        name: "Acme".into(),
        authorization: Some("https://op.example/authorize".into()),
        token: Some("https://op.example/token".into()),
        userinfo: UserInfo::Endpoint("https://op.example/me".into()),
        scope: "me".into(),
        ..Provider::OAUTH2
    };
    Client::builder(provider, "client-1").secret(ClientSecret::new("s3cret".into())).build().unwrap()
}

fn server(strategy: Strategy) -> (Fixed, Diary, Browser) {
    let (fixed, diary) = (Fixed::new(), Diary::default());
    let auth = builder(&fixed, strategy).oauth(acme()).hooks(diary.clone()).build().unwrap();
    (fixed, diary, Browser::new(&auth))
}

/// Goes to the provider and comes back; answers what was noted on each way.
async fn by_oauth(fixed: &Fixed, diary: &Diary, browser: &mut Browser) -> [Vec<String>; 2] {
    let url = browser.post("/signin/acme", "callbackUrl=%2Fafter&json=true").await.url();
    let away = diary.taken();
    let url = Url::parse(&url).unwrap();
    let (_, state) = url.query_pairs().find(|(name, _)| name == "state").unwrap();
    fixed.http.answer(&json!({ "access_token": "at", "token_type": "bearer" }));
    fixed.http.answer(&json!({ "id": "ada", "name": "Ada", "email": "ada@op.example" }));
    let answer = browser.get(&format!("/callback/acme?code=c&state={state}")).await;
    assert_eq!(answer.location, Some(format!("{SITE}/after")));
    assert!(answer.touches(SESSION));
    [away, diary.taken()]
}

/// Without the questions where to go.
fn but_where_to_go(noted: &[String]) -> Vec<&str> {
    noted.iter().map(String::as_str).filter(|noted| !noted.starts_with("redirect")).collect()
}

#[tokio::test]
async fn a_sign_in_with_a_provider() {
    for strategy in [Strategy::Jwt, Strategy::Database] {
        let (fixed, diary, mut browser) = server(strategy);
        let [away, back] = by_oauth(&fixed, &diary, &mut browser).await;
        assert_eq!(away, ["redirect /after"]);
        let expected =
            ["signIn New", "jwt", "createUser event", "linkAccount event: acme ada", "signIn event"];
        assert_eq!(but_where_to_go(&back), expected);
        browser.get("/session").await;
        assert_eq!(diary.taken(), ["session", "session event"]);
        browser.post("/signout", "callbackUrl=%2Fbye").await;
        assert_eq!(diary.taken(), ["redirect /bye", "signOut event"]);
        let [_, back] = by_oauth(&fixed, &diary, &mut browser).await;
        assert_eq!(
            but_where_to_go(&back),
            ["signIn Returning", "jwt", "signIn event"],
            "nothing is linked twice"
        );
    }
}

#[tokio::test]
async fn an_account_that_is_added_by_whoever_is_signed_in() {
    for strategy in [Strategy::Jwt, Strategy::Database] {
        let (fixed, diary, mut browser) = server(strategy);
        browser.post("/signin/email", "email=ada%40example.com").await;
        let form = format!("token={}&email=ada%40example.com", token_of_last_mail(&fixed));
        browser.post("/callback/email", &form).await;
        diary.taken();
        let [_, back] = by_oauth(&fixed, &diary, &mut browser).await;
        let expected = ["signIn Returning", "jwt", "linkAccount event: acme ada", "signIn event"];
        assert_eq!(but_where_to_go(&back), expected);
    }
}

#[tokio::test]
async fn a_sign_in_by_mail() {
    let (fixed, diary, mut browser) = server(Strategy::Jwt);
    browser.post("/signin/email", "email=ada%40example.com&callbackUrl=%2Fafter").await;
    assert_eq!(diary.taken(), ["redirect /after", "signIn MailWanted"]);
    let form = format!("token={}&email=ada%40example.com", token_of_last_mail(&fixed));
    let answer = browser.post("/callback/email", &form).await;
    assert_eq!(answer.location, Some(format!("{SITE}/after")));
    assert_eq!(but_where_to_go(&diary.taken()), ["signIn New", "jwt", "createUser event", "signIn event"]);
}

#[tokio::test]
async fn a_password_that_is_wrong_asks_nobody_who_may_come_in() {
    let (_, diary, mut browser) = server(Strategy::Jwt);
    browser.sign_up("ada@example.com", "correct-horse").await;
    browser.post("/signout", "").await;
    diary.taken();
    browser.post("/callback/credentials", "email=ada%40example.com&password=wrong").await;
    assert_eq!(but_where_to_go(&diary.taken()), [""; 0]);
    browser.post("/callback/credentials", "email=ada%40example.com&password=correct-horse").await;
    assert_eq!(but_where_to_go(&diary.taken()), ["signIn Returning", "jwt", "signIn event"]);
}

// The whole order of wire §7.2, the question where to go included.
#[tokio::test]
async fn a_sign_in_that_the_application_judges_itself() {
    for strategy in [Strategy::Jwt, Strategy::Database] {
        let (fixed, diary) = (Fixed::new(), Diary::default());
        let directory = Credentials::new("ldap", "Company account", Directory(diary.clone()));
        let auth = builder(&fixed, strategy).authorize(directory).hooks(diary.clone()).build().unwrap();
        let mut browser = Browser::new(&auth);
        let answer = browser.post("/callback/ldap", "username=ada&callbackUrl=%2Fafter").await;
        assert_eq!(answer.location, Some(format!("{SITE}/after")));
        let new = ["redirect /after", "authorize", "signIn New", "jwt", "createUser event", "signIn event"];
        assert_eq!(diary.taken(), new);
        browser.post("/callback/ldap", "username=ada&callbackUrl=%2Fafter").await;
        let known = ["redirect /after", "authorize", "signIn Returning", "jwt", "signIn event"];
        assert_eq!(diary.taken(), known);
        browser.post("/callback/ldap", "username=eve&callbackUrl=%2Fafter").await;
        assert_eq!(diary.taken(), ["redirect /after", "authorize"], "nobody is known by that");
    }
}

#[tokio::test]
async fn an_update_asks_for_claims_before_it_shows_them() {
    let (_, diary, mut browser) = server(Strategy::Jwt);
    browser.sign_up("ada@example.com", "correct-horse").await;
    let body = json!({ "csrfToken": browser.csrf_token().await, "data": { "theme": "dark" } });
    diary.taken();
    assert_eq!(browser.post_json("/session", &body).await.status, 200);
    assert_eq!(but_where_to_go(&diary.taken()), ["jwt", "session", "session event"]);
}

#[tokio::test]
async fn the_sign_out_of_a_session_that_next_auth_wrote_is_told_once() {
    let (_, diary, mut browser) = server(Strategy::Jwt);
    let token = include_str!("../../testdata/next-auth-v4.jwe").trim();
    browser.cookies.insert(SESSION.into(), token.into());
    assert!(browser.session().await["user"].is_object());
    diary.taken();
    browser.post("/signout", "").await;
    assert_eq!(but_where_to_go(&diary.taken()), ["signOut event"]);
    assert!(!browser.cookies.contains_key(SESSION));
    browser.post("/signout", "").await;
    assert_eq!(but_where_to_go(&diary.taken()), [""; 0]);
}
