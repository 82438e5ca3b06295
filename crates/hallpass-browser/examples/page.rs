//! The smallest page: every function of the crate, for the JavaScript beside it. The tests in Chromium steer it, and what it
//! weighs is what the crate weighs.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "its functions are those of the crate")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use hallpass_browser::{
    ClientOptions, Known, Pending, Rendered, Session, SignInOptions, SignInResponse, SignOutOptions,
    SignOutResponse, Status, Subscription, Unread,
};
use js_sys::{Function, Promise};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

thread_local! {
    static SUBSCRIPTIONS: RefCell<Vec<Subscription>> = const { RefCell::new(Vec::new()) };
}

/// What a page in JavaScript would show, as JSON.
#[wasm_bindgen]
pub fn current() -> String {
    let Known { status, stale } = hallpass_browser::current::<Session>();
    let (status, data, misfit) = match status {
        Status::Loading => ("loading", None, None),
        Status::Unauthenticated => ("unauthenticated", None, None),
        Status::Authenticated(session) => ("authenticated", Some(session), None),
        Status::Misfit(misfit) => ("authenticated", None, Some(misfit.to_string())),
    };
    json!({ "status": status, "data": data, "stale": stale, "misfit": misfit }).to_string()
}

/// A session's JSON, `null` for nobody, or nothing.
pub(crate) fn rendered(text: Option<String>) -> Rendered {
    match text {
        None => Rendered::Unknown,
        Some(text) if text == "null" => Rendered::Nobody,
        Some(text) => Rendered::Session(text),
    }
}

/// The options of the Client API, as JSON; times are seconds.
pub(crate) fn options(text: &str) -> ClientOptions {
    let given: Value = serde_json::from_str(text).unwrap_or_default();
    let usual = ClientOptions::default();
    // More seconds than there are, are as many as there are.
    let span = |seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    let time = |name: &str, usual: Duration| given[name].as_f64().map_or(usual, span);
    ClientOptions {
        base_path: given["basePath"].as_str().map(str::to_owned),
        client_max_age: time("clientMaxAge", usual.client_max_age),
        keep_alive: time("keepAlive", usual.keep_alive),
        refetch_on_window_focus: given["refetchOnWindowFocus"].as_bool().unwrap_or(true),
        refetch_when_offline: given["refetchWhenOffline"].as_bool().unwrap_or(true),
        focus_window: time("focusWindow", usual.focus_window),
    }
}

/// `text`: see [`rendered`].
#[wasm_bindgen]
pub fn subscribe(listener: Function, text: Option<String>) {
    let tell = move || drop(listener.call0(&JsValue::UNDEFINED));
    SUBSCRIPTIONS.with_borrow_mut(|all| all.push(hallpass_browser::subscribe(tell, rendered(text))));
}

#[wasm_bindgen]
pub fn unsubscribe() {
    let all = SUBSCRIPTIONS.take();
    drop(all);
}

#[wasm_bindgen]
pub fn set_options(text: &str) {
    hallpass_browser::set_options(&options(text));
}

#[wasm_bindgen]
pub fn get_session() -> Promise {
    session(hallpass_browser::get_session())
}

#[wasm_bindgen]
pub fn update(data: &str) -> Promise {
    let data: Value = serde_json::from_str(data).unwrap_or_default();
    session(hallpass_browser::update(&data))
}

/// With data that is no JSON: its keys are no text.
#[wasm_bindgen]
pub fn update_unwritable() -> Promise {
    session(hallpass_browser::update(&BTreeMap::from([(vec![1], 2)])))
}

#[wasm_bindgen]
pub fn get_csrf_token() -> Promise {
    promise(hallpass_browser::get_csrf_token(), |token| json!(token))
}

#[wasm_bindgen]
pub fn get_providers() -> Promise {
    promise(hallpass_browser::get_providers(), |list| {
        json!(list.map(|list| list.iter().map(|entry| (entry.id.clone(), json!(entry))).collect::<Value>()))
    })
}

/// `fields` and `authorization` are lists of pairs.
#[wasm_bindgen]
pub fn sign_in(
    provider: &str,
    fields: &str,
    authorization: &str,
    callback_url: Option<String>,
    stay: bool,
) -> Promise {
    let pairs = |text: &str| serde_json::from_str::<Vec<(String, String)>>(text).unwrap_or_default();
    let mut options = SignInOptions::new();
    for (name, value) in pairs(fields) {
        options = options.field(&name, &value);
    }
    for (name, value) in pairs(authorization) {
        options = options.authorization(&name, &value);
    }
    if let Some(url) = callback_url {
        options = options.callback_url(&url);
    }
    if stay {
        options = options.stay();
    }
    promise(hallpass_browser::sign_in_with(provider, options), |response| {
        let told = |SignInResponse { error, status, ok, url }| json!({ "error": error, "status": status, "ok": ok, "url": url });
        json!(response.map(told))
    })
}

#[wasm_bindgen]
pub fn sign_out(callback_url: Option<String>, stay: bool) -> Promise {
    let mut options = SignOutOptions::new();
    if let Some(url) = callback_url {
        options = options.callback_url(&url);
    }
    if stay {
        options = options.stay();
    }
    promise(hallpass_browser::sign_out_with(options), |response| {
        json!(response.map(|SignOutResponse { url }| json!({ "url": url })))
    })
}

/// Begins one of each and drops it at once.
#[wasm_bindgen]
pub fn drop_all() {
    drop(hallpass_browser::get_session::<Session>());
    drop(hallpass_browser::get_csrf_token());
    drop(hallpass_browser::get_providers());
    drop(hallpass_browser::update::<Session, _>(&()));
    hallpass_browser::refresh();
}

/// Begins a sign-out and drops it at once.
#[wasm_bindgen]
pub fn sign_out_dropped() {
    drop(hallpass_browser::sign_out_with(SignOutOptions::new().stay()));
}

/// Reads the session as a type that no session fits.
#[wasm_bindgen]
pub fn get_misfit() -> Promise {
    let pending = hallpass_browser::get_session::<Vec<u8>>();
    promise(pending, |told| json!(told.err().map(|unread| unread.to_string())))
}

/// The members in the order in which the server wrote them: tabs know a session by its text.
fn session(pending: Pending<Result<Option<Session>, Unread>>) -> Promise {
    future_to_promise(async move {
        let told = match pending.await {
            Ok(session) => serde_json::to_string(&session).unwrap_or_default(),
            Err(unread) => json!({ "thrown": unread.to_string() }).to_string(),
        };
        Ok(told.into())
    })
}

/// As JSON text, which JavaScript reads.
fn promise<T: 'static>(pending: Pending<T>, tell: impl FnOnce(T) -> Value + 'static) -> Promise {
    future_to_promise(async move { Ok(tell(pending.await).to_string().into()) })
}
