//! `hello.rs` without hallpass: the same page, which takes anybody for the same person.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "a page has no callers")]

use wasm_bindgen::prelude::wasm_bindgen;
use yew::prelude::*;

#[wasm_bindgen(start)]
pub fn start() {
    yew::Renderer::<App>::new().render();
}

#[component]
fn App() -> Html {
    html! { <Greeting /> }
}

#[component]
fn Greeting() -> Html {
    let name = use_state(|| None::<String>);
    let (entered, left) = (name.setter(), name.setter());
    let enter = move |_| entered.set(Some("you".into()));
    let leave = move |_| left.set(None);
    match (*name).clone() {
        Some(name) => html! { <p>{ "Hello, " }{ name }<button onclick={leave}>{ "Sign out" }</button></p> },
        None => html! { <p>{ "Hello, stranger" }<button onclick={enter}>{ "Sign in" }</button></p> },
    }
}
