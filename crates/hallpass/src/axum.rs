//! Extractors and a router for axum.

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hallpass_wire::{Action, CALLBACK_URL_FIELD};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER, VARY};
use http::request::Parts;
use http::{StatusCode, Uri};
use url::form_urlencoded::Serializer;

use crate::config::{Auth, Setup};
use crate::cookies::Cookies;
use crate::error::Fault;
use crate::exchange::accepts_html;
use crate::session::{Renew, Session, read};

impl Auth {
    /// A router with every endpoint, to be merged into the application's own.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> axum::Router<S> {
        let path = format!("{}/{{*rest}}", self.base_path());
        axum::Router::new().route_service(&path, self.service())
    }
}

/// The session, or a refusal: a page is sent to the sign-in page and comes back, an API gets 401.
impl<S: Send + Sync> FromRequestParts<S> for Session
where
    Auth: FromRef<S>,
{
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, NotSignedIn> {
        let auth = Auth::from_ref(state);
        match session(&auth.0, parts).await {
            Ok(Some(session)) => Ok(session),
            Ok(None) => Err(NotSignedIn(refusal(&auth.0, parts))),
            Err(fault) => Err(NotSignedIn(unavailable(&fault, parts))),
        }
    }
}

/// The session, if there is one. Where the store cannot be asked, the request is refused and not taken for
/// nobody's.
impl<S: Send + Sync> OptionalFromRequestParts<S> for Session
where
    Auth: FromRef<S>,
{
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, NotSignedIn> {
        let auth = Auth::from_ref(state);
        session(&auth.0, parts).await.map_err(|fault| NotSignedIn(unavailable(&fault, parts)))
    }
}

/// Why a handler was not called: nobody is signed in, or nobody can tell at the moment.
#[derive(Debug)]
pub struct NotSignedIn(Refusal);

#[derive(Debug)]
enum Refusal {
    SignIn(HeaderValue),
    Unauthorized,
    Unavailable,
}

impl IntoResponse for NotSignedIn {
    fn into_response(self) -> Response {
        let mut response = match self.0 {
            Refusal::SignIn(location) => {
                let mut response = StatusCode::FOUND.into_response();
                response.headers_mut().insert(LOCATION, location);
                response
            }
            Refusal::Unauthorized => problem(
                StatusCode::UNAUTHORIZED,
                r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"Sign in first."}"#,
            ),
            Refusal::Unavailable => {
                let mut response = problem(
                    StatusCode::SERVICE_UNAVAILABLE,
                    r#"{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The session cannot be read at the moment. Try again."}"#,
                );
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
                response
            }
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        headers.insert(VARY, HeaderValue::from_static("Cookie, Accept"));
        response
    }
}

/// RFC 9457.
fn problem(status: StatusCode, body: &'static str) -> Response {
    let mut response = (status, Bytes::from_static(body.as_bytes())).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

async fn session(setup: &Setup, parts: &Parts) -> Result<Option<Session>, Fault> {
    let Ok(cookies) = Cookies::parse(&parts.headers) else { return Ok(None) };
    let current = read(setup, &cookies, setup.world.clock.now(), Renew::Never).await?;
    Ok(current.map(|current| current.session))
}

fn refusal(setup: &Setup, parts: &Parts) -> Refusal {
    if !accepts_html(&parts.headers) {
        return Refusal::Unauthorized;
    }
    let here = parts.extensions.get::<axum::extract::OriginalUri>().map_or(&parts.uri, |uri| &uri.0);
    let query = Serializer::new(String::new()).append_pair(CALLBACK_URL_FIELD, &local(here)).finish();
    let url = format!("{}?{query}", setup.url(Action::SignIn(None)));
    HeaderValue::try_from(url).map_or(Refusal::Unauthorized, Refusal::SignIn)
}

/// The path and query: the origin of a request's URL is not to be believed.
fn local(uri: &Uri) -> String {
    uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)
}

fn unavailable(fault: &Fault, parts: &Parts) -> Refusal {
    fault.log("", parts.uri.path().get(..0).unwrap_or_default());
    Refusal::Unavailable
}
