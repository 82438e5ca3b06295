//! The extractor of a page that is rendered on the server.

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;

use super::layer::{Reading, shown};
use super::{NotSignedIn, unavailable};
use crate::config::Auth;

/// The session as the browser is shown it: the JSON that `GET /session` would answer, so that a page which is rendered with it
/// has nothing to ask. `None`: nobody is signed in.
///
/// It is read as [`Session`](crate::Session) is, once for each request, within the process. The `session` callback is asked; the
/// `session` event, which tells of reads by the browser, is not told. With the wire of next-auth 3 and sessions in the database
/// the `accessToken` is there too, and so stands in the page's text: it names the session, and opens nothing here.
///
/// It needs [`Auth::layer`] around the router, which keeps the page out of caches and prolongs the session. Without it the request is refused with
/// 500, and the log says why. Where the session cannot be read it is 503, and not taken for nobody's.
///
/// ```
/// use axum::{Router, response::Html, routing::get};
/// use hallpass::{Auth, Shown};
///
/// async fn page(Shown(session): Shown) -> Html<String> {
///     // Text within a script element: `<` must not end it.
///     let session = session.unwrap_or_else(|| "null".into()).replace('<', "\\u003c");
///     Html(format!(r#"<script id="session" type="application/json">{session}</script>"#))
/// }
///
/// fn app(auth: &Auth) -> Router {
///     Router::new().route("/", get(page)).merge(auth.router()).layer(auth.layer()).with_state(auth.clone())
/// }
/// # let _: fn(&Auth) -> Router = app;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Shown
where
    Auth: FromRef<S>,
{
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, NotSignedIn> {
        let auth = Auth::from_ref(state);
        Reading::owed(parts)?;
        let refused = |fault| NotSignedIn(unavailable(&auth.0, &fault, parts));
        let json = shown(&auth, parts).await.map_err(refused)?;
        Ok(Self(json.map(|json| String::from_utf8_lossy(&json).into_owned())))
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use http::Request;
    use tower_service::Service;

    use super::*;
    use crate::browser::{Browser, builder};
    use crate::world::fixed::Fixed;
    use crate::{Strategy, Wire};

    #[tokio::test]
    async fn a_page_is_given_what_the_browser_would_be_told() {
        for (strategy, wire) in [
            (Strategy::Jwt, Wire::V4),
            (Strategy::Database, Wire::V4),
            (Strategy::Jwt, Wire::V5),
            (Strategy::Database, Wire::V3),
        ] {
            let auth = builder(&Fixed::new(), strategy).wire(wire).build().unwrap();
            let mut browser = Browser::new(&auth);
            let page = |Shown(session): Shown| async move { session.unwrap_or_else(|| "nobody".into()) };
            let mut app =
                Router::new().route("/", get(page)).layer(auth.layer()).with_state::<()>(auth.clone());
            let mut ask = async |cookie: &str| {
                let request = Request::get("/").header("cookie", cookie).body(Body::empty()).unwrap();
                let answer = app.call(request).await.unwrap();
                assert_eq!(answer.headers()["cache-control"], "private, no-store");
                axum::body::to_bytes(answer.into_body(), 4096).await.unwrap()
            };
            assert_eq!(ask("").await, "nobody");
            browser.sign_up("ada@example.com", "correct-horse").await;
            let (name, value) =
                browser.cookies.iter().find(|(name, _)| name.contains("session-token")).unwrap();
            let cookie = format!("{name}={value}");
            let told = browser.get("/session").await.body;
            assert!(told.contains("ada@example.com"), "{told}");
            assert_eq!(told.contains("accessToken"), wire == Wire::V3, "{told}");
            assert_eq!(ask(&cookie).await, told);
        }
    }

    #[tokio::test]
    async fn without_the_layer_a_page_that_any_cache_would_keep_is_not_made() {
        let auth = builder(&Fixed::new(), Strategy::Jwt).build().unwrap();
        let page = |Shown(session): Shown| async move { session.unwrap_or_else(|| "nobody".into()) };
        let mut app = Router::new().route("/", get(page)).with_state::<()>(auth);
        let answer = app.call(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.headers()["cache-control"], "private, no-store");
        let body = axum::body::to_bytes(answer.into_body(), 4096).await.unwrap();
        assert!(String::from_utf8_lossy(&body).contains(".layer(auth.layer())"));
    }
}
