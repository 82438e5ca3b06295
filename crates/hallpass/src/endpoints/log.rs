//! `/_log`: where clients report their errors.

use http::StatusCode;

use crate::exchange::{Exchange, Reply};

/// Takes the code and nothing else: a message may hold anything, secrets too. Always empty.
pub(crate) fn post(x: &Exchange<'_>) -> Reply {
    let code = x.form.get("code").unwrap_or("CLIENT_ERROR");
    let code: String =
        code.chars().filter(|letter| letter.is_ascii_uppercase() || *letter == '_').take(64).collect();
    tracing::warn!(
        event = "client_error",
        code,
        request_id = x.trace.request_id,
        "a client reported an error"
    );
    let status = StatusCode::from_u16(x.setup.wire.log_status()).unwrap_or(StatusCode::OK);
    Reply::empty(status)
}
