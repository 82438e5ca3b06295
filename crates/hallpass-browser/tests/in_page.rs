//! The shell in a real page, a browser's own timers, events and channels around it: `cargo xtask test --step rust` runs it in Chromium.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

#[path = "in_page/site.rs"]
mod site;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use hallpass_browser::{
    ClientOptions, Known, Rendered, Session, SignInOptions, SignOutOptions, Status, Subscription, Unread,
    current, get_csrf_token, get_session, set_options, sign_in_with, sign_out_with, subscribe, update,
};
use hallpass_session::Message;
use js_sys::{Array, Date};
use site::{ADA, answer, asked, script, sleep, until};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::BroadcastChannel;

wasm_bindgen_test_configure!(run_in_browser);

fn status() -> Status<Session> {
    current().status
}

fn is_ada() -> bool {
    matches!(status(), Status::Authenticated(session) if session.user.name.as_deref() == Some("Ada"))
}

fn is_nobody() -> bool {
    status() == Status::Unauthenticated
}

/// A page with the server in it, and a subscription; the answer counts what the listener heard.
async fn opened(server_says: &str) -> (Subscription, Rc<Cell<u32>>) {
    site::open();
    answer("GET /session", Some(server_says));
    let heard = Rc::new(Cell::new(0));
    let count = Rc::clone(&heard);
    let subscription = subscribe(move || count.set(count.get() + 1), Rendered::Unknown);
    // The page of these tests is one: an earlier test may have left what it knew.
    drop(get_session::<Session>().await);
    asked();
    (subscription, heard)
}

#[wasm_bindgen_test]
async fn many_subscriptions_ask_once_and_each_hears_of_a_change() {
    let (first, heard) = opened("{}").await;
    assert!(is_nobody());
    let others: Vec<_> = (0..10).map(|_| subscribe(|| (), Rendered::Unknown)).collect();
    heard.set(0);
    answer("GET /session", Some(ADA));
    let readers: Vec<_> = (0..10).map(|_| get_session::<Session>()).collect();
    for reader in readers {
        assert_eq!(reader.await.unwrap().unwrap().user.email.as_deref(), Some("ada@example.com"));
    }
    assert!(is_ada() && heard.get() > 0);
    assert_eq!(asked(), "GET /session");
    drop((first, others));
}

