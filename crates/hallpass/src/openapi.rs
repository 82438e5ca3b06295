//! The description of every endpoint, as OpenAPI 3.1: for this very hallpass, with the ways in that it has.
//!
//! `operations.rs` has a line of the router's table in each of its functions, and an action that it leaves out does not
//! compile; a test holds the two tables against each other, and every answer of every test against the description.

mod answers;
mod operations;
mod schemas;

use serde_json::{Map, Value, json};

use crate::config::{Auth, Setup};
use crate::exchange::Verb;
use hallpass_wire::Action;

impl Auth {
    /// The description of the endpoints in OpenAPI 3.1, as `GET /openapi.json` answers it: paths, parameters, bodies, and every
    /// answer that can come, of this configuration. An application may merge it into its own.
    pub fn openapi(&self) -> Value {
        document(&self.0)
    }
}

const ABOUT: &str = "Sign-in and sessions, with NextAuth.js's protocol. HEAD is answered as GET is, but for the callback of an \
                     OAuth provider. Any other path or method below the base path is answered with 400. Parameters that come \
                     twice are refused. Every endpoint that writes wants the anti-forgery token of GET /csrf in its body and the \
                     cookie that came with it.";

/// The whole document.
pub(crate) fn document(setup: &Setup) -> Value {
    let mut paths = Map::new();
    for action in Action::EVERY {
        let item: Map<String, Value> = operations::of(setup, action)
            .into_iter()
            .map(|operation| (method(operation.verb).to_owned(), operation.json()))
            .collect();
        if !item.is_empty() {
            paths.insert(format!("{}{}", setup.base_path, action.path()), item.into());
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "hallpass", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT },
        "servers": [{ "url": setup.site.origin }],
        "paths": paths,
        "components": {
            "schemas": schemas::all(setup),
            "headers": answers::headers(),
            "securitySchemes": schemas::cookies(setup),
        },
    })
}

fn method(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "get",
        Verb::Post => "post",
    }
}

#[cfg(test)]
pub(crate) mod trials;
