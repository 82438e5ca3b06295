//! The server: Dioxus renders the pages and answers its server functions, hallpass is in the same process.

mod shell;

use axum::extract::{FromRef, Request, State};
use axum::http::header::{ACCEPT, HeaderValue, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{from_extractor_with_state, map_response};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use dioxus::fullstack::FullstackContext;
use dioxus::server::{DioxusRouterExt, FullstackState, ServeConfig};
use hallpass::{Auth, BadPath, SameOrigin, Session, Shown, Visitor};
use hallpass_dioxus::server;

use crate::app::{App, Ground};
use crate::arrival::Arrival;

/// What the handlers of pages need.
#[derive(Clone)]
struct Pages {
    auth: Auth,
    dioxus: FullstackState,
    config: ServeConfig,
}

impl FromRef<Pages> for Auth {
    fn from_ref(pages: &Pages) -> Self {
        pages.auth.clone()
    }
}

/// Every address of the application.
pub fn router(auth: &Auth) -> Result<Router, BadPath> {
    let config = ServeConfig::new();
    let dioxus = FullstackState::new(config.clone(), App);
    let functions = Router::new()
        .register_server_functions()
        .with_state(dioxus.clone())
        .layer(map_response(leading))
        // Another site's page can post here too, with this site's cookies.
        .layer(from_extractor_with_state::<SameOrigin, _>(auth.clone()));
    let pages = Pages { auth: auth.clone(), dioxus, config };
    Ok(Router::new()
        .route("/sign-in", get(sign_in))
        .fallback(get(page))
        // Around the fallback: Dioxus's router takes more for this page than its address by the letter.
        .layer(auth.guard().below("/protected")?)
        .with_state(pages)
        .merge(functions)
        // For the server functions, whose state is Dioxus's; also where a page calls them while it is rendered.
        .layer(Extension(auth.clone()))
        .merge(auth.router())
        .layer(auth.layer()))
}

/// The sign-in page is not for whoever is signed in.
async fn sign_in(
    session: Option<Session>,
    pages: State<Pages>,
    shown: Shown,
    visitor: Visitor,
    request: Request,
) -> Response {
    match session {
        Some(_) => {
            let arrival = Arrival::from(request.uri().query().unwrap_or_default());
            Redirect::to(&arrival.callback_url(pages.auth.url())).into_response()
        }
        None => page(pages, shown, visitor, request).await,
    }
}

/// Renders the page with the session in it, read once, so that the browser asks nothing.
async fn page(State(pages): State<Pages>, shown: Shown, visitor: Visitor, request: Request) -> Response {
    let session = server::rendered(shown);
    let (origin, csrf_token) = (pages.auth.url().to_owned(), visitor.csrf_token().to_owned());
    let ground = Ground { origin, csrf_token };
    // Every component finds these there; `SessionProvider` looks for the session by itself.
    let config = pages.config.context(session.clone()).context(ground);
    let dioxus = pages.dioxus.with_config(config);
    let page = FullstackState::render_handler(State(dioxus), request).await;
    shell::around(server::with_session(page, &session).await).await
}

/// In a server function: where a form leads that the browser posted by itself. Nobody would read the function's answer then.
pub(crate) fn lead_to(path: &str) {
    let Some(context) = FullstackContext::current() else { return };
    let by_itself = accepts_html(&context.parts_mut().headers);
    if let (true, Ok(path)) = (by_itself, HeaderValue::try_from(path)) {
        context.add_response_header(LOCATION, path);
    }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Dioxus leaves the status of such an answer as it is.
async fn leading(mut response: Response) -> Response {
    if response.status() == StatusCode::OK && response.headers().contains_key(LOCATION) {
        *response.status_mut() = StatusCode::SEE_OTHER;
    }
    response
}
