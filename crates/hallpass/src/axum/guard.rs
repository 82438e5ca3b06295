//! A guard around routes: nobody gets in who is not signed in, or may not.

mod below;

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::Request;
use tower_layer::Layer;
use tower_service::Service;

pub use below::BadPath;
use below::Place;

use super::layer::{SessionService, session};
use super::{NotSignedIn, forbidden, refusal, unavailable};
use crate::config::Auth;
use crate::session::Session;
use crate::world::Pending;

type Rule = Arc<dyn Fn(&Session) -> bool + Send + Sync>;

/// Keeps routes for those who are signed in, whatever their handlers ask for. Made by [`Auth::guard`].
///
/// ```
/// use axum::{Router, routing::get};
/// use hallpass::{Auth, Session};
///
/// fn app(auth: &Auth) -> Router {
///     let staff = auth.guard().allow(|session: &Session| session.claims.get("role") == Some("admin".into()));
///     let admin = Router::new().route("/users", get(async || "users")).route_layer(staff);
///     Router::new().nest("/admin", admin).merge(auth.router())
/// }
/// # let world = hallpass_world::real(std::sync::Arc::new(hallpass_store::Memory::new()), Default::default());
/// # let secret = hallpass::Secret::new("32 random bytes; `hallpass secret` prints them");
/// let auth = Auth::builder("https://app.example.com", vec![secret], world).build()?;
/// let app = app(&auth);
/// # drop(app);
/// assert_eq!(auth.base_path(), "/api/auth");
/// # Ok::<(), hallpass::ConfigError>(())
/// ```
///
/// Whoever is not signed in is sent to the sign-in page and back, and an API gets `401`. Whoever is, and does not pass
/// the rule, is told so, and an API gets `403`. The answers are private, as with [`Auth::layer`].
///
/// A route has one address. Pages that a framework's router finds, behind a fallback, have more: [`Guard::below`] is for them.
#[derive(Clone)]
pub struct Guard {
    auth: Auth,
    /// Those below which it guards; with none, wherever it is put.
    places: Vec<Place>,
    rules: Vec<Rule>,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = f.debug_struct("Guard");
        told.field("places", &self.places).field("rules", &self.rules.len()).finish_non_exhaustive()
    }
}

impl Auth {
    /// A layer for routes that are for those who are signed in.
    pub fn guard(&self) -> Guard {
        Guard { auth: self.clone(), places: Vec::new(), rules: Vec::new() }
    }
}

impl Guard {
    /// Lets in only those whose session passes. Several rules all have to be passed.
    #[must_use]
    pub fn allow(mut self, rule: impl Fn(&Session) -> bool + Send + Sync + 'static) -> Self {
        self.rules.push(Arc::new(rule));
        self
    }

    async fn admits(&self, parts: &http::request::Parts) -> Result<(), NotSignedIn> {
        let setup = &self.auth.0;
        if !self.is_for(parts) {
            return Ok(());
        }
        match session(&self.auth, parts).await {
            Ok(Some(session)) if self.rules.iter().all(|rule| rule(&session)) => Ok(()),
            Ok(Some(_)) => Err(NotSignedIn(forbidden(setup, parts))),
            Ok(None) => Err(NotSignedIn(refusal(setup, parts))),
            Err(fault) => Err(NotSignedIn(unavailable(setup, &fault, parts))),
        }
    }
}

impl<S> Layer<S> for Guard {
    type Service = SessionService<Guarded<S>>;

    fn layer(&self, inner: S) -> Self::Service {
        self.auth.layer().layer(Guarded { guard: self.clone(), inner })
    }
}

/// A service behind a [`Guard`].
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    guard: Guard,
    inner: S,
}

