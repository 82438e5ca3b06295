//! What the server answers.

pub(crate) mod note;
pub(crate) mod page;
pub(crate) mod session;

use axum::Json;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::response::{IntoResponse, Redirect, Response};
use example_yew::Told;

/// The answer to a form: a script is told what came of it, a browser without one is led back to the page, which says it.
fn told(headers: &HeaderMap, page: &str, told: Option<&str>) -> Response {
    if headers.get(ACCEPT).is_some_and(|accept| accept == "application/json") {
        return Json(Told { told: told.map(str::to_owned) }).into_response();
    }
    match told {
        Some(code) => Redirect::to(&format!("{page}?told={code}")).into_response(),
        None => Redirect::to(page).into_response(),
    }
}
