//! The shell where nothing is known yet: the first listener hears of what the page was rendered with while it subscribes.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

#[path = "in_page/site.rs"]
mod site;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use hallpass_browser::{ClientOptions, Rendered, Session, Status, current, set_options, subscribe};
use site::{ADA, answer, asked, sleep, until};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn a_listener_that_hears_while_it_subscribes_may_begin_a_subscription_and_end_it() {
    site::open();
    answer("GET /session", Some(ADA));
    let heard = Rc::new(Cell::new(0));
    let count = Rc::clone(&heard);
    let listener = move || {
        count.set(count.get() + 1);
        drop(subscribe(|| (), Rendered::Unknown));
    };
    let subscription = subscribe(listener, Rendered::Nobody);
    assert_eq!(heard.get(), 1);
    assert_eq!(current::<Session>().status, Status::Unauthenticated);
    // A page that was rendered with an answer asks nothing by itself.
    sleep(50).await;
    assert_eq!(asked(), "");
    // There is a reader, so it is kept up to date.
    set_options(&ClientOptions { focus_window: Duration::ZERO, ..ClientOptions::default() });
    site::script("window.dispatchEvent(new Event('focus'))");
    until(|| matches!(current::<Session>().status, Status::Authenticated(_))).await;
    drop(subscription);
}
