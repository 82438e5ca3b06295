//! For every address that has no page.

use leptos::prelude::*;

/// Says so, to the browser's user and in the answer's status.
#[component]
pub fn NoSuchPage() -> impl IntoView {
    #[cfg(not(target_arch = "wasm32"))]
    if let Some(answer) = use_context::<leptos_axum::ResponseOptions>() {
        answer.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! { <h1>"There is no such page"</h1> }
}
