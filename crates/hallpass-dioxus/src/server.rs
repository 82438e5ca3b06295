//! On the server: from a request's session to the page.
//!
//! ```
//! use axum::response::Html as Page;
//! use dioxus::prelude::*;
//! use hallpass::Shown;
//! use hallpass_dioxus::{SessionProvider, SignedIn, server};
//!
//! #[component]
//! fn App() -> Element {
//!     rsx! { SessionProvider { SignedIn { "Welcome" } } }
//! }
//!
//! async fn page(shown: Shown) -> Page<String> {
//!     let session = server::rendered(shown);
//!     let script = server::script(&session);
//!     // Every provider finds it there; in the browser, in the script.
//!     let mut dom = VirtualDom::new(App).with_root_context(session);
//!     dom.rebuild_in_place();
//!     let body = dioxus_ssr::pre_render(&dom);
//!     Page(format!("<!doctype html><html><head>{script}</head><body><div id=\"main\">{body}</div></body></html>"))
//! }
//! # let _: axum::Router<hallpass::Auth> = axum::Router::new().route("/", axum::routing::get(page));
//! ```

use hallpass::Shown;
use hallpass_browser::{Rendered, SCRIPT_ID};

/// What a page is rendered with, from `hallpass`'s extractor.
pub fn rendered(Shown(session): Shown) -> Rendered {
    session.map_or(Rendered::Nobody, Rendered::Session)
}

/// The script element that carries the session to the page; nothing where the server did not look. It belongs into the document before the
/// application's own script, and outside of what Dioxus hydrates.
pub fn script(session: &Rendered) -> String {
    session.script_text().map_or_else(String::new, |text| {
        format!(r#"<script id="{SCRIPT_ID}" type="application/json">{text}</script>"#)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_carries_the_session_and_no_tag_can_end_it() {
        let shown = Shown(Some(r#"{"user":{"name":"</script><b>"},"expires":"x"}"#.to_owned()));
        let script = script(&rendered(shown));
        assert_eq!(script.matches('<').count(), 2, "{script}");
        assert!(script.contains(r"\u003c/script>\u003cb>"), "{script}");
        assert!(super::script(&rendered(Shown(None))).contains(">null<"));
        assert_eq!(super::script(&Rendered::Unknown), "");
    }
}
