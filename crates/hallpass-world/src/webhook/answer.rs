//! What a webhook answers, read strictly: what is not understood is an error.

use std::fmt;

use bytes::Bytes;
use hallpass::hooks::{HookError, Object, RESERVED_CLAIMS, Verdict};
use http::StatusCode;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

/// The JSON object of an answer.
pub(super) fn read(response: &http::Response<Bytes>) -> Result<Object, HookError> {
    if response.status() != StatusCode::OK {
        return Err(HookError(format!("the webhook answered {} and not 200", response.status().as_u16())));
    }
    let Once(object) = serde_json::from_slice(response.body()).map_err(|error| {
        // Its line and column, and not its words: they may quote what was answered.
        let (line, column) = (error.line(), error.column());
        HookError(format!(
            "the webhook's answer is no JSON object, or has a member twice (line {line}, column {column})"
        ))
    })?;
    Ok(object)
}

/// An object that has each of its members once. Of two that contradict each other one would be believed unseen
/// (RFC 8259 §4).
struct Once(Object);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members).map(Self)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Object, A::Error> {
        let mut object = Object::new();
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member twice"));
            }
        }
        Ok(object)
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answered(body: &'static str) -> Result<Object, HookError> {
        read(&http::Response::new(Bytes::from_static(body.as_bytes())))
    }

    #[test]
    fn a_verdict_is_yes_no_or_somewhere_else() {
        for (result, wanted) in [
            (json!(true), Some(Verdict::Allow)),
            (json!(false), Some(Verdict::Deny)),
            (json!(""), Some(Verdict::Deny)),
            (json!("/waiting-list"), Some(Verdict::Redirect("/waiting-list".into()))),
            (json!("true"), Some(Verdict::Redirect("true".into()))),
            (json!(1), None),
            (json!(null), None),
            (json!({}), None),
            (json!([true]), None),
        ] {
            assert_eq!(verdict(result.clone()).ok(), wanted, "{result}");
        }
    }

    #[test]
    fn an_answer_that_contradicts_itself_is_none() {
        assert_eq!(answered(r#"{"result":true}"#).unwrap()["result"], true);
        for body in [
            r#"{"result":false,"result":true}"#,
            r#"{"result":true,"result":true}"#,
            r#"{"result":true} {}"#,
            "[true]",
            "true",
            "",
        ] {
            let told = answered(body).unwrap_err().0;
            assert!(told.contains("line"), "{told}");
            assert!(!told.contains("true") && !told.contains("false"), "{told}");
        }
    }
}
