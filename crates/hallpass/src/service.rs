//! A tower [`Service`]: reads the request, routes it, writes the reply. It never fails.

use std::convert::Infallible;
use std::task::{Context, Poll};

use bytes::Bytes;
use hallpass_wire::Action;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use tower_service::Service;

use crate::config::{Auth, PASSWORD, Setup, Way};
use crate::cookies::Cookies;
use crate::csrf_token::CsrfToken;
use crate::error::Fault;
use crate::exchange::{CallbackUrl, Exchange, Reply, Verb};
use crate::params::Params;
use crate::router::route;
use crate::trace::Trace;
use crate::world::Pending;

/// No form of ours is larger.
const MAX_BODY_BYTES: usize = 64 * 1024;

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
            let setup = &*auth.0;
            let path = parts.uri.path().strip_prefix(auth.base_path());
            let Some(path) = path.filter(|path| path.is_empty() || path.starts_with('/')) else {
                let nothing = Reply::text(StatusCode::NOT_FOUND, "Error: there is nothing at this path.");
                return Ok(nothing.into_response(setup.secure, &setup.request_id()));
            };
            let action = Action::parse(path);
            let name = action.map_or("unknown", Action::name);
            let trace = Trace::new(setup.request_id(), name, &parts.extensions);
            let answered = match action {
                Some(action) => answer(setup, &parts, action, body, &trace).await,
                None => Err(Fault::UnknownAction),
            };
            let mut response = answered.unwrap_or_else(|fault| {
                fault.log(&trace);
                fault.bare_reply(setup.wire).into_response(setup.secure, &trace.request_id)
            });
            if let Some(outcome) = trace.outcome(|| way(setup, action)) {
                response.extensions_mut().insert(outcome);
            }
            Ok(response)
        })
    }
}

/// The configured way that a path is about: what a stranger wrote there is not told on.
fn way(setup: &Setup, action: Option<Action<'_>>) -> Option<String> {
    match action? {
        Action::Callback(id) | Action::SignIn(Some(id)) => setup.way(id).map(|_| id.to_owned()),
        Action::SignUp | Action::Password | Action::PasswordReset | Action::NewPassword => {
            setup.passwords.as_ref().map(|_| PASSWORD.to_owned())
        }
        _ => None,
    }
}

async fn answer<B>(
    setup: &Setup,
    parts: &http::request::Parts,
    action: Action<'_>,
    body: B,
    trace: &Trace,
) -> Result<Response<Full<Bytes>>, Fault>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let verb = verb(setup, &parts.method, action)?;
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
    let callback_url = CallbackUrl::resolve(setup, action, &query, &form, &cookies).await?;
    let now = setup.world.clock.now();
    let x = Exchange { setup, verb, action, headers, query, form, cookies, csrf, callback_url, now, trace };
    let routed = if x.callback_url.refused { Err(Fault::CallbackUrl) } else { route(&x).await };
    let reply = match routed {
        Ok(reply) => reply,
        Err(fault) => {
            fault.log(trace);
            fault.reply(&x)
        }
    };
    Ok(x.finish(reply))
}

/// HEAD asks for what GET would answer. A provider's callback is answered by spending a code: that is for GET alone.
fn verb(setup: &Setup, method: &Method, action: Action<'_>) -> Result<Verb, Fault> {
    let spends = || matches!(action, Action::Callback(id) if matches!(setup.way(id), Some(Way::Oauth(_))));
    match *method {
        Method::GET => Ok(Verb::Get),
        Method::HEAD if !spends() => Ok(Verb::Get),
        Method::POST => Ok(Verb::Post),
        _ => Err(Fault::UnknownAction),
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
