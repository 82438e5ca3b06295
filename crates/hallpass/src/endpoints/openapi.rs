//! `/openapi.json`: what there is to ask, as this hallpass is configured.

use http::StatusCode;

use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::openapi::document;

/// The same for everybody.
pub(crate) fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    Ok(Reply::json(StatusCode::OK, &document(x.setup))?.public())
}
