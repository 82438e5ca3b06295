//! What the page of a test has around it: a server that answers as it is told, by a `fetch` in the place of the browser's, and notes
//! what it was asked.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

pub(crate) const ADA: &str =
    r#"{"user":{"name":"Ada","email":"ada@example.com"},"expires":"2099-01-01T00:00:00.000Z"}"#;

/// `answers` maps `GET /session` and so on to a JSON, or to `null`: then the request fails as it does without a network.
const FETCH: &str = r#"
    window.asked = [];
    window.answers = {};
    window.fetch = async (url, { method = "GET", body, signal } = {}) => {
        const what = `${method} ${new URL(url, location).pathname.replace("/api/auth", "")}`;
        window.asked.push(body ? `${what} ${body}` : what);
        const text = window.answers[what] ?? null;
        await new Promise((done, fail) => {
            setTimeout(done, 20);
            signal?.addEventListener("abort", () => fail(signal.reason));
        });
        if (text === null) throw new TypeError("Failed to fetch");
        return new Response(text, { headers: { "content-type": "application/json" } });
    };
    navigator.sendBeacon = () => true;
"#;

/// Runs a line of JavaScript.
pub(crate) fn script(text: &str) -> JsValue {
    Function::new_no_args(text).call0(&JsValue::UNDEFINED).unwrap()
}

/// Puts the server into the page, with nobody signed in.
pub(crate) fn open() {
    script(FETCH);
    answer("GET /session", Some("{}"));
    answer("GET /csrf", Some(r#"{"csrfToken":"token"}"#));
}

/// From here on this is answered to that; `None`: the request fails.
pub(crate) fn answer(what: &str, text: Option<&str>) {
    let set = Function::new_with_args("what, text", "window.answers[what] = text");
    set.call2(&JsValue::UNDEFINED, &what.into(), &text.map_or(JsValue::NULL, Into::into)).unwrap();
}

/// What was asked since the last time, each on a line.
pub(crate) fn asked() -> String {
    script("return window.asked.splice(0).join('\\n')").as_string().unwrap()
}

pub(crate) async fn sleep(milliseconds: u32) {
    let promise = script(&format!("return new Promise((done) => setTimeout(done, {milliseconds}))"));
    JsFuture::from(promise.unchecked_into::<Promise>()).await.unwrap();
}

/// Waits until this holds; a test that waits for ever is ended by its runner.
pub(crate) async fn until(holds: impl Fn() -> bool) {
    while !holds() {
        sleep(5).await;
    }
}