#[wasm_bindgen_test]
async fn a_future_that_is_dropped_stops_nothing() {
    let (subscription, _) = opened(ADA).await;
    drop(get_session::<Session>());
    let other = get_session::<Session>();
    assert!(other.await.unwrap().is_some());
    answer("POST /signout", Some(r#"{"url":"http://localhost/"}"#));
    asked();
    drop(sign_out_with(SignOutOptions::new().stay()));
    until(is_nobody).await;
    assert!(asked().contains("POST /signout"));
    drop(subscription);
}

#[wasm_bindgen_test]
async fn a_listener_that_ended_hears_nothing_and_one_may_end_another() {
    let (subscription, heard) = opened("{}").await;
    let kept: Rc<Cell<Option<Subscription>>> = Rc::default();
    let inner = Rc::clone(&kept);
    kept.set(Some(subscribe(|| (), Rendered::Unknown)));
    let ending = subscribe(move || drop(inner.take()), Rendered::Unknown);
    answer("GET /session", Some(ADA));
    drop(get_session::<Session>().await);
    assert!(is_ada() && kept.take().is_none());
    drop(subscription);
    heard.set(0);
    answer("GET /session", Some("{}"));
    drop(get_session::<Session>().await);
    assert_eq!((heard.get(), is_nobody()), (0, true));
    drop(ending);
}

#[wasm_bindgen_test]
async fn a_blip_signs_nobody_out_and_is_over_by_itself() {
    let (subscription, _) = opened(ADA).await;
    answer("GET /session", None);
    let read = get_session::<Session>().await;
    assert!(read.unwrap().is_some(), "what was known before");
    let Known { status, stale } = current::<Session>();
    assert!(stale && matches!(status, Status::Authenticated(_)));
    answer("GET /session", Some(ADA));
    script("window.dispatchEvent(new Event('online'))");
    until(|| !current::<Session>().stale).await;
    assert!(is_ada());
    drop(subscription);
}

#[wasm_bindgen_test]
async fn no_answer_traps_and_none_of_them_is_a_session() {
    let (subscription, _) = opened(ADA).await;
    for text in [
        "7",
        "[]",
        "\"x\"",
        "null",
        "{",
        "",
        "<!doctype html>",
        r#"{"user":{"name":7},"expires":7}"#,
        "{\"a\":1}",
    ] {
        answer("GET /session", Some(text));
        drop(get_session::<Session>().await);
    }
    answer("GET /session", Some(r#"{"user":7,"expires":"2099-01-01T00:00:00.000Z"}"#));
    let misfit = get_session::<Session>().await;
    assert!(matches!(misfit, Err(Unread::Misfit(_))), "{misfit:?}");
    assert!(matches!(status(), Status::Misfit(_)));
    answer("GET /csrf", Some("[]"));
    assert_eq!(get_csrf_token().await, None);
    answer("GET /providers", None);
    let unreachable = sign_in_with("credentials", SignInOptions::new().stay()).await;
    assert!(unreachable.is_some_and(|answer| !answer.ok));
    drop(subscription);
}

#[wasm_bindgen_test]
async fn an_update_carries_its_data_and_the_token() {
    let (subscription, _) = opened(ADA).await;
    answer("POST /session", Some(&ADA.replace("\"Ada\"", "\"Countess\"")));
    let updated = update::<Session, _>(&["new name"]).await.unwrap().unwrap();
    assert_eq!(updated.user.name.as_deref(), Some("Countess"));
    assert!(asked().contains(r#"POST /session {"data":["new name"],"csrfToken":"token"}"#));
    drop(subscription);
}

#[wasm_bindgen_test]
async fn an_update_that_was_not_taken_is_told_and_changes_nobody() {
    let (subscription, _) = opened(ADA).await;
    answer("POST /session", Some("<p>a proxy"));
    assert_eq!(update::<Session, _>(&1).await, Err(Unread::Refused { status: 200 }));
    answer("POST /session", None);
    let lost = update::<Session, _>(&1).await;
    assert!(matches!(lost, Err(Unread::Unreachable(_))), "{lost:?}");
    until(is_ada).await;
    drop(subscription);
}

#[wasm_bindgen_test]
async fn the_longest_duration_rings_no_timer() {
    let (subscription, _) = opened(ADA).await;
    let options = ClientOptions {
        client_max_age: Duration::MAX,
        keep_alive: Duration::MAX,
        ..ClientOptions::default()
    };
    set_options(&options);
    sleep(100).await;
    assert_eq!(asked(), "");
    set_options(&ClientOptions { keep_alive: Duration::from_millis(1), ..ClientOptions::default() });
    until(|| !asked().is_empty()).await;
    set_options(&ClientOptions::default());
    drop(subscription);
}

#[wasm_bindgen_test]
async fn a_listener_may_own_another_subscription() {
    let (subscription, heard) = opened(ADA).await;
    let owned = subscribe(|| (), Rendered::Unknown);
    let owner = subscribe(move || _ = &owned, Rendered::Unknown);
    drop(owner);
    heard.set(0);
    answer("GET /session", Some("{}"));
    drop(get_session::<Session>().await);
    assert!(is_nobody() && heard.get() > 0);
    drop(subscription);
}

#[wasm_bindgen_test]
async fn a_base_path_stays_where_the_next_one_names_none() {
    let at = |path: &str| ClientOptions { base_path: Some(path.to_owned()), ..ClientOptions::default() };
    let (subscription, _) = opened(ADA).await;
    set_options(&at("/elsewhere/"));
    for options in [ClientOptions::default(), at("")] {
        set_options(&options);
        drop(get_csrf_token().await);
        assert_eq!(asked(), "GET /elsewhere/csrf");
    }
    set_options(&at("/api/auth"));
    assert_eq!(get_csrf_token().await.as_deref(), Some("token"));
    drop(subscription);
}

#[wasm_bindgen_test]
async fn what_the_page_knows_is_newer_than_what_it_was_rendered_with() {
    let (subscription, _) = opened(ADA).await;
    assert_eq!(Rendered::first(Rendered::Nobody, Rendered::in_page), None);
    drop(subscription);
}

/// A session with a member that no number of JavaScript holds.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
struct Counted {
    count: u64,
}

const MOST: &str = r#"{"count":18446744073709551615,"expires":"2099-01-01T00:00:00.000Z"}"#;

fn counts_most() -> bool {
    current().status == Status::Authenticated(Counted { count: u64::MAX })
}

/// Has nobody signed in, and then another tab tell what this one told first.
async fn tell_again() {
    script("window.nobody = 0");
    answer("GET /session", Some("{}"));
    assert_eq!(get_session::<Counted>().await, Ok(None));
    until(|| script("return window.nobody > 0").is_truthy()).await;
    script("window.told[0][2] = window.nobody + 1; window.tab.postMessage(window.told[0])");
    until(|| current::<Counted>().signed_in() == Some(true)).await;
}

#[wasm_bindgen_test]
async fn an_integer_is_read_as_it_was_written_whichever_way_it_comes() {
    let (subscription, _) = opened("{}").await;
    script("window.told = []; window.tab = new BroadcastChannel('hallpass')");
    // It hears who was known, and the stamp of that there is nobody.
    script(
        "window.tab.onmessage = ({ data: [kind, who, stamp, ...rest] }) => {
            if (kind === 3 && who === 1) window.told.push([kind, who, stamp, ...rest]);
            if (kind === 3 && who === 0) window.nobody = stamp;
        }",
    );
    answer("GET /session", Some(MOST));
    assert_eq!(get_session().await, Ok(Some(Counted { count: u64::MAX })));
    until(|| script("return window.told.length > 0").is_truthy()).await;

    tell_again().await;
    assert!(counts_most(), "from another tab: {:?}", current::<Counted>());
    // A tab in JavaScript sends no text, and a text of another session is none of this one's.
    for text in ["", r#"window.told[0].push('{"count":7,"expires":"2099-01-01"}')"#] {
        script(&format!("window.told[0].splice(7); {text}"));
        tell_again().await;
        assert!(matches!(current::<Counted>().status, Status::Misfit(_)), "{:?}", current::<Counted>());
    }
    script("window.tab.close()");
    drop(subscription);

    let subscription = subscribe(|| (), Rendered::Session(MOST.into()));
    assert!(counts_most(), "rendered: {:?}", current::<Counted>());
    drop(subscription);
}

/// A message as another tab's store would post it.
fn post(tab: &BroadcastChannel, message: Message, payload: JsValue, base: &str) {
    let said: Array = message.numbers().into_iter().map(JsValue::from_f64).collect();
    said.push(&payload);
    said.push(&base.into());
    tab.post_message(&said).unwrap();
}

#[wasm_bindgen_test]
async fn another_tabs_sign_out_is_seen_without_a_request() {
    let (subscription, _) = opened(ADA).await;
    let tab = BroadcastChannel::new("hallpass").unwrap();
    let later = Message::SignedOut { stamp: Date::now() + 1000.0, version: None };
    post(&tab, later, JsValue::FALSE, "/another/application");
    for strange in
        [JsValue::NULL, 7.into(), "signout".into(), Array::new().into(), js_sys::Object::new().into()]
    {
        tab.post_message(&strange).unwrap();
    }
    sleep(50).await;
    assert!(is_ada(), "that was no message for us");
    post(&tab, later, JsValue::FALSE, "/api/auth");
    until(is_nobody).await;
    assert_eq!(asked(), "");
    tab.close();
    drop(subscription);
}

#[wasm_bindgen_test]
async fn a_sign_out_is_told_to_the_other_tabs_and_to_older_clients() {
    let (subscription, _) = opened(ADA).await;
    script(
        "window.told = []; window.tab = new BroadcastChannel('hallpass'); window.tab.onmessage = ({ data }) => window.told.push(data)",
    );
    script("localStorage.removeItem('nextauth.message')");
    answer("POST /signout", Some(r#"{"url":"http://localhost/"}"#));
    let answered = sign_out_with(SignOutOptions::new().stay()).await;
    assert_eq!(answered.unwrap().url.as_deref(), Some("http://localhost/"));
    until(|| script("return window.told.some((said) => said[0] === 7 && said[5] === false && said[6] === '/api/auth')").is_truthy()).await;
    let old = script("return JSON.parse(localStorage.getItem('nextauth.message')).data.trigger");
    assert_eq!(old.as_string().as_deref(), Some("signout"));
    script("window.tab.close()");
    drop(subscription);
}
