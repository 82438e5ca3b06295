//! An application with Leptos and hallpass in one process: its pages are rendered on the server, with the session in them, and its
//! forms do without JavaScript. README.md says where to look.
#![forbid(unsafe_code)]
#![allow(unreachable_pub, reason = "what Leptos writes of a component and of a server function")]

pub mod app;
mod header;
mod pages;
mod person;
#[cfg(not(target_arch = "wasm32"))]
pub mod server;
pub mod visit;

/// Takes over the page that the server has written, and says so for whoever waits for it.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(app::App);
    if let Some(root) = leptos::prelude::document().document_element() {
        let _refused = root.set_attribute("data-taken", "");
    }
}
