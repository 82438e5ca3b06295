//! A page of islands, as the browser takes it over: each by a function of its own, which `#[island]` writes.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(missing_docs, unreachable_pub, reason = "its functions are those of a page")]

#[path = "islands/page.rs"]
mod page;

use wasm_bindgen::prelude::wasm_bindgen;

/// Before the first island.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
