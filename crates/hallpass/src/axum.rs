//! A router, extractors, a layer and a guard for axum.

mod guard;
mod layer;
mod same_origin;
mod shown;
mod verified;
mod visitor;

pub use guard::{BadPath, Guard, Guarded};
pub use layer::{SessionLayer, SessionService};
pub use same_origin::{NotSameOrigin, SameOrigin};
pub use shown::Shown;
pub use verified::{NotVerified, Verified};
pub use visitor::{Visitor, VisitorError};

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hallpass_wire::{Action, CALLBACK_URL_FIELD, ErrorCode};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER, VARY};
use http::request::Parts;
use http::{StatusCode, Uri};
use layer::session;
use url::form_urlencoded::Serializer;

use crate::config::{Auth, Setup};
use crate::error::Fault;
use crate::exchange::accepts_html;
use crate::refusal::RETRY_AFTER_SECS;
use crate::session::Session;
use crate::trace::Trace;

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
        match session(&auth, parts).await {
            Ok(Some(session)) => Ok(session),
            Ok(None) => Err(NotSignedIn(refusal(&auth.0, parts))),
            Err(fault) => Err(NotSignedIn(unavailable(&auth.0, &fault, parts))),
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
        session(&auth, parts).await.map_err(|fault| NotSignedIn(unavailable(&auth.0, &fault, parts)))
    }
}

/// Why a handler was not called: nobody is signed in, it is nothing for whoever is, or nobody can tell at the moment.
#[derive(Debug)]
pub struct NotSignedIn(Refusal);

#[derive(Debug)]
enum Refusal {
    SignIn(HeaderValue),
    Unauthorized,
    /// Signed in, and not one of those who may: the page that says so.
    AccessDenied(HeaderValue),
    Forbidden,
    Unavailable,
    /// The application has forgotten [`Auth::layer`].
    NoLayer,
}

impl IntoResponse for NotSignedIn {
    fn into_response(self) -> Response {
        let mut response = match self.0 {
            Refusal::SignIn(location) | Refusal::AccessDenied(location) => {
                let mut response = StatusCode::FOUND.into_response();
                response.headers_mut().insert(LOCATION, location);
                response
            }
            Refusal::Unauthorized => problem(
                StatusCode::UNAUTHORIZED,
                r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"Sign in first."}"#,
            ),
            Refusal::Forbidden => problem(
                StatusCode::FORBIDDEN,
                r#"{"type":"about:blank","title":"Forbidden","status":403,"detail":"Your account may not do this."}"#,
            ),
            Refusal::Unavailable => {
                let mut response = problem(
                    StatusCode::SERVICE_UNAVAILABLE,
                    r#"{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The session cannot be read at the moment. Try again."}"#,
                );
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECS));
                response
            }
            Refusal::NoLayer => problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                r#"{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"The application is not complete: put `.layer(auth.layer())` around the router."}"#,
            ),
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        headers.insert(VARY, HeaderValue::from_static("Cookie, Authorization, Accept"));
        response
    }
}

/// RFC 9457.
fn problem(status: StatusCode, body: &'static str) -> Response {
    let mut response = (status, Bytes::from_static(body.as_bytes())).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
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

fn forbidden(setup: &Setup, parts: &Parts) -> Refusal {
    if !accepts_html(&parts.headers) {
        return Refusal::Forbidden;
    }
    let url = format!("{}{}", setup.base, setup.wire.error_path(ErrorCode::AccessDenied));
    HeaderValue::try_from(url).map_or(Refusal::Forbidden, Refusal::AccessDenied)
}

/// The path and query: the origin of a request's URL is not to be believed.
fn local(uri: &Uri) -> String {
    uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)
}

