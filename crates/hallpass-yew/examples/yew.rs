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

fn renderer(root: Element, session: Rendered, options: &str, shown: Function) -> Renderer<App> {
    let shown = Callback::from(move |()| drop(shown.call0(&JsValue::UNDEFINED)));
    Renderer::with_root_and_props(root, Given { session, options: page::options(options), shown })
}

/// `rendered`: a session's JSON, `null` for nobody, or nothing.
#[wasm_bindgen]
pub fn mount(root: Element, rendered: Option<String>, options: &str, shown: Function) {
    MOUNTED.set(Some(renderer(root, page::rendered(rendered), options, shown).render()));
}

/// Takes over what `yew_rendered` has written.
#[wasm_bindgen]
pub fn hydrate(root: Element, options: &str, shown: Function) {
    MOUNTED.set(Some(renderer(root, Rendered::Unknown, options, shown).hydrate()));
}

#[wasm_bindgen]
pub fn unmount() {
    if let Some(app) = MOUNTED.take() {
        app.destroy();
    }
}
