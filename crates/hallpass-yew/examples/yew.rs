//! The test page of `hallpass-browser` with its session shown by Yew, so that the same scenarios play on it.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "its functions are those of the crate")]

#[path = "../../hallpass-browser/examples/page.rs"]
mod page;

use std::cell::RefCell;

use hallpass_yew::{ClientOptions, Known, Rendered, Session, SessionProvider, Status, use_session};
use js_sys::Function;
use wasm_bindgen::prelude::*;
use yew::prelude::*;

thread_local! {
    static MOUNTED: RefCell<Option<yew::AppHandle<App>>> = const { RefCell::new(None) };
}

#[derive(Clone, PartialEq, Properties)]
struct Given {
    session: Rendered,
    options: ClientOptions,
    /// Called after every rendering of the component that shows the session.
    shown: Function,
}

#[component]
fn App(Given { session, options, shown }: &Given) -> Html {
    let ClientOptions {
        base_path,
        client_max_age,
        keep_alive,
        refetch_on_window_focus,
        refetch_when_offline,
        focus_window,
    } = options.clone();
    html! {
        <SessionProvider
            session={session.clone()}
            {base_path}
            {client_max_age}
            {keep_alive}
            {refetch_on_window_focus}
            {refetch_when_offline}
            {focus_window}
        >
            <Who shown={shown.clone()} />
        </SessionProvider>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct Shown {
    shown: Function,
}

/// Shows what the pages in JavaScript show: a user's address, `null` for nobody, `undefined` while nothing is known.
#[component]
fn Who(Shown { shown }: &Shown) -> Html {
    let Known { status, .. } = use_session::<Session>();
    let (status, text) = match status {
        Status::Loading => ("loading", "undefined".to_owned()),
        Status::Unauthenticated => ("unauthenticated", "null".to_owned()),
        Status::Authenticated(session) => ("authenticated", session.user.email.unwrap_or_default()),
        Status::Misfit(_) => ("authenticated", "null".to_owned()),
    };
    let shown = shown.clone();
    use_effect(move || drop(shown.call0(&JsValue::UNDEFINED)));
    html! { <p id="who-0" data-status={status}>{ text }</p> }
}

/// `rendered`: a session's JSON, `null` for nobody, or nothing.
#[wasm_bindgen]
pub fn mount(root: web_sys::Element, rendered: Option<String>, options: &str, shown: Function) {
    let given = Given { session: page::rendered(rendered), options: page::options(options), shown };
    MOUNTED.set(Some(yew::Renderer::<App>::with_root_and_props(root, given).render()));
}

#[wasm_bindgen]
pub fn unmount() {
    if let Some(app) = MOUNTED.take() {
        app.destroy();
    }
}
