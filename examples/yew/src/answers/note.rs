//! The note that somebody keeps: the application's own data, by the id of the session's user.

use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Form, Json};
use example_site::Notes;
use hallpass::{SameOrigin, Session};
use serde::Deserialize;

use super::told;

#[derive(Deserialize)]
pub(crate) struct Fields {
    note: String,
}

pub(crate) async fn read(session: Session) -> Json<String> {
    Json(Notes::all().of(&session.user.id.0))
}

/// Anybody can post here, whatever page their form is on: it looks for itself who asks, and from where.
pub(crate) async fn keep(
    _: SameOrigin,
    session: Option<Session>,
    headers: HeaderMap,
    Form(Fields { note }): Form<Fields>,
) -> Response {
    let Some(session) = session else { return told(&headers, "/protected", Some("NotSignedIn")) };
    Notes::all().keep(&session.user.id.0, &note);
    told(&headers, "/protected", Some("Kept"))
}
