//! The files of a page: the style and the icon, and its WebAssembly with the JavaScript that loads it.

use std::path::PathBuf;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// `/style.css`, `/icon.svg`, and `/pkg/` for what stands in `folder`.
pub(crate) fn router(folder: PathBuf) -> Router {
    let file = move |Path(name): Path<String>| built(folder.clone(), name);
    Router::new()
        .route("/style.css", get(|| given("text/css", include_str!("../public/style.css"))))
        .route("/icon.svg", get(|| given("image/svg+xml", include_str!("../public/icon.svg"))))
        .route("/pkg/{*name}", get(file))
}

async fn given(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind)], text).into_response()
}

/// A file by its path, which does not lead out of the folder.
async fn built(folder: PathBuf, name: String) -> Response {
    let kind = match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript",
        Some((_, "wasm")) => "application/wasm",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    if name.split('/').any(|part| part.is_empty() || part.starts_with('.') || part.contains(['\\', ':'])) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match std::fs::read(folder.join(name)) {
        Ok(bytes) => ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