fn unavailable(setup: &Setup, fault: &Fault, parts: &Parts) -> Refusal {
    fault.log(&Trace::new(setup.request_id(), "extractor", &parts.extensions));
    Refusal::Unavailable
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use axum::Router;
    use axum::extract::FromRef;
    use axum::routing::get;
    use hallpass_store::{Account, Ending, Listed, SessionPage, User, UserBy, UserId, UserPage};
    use hallpass_store::{Answer, Change, CommitError, Memory, OneTimeToken, Store, TokenHash, Unavailable};
    use http::{Request, Response};
    use tower_service::Service;

    use crate::browser::{Browser, SESSION, SITE, builder};
    use crate::world::fixed::Fixed;
    use crate::{Auth, Session, Strategy};

    #[derive(Clone)]
    struct App(Auth);

    impl FromRef<App> for Auth {
        fn from_ref(app: &App) -> Self {
            app.0.clone()
        }
    }

    fn app(auth: &Auth) -> Router {
        let home = |session: Option<Session>, again: Option<Session>| async move {
            assert_eq!(session, again);
            session.map_or("nobody".into(), |session| session.user.id.0)
        };
        let private = |session: Session| async move { session.user.name.unwrap_or_default() };
        let routes = Router::new().route("/private", get(private));
        Router::new()
            .route("/", get(home))
            .route("/plain", get(|| async { "plain" }))
            .nest("/inner", routes)
            .merge(auth.router())
            .layer(auth.layer())
            .with_state(App(auth.clone()))
    }

    async fn ask(app: &Router, path: &str, accept: &str, cookie: &str) -> Response<axum::body::Body> {
        let request = Request::get(path)
            .header("accept", accept)
            .header("cookie", cookie)
            .body(axum::body::Body::empty())
            .unwrap();
        app.clone().call(request).await.unwrap()
    }

    #[tokio::test]
    async fn nobody_is_sent_to_the_sign_in_page_or_refused_as_an_api() {
        let fixed = Fixed::new();
        let app = app(&builder(&fixed, Strategy::Jwt).build().unwrap());
        let page = ask(&app, "/inner/private?a=b", "text/html,*/*", "").await;
        assert_eq!(page.status(), 302);
        let location = format!("{SITE}/api/auth/signin?callbackUrl=%2Finner%2Fprivate%3Fa%3Db");
        assert_eq!(page.headers()["location"], location.as_str());
        let api = ask(&app, "/inner/private", "application/json", "").await;
        assert_eq!(api.status(), 401);
        assert_eq!(api.headers()["content-type"], "application/problem+json");
        assert_eq!(api.headers()["cache-control"], "private, no-store");
    }

    #[tokio::test]
    async fn an_answer_for_which_the_session_was_read_is_private_and_may_prolong_it() {
        for strategy in [Strategy::Jwt, Strategy::Database] {
            let fixed = Fixed::new();
            let auth = builder(&fixed, strategy).build().unwrap();
            let mut browser = Browser::new(&auth);
            browser.sign_up("ada@example.com", "correct-horse").await;
            let cookie = format!("{SESSION}={}", browser.cookies[SESSION]);
            let app = app(&auth);
            let page = ask(&app, "/inner/private", "text/html", &cookie).await;
            assert_eq!((page.status().as_u16(), page.headers().get("set-cookie")), (200, None));
            assert_eq!(page.headers()["cache-control"], "private, no-store");
            assert_eq!(page.headers()["vary"], "Cookie");
            assert_eq!(ask(&app, "/plain", "text/html", &cookie).await.headers().get("cache-control"), None);
            fixed.clock.advance(Duration::from_secs(86_400));
            let renewed = ask(&app, "/", "text/html", &cookie).await;
            assert_eq!(renewed.headers().get_all("set-cookie").iter().count(), 1);
        }
    }

    /// A database that is down.
    struct Down(Memory);

    impl Store for Down {
        fn session<'a>(&'a self, _: &'a TokenHash) -> Answer<'a, Option<(hallpass_store::Session, User)>> {
            Box::pin(async { Err(Unavailable::new("down")) })
        }
        fn user<'a>(&'a self, by: UserBy<'a>) -> Answer<'a, Option<User>> {
            self.0.user(by)
        }
        fn accounts<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Account>> {
            self.0.accounts(user)
        }
        fn provider_tokens<'a>(
            &'a self,
            provider: &'a str,
            provider_account_id: &'a str,
        ) -> Answer<'a, Option<hallpass_store::ProviderTokens>> {
            self.0.provider_tokens(provider, provider_account_id)
        }
        fn token<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<OneTimeToken>> {
            self.0.token(key)
        }
        fn users<'a>(&'a self, page: UserPage<'a>) -> Answer<'a, Vec<Listed>> {
            self.0.users(page)
        }
        fn sessions<'a>(&'a self, page: SessionPage<'a>) -> Answer<'a, Vec<hallpass_store::Session>> {
            self.0.sessions(page)
        }
        fn endings<'a>(&'a self, after: u64, most: usize) -> Answer<'a, Vec<Ending>> {
            self.0.endings(after, most)
        }
        fn commit<'a>(&'a self, changes: &'a [Change]) -> Answer<'a, (), CommitError> {
            self.0.commit(changes)
        }
    }

    #[tokio::test]
    async fn a_database_that_is_down_is_a_503_and_signs_nobody_out() {
        let fixed = Fixed::with_store(Arc::new(Down(Memory::new())));
        let auth = builder(&fixed, Strategy::Database).build().unwrap();
        let app = app(&auth);
        let cookie = format!("{SESSION}=some-token");
        for path in ["/", "/inner/private", "/api/auth/session"] {
            let answer = ask(&app, path, "application/json", &cookie).await;
            assert_eq!(answer.status(), 503, "{path}");
            assert_eq!(answer.headers()["retry-after"], "5");
            let cleared = |line: &http::HeaderValue| line.to_str().unwrap().starts_with(SESSION);
            assert!(!answer.headers().get_all("set-cookie").iter().any(cleared));
        }
    }

    #[derive(Clone)]
    struct Staff(Auth);

    impl FromRef<Staff> for Auth {
        fn from_ref(staff: &Staff) -> Self {
            staff.0.clone()
        }
    }

    #[tokio::test]
    async fn a_session_that_one_instance_read_is_not_taken_for_anothers() {
        let (users, staff) = (Fixed::new(), Fixed::new());
        let auth = builder(&users, Strategy::Jwt).build().unwrap();
        let other = Auth::builder(SITE, vec![crate::Secret::new("another")], staff.world()).build().unwrap();
        let mut browser = Browser::new(&auth);
        browser.sign_up("ada@example.com", "correct-horse").await;
        let read_first = |session: Option<Session>,
                          request: axum::extract::Request,
                          next: axum::middleware::Next| async move {
            assert!(session.is_some());
            next.run(request).await
        };
        let private = |session: Session| async move { session.user.id.0 };
        let app = Router::new()
            .route("/staff", get(private))
            .with_state(Staff(other))
            .layer(axum::middleware::from_fn_with_state(App(auth.clone()), read_first))
            .layer(auth.layer());
        let cookie = format!("{SESSION}={}", browser.cookies[SESSION]);
        assert_eq!(ask(&app, "/staff", "application/json", &cookie).await.status(), 401);
    }
}
