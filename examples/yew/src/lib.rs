//! hallpass in an application of Yew: the pages, which the server renders and the browser takes over.
//!
//! The same app as `examples/nextjs-app`; what the server answers stands beside `main.rs`.

mod app;
mod header;
mod local;
mod page;
mod pages;
mod post;
mod route;
mod words;

pub use app::{App, AppProps};
pub use local::local;
pub use page::{Asked, PAGE_ID, Page, Told};
pub use route::Route;

/// Takes over the page that the server has rendered.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    use yew_router::history::BrowserHistory;

    let document = web_sys::window().and_then(|window| window.document());
    let Some(root) = document.and_then(|document| document.get_element_by_id("app")) else { return };
    let props = AppProps {
        history: BrowserHistory::new().into(),
        // It stands in the page's text.
        session: hallpass_yew::Rendered::Unknown,
        page: Page::in_document(),
    };
    yew::Renderer::<App>::with_root_and_props(root, props).hydrate();
}
