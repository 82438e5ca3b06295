//! On the server: from a request's session to the page.
//!
//! ```
//! use axum::response::Html as Page;
//! use axum::{Router, routing::get};
//! use dioxus::prelude::*;
//! use hallpass::{Auth, Shown};
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
//!
//! // The layer keeps the page out of caches, and prolongs the session.
//! fn server(auth: &Auth) -> Router {
//!     Router::new().route("/", get(page)).merge(auth.router()).layer(auth.layer()).with_state(auth.clone())
//! }
//! # let _: fn(&Auth) -> Router = server;
//! ```

use axum::body::{Body, to_bytes};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use hallpass::{Auth, Shown};
use hallpass_browser::{Rendered, SCRIPT_ID};

/// One of `hallpass`'s extractors where the router's state is not the application's own: in Dioxus's server functions, whose state is
/// Dioxus's. It takes `Auth` from the request, where `Extension(auth)` around the router puts it.
///
/// ```
/// use axum::{Extension, Router};
/// use hallpass::{Auth, Session, Visitor};
/// use hallpass_dioxus::server::FromAuth;
///
/// // With Dioxus's macro it stands in the attribute: `#[post("/leave", visitor: FromAuth<Visitor>)]`.
/// async fn leave(FromAuth(session): FromAuth<Option<Session>>, FromAuth(visitor): FromAuth<Visitor>) -> String {
///     if session.is_none() {
///         return "/".into();
///     }
///     visitor.sign_out("/").await.unwrap_or_else(|error| format!("/?problem={}", error.code()))
/// }
///
/// fn app(auth: &Auth) -> Router {
///     let functions = Router::new().route("/leave", axum::routing::post(leave));
///     functions.layer(Extension(auth.clone())).layer(auth.layer())
/// }
/// # let _: fn(&Auth) -> Router = app;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FromAuth<E>(pub E);

impl<S: Send + Sync, E: FromRequestParts<Auth>> FromRequestParts<S> for FromAuth<E> {
    type Rejection = Response;

    /// Refuses as the extractor does, and with 500 where nobody put `Auth` into the request.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let Some(auth) = parts.extensions.get::<Auth>().cloned() else {
            return Err((StatusCode::INTERNAL_SERVER_ERROR, NO_AUTH).into_response());
        };
        E::from_request_parts(parts, &auth).await.map(Self).map_err(IntoResponse::into_response)
    }
}

const NO_AUTH: &str = "[hallpass] FromAuth finds no Auth: put `.layer(Extension(auth))` around the router.";

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

/// Puts [`script`] into a page that Dioxus's own renderer has answered with, whatever wrote its head: `dx`'s `index.html`, or the
/// application. A page is waited for to its end, so do not stream it.
///
/// ```
/// use axum::body::{Body, to_bytes};
/// use axum::response::Response;
/// use hallpass_dioxus::{Rendered, server};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let page = Response::new(Body::from("<html><head><title>Mine</title></head><body></body></html>"));
/// let page = server::with_session(page, &Rendered::Nobody).await;
/// let page = to_bytes(page.into_body(), 4096).await?;
/// assert!(page.starts_with(b"<html><head><title>Mine</title><script id="));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// An answer without a head, such as a redirect, stays as it is. One that breaks off is 500.
pub async fn with_session(page: Response, session: &Rendered) -> Response {
    let (mut parts, body) = page.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let Some(end) = body.windows(END_OF_HEAD.len()).position(|part| part.eq_ignore_ascii_case(END_OF_HEAD))
    else {
        return Response::from_parts(parts, Body::from(body));
    };
    let (head, rest) = body.split_at(end);
    let whole = [head, script(session).as_bytes(), rest].concat();
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(whole))
}

const END_OF_HEAD: &[u8] = b"</head>";

#[cfg(test)]
mod tests {
    use axum::Extension;
    use axum::extract::Request;

    use super::*;

    async fn extracted(request: Request) -> Result<Option<hallpass::Session>, (StatusCode, String)> {
        let (mut parts, _) = request.into_parts();
        match FromAuth::from_request_parts(&mut parts, &"a state of somebody else's").await {
            Ok(FromAuth(session)) => Ok(session),
            Err(refusal) => {
                let (head, body) = refusal.into_parts();
                let body = axum::body::to_bytes(body, 4096).await.unwrap();
                Err((head.status, String::from_utf8_lossy(&body).into_owned()))
            }
        }
    }

    fn auth() -> Auth {
        let store = std::sync::Arc::new(hallpass_store::Memory::new());
        let world = hallpass_world::real(store, hallpass_world::Options::default());
        let secret = hallpass::Secret::new("32 random bytes, which nobody else has");
        Auth::builder("https://app.example", vec![secret], world).build().unwrap()
    }

    #[tokio::test]
    async fn what_has_no_head_stays_as_it_is() {
        let session = Rendered::Session(r#"{"user":{}}"#.into());
        let answer = with_session((StatusCode::SEE_OTHER, "to elsewhere").into_response(), &session).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(to_bytes(answer.into_body(), 4096).await.unwrap(), "to elsewhere");
        let unknown = with_session("<HEAD></HEAD>".into_response(), &Rendered::Unknown).await;
        assert_eq!(to_bytes(unknown.into_body(), 4096).await.unwrap(), "<HEAD></HEAD>");
    }

    #[tokio::test]
    async fn an_extractor_finds_its_auth_in_the_request_whatever_the_state_is() {
        let request = |with: Option<Auth>| {
            let mut request = Request::new(Body::empty());
            if let Some(Extension(auth)) = with.map(Extension) {
                request.extensions_mut().insert(auth);
            }
            request
        };
        assert_eq!(extracted(request(Some(auth()))).await, Ok(None));
        let (status, told) = extracted(request(None)).await.unwrap_err();
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(told.contains("Extension(auth)"), "{told}");
    }

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
