//! What stands where there is no page.

use dioxus::fullstack::FullstackContext;
use dioxus::prelude::*;

#[component]
pub(crate) fn NotFound(path: Vec<String>) -> Element {
    let _ = path;
    // Nothing in the browser; on the server, the status of the answer.
    use_hook(|| FullstackContext::commit_http_status(StatusCode::NOT_FOUND, None));
    rsx! { h1 { "There is no such page" } }
}
