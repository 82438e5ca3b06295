//! On the server: from a request's session to the components, and to the page.
//!
//! ```
//! use axum::response::Html as Page;
//! use axum::{Router, routing::get};
//! use hallpass::{Auth, Shown};
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
//! // With leptos_axum: `render_app_async_with_context(move || server::provide(shown.clone()), shell)`.
//! async fn page(shown: Shown) -> Page<String> {
//!     Page(Owner::new().with(|| {
//!         server::provide(shown);
//!         shell().to_html()
//!     }))
//! }
//!
//! // The layer keeps the page out of caches, and prolongs the session.
//! fn server(auth: &Auth) -> Router {
//!     Router::new().route("/", get(page)).merge(auth.router()).layer(auth.layer()).with_state(auth.clone())
//! }
//! # let _: fn(&Auth) -> Router = server;
//! ```

use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use hallpass::{Auth, Shown};
use hallpass_browser::{Rendered, SCRIPT_ID};
use leptos::prelude::*;

/// One of `hallpass`'s extractors, in a server function and wherever else leptos_axum has put the request into the context. `Auth` comes
/// from the context too: `provide_context(auth)`, where the pages are rendered and in `handle_server_fns_with_context`.
///
/// ```
/// use hallpass::{Session, Visitor};
/// use hallpass_leptos::server;
/// use leptos::prelude::*;
///
/// // With `#[server]` above it.
/// async fn leave() -> Result<String, ServerFnError> {
///     let session: Option<Session> = server::extract().await?;
///     if session.is_none() {
///         return Ok("/".into());
///     }
///     let visitor: Visitor = server::extract().await?;
///     Ok(visitor.sign_out("/").await.unwrap_or_else(|error| format!("/?problem={}", error.code())))
/// }
/// ```
///
/// # Errors
/// Where the extractor refuses, and where the context lacks what it needs. `?` makes a `ServerFnError` of it, which Leptos answers with 500
/// whatever it says; a function whose type has an error of its own can match on it.
pub async fn extract<E: FromRequestParts<Auth>>() -> Result<E, Refused> {
    let auth = use_context::<Auth>().ok_or(Refused::NoAuth)?;
    let mut parts = use_context::<Parts>().ok_or(Refused::NoRequest)?;
    let extracted = E::from_request_parts(&mut parts, &auth).await;
    extracted.map_err(|refusal| Refused::Request(refusal.into_response().status()))
}

/// Why [`extract`] has nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// The extractor refuses the request with this status: 401 where nobody is signed in, 503 where it could not be read who is.
    Request(StatusCode),
    /// The application's: nobody has provided `Auth`.
    NoAuth,
    /// The application's: nobody has provided the request.
    NoRequest,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(status) => write!(f, "[hallpass] the request is refused: {status}"),
            Self::NoAuth => f.write_str(
                "[hallpass] extract() finds no Auth: call provide_context(auth) where the pages are rendered, and in \
                 handle_server_fns_with_context.",
            ),
            Self::NoRequest => f.write_str(
                "[hallpass] extract() finds no request: it is for what leptos_axum calls, within a request.",
            ),
        }
    }
}

impl std::error::Error for Refused {}

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

    fn auth() -> Auth {
        let store = std::sync::Arc::new(hallpass_store::Memory::new());
        let world = hallpass_world::real(store, hallpass_world::Options::default());
        let secret = hallpass::Secret::new("32 random bytes, which nobody else has");
        Auth::builder("https://app.example", vec![secret], world).build().unwrap()
    }

    #[tokio::test(flavor = "current_thread")]
    async fn an_extractor_finds_what_it_needs_in_the_context_and_says_what_is_not_there() {
        let owner = Owner::new();
        owner.set();
        let without_auth = extract::<Shown>().await.unwrap_err();
        assert_eq!(without_auth, Refused::NoAuth);
        assert!(without_auth.to_string().contains("provide_context(auth)"), "{without_auth}");
        provide_context(auth());
        let without_request = extract::<Shown>().await.unwrap_err();
        assert_eq!(without_request, Refused::NoRequest);
        assert!(without_request.to_string().contains("no request"), "{without_request}");
        let request = axum::http::Request::builder().header("accept", "application/json").body(()).unwrap();
        provide_context(request.into_parts().0);
        assert!(extract::<Option<hallpass::Session>>().await.unwrap().is_none());
        let refused = extract::<hallpass::Session>().await.unwrap_err();
        assert_eq!(refused, Refused::Request(StatusCode::UNAUTHORIZED));
        let told = <ServerFnError>::from(refused).to_string();
        assert!(told.contains("401 Unauthorized"), "{told}");
    }

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
