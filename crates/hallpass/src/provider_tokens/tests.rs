use std::time::Duration;

use bytes::Bytes;
use hallpass_oauth::{Client, ClientSecret, Provider, UserInfo};
use hallpass_store::UserBy;
use serde_json::{Value, json};
use url::Url;

use super::*;
use crate::browser::{Browser, builder};
use crate::config::Strategy;
use crate::secret::Secret;
use crate::world::HttpError;
use crate::world::fixed::Fixed;

const HOUR: Duration = Duration::from_secs(3600);

pub(crate) fn client(id: &'static str, keeps: bool) -> Client {
    let provider = Provider {
        id: id.into(),
        name: "Acme".into(),
        authorization: Some("https://op.example/authorize".into()),
        token: Some("https://op.example/token".into()),
        userinfo: UserInfo::Endpoint("https://op.example/me".into()),
        scope: "me".into(),
        ..Provider::OAUTH2
    };
    let client = Client::builder(provider, "client-1").secret(ClientSecret::new("s3cret".into()));
    if keeps { client.keep_tokens() } else { client }.build().unwrap()
}

fn server(fixed: &Fixed) -> Auth {
    builder(fixed, Strategy::Database)
        .oauth(client("acme", true))
        .oauth(client("other", false))
        .build()
        .unwrap()
}

/// What the provider hands out: an access token for an hour, and one to renew it with.
pub(crate) fn tokens(generation: usize) -> Value {
    json!({
        "access_token": format!("at-{generation}"), "token_type": "bearer", "expires_in": 3600,
        "refresh_token": format!("rt-{generation}"), "scope": "me",
    })
}

async fn sign_in(fixed: &Fixed, auth: &Auth, provider: &str, handed_out: &Value) -> UserId {
    signed_in(fixed, auth, provider, handed_out).await;
    let by = UserBy::Account { provider, provider_account_id: "ada" };
    fixed.store.user(by).await.unwrap().expect("somebody signed in").id
}

/// Ada's browser, after a sign-in at which the provider handed this out.
pub(crate) async fn signed_in(fixed: &Fixed, auth: &Auth, provider: &str, handed_out: &Value) -> Browser {
    let mut browser = Browser::new(auth);
    let started = browser.post(&format!("/signin/{provider}"), "json=true").await;
    let url = Url::parse(&started.url()).unwrap();
    let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    fixed.http.answer(handed_out);
    fixed.http.answer(&json!({ "id": "ada", "name": "Ada" }));
    browser.get(&format!("/callback/{provider}?code=c&state={state}")).await;
    browser
}

/// Ada, signed in with what the provider hands out first.
async fn ada(fixed: &Fixed) -> (Auth, UserId) {
    let auth = server(fixed);
    let user = sign_in(fixed, &auth, "acme", &tokens(1)).await;
    fixed.http.asked.lock().unwrap().clear();
    (auth, user)
}

fn asked(fixed: &Fixed) -> Vec<String> {
    let asked = fixed.http.asked.lock().unwrap();
    asked.iter().map(|request| String::from_utf8(request.body().to_vec()).unwrap()).collect()
}

fn refusal(fixed: &Fixed, status: u16, body: &Value) {
    let response = http::Response::builder().status(status).body(Bytes::from(body.to_string())).unwrap();
    fixed.http.script.lock().unwrap().push_back(Ok(response));
}

async fn row(fixed: &Fixed) -> ProviderTokens {
    fixed.store.provider_tokens("acme", "ada").await.unwrap().expect("something is kept")
}

#[tokio::test]
async fn nothing_is_kept_of_a_provider_that_is_not_told_to() {
    let fixed = Fixed::new();
    let auth = server(&fixed);
    let user = sign_in(&fixed, &auth, "other", &tokens(1)).await;
    assert_eq!(fixed.store.provider_tokens("other", "ada").await.unwrap(), None);
    for provider in ["other", "acme", "nobody", "email", ""] {
        assert_eq!(
            auth.provider_token(&user, provider).await,
            Err(ProviderTokenError::NotKept),
            "{provider}"
        );
    }
}

#[tokio::test]
async fn what_is_kept_shows_no_token_and_opens_for_no_other_account() {
    let fixed = Fixed::new();
    let (auth, user) = ada(&fixed).await;
    let kept = row(&fixed).await;
    assert!(!kept.sealed.contains("at-1") && !format!("{kept:?}").contains(&kept.sealed));
    let bob = UserId("bob".into());
    let stranger = hallpass_store::User {
        id: bob.clone(),
        ..fixed.store.user(UserBy::Id(&user)).await.unwrap().unwrap()
    };
    let account = hallpass_store::Account {
        user: bob.clone(),
        provider_account_id: "bob".into(),
        ..fixed.store.accounts(&user).await.unwrap().remove(0)
    };
    let stolen = ProviderTokens { provider_account_id: "bob".into(), ..kept };
    let copy = Change::KeepTokens { tokens: stolen, replaces: None };
    fixed.store.commit(&[Change::CreateUser(stranger), Change::Link(account), copy]).await.unwrap();
    assert_eq!(auth.provider_token(&bob, "acme").await, Err(ProviderTokenError::SignInAgain));
    let token = auth.provider_token(&user, "acme").await.unwrap();
    assert_eq!((token.access_token.as_str(), token.scope.as_deref()), ("at-1", Some("me")));
    assert!(!format!("{token:?}").contains("at-1"));
}

