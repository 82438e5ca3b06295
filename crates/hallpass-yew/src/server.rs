//! On the server: from a request's session to the page.
//!
//! ```
//! use axum::response::Html as Page;
//! use axum::{Router, routing::get};
//! use hallpass::{Auth, Shown};
//! use hallpass_yew::{Rendered, SessionProvider, SignedIn, server};
//! use yew::prelude::*;
//!
//! #[derive(Clone, PartialEq, Properties)]
//! struct AppProps {
//!     #[prop_or_default]
//!     session: Rendered,
//! }
//!
//! #[component]
//! fn App(props: &AppProps) -> Html {
//!     html! { <SessionProvider session={props.session.clone()}><SignedIn>{ "Welcome" }</SignedIn></SessionProvider> }
//! }
//!
//! async fn page(shown: Shown) -> Page<String> {
//!     let session = server::rendered(shown);
//!     // Outside of what is hydrated: the page's `App` has no session, and finds it there.
//!     let script = server::script(&session);
//!     let body = yew::ServerRenderer::<App>::with_props(move || AppProps { session }).render().await;
//!     Page(format!("<!doctype html><html><head>{script}</head><body>{body}</body></html>"))
//! }
//!
//! // The layer keeps the page out of caches, and prolongs the session.
//! fn server(auth: &Auth) -> Router {
//!     Router::new().route("/", get(page)).merge(auth.router()).layer(auth.layer()).with_state(auth.clone())
//! }
//! # let _: fn(&Auth) -> Router = server;
//! ```

use hallpass::Shown;
use hallpass_browser::{Rendered, SCRIPT_ID};

/// What a page is rendered with, from `hallpass`'s extractor.
pub fn rendered(Shown(session): Shown) -> Rendered {
    session.map_or(Rendered::Nobody, Rendered::Session)
}

/// The script element that carries the session to the page; nothing where the server did not look. It belongs into the document before the
/// application's own script, and outside of what Yew hydrates.
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
