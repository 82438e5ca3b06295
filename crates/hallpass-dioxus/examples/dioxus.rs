//! The test page of `hallpass-browser` with its session shown by Dioxus, so that the same scenarios play on it.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "its functions are those of the crate")]

#[path = "../../hallpass-browser/examples/page.rs"]
mod page;

use std::cell::RefCell;

use dioxus::prelude::*;
use hallpass_dioxus::{
    ClientOptions, Known, Rendered, RequireSession, Session, SessionProvider, Status, use_session,
};
use js_sys::Function;
use wasm_bindgen::prelude::*;

thread_local! {
    /// Whether there is anything; Dioxus itself never ends.
    static THERE: RefCell<Option<Signal<bool>>> = const { RefCell::new(None) };
}

#[derive(Clone, PartialEq, Props)]
struct Given {
    session: Rendered,
    options: ClientOptions,
    /// Called after every rendering of the component that shows the session.
    shown: Function,
    /// Called for whoever would be led to the sign-in page; without it there is no guard.
    led: Option<Function>,
}

#[allow(non_snake_case, reason = "a component")]
fn App(Given { session, options, shown, led }: Given) -> Element {
    let there = use_signal(|| true);
    THERE.set(Some(there));
    if !there() {
        return rsx! {};
    }
    let ClientOptions {
        base_path,
        client_max_age,
        keep_alive,
        refetch_on_window_focus,
        refetch_when_offline,
        focus_window,
    } = options;
    rsx! {
        SessionProvider {
            session,
            base_path,
            client_max_age,
            keep_alive,
            refetch_on_window_focus,
            refetch_when_offline,
            focus_window,
            Who { shown }
            if let Some(led) = led {
                RequireSession { on_unauthenticated: move |()| drop(led.call0(&JsValue::UNDEFINED)), p { id: "guarded", "For members" } }
            }
        }
    }
}

/// Shows what the pages in JavaScript show: a user's address, `null` for nobody, `undefined` while nothing is known.
#[component]
fn Who(shown: Function) -> Element {
    let session = use_session::<Session>();
    let Known { status, .. } = session();
    let (status, text) = match status {
        Status::Loading => ("loading", "undefined".to_owned()),
        Status::Unauthenticated => ("unauthenticated", "null".to_owned()),
        Status::Authenticated(session) => ("authenticated", session.user.email.unwrap_or_default()),
        Status::Misfit(_) => ("authenticated", "null".to_owned()),
    };
    use_effect(move || {
        session.read();
        drop(shown.call0(&JsValue::UNDEFINED));
    });
    rsx! { p { id: "who-0", "data-status": status, "{text}" } }
}

/// `rendered`: a session's JSON, `null` for nobody, or nothing. `led`: with a guard, and this in place of the way to the sign-in page.
#[wasm_bindgen]
pub fn mount(
    root: web_sys::Element,
    rendered: Option<String>,
    options: &str,
    shown: Function,
    led: Option<Function>,
) {
    let given = Given { session: page::rendered(rendered), options: page::options(options), shown, led };
    let config = dioxus_web::Config::new().rootelement(root);
    dioxus_web::launch::launch_virtual_dom(VirtualDom::new_with_props(App, given), config);
}

#[wasm_bindgen]
pub fn unmount() {
    if let Some(mut there) = THERE.take() {
        there.set(false);
    }
}
