//! The test page of `hallpass-browser` with its session shown by Yew, so that the same scenarios play on it.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "its functions are those of the crate")]

#[path = "../../hallpass-browser/examples/page.rs"]
mod page;
#[path = "yew/who.rs"]
mod who;

use std::cell::RefCell;

use hallpass_yew::Rendered;
use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::Element;
use yew::{AppHandle, Callback, Renderer};

use who::{App, Given};

thread_local! {
    static MOUNTED: RefCell<Option<AppHandle<App>>> = const { RefCell::new(None) };
}

fn telling(function: Function) -> Callback<()> {
    Callback::from(move |()| drop(function.call0(&JsValue::UNDEFINED)))
}

/// `rendered`: a session's JSON, `null` for nobody, or nothing. `led`: with a guard, and this in place of the way to the sign-in page.
#[wasm_bindgen]
pub fn mount(root: Element, rendered: Option<String>, options: &str, shown: Function, led: Option<Function>) {
    let (session, options) = (page::rendered(rendered), page::options(options));
    let given = Given { session, options, shown: telling(shown), led: led.map(telling) };
    MOUNTED.set(Some(Renderer::<App>::with_root_and_props(root, given).render()));
}

/// Takes over what `yew_rendered` has written.
#[wasm_bindgen]
pub fn hydrate(root: Element, options: &str, shown: Function) {
    let (session, options) = (Rendered::Unknown, page::options(options));
    let given = Given { session, options, shown: telling(shown), led: None };
    MOUNTED.set(Some(Renderer::<App>::with_root_and_props(root, given).hydrate()));
}

#[wasm_bindgen]
pub fn unmount() {
    if let Some(app) = MOUNTED.take() {
        app.destroy();
    }
}
