//! The shell in a browser without a channel between tabs: it has the storage, and asks the server.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

#[path = "in_page/site.rs"]
mod site;

use hallpass_browser::{Rendered, Session, Status, current, subscribe};
use site::{ADA, answer, asked, script, sleep, until};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn without_a_channel_a_word_in_the_storage_has_it_ask_and_any_other_word_has_not() {
    site::open();
    script("window.BroadcastChannel = class { constructor() { throw new Error('there is none') } }");
    let subscription = subscribe(|| (), Rendered::Nobody);
    assert_eq!(current::<Session>().status, Status::Unauthenticated);
    // A page that was rendered with an answer asks nothing by itself.
    sleep(50).await;
    assert_eq!(asked(), "");
    answer("GET /session", Some(ADA));
    let word = |key: &str, value: &str| {
        script(&format!(
            "window.dispatchEvent(new StorageEvent('storage', {{ key: '{key}', newValue: {value} }}))"
        ));
    };
    for (key, value) in [
        ("other", r#"'{"event":"session"}'"#),
        ("nextauth.message", "null"),
        ("nextauth.message", "'{'"),
        ("nextauth.message", "'7'"),
        ("nextauth.message", r#"'{"event":"else"}'"#),
    ] {
        word(key, value);
    }
    sleep(50).await;
    assert_eq!(asked(), "");
    word(
        "nextauth.message",
        r#"'{"event":"session","data":{"trigger":"getSession"},"clientId":"hallpass","timestamp":1}'"#,
    );
    until(|| matches!(current::<Session>().status, Status::Authenticated(_))).await;
    assert_eq!(asked(), "GET /session");
    drop(subscription);
}
