//! The test page of `hallpass-browser` with its session shown by Leptos, so that the same scenarios play on it.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "its functions are those of the crate")]

#[path = "../../hallpass-browser/examples/page.rs"]
mod page;

use std::any::Any;
use std::cell::RefCell;

use hallpass_leptos::{ClientOptions, Session, SessionProvider, Status, use_session};
use js_sys::Function;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

thread_local! {
    static MOUNTED: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// Shows what the pages in JavaScript show: a user's address, `null` for nobody, `undefined` while nothing is known. `shown` is called
/// after every rendering.
#[component]
fn Who(shown: StoredValue<Function, LocalStorage>) -> impl IntoView {
    let session = use_session::<Session>();
    let told = Memo::new(move |_| match session.get().status {
        Status::Loading => ("loading", "undefined".to_owned()),
        Status::Unauthenticated => ("unauthenticated", "null".to_owned()),
        Status::Authenticated(session) => ("authenticated", session.user.email.unwrap_or_default()),
        Status::Misfit(_) => ("authenticated", "null".to_owned()),
    });
    Effect::new(move |_| {
        session.track();
        shown.with_value(|shown| drop(shown.call0(&JsValue::UNDEFINED)));
    });
    view! { <p id="who-0" data-status=move || told.get().0>{move || told.get().1}</p> }
}

/// `rendered`: a session's JSON, `null` for nobody, or nothing.
#[wasm_bindgen]
pub fn mount(root: web_sys::HtmlElement, rendered: Option<String>, options: &str, shown: Function) {
    let session = page::rendered(rendered);
    let ClientOptions {
        base_path,
        client_max_age,
        keep_alive,
        refetch_on_window_focus,
        refetch_when_offline,
        focus_window,
    } = page::options(options);
    let app = move || {
        let shown = StoredValue::new_local(shown);
        view! {
            <SessionProvider
                session
                base_path
                client_max_age
                keep_alive
                refetch_on_window_focus
                refetch_when_offline
                focus_window
            >
                <Who shown />
            </SessionProvider>
        }
    };
    MOUNTED.set(Some(Box::new(leptos::mount::mount_to(root, app))));
}

#[wasm_bindgen]
pub fn unmount() {
    drop(MOUNTED.take());
}
