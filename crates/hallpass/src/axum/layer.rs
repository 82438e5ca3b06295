//! What a page that reads the session owes its answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use http::header::{CACHE_CONTROL, HeaderMap, HeaderValue, SET_COOKIE, VARY};
use http::request::Parts;
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::config::{Auth, Setup};
use crate::cookies::{Cookies, SetCookie};
use crate::error::Fault;
use crate::session::{Renew, Session, read};
use crate::world::Pending;

/// Completes the extractors: a session is read once for each request and prolonged when it is old enough, and an
/// answer for which it was read is private, `no-store`, and varies by cookie. Made by [`Auth::layer`].
#[derive(Clone, Debug)]
pub struct SessionLayer {
    secure: bool,
}

impl Auth {
    /// The layer for the application's router: put it around the routes whose handlers take a [`Session`].
    pub fn layer(&self) -> SessionLayer {
        SessionLayer { secure: self.0.secure }
    }
}

impl<S> Layer<S> for SessionLayer {
    type Service = SessionService<S>;

    fn layer(&self, inner: S) -> SessionService<S> {
        SessionService { inner, secure: self.secure }
    }
}

/// A service inside a [`SessionLayer`].
#[derive(Clone, Debug)]
pub struct SessionService<S> {
    inner: S,
    secure: bool,
}

impl<S, B, R> Service<Request<B>> for SessionService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
    R: 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pending<'static, Result<Response<R>, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let reading = Reading::default();
        request.extensions_mut().insert(reading.clone());
        let (answer, secure) = (self.inner.call(request), self.secure);
        Box::pin(async move {
            let mut response = answer.await?;
            if let Some(seen) = reading.take() {
                seen.mark(response.headers_mut(), secure);
            }
            Ok(response)
        })
    }
}

/// What the extractors of one request saw.
#[derive(Clone, Default)]
struct Reading(Arc<Mutex<Option<Seen>>>);

struct Seen {
    session: Option<Session>,
    cookies: Vec<SetCookie>,
}

impl Reading {
    fn take(&self) -> Option<Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn session(&self) -> Option<Option<Session>> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.as_ref().map(|seen| seen.session.clone())
    }

    fn keep(&self, seen: Seen) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
    }
}

impl Seen {
    fn mark(self, headers: &mut HeaderMap, secure: bool) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        headers.append(VARY, HeaderValue::from_static("Cookie"));
        for line in self.cookies.iter().filter_map(|cookie| cookie.header(secure)) {
            headers.append(SET_COOKIE, line);
        }
    }
}

/// Reads the session of a request, once. Without the layer there is nowhere to put a cookie, so nothing is prolonged.
pub(super) async fn session(setup: &Setup, parts: &Parts) -> Result<Option<Session>, Fault> {
    let reading = parts.extensions.get::<Reading>();
    if let Some(session) = reading.and_then(Reading::session) {
        return Ok(session);
    }
    let Ok(cookies) = Cookies::parse(&parts.headers) else { return Ok(None) };
    let renew = if reading.is_some() { Renew::WhenDue } else { Renew::Never };
    let current = read(setup, &cookies, setup.world.clock.now(), renew).await?;
    let (session, cookies) = current.map(|current| (current.session, current.cookies)).unzip();
    if let Some(reading) = reading {
        reading.keep(Seen { session: session.clone(), cookies: cookies.unwrap_or_default() });
    }
    Ok(session)
}
