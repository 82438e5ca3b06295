//! The extractor of a server that only verifies.

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderValue, VARY, WWW_AUTHENTICATE};
use http::request::Parts;

use super::problem;
use crate::session::Session;
use crate::verify::Verifier;

/// The session of a request, as a [`Verifier`] reads it: for an API beside the site, whose state holds the verifier.
///
/// A request without one is answered 401; `Option<Verified>` takes it as nobody's. So is one that would change something, with a
/// cookie alone, and is not surely made by a page of [`Verifier::site`].
///
/// ```
/// use axum::Router;
/// use axum::routing::get;
/// use hallpass::Verified;
/// use hallpass::verify::Verifier;
///
/// async fn orders(Verified(session): Verified) -> String {
///     format!("the orders of {}", session.user.id.0)
/// }
///
/// fn api(verifier: Verifier) -> Router {
///     Router::new().route("/orders", get(orders)).with_state(verifier)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified(pub Session);

impl<S: Send + Sync> FromRequestParts<S> for Verified
where
    Verifier: FromRef<S>,
{
    type Rejection = NotVerified;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, NotVerified> {
        Verifier::from_ref(state).session(&parts.method, &parts.headers).map(Self).ok_or(NotVerified)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Verified
where
    Verifier: FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(Verifier::from_ref(state).session(&parts.method, &parts.headers).map(Self))
    }
}

/// The request shows no session: 401, with `WWW-Authenticate: Bearer` (RFC 6750 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotVerified;

impl IntoResponse for NotVerified {
    fn into_response(self) -> Response {
        let mut response = problem(
            StatusCode::UNAUTHORIZED,
            r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"Send a session's cookie, or its token as a bearer. For all but reads a cookie counts only from pages of the site that this API knows."}"#,
        );
        let headers = response.headers_mut();
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        headers.insert(VARY, HeaderValue::from_static("Cookie, Authorization"));
        response
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use http::{Request, Response};
    use tower_service::Service;

    use super::*;
    use crate::secret::Secret;
    use crate::world::fixed::Fixed;

    fn api() -> Router {
        let own = |Verified(session): Verified| async move { session.user.id.0 };
        let anybody = |session: Option<Verified>| async move { session.is_some().to_string() };
        let verifier =
            Verifier::new(Fixed::new().world().clock).secrets(vec![Secret::new("topsecret")]).unwrap();
        let verifier = verifier.site("https://app.example.com").unwrap();
        Router::new().route("/own", get(own).post(own)).route("/any", get(anybody)).with_state(verifier)
    }

    async fn ask(path: &str, authorization: &str) -> Response<Body> {
        let request = Request::get(path).header("authorization", authorization).body(Body::empty()).unwrap();
        api().call(request).await.unwrap()
    }

    async fn text(response: Response<Body>) -> Vec<u8> {
        axum::body::to_bytes(response.into_body(), 4096).await.unwrap().to_vec()
    }

    #[tokio::test]
    async fn a_handler_gets_the_session_and_nobody_gets_401_and_how_to_ask() {
        let good = format!("Bearer {}", include_str!("../../testdata/authjs-v5.jwe").trim());
        assert_eq!(text(ask("/own", &good).await).await, b"7");
        assert_eq!(text(ask("/any", &good).await).await, b"true");
        assert_eq!(text(ask("/any", "Bearer x").await).await, b"false");
        let refused = ask("/own", "Bearer x").await;
        assert_eq!(refused.status(), 401);
        assert_eq!(refused.headers()["www-authenticate"], "Bearer");
        assert_eq!(refused.headers()["cache-control"], "private, no-store");
    }

    #[tokio::test]
    async fn no_page_of_another_site_changes_anything_with_somebodys_cookie() {
        let cookie =
            format!("__Secure-authjs.session-token={}", include_str!("../../testdata/authjs-v5.jwe").trim());
        for (origin, expected) in [("https://app.example.com", 200), ("https://forum.example.com", 401)] {
            let request = Request::post("/own").header("cookie", &cookie).header("origin", origin);
            let answer = api().call(request.body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(answer.status(), expected, "{origin}");
        }
    }
}
