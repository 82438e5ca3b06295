//! From a request to a page.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use axum::middleware::from_extractor_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use hallpass::{Auth, BadPath, SameOrigin, Shown, Visitor};
use hallpass_leptos::server;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::{ResponseOptions, handle_server_fns_with_context, render_app_async_with_context};

use crate::app::App;
use crate::visit::Visit;

/// hallpass, the pages, and the server functions.
pub fn router(auth: &Auth) -> Result<Router, BadPath> {
    // Another site's page can post here too, with this site's cookies.
    let functions = Router::new()
        .route("/fn/{name}", post(function))
        .route_layer(from_extractor_with_state::<SameOrigin, _>(auth.clone()));
    // Around the fallback: the router within the application takes more for this page than its address by the letter.
    let pages = Router::new().fallback(page).layer(auth.guard().below("/protected")?);
    Ok(pages.merge(functions).merge(auth.router()).layer(auth.layer()).with_state(auth.clone()))
}

/// Any page: the router within the application knows which one, and whether there is one.
async fn page(State(auth): State<Auth>, shown: Shown, visitor: Visitor, request: Request) -> Response {
    let visit = Visit::of(&auth, &visitor);
    let with = move || {
        server::provide(shown.clone());
        provide_context(visit.clone());
        provide_context(auth.clone());
    };
    render_app_async_with_context(with, document)(request).await
}

/// What the server functions find, beside the request.
async fn function(State(auth): State<Auth>, request: Request) -> impl IntoResponse {
    handle_server_fns_with_context(move || provide_context(auth.clone()), request).await
}

/// As `HydrationScripts` writes it, but that one has the program loaded by those too who run no scripts.
const TAKE_OVER: &str = "import init, { hydrate } from '/pkg/example_leptos.js';
init({ module_or_path: '/pkg/example_leptos_bg.wasm' }).then(hydrate);";

/// The document around the application.
fn document() -> impl IntoView {
    set_policy();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>"hallpass with Leptos"</title>
                <link rel="icon" href="/icon.svg" />
                <link rel="stylesheet" href="/style.css" />
                {server::script()}
                <link rel="modulepreload" href="/pkg/example_leptos.js" />
                <script type="module" nonce=use_nonce()>{TAKE_OVER}</script>
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Only the scripts that Leptos writes into the page run, by the nonce, and what they load from this site. There is no `form-action`:
/// Chromium holds it against the redirect to a provider that follows a form.
fn set_policy() {
    let (Some(nonce), Some(answer)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        answer.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}
