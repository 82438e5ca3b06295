//! The shapes of bodies, and the cookies.

use serde_json::{Value, json};

use crate::config::{Setup, Strategy};

/// Every shape that has a name.
pub(super) fn all(setup: &Setup) -> Value {
    let nobody = match setup.wire.no_session() {
        "null" => json!({ "description": "Nobody.", "type": "null" }),
        _ => json!({ "description": "Nobody.", "type": "object", "maxProperties": 0 }),
    };
    json!({
        "Session": session(setup),
        "Nobody": nobody,
        "CsrfToken": object(&[("csrfToken", csrf_token())]),
        "Providers": {
            "description": "By id, in the order of the sign-in page.",
            "type": "object",
            "additionalProperties": { "$ref": "#/components/schemas/Provider" },
        },
        "Provider": object(&[
            ("id", json!({ "type": "string", "description": "As it stands in paths." })),
            ("name", json!({ "type": "string", "description": "For a button." })),
            ("type", json!({ "enum": ["oauth", "oidc", "email", "credentials"] })),
            ("signinUrl", json!({ "type": "string", "format": "uri" })),
            ("callbackUrl", json!({ "type": "string", "format": "uri" })),
        ]),
        "Redirect": object(&[("url", json!({
            "type": "string", "format": "uri", "description": "Where to go; what went wrong stands in its `error`.",
        }))]),
        "LinkSent": object(&[
            ("url", json!({ "type": "string", "format": "uri", "description": "The page that says so." })),
            ("code", json!({ "type": "string", "pattern": "^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$" })),
        ]),
        "Message": object(&[("message", json!({ "type": "string" }))]),
        "SignedToken": object(&[
            ("token", json!({
                "type": "string", "description": "A JWS in its compact form, for `Authorization: Bearer`.",
                "pattern": "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{86}$",
            })),
            ("expires", json!({ "type": "string", "format": "date-time" })),
        ]),
        "ProviderToken": object(&[
            ("accessToken", json!({ "type": "string", "description": "For `Authorization: Bearer`." })),
            ("expires", json!({ "type": ["string", "null"], "format": "date-time" })),
            ("scope", json!({ "type": ["string", "null"], "description": "Scopes with spaces between them." })),
        ]),
        "Jwks": object(&[("keys", json!({
            "type": "array", "minItems": 1, "items": { "$ref": "#/components/schemas/Jwk" },
        }))]),
        "Jwk": jwk(),
        "OpenApi": {
            "description": "This document.", "type": "object", "required": ["openapi", "info", "paths"],
        },
    })
}

/// An object that has all of these.
fn object(members: &[(&str, Value)]) -> Value {
    let required: Vec<_> = members.iter().map(|(name, _)| *name).collect();
    let properties: serde_json::Map<String, Value> =
        members.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "required": required, "properties": properties })
}

pub(super) fn csrf_token() -> Value {
    json!({ "type": "string", "description": "The anti-forgery token.", "pattern": "^[0-9a-f]{64}$" })
}

fn session(setup: &Setup) -> Value {
    let kind = if setup.wire.says_null() { json!(["string", "null"]) } else { json!("string") };
    let text = |about: &str| json!({ "type": kind, "description": about });
    let mut user = json!({
        "type": "object",
        "properties": {
            "name": text("What to call them."),
            "email": text("Their address. Not verified."),
            "image": text("The URL of a picture."),
        },
    });
    if setup.wire.says_null() {
        user["required"] = json!(["name", "email", "image"]);
    }
    let mut members = vec![("user", user), ("expires", json!({ "type": "string", "format": "date-time" }))];
    if setup.wire.has_access_token() && setup.session.strategy == Strategy::Database {
        members.push((
            "accessToken",
            json!({ "type": "string", "description": "Names the session, and opens nothing.", "pattern": "^[0-9a-f]{64}$" }),
        ));
    }
    object(&members)
}

/// RFC 7517 §4 with RFC 7518 §6.2.1 and RFC 8037 §2.
fn jwk() -> Value {
    let coordinate = json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$" });
    let key = |alg: &str, kty: &str, crv: &str| {
        object(&[
            ("alg", json!({ "const": alg })),
            ("kty", json!({ "const": kty })),
            ("crv", json!({ "const": crv })),
            ("use", json!({ "const": "sig" })),
            ("kid", json!({ "type": "string", "description": "The thumbprint of RFC 7638." })),
            ("x", coordinate.clone()),
        ])
    };
    let mut es256 = key("ES256", "EC", "P-256");
    es256["properties"]["y"] = coordinate.clone();
    es256["properties"]["d"] = false.into();
    let mut eddsa = key("EdDSA", "OKP", "Ed25519");
    eddsa["properties"]["d"] = false.into();
    json!({ "oneOf": [es256, eddsa] })
}

/// The two cookies that a request may need.
pub(super) fn cookies(setup: &Setup) -> Value {
    json!({
        "session": {
            "type": "apiKey", "in": "cookie", "name": setup.names.session,
            "description": "Who is signed in. A long one is cut into chunks, named `.0`, `.1` and so on.",
        },
        "csrf": {
            "type": "apiKey", "in": "cookie", "name": setup.names.csrf,
            "description": "Comes with the anti-forgery token, and has to fit the one in the body.",
        },
        "application": {
            "type": "http", "scheme": "bearer",
            "description": "The secret of the application's server, which no browser has.",
        },
        "bearer": {
            "type": "http", "scheme": "bearer",
            "description": "The session's token, read where its cookie is missing and the configuration says so.",
        },
    })
}
