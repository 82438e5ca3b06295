//! The server of the example with Yew: hallpass, the pages, and what their forms post to.

mod answers;

use axum::Router;
use axum::routing::{get, post};
use example_site::{Problem, Site};
use hallpass::{Auth, BadPath};

use answers::{note, page, session};

#[tokio::main]
async fn main() -> Result<(), Problem> {
    let site = Site::from_environment()?;
    let app = app(&site.auth)?;
    site.serve(app).await
}

fn app(auth: &Auth) -> Result<Router, BadPath> {
    Ok(Router::new()
        .route("/", get(page::home))
        .route("/sign-in", get(page::sign_in))
        .route("/server", get(page::server))
        .route("/protected", get(page::protected))
        .fallback(page::not_found)
        // Around the fallback too: whoever adds a page there need not think of it.
        .layer(auth.guard().below("/protected")?)
        .route("/start.js", get(page::start))
        .route("/note", get(note::read).post(note::keep))
        .route("/server/sign-in", post(session::sign_in))
        .route("/server/sign-out", post(session::sign_out))
        .merge(auth.router())
        .layer(auth.layer())
        .with_state(auth.clone()))
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::{Request, StatusCode};
    use tower_service::Service;

    use super::*;

    /// The answer to a script that posts a note from a page of this origin.
    async fn keep(origin: Option<&str>) -> (StatusCode, String) {
        let site = Site::from_environment().unwrap();
        let mut request = Request::post("/note")
            .header("accept", "application/json")
            .header("cookie", "next-auth.session-token=nobodys")
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header("origin", origin.replace("here", site.auth.url()));
        }
        let answer =
            app(&site.auth).unwrap().call(request.body(Body::from("note=mine")).unwrap()).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = to_bytes(body, 9999).await.unwrap();
        (head.status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn a_note_is_taken_from_no_other_site_and_none_that_only_looks_like_this_one() {
        for origin in
            [None, Some("null"), Some("https://evil.example"), Some("here.evil.example"), Some("here1")]
        {
            assert_eq!(keep(origin).await.0, StatusCode::FORBIDDEN, "{origin:?}");
        }
    }

    #[tokio::test]
    async fn a_note_of_nobodys_is_not_kept_and_that_is_told() {
        assert_eq!(keep(Some("here")).await, (StatusCode::OK, r#"{"told":"NotSignedIn"}"#.to_owned()));
    }
}
