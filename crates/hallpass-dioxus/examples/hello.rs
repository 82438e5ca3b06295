//! A page that greets whoever is signed in, and lets them in and out.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "a page has no callers")]

use dioxus::prelude::*;
use hallpass_dioxus::{Session, SessionProvider, Status, sign_in, sign_out, use_session};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(start)]
pub fn start() {
    dioxus_web::launch::launch_virtual_dom(VirtualDom::new(App), dioxus_web::Config::new());
}

#[component]
fn App() -> Element {
    rsx! { SessionProvider { Page {} } }
}

#[component]
fn Page() -> Element {
    let who = match use_session::<Session>()().status {
        Status::Authenticated(session) => session.user.name.unwrap_or_else(|| "you".into()),
        Status::Unauthenticated => "stranger".into(),
        Status::Loading => "…".into(),
        Status::Misfit(misfit) => misfit.to_string(),
    };
    rsx! {
        p { "Hello, {who}" }
        button { onclick: |_| drop(sign_in("work")), "Sign in" }
        button { onclick: |_| drop(sign_out()), "Sign out" }
    }
}
