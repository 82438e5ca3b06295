//! `/openapi.json`: the library's endpoints, and those that the program has beside them.

use bytes::Bytes;
use hallpass::Auth;
use http::header::CACHE_CONTROL;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};

use crate::reply::content;

/// The whole site: the library describes its own, under the base path.
pub(crate) fn document(auth: &Auth) -> Bytes {
    let mut document = auth.openapi();
    document["paths"]["/healthz"] =
        json!({ "get": read("isAlive", "The process runs.", &[(200, "It does.", "text/plain")]) });
    let ready = [(200, "It does.", "text/plain"), (503, "It does not: ask again later.", "text/plain")];
    document["paths"]["/readyz"] = json!({ "get": read("isReady", "The database answers.", &ready) });
    let described = [(200, "OpenAPI 3.1.", "application/json")];
    document["paths"]["/openapi.json"] =
        json!({ "get": read("getOpenApiOfSite", "This document.", &described) });
    document.to_string().into()
}

pub(crate) fn answer(document: &Bytes) -> Response<Full<Bytes>> {
    let mut response = content(StatusCode::OK, "application/json; charset=utf-8", document.clone());
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}

/// A path that is only for reading.
fn read(id: &str, about: &str, answers: &[(u16, &str, &str)]) -> Value {
    let responses: serde_json::Map<String, Value> = answers
        .iter()
        .map(|(status, about, kind)| {
            let schema =
                if *kind == "text/plain" { json!({ "type": "string" }) } else { json!({ "type": "object" }) };
            (status.to_string(), json!({ "description": about, "content": { *kind: { "schema": schema } } }))
        })
        .collect();
    json!({ "operationId": id, "summary": about, "security": [], "responses": responses })
}
