//! The smallest page: it greets whoever is signed in, and lets them in and out. What it weighs more than `hello_without.rs` is what the
//! crate weighs.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "a page has no callers")]

use hallpass_yew::{Session, SessionProvider, Status, sign_in, sign_out, use_session};
use wasm_bindgen::prelude::wasm_bindgen;
use yew::prelude::*;

#[wasm_bindgen(start)]
pub fn start() {
    yew::Renderer::<App>::new().render();
}

#[component]
fn App() -> Html {
    html! { <SessionProvider><Greeting /></SessionProvider> }
}

#[component]
fn Greeting() -> Html {
    let session = use_session::<Session>();
    let name = match session.status {
        Status::Loading => return html! {},
        Status::Authenticated(session) => session.user.name,
        Status::Unauthenticated => None,
        Status::Misfit(misfit) => return misfit.to_string().into(),
    };
    let enter = |_| drop(sign_in("work"));
    let leave = |_| drop(sign_out());
    match name {
        Some(name) => html! { <p>{ "Hello, " }{ name }<button onclick={leave}>{ "Sign out" }</button></p> },
        None => html! { <p>{ "Hello, stranger" }<button onclick={enter}>{ "Sign in" }</button></p> },
    }
}
