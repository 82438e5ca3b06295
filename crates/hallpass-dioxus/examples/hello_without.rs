//! `hello` without hallpass: the same page, which knows nobody.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "a page has no callers")]

use dioxus::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(start)]
pub fn start() {
    dioxus_web::launch::launch_virtual_dom(VirtualDom::new(App), dioxus_web::Config::new());
}

#[component]
fn App() -> Element {
    rsx! { Page {} }
}

#[component]
fn Page() -> Element {
    let mut who = use_signal(|| "stranger".to_owned());
    rsx! {
        p { "Hello, {who}" }
        button { onclick: move |_| who.set("you".into()), "Sign in" }
        button { onclick: move |_| who.set("stranger".into()), "Sign out" }
    }
}
