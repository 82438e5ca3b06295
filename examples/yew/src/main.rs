//! The server of the example with Yew: hallpass, the pages, and what their forms post to.

mod answers;

use axum::Router;
use axum::routing::{get, post};
use example_site::{Problem, Site};
use hallpass::Auth;

use answers::{note, page, session};

#[tokio::main]
async fn main() -> Result<(), Problem> {
    let site = Site::from_environment()?;
    let app = app(&site.auth);
    site.serve(app).await
}

fn app(auth: &Auth) -> Router {
    let guarded = Router::new().route("/protected", get(page::protected)).route_layer(auth.guard());
    Router::new()
        .route("/", get(page::home))
        .route("/sign-in", get(page::sign_in))
        .route("/server", get(page::server))
        .merge(guarded)
        .fallback(page::not_found)
        .route("/start.js", get(page::start))
        .route("/note", get(note::read).post(note::keep))
        .route("/server/sign-in", post(session::sign_in))
        .route("/server/sign-out", post(session::sign_out))
        .merge(auth.router())
        .layer(auth.layer())
        .with_state(auth.clone())
}
