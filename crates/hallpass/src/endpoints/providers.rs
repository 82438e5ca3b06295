//! `/providers`: which ways to sign in there are.

use http::StatusCode;

use crate::exchange::{Exchange, Reply};

/// The same for everybody, and no cookie.
pub(crate) fn get(x: &Exchange<'_>) -> Reply {
    Reply::json_bytes(StatusCode::OK, x.setup.providers_body.clone())
}
