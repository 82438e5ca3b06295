//! On the server: from a request's session to the components, and to the page.
//!
//! ```
//! use axum::response::Html as Page;
//! use hallpass::Shown;
//! use hallpass_leptos::{SessionProvider, SignedIn, server};
//! use leptos::prelude::*;
//!
//! #[component]
//! fn App() -> impl IntoView {
//!     view! { <SessionProvider><SignedIn>"Welcome"</SignedIn></SessionProvider> }
//! }
//!
//! fn shell() -> impl IntoView {
//!     view! { <!DOCTYPE html><html><head>{server::script()}</head><body><App /></body></html> }
//! }
//!
//! // With leptos_axum: `render_app_to_stream_with_context(move || server::provide(shown.clone()), shell)`.
//! async fn page(shown: Shown) -> Page<String> {
//!     Page(Owner::new().with(|| {
//!         server::provide(shown);
//!         shell().to_html()
//!     }))
//! }
//! # let _: axum::Router<hallpass::Auth> = axum::Router::new().route("/", axum::routing::get(page));
//! ```

use hallpass::Shown;
use hallpass_browser::{Rendered, SCRIPT_ID};
use leptos::prelude::*;

/// What a page is rendered with, from `hallpass`'s extractor.
pub fn rendered(Shown(session): Shown) -> Rendered {
    session.map_or(Rendered::Nobody, Rendered::Session)
}

/// Hands the session to every `<SessionProvider>` that is rendered for this request, and to [`script`].
pub fn provide(shown: Shown) {
    provide_context(rendered(shown));
}

/// The script element that carries the session to the page; nothing where [`provide`] was not called. It belongs into the document's
/// head, before the application's own script, and outside of what Leptos hydrates.
pub fn script() -> impl IntoView {
    let text = use_context::<Rendered>().and_then(|session| session.script_text());
    text.map(|text| view! { <script id=SCRIPT_ID type="application/json" inner_html=text></script> })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(shown: Option<&str>) -> String {
        Owner::new().with(|| {
            provide(Shown(shown.map(str::to_owned)));
            script().to_html()
        })
    }

    #[test]
    fn the_script_carries_the_session_and_no_tag_can_end_it() {
        let script = written(Some(r#"{"user":{"name":"</script><b>"},"expires":"x"}"#));
        assert_eq!(script.matches("</script").count(), 1, "{script}");
        assert!(script.contains(r#"{"user":{"name":"\u003c/script>\u003cb>"},"expires":"x"}"#), "{script}");
        assert!(script.contains(r#"id="hallpass-session""#), "{script}");
        assert!(written(None).contains(">null<"));
        assert!(!Owner::new().with(|| super::script().to_html()).contains("script"));
    }
}
