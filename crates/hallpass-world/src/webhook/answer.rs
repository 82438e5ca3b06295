//! What a webhook answers, read strictly: what is not understood is an error.

use bytes::Bytes;
use hallpass::hooks::{HookError, Object, RESERVED_CLAIMS, Verdict};
use http::StatusCode;
use serde_json::Value;

/// The JSON object of an answer.
pub(super) fn read(response: &http::Response<Bytes>) -> Result<Object, HookError> {
    if response.status() != StatusCode::OK {
        return Err(HookError(format!("the webhook answered {} and not 200", response.status().as_u16())));
    }
    serde_json::from_slice(response.body())
        .map_err(|_| HookError("the webhook's answer is no JSON object".into()))
}

fn unfit(wanted: &str) -> HookError {
    HookError(format!("the webhook's result is not {wanted}"))
}

/// `true`, `false`, or a URL.
pub(super) fn verdict(result: Value) -> Result<Verdict, HookError> {
    match result {
        Value::Bool(true) => Ok(Verdict::Allow),
        Value::Bool(false) => Ok(Verdict::Deny),
        // Falsy, as NextAuth.js reads it.
        Value::String(url) if url.is_empty() => Ok(Verdict::Deny),
        Value::String(url) => Ok(Verdict::Redirect(url)),
        _ => Err(unfit("true, false or a URL")),
    }
}

pub(super) fn text(result: Value) -> Result<String, HookError> {
    match result {
        Value::String(text) => Ok(text),
        _ => Err(unfit("a text")),
    }
}

pub(super) fn object(result: Value) -> Result<Object, HookError> {
    match result {
        Value::Object(object) => Ok(object),
        _ => Err(unfit("an object")),
    }
}

/// The claims of a token. NextAuth.js's callbacks return the whole token; what hallpass writes itself is left out.
pub(super) fn claims(result: Value) -> Result<Object, HookError> {
    let mut claims = object(result)?;
    claims.retain(|name, _| !RESERVED_CLAIMS.contains(&name.as_str()));
    Ok(claims)
}
