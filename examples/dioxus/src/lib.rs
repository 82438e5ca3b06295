//! hallpass in Dioxus: the pages, for the server that renders them and for the browser that takes them over.

mod app;
mod arrival;
mod fields;
mod header;
mod pages;
#[cfg(feature = "server")]
pub mod serve;

/// Takes the page over from the server.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    dioxus::launch(app::App);
}
