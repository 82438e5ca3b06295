//! The proof that a page of this site made a request.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::ORIGIN;
use axum::http::request::Parts;
use hallpass::Auth;

/// A page of this site made the request. A session's cookie does not prove it: `SameSite=Lax` keeps it from forms of other sites, but
/// `app.example.com` and `forum.example.com` are one site to it, as are two ports of a machine. Browsers send `Origin` with
/// every POST.
pub(crate) struct OwnPage;

impl FromRequestParts<Auth> for OwnPage {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Self::Rejection> {
        match parts.headers.get(ORIGIN) {
            Some(origin) if origin == auth.url() => Ok(Self),
            _ => Err((StatusCode::FORBIDDEN, "this is for pages of this site only\n")),
        }
    }
}
