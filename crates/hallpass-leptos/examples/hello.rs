//! The smallest page with Leptos: it greets whoever is there, and has buttons to come in and to leave.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "a page has no callers")]

use hallpass_leptos::{Session, SessionProvider, Status, sign_in, sign_out, use_session};
use leptos::mount::mount_to_body;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(start)]
pub fn start() {
    mount_to_body(|| view! { <SessionProvider><Hello /></SessionProvider> });
}

#[component]
fn Hello() -> impl IntoView {
    let session = use_session::<Session>();
    let who = move || match session.get().status {
        Status::Loading => "\u{2026}".to_owned(),
        Status::Authenticated(session) => session.user.name.unwrap_or_else(|| "you".to_owned()),
        Status::Unauthenticated => "stranger".to_owned(),
        Status::Misfit(misfit) => misfit.to_string(),
    };
    view! {
        <p>"Hello, " {who}</p>
        <button on:click=move |_| drop(sign_in("work"))>"Sign in"</button>
        <button on:click=move |_| drop(sign_out())>"Sign out"</button>
    }
}
