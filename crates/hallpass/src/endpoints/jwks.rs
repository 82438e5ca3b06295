//! `/jwks`: the public keys with which an API verifies a token.

use http::StatusCode;

use crate::error::Fault;
use crate::exchange::{Exchange, Reply};

/// The same for everybody, and to be kept for a while. There is no such endpoint where nothing is signed.
pub(crate) fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    let signer = x.setup.signer.as_ref().ok_or(Fault::UnknownAction)?;
    Ok(Reply::json_bytes(StatusCode::OK, signer.jwks.clone()).public())
}
