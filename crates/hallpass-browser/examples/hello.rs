//! A page that greets whoever is signed in, and lets them in and out: what it weighs more than `hello_without` is what the crate
//! weighs.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "a page has no callers")]

#[path = "hello/page.rs"]
mod page;

use hallpass_browser::{Rendered, Session, Status, current, sign_in, sign_out, subscribe};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(start)]
pub fn start() {
    // For as long as the page lives.
    std::mem::forget(subscribe(greet, Rendered::Unknown));
    page::clicked("in", || drop(sign_in("work")));
    page::clicked("out", || drop(sign_out()));
    greet();
}

fn greet() {
    match current::<Session>().status {
        Status::Loading => page::show("\u{2026}"),
        Status::Authenticated(session) => page::show(session.user.name.as_deref().unwrap_or("you")),
        Status::Unauthenticated => page::show("stranger"),
        Status::Misfit(misfit) => page::show(&misfit.to_string()),
    }
}