#[tokio::test]
async fn a_good_token_is_given_without_asking_and_one_that_runs_out_is_renewed_with_the_newest() {
    let fixed = Fixed::new();
    let (auth, user) = ada(&fixed).await;
    for (asked_before, generation) in (2..5).enumerate() {
        fixed.clock.advance(HOUR - kept::LEEWAY - Duration::from_millis(1));
        let token = auth.provider_token(&user, "acme").await.unwrap();
        assert_eq!(token.access_token, format!("at-{}", generation - 1));
        assert_eq!(asked(&fixed).len(), asked_before);
        fixed.clock.advance(Duration::from_millis(1));
        fixed.http.answer(&tokens(generation));
        let token = auth.provider_token(&user, "acme").await.unwrap();
        assert_eq!(token.access_token, format!("at-{generation}"));
        let refresh = format!("grant_type=refresh_token&refresh_token=rt-{}", generation - 1);
        assert_eq!(asked(&fixed).last(), Some(&refresh));
    }
}

#[tokio::test]
async fn a_refresh_token_that_is_not_replaced_stays_also_over_the_next_sign_in() {
    let fixed = Fixed::new();
    let (auth, user) = ada(&fixed).await;
    let without = |generation| {
        let mut tokens = tokens(generation);
        tokens.as_object_mut().unwrap().remove("refresh_token");
        tokens
    };
    fixed.clock.advance(HOUR);
    fixed.http.answer(&without(2));
    assert_eq!(auth.provider_token(&user, "acme").await.unwrap().access_token, "at-2");
    sign_in(&fixed, &auth, "acme", &without(3)).await;
    fixed.clock.advance(HOUR);
    fixed.http.answer(&without(4));
    assert_eq!(auth.provider_token(&user, "acme").await.unwrap().access_token, "at-4");
    assert!(asked(&fixed).last().unwrap().ends_with("refresh_token=rt-1"));
}

#[tokio::test]
async fn a_hundred_at_once_are_one_request_and_everybody_gets_its_answer() {
    let fixed = Fixed::new();
    let (auth, user) = ada(&fixed).await;
    fixed.clock.advance(HOUR);
    fixed.http.answer(&tokens(2));
    let ask = || {
        let (auth, user) = (auth.clone(), user.clone());
        tokio::spawn(async move { auth.provider_token(&user, "acme").await })
    };
    for asking in (0..100).map(|_| ask()).collect::<Vec<_>>() {
        assert_eq!(asking.await.unwrap().unwrap().access_token, "at-2");
    }
    assert_eq!(asked(&fixed).len(), 1);
}

#[tokio::test]
async fn whoever_leaves_before_the_answer_loses_it_for_nobody() {
    let fixed = Fixed::new();
    let (auth, user) = ada(&fixed).await;
    fixed.clock.advance(HOUR);
    fixed.http.answer(&tokens(2));
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    *fixed.http.gate.lock().unwrap() = Some(gate.clone());
    assert_eq!(auth.provider_token(&user, "acme").now_or_never(), None, "asked, and gone");
    gate.add_permits(1);
    assert_eq!(auth.provider_token(&user, "acme").await.unwrap().access_token, "at-2");
    assert_eq!(asked(&fixed).len(), 1);
}

#[tokio::test]
async fn a_grant_that_was_taken_back_is_asked_for_once_and_the_session_stays() {
    for code in ["invalid_grant", "bad_refresh_token"] {
        let fixed = Fixed::new();
        let (auth, user) = ada(&fixed).await;
        fixed.clock.advance(HOUR);
        refusal(&fixed, 400, &json!({ "error": code }));
        for _ in 0..3 {
            assert_eq!(auth.provider_token(&user, "acme").await, Err(ProviderTokenError::SignInAgain));
        }
        assert_eq!(asked(&fixed).len(), 1);
        sign_in(&fixed, &auth, "acme", &tokens(7)).await;
        assert_eq!(auth.provider_token(&user, "acme").await.unwrap().access_token, "at-7");
    }
}

