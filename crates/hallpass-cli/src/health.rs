//! `/healthz` and `/readyz`: for whoever restarts the process, and for whoever sends it requests.

use bytes::Bytes;
use hallpass_sqlite::Sqlite;
use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;

use crate::reply::text;

/// The process runs.
pub(crate) fn healthz() -> Response<Full<Bytes>> {
    text(StatusCode::OK, "ok\n")
}

/// The store answers. A small read on a connection that is open: no work for another thread.
pub(crate) fn readyz(store: &Sqlite) -> Response<Full<Bytes>> {
    let Err(error) = store.ready() else { return text(StatusCode::OK, "ready\n") };
    tracing::error!(cause = %error, "not ready");
    let mut response = text(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n");
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    response
}
