//! The proof that a page of this site made a request.

use axum::extract::{FromRef, FromRequestParts};
use axum::response::{IntoResponse, Response};
use http::header::COOKIE;
use http::request::Parts;
use http::{HeaderMap, StatusCode};

use super::problem;
use crate::config::Auth;
use crate::proofs::{Starter, changes_nothing, starter};

/// No page of another site has sent the request with the cookies of this one: for forms and server functions of the application's own,
/// which have no token against forgery.
///
/// A session's cookie does not prove it. `SameSite=Lax` keeps the cookie from forms of other sites, but `app.example.com` and
/// `forum.example.com` are one site to it, as are two ports of a machine. What a browser says of itself does: `Origin` (Fetch, section 3.2),
/// which every browser sends with every POST, or `Sec-Fetch-Site: same-origin` (Fetch Metadata).
///
/// As a layer it is around all that changes something; in a handler it is one more argument.
///
/// ```
/// use axum::{Router, middleware::from_extractor_with_state, routing::post};
/// use hallpass::{Auth, SameOrigin, Session};
///
/// async fn keep(_: SameOrigin, session: Session, note: String) -> String {
///     format!("{} wrote {note}", session.user.id.0)
/// }
///
/// fn functions(auth: &Auth) -> Router<Auth> {
///     let all = Router::new().route("/fn/rename", post(async || "renamed"));
///     all.route_layer(from_extractor_with_state::<SameOrigin, _>(auth.clone())).route("/fn/keep", post(keep))
/// }
/// # let _: fn(&Auth) -> Router<Auth> = functions;
/// ```
///
/// GET, HEAD and OPTIONS pass: they must not change anything (RFC 9110, section 9.2.1). A socket is no such read, although it begins with
/// a GET: what asks for an upgrade has to come from this site. No proof is needed of what names no origin and brings no cookies: a
/// program with a bearer token, which has nothing of a browser's to be misused.
#[derive(Clone, Copy, Debug)]
pub struct SameOrigin(());

/// Why a handler was not called: a page of another site may have made the request. 403.
#[derive(Clone, Copy, Debug)]
pub struct NotSameOrigin(());

impl<S: Send + Sync> FromRequestParts<S> for SameOrigin
where
    Auth: FromRef<S>,
{
    type Rejection = NotSameOrigin;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, NotSameOrigin> {
        let passes = match starter(&Auth::from_ref(state).0.site, &parts.headers) {
            _ if changes_nothing(&parts.method, &parts.headers) => true,
            Ok(Starter::ThisSite) => true,
            Ok(Starter::Untold) => !parts.headers.contains_key(COOKIE),
            Err(_) => false,
        };
        if passes { Ok(Self(())) } else { Err(NotSameOrigin(())) }
    }
}

impl IntoResponse for NotSameOrigin {
    fn into_response(self) -> Response {
        problem(
            StatusCode::FORBIDDEN,
            r#"{"type":"about:blank","title":"Forbidden","status":403,"detail":"This is for pages of this site only. A proxy has to pass Origin and Sec-Fetch-Site on."}"#,
        )
    }
}

/// Whether a page of this site surely made the request.
pub(super) fn is_told(auth: &Auth, headers: &HeaderMap) -> bool {
    matches!(starter(&auth.0.site, headers), Ok(Starter::ThisSite))
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_extractor_with_state;
    use axum::routing::any;
    use http::{Method, Request};
    use tower_service::Service;

    use super::*;
    use crate::browser::{SITE, builder};
    use crate::config::Strategy;
    use crate::world::fixed::Fixed;

    async fn status(method: Method, headers: &[(&str, &str)]) -> u16 {
        let auth = builder(&Fixed::new(), Strategy::Jwt).build().unwrap();
        let mut app = Router::new()
            .route("/", any(async || "done"))
            .route_layer(from_extractor_with_state::<SameOrigin, _>(auth.clone()));
        let mut request = Request::builder().method(method).uri("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = app.call(request.body(Body::empty()).unwrap()).await.unwrap();
        answer.status().as_u16()
    }

    const COOKIE: (&str, &str) = ("cookie", "next-auth.session-token=some");

    #[tokio::test]
    async fn a_page_of_this_site_may_change_something() {
        for headers in [
            [COOKIE, ("origin", SITE)].as_slice(),
            &[COOKIE, ("sec-fetch-site", "same-origin")],
            &[COOKIE, ("sec-fetch-site", "same-origin"), ("origin", SITE)],
            &[COOKIE, ("sec-fetch-site", "same-origin"), ("origin", "null")],
        ] {
            assert_eq!(status(Method::POST, headers).await, 200, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn another_one_may_not_and_neither_may_who_does_not_say() {
        for headers in [
            [COOKIE].as_slice(),
            &[COOKIE, ("origin", "null")],
            &[COOKIE, ("origin", "https://evil.example")],
            &[COOKIE, ("origin", "\u{e9}")],
            &[COOKIE, ("sec-fetch-site", "same-site")],
            &[COOKIE, ("sec-fetch-site", "none")],
            &[COOKIE, ("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
            &[COOKIE, ("sec-fetch-site", "cross-site"), ("origin", SITE)],
            &[COOKIE, ("referer", SITE)],
        ] {
            for method in [Method::POST, Method::PUT, Method::DELETE] {
                let refused = status(method.clone(), headers).await;
                assert!(refused == 403 || refused == 405, "{method} {headers:?}: {refused}");
            }
            assert_eq!(status(Method::GET, headers).await, 200, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn without_cookies_there_is_nothing_to_misuse() {
        assert_eq!(status(Method::POST, &[("authorization", "Bearer some")]).await, 200);
        assert_eq!(status(Method::POST, &[("origin", "https://evil.example")]).await, 403);
    }

    #[tokio::test]
    async fn a_socket_is_opened_by_pages_of_this_site_only() {
        let upgrade = ("upgrade", "websocket");
        for (headers, expected) in [
            ([COOKIE, upgrade, ("origin", SITE)].as_slice(), 200),
            (&[COOKIE, upgrade, ("sec-fetch-site", "same-origin")], 200),
            // A program with a bearer token.
            (&[upgrade], 200),
            (&[COOKIE, upgrade], 403),
            (&[COOKIE, upgrade, ("origin", "https://evil.example")], 403),
            (&[COOKIE, upgrade, ("origin", "null")], 403),
            (&[COOKIE, upgrade, ("sec-fetch-site", "same-site"), ("origin", "http://localhost:1")], 403),
            (&[upgrade, ("origin", "https://evil.example")], 403),
        ] {
            assert_eq!(status(Method::GET, headers).await, expected, "{headers:?}");
            let over_http2: Vec<_> = headers.iter().copied().filter(|header| *header != upgrade).collect();
            assert_eq!(status(Method::CONNECT, &over_http2).await, expected, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn a_refusal_says_what_a_proxy_has_to_pass_on() {
        let body = NotSameOrigin(()).into_response().into_body();
        let body = http_body_util::BodyExt::collect(body).await.unwrap().to_bytes();
        assert!(String::from_utf8_lossy(&body).contains("Sec-Fetch-Site"));
    }
}
