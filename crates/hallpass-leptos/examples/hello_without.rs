//! The smallest page with Leptos: it greets whoever is there, and has buttons to come in and to leave.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "a page has no callers")]

use leptos::mount::mount_to_body;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(start)]
pub fn start() {
    mount_to_body(|| view! { <Hello /> });
}

#[component]
fn Hello() -> impl IntoView {
    let who = RwSignal::new("stranger");
    view! {
        <p>"Hello, " {who}</p>
        <button on:click=move |_| who.set("you")>"Sign in"</button>
        <button on:click=move |_| who.set("stranger")>"Sign out"</button>
    }
}
