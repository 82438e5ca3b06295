//! The pages, rendered with what this request's session shows.

use axum::extract::{FromRef, FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Redirect, Response};
use example_site::Notes;
use example_yew::{App, AppProps, Asked, PAGE_ID, Page, Route, local};
use hallpass::{Auth, NotSignedIn, Session, Shown, Visitor};
use hallpass_yew::{Rendered, server};
use yew::ServerRenderer;
use yew_router::Routable;
use yew_router::history::{History, MemoryHistory};
use yew_router::query::Raw;

/// Scripts and styles are files of this site, and WebAssembly may be compiled. A form may lead on to a provider, which is anywhere.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; \
                      form-action 'self' https: http:; frame-ancestors 'none'";

pub(crate) async fn home(asking: Asking) -> Response {
    asking.page(Route::Home, None).await
}

/// Not for somebody who is signed in.
pub(crate) async fn sign_in(query: Query<Asked>, asking: Asking) -> Response {
    if asking.session == Rendered::Nobody {
        return asking.page(Route::SignIn, None).await;
    }
    Redirect::to(&local(query.callback_url.as_deref(), &asking.page.origin)).into_response()
}

/// Behind the guard.
pub(crate) async fn protected(session: Session, asking: Asking) -> Response {
    asking.page(Route::Protected, Some(Notes::all().of(&session.user.id.0))).await
}

pub(crate) async fn server(asking: Asking) -> Response {
    asking.page(Route::Server, None).await
}

pub(crate) async fn not_found(asking: Asking) -> Response {
    (StatusCode::NOT_FOUND, asking.page(Route::NotFound, None).await).into_response()
}

/// Starts the program. It is a file, so that the policy can do without scripts within the page.
pub(crate) async fn start() -> Response {
    ([(CONTENT_TYPE, "text/javascript")], include_str!("../start.js")).into_response()
}

/// What every page is rendered with.
pub(crate) struct Asking {
    session: Rendered,
    query: String,
    page: Page,
}

impl<S: Send + Sync> FromRequestParts<S> for Asking
where
    Auth: FromRef<S>,
{
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, NotSignedIn> {
        let auth = Auth::from_ref(state);
        let shown = Shown::from_request_parts(parts, state).await?;
        let visitor = Visitor::from_request_parts(parts, state).await?;
        let page = Page {
            origin: auth.url().to_owned(),
            csrf_token: visitor.csrf_token().to_owned(),
            providers: auth.providers().to_vec(),
            note: None,
        };
        let query = parts.uri.query().unwrap_or_default().to_owned();
        Ok(Self { session: server::rendered(shown), query, page })
    }
}

impl Asking {
    async fn page(self, route: Route, note: Option<String>) -> Response {
        let Self { session, query, page } = self;
        let page = Page { note, ..page };
        let scripts = server::script(&session) + &script(&page);
        let props = move || {
            let history = MemoryHistory::new();
            let Ok(()) = history.replace_with_query(route.to_path(), Raw(query));
            AppProps { history: history.into(), session, page }
        };
        let body = ServerRenderer::<App>::with_props(props).render().await;
        ([(CONTENT_SECURITY_POLICY, POLICY)], Html(document(&scripts, &body))).into_response()
    }
}

/// Carries the page's data; no tag can begin within it.
fn script(page: &Page) -> String {
    let text = serde_json::to_string(page).unwrap_or_default().replace('<', "\\u003c");
    format!(r#"<script id="{PAGE_ID}" type="application/json">{text}</script>"#)
}

fn document(scripts: &str, body: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>hallpass with Yew</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
<link rel="modulepreload" href="/pkg/example_yew.js">
{scripts}
<script type="module" src="/start.js"></script>
</head>
<body><div id="app">{body}</div></body>
</html>
"#
    )
}
