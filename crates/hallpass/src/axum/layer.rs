//! What a page that reads the session owes its answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use http::header::{CACHE_CONTROL, HeaderMap, HeaderValue, SET_COOKIE, VARY};
use http::request::Parts;
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use super::{NotSignedIn, Refusal};
use crate::config::{Auth, Bearer};
use crate::cookies::{Cookies, SetCookie};
use crate::error::Fault;
use crate::session::{Current, Renew, Session, read_of, shown_json};
use crate::world::Pending;

/// Completes the extractors: a session is read once for each request and prolonged when it is old enough, and an
/// answer for which it was read is private, `no-store`, and varies by cookie. Made by [`Auth::layer`].
#[derive(Clone, Debug)]
pub struct SessionLayer(());

impl Auth {
    /// The layer for the application's router: put it around the routes whose handlers take a [`Session`].
    pub fn layer(&self) -> SessionLayer {
        SessionLayer(())
    }
}

impl<S> Layer<S> for SessionLayer {
    type Service = SessionService<S>;

    fn layer(&self, inner: S) -> SessionService<S> {
        SessionService { inner }
    }
}

/// A service inside a [`SessionLayer`].
#[derive(Clone, Debug)]
pub struct SessionService<S> {
    inner: S,
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
        // Within another layer it is that one's to read once and to mark the answer.
        let outermost = request.extensions().get::<Reading>().is_none();
        let reading = Reading::default();
        if outermost {
            request.extensions_mut().insert(reading.clone());
        }
        let answer = self.inner.call(request);
        Box::pin(async move {
            let mut response = answer.await?;
            for seen in reading.seen().drain(..) {
                seen.mark(response.headers_mut());
            }
            Ok(response)
        })
    }
}

/// What the extractors of one request saw.
#[derive(Clone, Default)]
pub(super) struct Reading(Arc<Mutex<Vec<Seen>>>);

/// A session that was read, and what names it to others where the wire tells it (wire §6).
#[derive(Clone)]
struct Read {
    session: Session,
    access_token: Option<String>,
}

/// What one instance said: several may be asked in one request, and none answers for another.
pub(super) struct Seen {
    by: Auth,
    read: Option<Option<Read>>,
    /// The cookies of a session that was prolonged.
    pub(super) prolonged: Vec<SetCookie>,
    /// The token against forgery for the forms of this answer, with its cookie where the browser has none.
    pub(super) csrf: Option<(String, Option<SetCookie>)>,
    /// The `Set-Cookie` lines of a sign-in or sign-out by a server function.
    pub(super) moved: Vec<HeaderValue>,
}

impl Reading {
    /// That of a request inside a [`SessionLayer`].
    pub(super) fn of(parts: &Parts) -> Option<&Self> {
        parts.extensions.get()
    }

    /// The same, or a refusal: for what owes its answer more than the session it read.
    pub(super) fn owed(parts: &Parts) -> Result<&Self, NotSignedIn> {
        Self::of(parts).ok_or_else(|| {
            // Nobody who visits can help it: whoever runs the application reads how in its log.
            tracing::error!(
                "no place for hallpass's headers in the answer: put `.layer(auth.layer())` around the router"
            );
            NotSignedIn(Refusal::NoLayer)
        })
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Vec<Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads or notes what this instance said.
    pub(super) fn note<T>(&self, by: &Auth, note: impl FnOnce(&mut Seen) -> T) -> T {
        let mut seen = self.seen();
        let place = seen.iter().position(|seen| Arc::ptr_eq(&seen.by.0, &by.0));
        let place = place.unwrap_or_else(|| {
            let (prolonged, moved) = (Vec::new(), Vec::new());
            seen.push(Seen { by: by.clone(), read: None, prolonged, csrf: None, moved });
            seen.len() - 1
        });
        note(&mut seen[place])
    }
}

impl Seen {
    fn mark(self, headers: &mut HeaderMap) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        for name in ["Cookie", "Authorization"] {
            let counts = name == "Cookie" || self.by.0.session.bearer == Bearer::Read;
            if counts && !headers.get_all(VARY).iter().any(|vary| vary == name) {
                headers.append(VARY, HeaderValue::from_static(name));
            }
        }
        let csrf = self.csrf.and_then(|(_, cookie)| cookie);
        let cookies = self.prolonged.into_iter().chain(csrf);
        let lines = cookies.filter_map(|cookie| cookie.header(self.by.0.secure));
        // Of two cookies of one name a browser keeps the last: what a sign-in or a sign-out has set.
        for line in lines.chain(self.moved) {
            headers.append(SET_COOKIE, line);
        }
    }
}

/// The session of a request.
pub(super) async fn session(auth: &Auth, parts: &Parts) -> Result<Option<Session>, Fault> {
    Ok(read(auth, parts).await?.map(|read| read.session))
}

/// The session of a request as `GET /session` shows it.
pub(super) async fn shown(auth: &Auth, parts: &Parts) -> Result<Option<Vec<u8>>, Fault> {
    let Some(Read { session, access_token }) = read(auth, parts).await? else { return Ok(None) };
    shown_json(&auth.0, &session, access_token.as_deref()).await.map(Some)
}

/// Reads the session of a request, once. Without the layer there is nowhere to put a cookie, so nothing is prolonged; nor is a session
/// that the request has just ended or replaced.
async fn read(auth: &Auth, parts: &Parts) -> Result<Option<Read>, Fault> {
    let (setup, reading) = (&*auth.0, Reading::of(parts));
    if let Some(read) = reading.and_then(|reading| reading.note(auth, |seen| seen.read.clone())) {
        return Ok(read);
    }
    let lasting = reading.is_some_and(|reading| reading.note(auth, |seen| seen.moved.is_empty()));
    let renew = if lasting { Renew::WhenDue } else { Renew::Never };
    let current = match Cookies::parse(&parts.headers) {
        Ok(cookies) => read_of(setup, &cookies, &parts.headers, setup.world.clock.now(), renew).await?,
        Err(_) => None,
    };
    let (read, cookies) = current
        .map(|Current { session, access_token, cookies, .. }| (Read { session, access_token }, cookies))
        .unzip();
    if let Some(reading) = reading {
        reading.note(auth, |seen| {
            seen.read = Some(read.clone());
            seen.prolonged = cookies.unwrap_or_default();
        });
    }
    Ok(read)
}
