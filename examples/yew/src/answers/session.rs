//! Signing in and out on the server. `Visitor` refuses what another site has posted.

use axum::Form;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use hallpass::{Visitor, VisitorError};
use serde::Deserialize;

use super::told;

/// Where the forms are.
const PAGE: &str = "/server";

#[derive(Deserialize)]
pub(crate) struct Fields {
    email: String,
    password: String,
}

pub(crate) async fn sign_in(visitor: Visitor, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    let fields = [("email", fields.email.as_str()), ("password", fields.password.as_str())];
    answer(&headers, visitor.sign_in("credentials", &fields, PAGE).await)
}

pub(crate) async fn sign_out(visitor: Visitor, headers: HeaderMap) -> Response {
    answer(&headers, visitor.sign_out(PAGE).await)
}

fn answer(headers: &HeaderMap, came: Result<String, VisitorError>) -> Response {
    match came {
        Ok(_) => told(headers, PAGE, None),
        Err(error @ VisitorError::NotOurs) => (StatusCode::FORBIDDEN, format!("{error}\n")).into_response(),
        Err(error) => told(headers, PAGE, Some(error.code())),
    }
}
