//! `hello` without hallpass: the same page, which knows nobody.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "a page has no callers")]

#[path = "hello/page.rs"]
mod page;

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(start)]
pub fn start() {
    page::clicked("in", || page::show("you"));
    page::clicked("out", || page::show("stranger"));
    page::show("stranger");
}