impl<S> Service<Request<Body>> for Guarded<S>
where
    S: Service<Request<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Response: IntoResponse,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pending<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // The service that is ready answers; its copy waits for the next request.
        let copy = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, copy);
        let guard = self.guard.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            match guard.admits(&parts).await {
                Ok(()) => inner.call(Request::from_parts(parts, body)).await.map(IntoResponse::into_response),
                Err(refused) => Ok(refused.into_response()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;
    use serde_json::json;

    use super::*;
    use crate::browser::{Browser, SESSION, SITE, builder};
    use crate::config::Strategy;
    use crate::hooks::{HookError, Hooks, Object, TokenContext};
    use crate::world::fixed::Fixed;

    /// Everybody whose address begins with `ada` is an admin.
    struct Roles;

    impl Hooks for Roles {
        fn jwt<'a>(
            &'a self,
            mut claims: Object,
            context: &'a TokenContext<'a>,
        ) -> Pending<'a, Result<Object, HookError>> {
            let admin = context.person.email.is_some_and(|email| email.starts_with("ada"));
            claims.insert("role".into(), json!(if admin { "admin" } else { "member" }));
            Box::pin(async { Ok(claims) })
        }
    }

    fn app(auth: &Auth) -> Router {
        let staff = auth.guard().allow(|session| session.claims.get("role") == Some("admin".into()));
        let admin = Router::new().route("/users", get(async || "users")).route_layer(staff);
        let members = Router::new().route("/members", get(async || "members")).route_layer(auth.guard());
        Router::new().nest("/admin", admin).merge(members).route("/", get(async || "home"))
    }

    async fn ask(app: &Router, path: &str, accept: &str, cookie: &str) -> Response {
        let request = Request::get(path).header("accept", accept).header("cookie", cookie);
        app.clone().call(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    async fn cookie_of(auth: &Auth, email: &str) -> String {
        let mut browser = Browser::new(auth);
        browser.sign_up(email, "correct-horse").await;
        format!("{SESSION}={}", browser.cookies[SESSION])
    }

    #[tokio::test]
    async fn nobody_gets_in_and_a_page_leads_to_the_sign_in_and_back() {
        let auth = builder(&Fixed::new(), Strategy::Jwt).hooks(Roles).build().unwrap();
        let app = app(&auth);
        for path in ["/members", "/admin/users"] {
            assert_eq!(ask(&app, path, "application/json", "").await.status(), 401, "{path}");
            let page = ask(&app, path, "text/html", &format!("{SESSION}=forged")).await;
            let back = path.replace('/', "%2F");
            let location = format!("{SITE}/api/auth/signin?callbackUrl={back}");
            assert_eq!(page.headers()["location"], location.as_str());
        }
        assert_eq!(ask(&app, "/", "text/html", "").await.status(), 200);
        assert_eq!(ask(&app, "/admin/nothing", "text/html", "").await.status(), 404);
    }

    #[tokio::test]
    async fn who_does_not_pass_the_rule_is_told_so() {
        for strategy in [Strategy::Jwt, Strategy::Database] {
            let auth = builder(&Fixed::new(), strategy).hooks(Roles).build().unwrap();
            let app = app(&auth);
            let (ada, bob) =
                (cookie_of(&auth, "ada@example.com").await, cookie_of(&auth, "bob@example.com").await);
            for (path, of_ada, of_bob) in [("/members", 200, 200), ("/admin/users", 200, 403)] {
                let answer = ask(&app, path, "application/json", &ada).await;
                assert_eq!(answer.status(), of_ada);
                assert_eq!(answer.headers()["cache-control"], "private, no-store");
                assert_eq!(ask(&app, path, "application/json", &bob).await.status(), of_bob);
            }
            let page = ask(&app, "/admin/users", "text/html", &bob).await;
            let location = format!("{SITE}/api/auth/error?error=AccessDenied");
            assert_eq!(
                (page.status().as_u16(), page.headers()["location"].to_str().unwrap()),
                (302, location.as_str())
            );
        }
    }

    #[tokio::test]
    async fn within_the_layer_a_session_is_read_and_prolonged_once() {
        let fixed = Fixed::new();
        let auth = builder(&fixed, Strategy::Database).build().unwrap();
        let cookie = cookie_of(&auth, "ada@example.com").await;
        fixed.clock.advance(std::time::Duration::from_secs(86_400));
        let app = app(&auth).layer(auth.layer());
        let answer = ask(&app, "/members", "text/html", &cookie).await;
        assert_eq!(answer.headers().get_all("set-cookie").iter().count(), 1);
        assert_eq!(answer.headers().get_all("cache-control").iter().count(), 1);
    }

    #[tokio::test]
    async fn claims_are_read_as_a_type_of_the_applications_own() {
        #[derive(serde::Deserialize)]
        struct Mine {
            role: String,
        }
        #[derive(Debug, serde::Deserialize)]
        #[allow(dead_code)]
        struct Others {
            tenant: u32,
        }
        let auth = builder(&Fixed::new(), Strategy::Database).hooks(Roles).build().unwrap();
        let role = |session: Session| async move {
            assert!(session.claims.read::<Others>().unwrap_err().to_string().contains("tenant"));
            session.claims.read::<Mine>().unwrap().role
        };
        let app = Router::new().route("/role", get(role)).with_state(auth.clone());
        let cookie = cookie_of(&auth, "ada@example.com").await;
        let answer = ask(&app, "/role", "application/json", &cookie).await;
        let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
        assert_eq!(body, "admin");
    }
}
