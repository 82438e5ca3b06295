//! The test page of `hallpass-browser` with its session shown by Leptos, so that the same scenarios play on it.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "its functions are those of the crate")]

#[path = "../../hallpass-browser/examples/page.rs"]
mod page;
#[path = "leptos/who.rs"]
mod who;

use std::any::Any;
use std::cell::RefCell;

use js_sys::Function;
use leptos::mount::{hydrate_from, mount_to};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use who::App;

thread_local! {
    static MOUNTED: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

fn telling(shown: Function) -> UnsyncCallback<()> {
    UnsyncCallback::new(move |()| drop(shown.call0(&JsValue::UNDEFINED)))
}

/// `rendered`: a session's JSON, `null` for nobody, or nothing. `led`: with a guard, and this in place of the way to the sign-in page.
#[wasm_bindgen]
pub fn mount(
    root: HtmlElement,
    rendered: Option<String>,
    options: &str,
    shown: Function,
    led: Option<Function>,
) {
    let (session, options) = (page::rendered(rendered), page::options(options));
    let app = move || {
        let led = led.map(|led| {
            let led = telling(led);
            Callback::new(move |()| led.run(()))
        });
        view! { <App session options shown=telling(shown) led /> }
    };
    MOUNTED.set(Some(Box::new(mount_to(root, app))));
}

/// Takes over what `leptos_rendered` has written.
#[wasm_bindgen]
pub fn hydrate(root: HtmlElement, options: &str, shown: Function) {
    let options = page::options(options);
    let app = move || view! { <App options shown=telling(shown) /> };
    MOUNTED.set(Some(Box::new(hydrate_from(root, app))));
}

#[wasm_bindgen]
pub fn unmount() {
    drop(MOUNTED.take());
}
