//! A tower [`Service`]: reads the request, routes it, writes the reply. It never fails.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hallpass_wire::Action;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use tower_service::Service;

use crate::config::{Auth, Setup};
use crate::cookies::Cookies;
use crate::error::Fault;
use crate::exchange::{CallbackUrl, Exchange, Reply, Verb};
use crate::params::Params;
use crate::proofs::CsrfToken;
use crate::router::route;
use crate::world::Pending;

/// No form of ours is larger.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The address of the client, as the shell that owns the socket knows it. Insert it into a request's extensions to
/// see it in the log; nothing is decided by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddr(pub std::net::IpAddr);

/// hallpass as a tower service over `http` types, for every path under the base path.
///
/// It answers `404` to any other path, so mount it where those go elsewhere; [`Auth::router`] does.
#[derive(Clone, Debug)]
pub struct AuthService(Auth);

impl Auth {
    /// hallpass as a tower service.
    pub fn service(&self) -> AuthService {
        AuthService(self.clone())
    }
}

impl<B> Service<Request<B>> for AuthService
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pending<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let auth = self.0.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let id = request_id(&auth.0);
            let path = parts.uri.path().strip_prefix(auth.base_path());
            let Some(path) = path.filter(|path| path.is_empty() || path.starts_with('/')) else {
                let nothing = Reply::text(StatusCode::NOT_FOUND, "Error: there is nothing at this path.");
                return Ok(nothing.into_response(auth.0.secure, &id));
            };
            let answered = answer(&auth.0, &parts, path, body, &id).await;
            Ok(answered.unwrap_or_else(|fault| {
                log_client(&parts);
                fault.log(&id, path.split('/').nth(1).unwrap_or_default());
                fault.bare_reply().into_response(auth.0.secure, &id)
            }))
        })
    }
}

async fn answer<B>(
    setup: &Setup,
    parts: &http::request::Parts,
    path: &str,
    body: B,
    request_id: &str,
) -> Result<Response<Full<Bytes>>, Fault>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let action = Action::parse(path).ok_or(Fault::UnknownAction)?;
    let verb = match parts.method {
        Method::GET | Method::HEAD => Verb::Get,
        Method::POST => Verb::Post,
        _ => return Err(Fault::UnknownAction),
    };
    let headers = &parts.headers;
    let cookies = Cookies::parse(headers).map_err(|_| Fault::CookiesTooLarge)?;
    let query = match parts.uri.query() {
        Some(query) => Params::from_form(query)?,
        None => Params::default(),
    };
    let form = match (verb, action) {
        (Verb::Get, _) => Params::default(),
        (Verb::Post, Action::Log) => read_form(headers, body).await.unwrap_or_default(),
        (Verb::Post, _) => read_form(headers, body).await?,
    };
    let csrf = CsrfToken::open(setup, &cookies)?;
    let callback_url = CallbackUrl::resolve(setup, &query, &form, &cookies);
    let now = setup.world.clock.now();
    let x =
        Exchange { setup, verb, action, headers, query, form, cookies, csrf, callback_url, now, request_id };
    let reply = match route(&x).await {
        Ok(reply) => reply,
        Err(fault) => {
            log_client(parts);
            fault.log(request_id, path.split('/').nth(1).unwrap_or_default());
            fault.reply(&x)
        }
    };
    Ok(x.finish(reply))
}

/// Says from where a refused request came.
fn log_client(parts: &http::request::Parts) {
    if let Some(ClientAddr(addr)) = parts.extensions.get() {
        tracing::debug!(%addr, "client of the refused request");
    }
}

/// Reads a body as its type says; one without a type is no form of ours.
async fn read_form<B>(headers: &HeaderMap, body: B) -> Result<Params, Fault>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let kind = body_kind(headers);
    let collected = Limited::new(body, MAX_BODY_BYTES).collect().await;
    let bytes = collected.map(http_body_util::Collected::to_bytes).map_err(|error| {
        if error.downcast_ref::<LengthLimitError>().is_some() {
            Fault::BodyTooLarge
        } else {
            Fault::BodyUnreadable
        }
    })?;
    match kind {
        Some(Kind::Json) => Ok(Params::from_json(&bytes)?),
        Some(Kind::Form) => {
            let form =
                std::str::from_utf8(&bytes).map_err(|_| Fault::Params(crate::params::BadParams::NotUtf8))?;
            Ok(Params::from_form(form)?)
        }
        None if bytes.is_empty() => Ok(Params::default()),
        None => Err(Fault::UnsupportedBody),
    }
}

enum Kind {
    Form,
    Json,
}

fn body_kind(headers: &HeaderMap) -> Option<Kind> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(kind), None) = (types.next(), types.next()) else { return None };
    let kind = kind.to_str().ok()?.split(';').next()?.trim();
    if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Some(Kind::Form)
    } else if kind.eq_ignore_ascii_case("application/json") {
        Some(Kind::Json)
    } else {
        None
    }
}

/// Names a request in the log and in `X-Request-Id`: unique within the process, and no secret.
fn request_id(setup: &Setup) -> String {
    let count = setup.requests.fetch_add(1, Ordering::Relaxed);
    format!("{:08x}-{count:x}", setup.run)
}

/// Counts requests.
pub(crate) type Counter = AtomicU64;