#[tokio::test]
async fn a_lost_or_odd_answer_is_never_asked_for_again() {
    let lost = [
        Err(HttpError::TimedOut),
        Err(HttpError::TooLarge),
        Err(HttpError::Unreachable("reset".into())),
        Ok(http::Response::new(Bytes::from("<html>"))),
        Ok(http::Response::new(Bytes::from("{}"))),
    ];
    for answer in lost {
        let fixed = Fixed::new();
        let (auth, user) = ada(&fixed).await;
        fixed.clock.advance(HOUR);
        fixed.http.script.lock().unwrap().push_back(answer);
        for _ in 0..3 {
            assert_eq!(auth.provider_token(&user, "acme").await, Err(ProviderTokenError::SignInAgain));
            fixed.clock.advance(HOUR);
        }
        assert_eq!(asked(&fixed).len(), 1);
    }
}

#[tokio::test]
async fn a_provider_that_did_nothing_is_left_alone_for_a_moment_and_then_asked_again() {
    for failure in 0..4 {
        let fixed = Fixed::new();
        let (auth, user) = ada(&fixed).await;
        fixed.clock.advance(HOUR);
        match failure {
            0 => refusal(&fixed, 500, &json!({})),
            1 => refusal(&fixed, 503, &json!({ "error": "temporarily_unavailable" })),
            2 => refusal(&fixed, 401, &json!({ "error": "invalid_client" })),
            _ => fixed.http.script.lock().unwrap().push_back(Err(HttpError::NotSent("refused".into()))),
        }
        for _ in 0..3 {
            assert_eq!(auth.provider_token(&user, "acme").await, Err(ProviderTokenError::Unavailable));
        }
        assert_eq!(asked(&fixed).len(), 1, "{failure}");
        fixed.clock.advance(Duration::from_secs(5));
        fixed.http.answer(&tokens(2));
        assert_eq!(auth.provider_token(&user, "acme").await.unwrap().access_token, "at-2");
        assert_eq!(asked(&fixed).len(), 2);
    }
}

/// Another process holds a lease on Ada's tokens.
async fn leased(fixed: &Fixed) -> ProviderTokens {
    let before = row(fixed).await;
    let busy_until = Some(fixed.world().clock.now().after(Duration::from_secs(5)));
    let leased = ProviderTokens { busy_until, revision: "theirs".into(), ..before.clone() };
    let change = Change::KeepTokens { tokens: leased.clone(), replaces: Some(before.revision) };
    fixed.store.commit(&[change]).await.unwrap();
    leased
}

#[tokio::test]
async fn whoever_finds_another_process_at_it_waits_and_gets_what_came_of_it() {
    let fixed = Fixed::new();
    let (auth, user) = ada(&fixed).await;
    let good = row(&fixed).await;
    leased(&fixed).await;
    // The wait takes no time here, so the other process has to come in between: at the third look at the clock.
    let (store, asking) = (fixed.store.clone(), auth.provider_token(&user, "acme"));
    let other = async {
        let next = ProviderTokens { revision: "after".into(), ..good };
        let change = Change::KeepTokens { tokens: next, replaces: Some("theirs".into()) };
        store.commit(&[change]).await.unwrap();
    };
    let (got, ()) = tokio::join!(asking, other);
    assert_eq!(got.unwrap().access_token, "at-1");
    assert!(asked(&fixed).is_empty());
}

#[tokio::test]
async fn a_process_that_died_with_the_answer_leaves_an_account_that_is_marked() {
    let fixed = Fixed::new();
    let (auth, user) = ada(&fixed).await;
    leased(&fixed).await;
    for _ in 0..2 {
        assert_eq!(auth.provider_token(&user, "acme").await, Err(ProviderTokenError::SignInAgain));
    }
    assert_eq!(row(&fixed).await.busy_until, None);
    assert!(asked(&fixed).is_empty());
}

#[tokio::test]
async fn a_sign_in_that_comes_in_between_wins_over_the_renewal() {
    let fixed = Fixed::new();
    let (auth, user) = ada(&fixed).await;
    leased(&fixed).await;
    sign_in(&fixed, &auth, "acme", &tokens(9)).await;
    let late = ProviderTokens { revision: "late".into(), busy_until: None, ..row(&fixed).await };
    let change = Change::KeepTokens { tokens: late, replaces: Some("theirs".into()) };
    assert_eq!(fixed.store.commit(&[change]).await, Err(hallpass_store::CommitError::TokensOvertaken));
    assert_eq!(auth.provider_token(&user, "acme").await.unwrap().access_token, "at-9");
}

#[tokio::test]
async fn tokens_open_with_an_older_secret_and_with_none_of_them_the_person_signs_in_again() {
    let fixed = Fixed::new();
    let (_, user) = ada(&fixed).await;
    let with = |secrets: &[&str]| {
        let secrets = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        Auth::builder(crate::browser::SITE, secrets, fixed.world())
            .oauth(client("acme", true))
            .build()
            .unwrap()
    };
    let rotated = with(&["another secret", "topsecret"]);
    assert_eq!(rotated.provider_token(&user, "acme").await.unwrap().access_token, "at-1");
    let lost = with(&["another secret"]);
    assert_eq!(lost.provider_token(&user, "acme").await, Err(ProviderTokenError::SignInAgain));
}
