//! A tower [`Service`]: reads the request, routes it, writes the reply. It never fails.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt;
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
        let action = action_of(&auth, request.uri().path()).and_then(Result::ok);
        if !changes(request.method(), action) {
            return Box::pin(async move { Ok(respond(&auth, request).await) });
        }
        let tasks = Arc::clone(&auth.0.world.tasks);
        let work: Pending<'static, _> = Box::pin(async move { respond(&auth, request).await });
        let work = work.shared();
        tasks.spawn(Box::pin(work.clone().map(drop)));
        Box::pin(work.map(Ok))
    }
}

/// Whether a request may change something. It is carried through though the client hangs up: what the store has taken is
/// told as an event, and nothing is left half done.
fn changes(method: &Method, action: Option<Action<'_>>) -> bool {
    !matches!(*method, Method::GET | Method::HEAD) || matches!(action, Some(Action::Callback(_)))
}

/// What a path below the base path asks for, `Err` if nothing that is known; `None` for any other path.
fn action_of<'a>(auth: &Auth, path: &'a str) -> Option<Result<Action<'a>, Fault>> {
    let path = path.strip_prefix(auth.base_path())?;
    let below = path.is_empty() || path.starts_with('/');
    below.then(|| Action::parse(path).ok_or(Fault::UnknownAction))
}

async fn respond<B>(auth: &Auth, request: Request<B>) -> Response<Full<Bytes>>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (parts, body) = request.into_parts();
    let setup = &*auth.0;
    let Some(action) = action_of(auth, parts.uri.path()) else {
        let nothing = Reply::text(StatusCode::NOT_FOUND, "Error: there is nothing at this path.");
        return nothing.into_response(setup.secure, &setup.request_id());
    };
    let known = action.as_ref().ok().copied();
    let trace = Trace::new(setup.request_id(), known.map_or("unknown", Action::name), &parts.extensions);
    let answered = match action {
        Ok(action) => answer(setup, &parts, action, body, &trace).await,
        Err(fault) => Err(fault),
    };
    let mut response = answered.unwrap_or_else(|fault| {
        fault.log(&trace);
        fault.bare_reply(setup.wire).into_response(setup.secure, &trace.request_id)
    });
    if let Some(outcome) = trace.outcome(|| way(setup, known)) {
        response.extensions_mut().insert(outcome);
    }
    response
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::sync::Notify;

    use crate::browser::{Browser, builder};
    use crate::config::Strategy;
    use crate::hooks::{Event, HookError, Hooks, SigningIn, Verdict};
    use crate::world::Pending;
    use crate::world::fixed::Fixed;

    /// Takes its time to decide, and notes when it is asked and told.
    #[derive(Clone, Default)]
    struct Slow {
        asked: Arc<Notify>,
        decides: Arc<Notify>,
        told: Arc<Notify>,
    }

    impl Hooks for Slow {
        fn sign_in<'a>(&'a self, _: &'a SigningIn<'a>) -> Pending<'a, Result<Verdict, HookError>> {
            self.asked.notify_one();
            Box::pin(async {
                self.decides.notified().await;
                Ok(Verdict::Allow)
            })
        }

        fn event<'a>(&'a self, event: &'a Event<'a>) -> Pending<'a, ()> {
            if matches!(event, Event::SignIn { .. }) {
                self.told.notify_one();
            }
            Box::pin(async {})
        }
    }

    #[tokio::test]
    async fn a_sign_in_is_carried_through_and_told_though_the_client_hangs_up() {
        let slow = Slow::default();
        let auth = builder(&Fixed::new(), Strategy::Database).hooks(slow.clone()).build().unwrap();
        let mut browser = Browser::new(&auth);
        {
            let mut signing_up = std::pin::pin!(browser.sign_up("ada@example.com", "correct-horse"));
            tokio::select! {
                biased;
                _ = signing_up.as_mut() => panic!("nobody decided"),
                () = slow.asked.notified() => {}
            }
        }
        slow.decides.notify_one();
        let told = tokio::time::timeout(Duration::from_secs(30), slow.told.notified()).await;
        assert!(told.is_ok(), "what was begun was given up");
        slow.decides.notify_one();
        let token = browser.csrf_token().await;
        let form = format!("email=ada@example.com&password=correct-horse&csrfToken={token}");
        assert_eq!(browser.post_bare("/callback/credentials", &form).await.status, 302);
    }
}
