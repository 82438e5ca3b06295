//! `/csrf`: the token that every POST has to carry.

use hallpass_wire::CsrfBody;
use http::StatusCode;

use crate::error::Fault;
use crate::exchange::{Exchange, Reply};

/// The browser's token; its cookie is set where it has none.
pub(crate) fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    Ok(Reply::json(StatusCode::OK, &CsrfBody { csrf_token: x.csrf.token() })?.private())
}
