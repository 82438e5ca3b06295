//! `/session`: who is signed in.

use http::StatusCode;

use crate::cookies::SetCookie;
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::proofs::Csrf;
use crate::session::{Renew, read};

/// The session, prolonged where it is old enough. Never 401: nobody is an answer too.
pub(crate) async fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    answer(x, Renew::WhenDue).await
}

/// `update()`: the session with its user as the store knows them at this moment.
pub(crate) async fn post(_: Csrf, x: &Exchange<'_>) -> Result<Reply, Fault> {
    answer(x, Renew::Always).await
}

async fn answer(x: &Exchange<'_>, renew: Renew) -> Result<Reply, Fault> {
    match read(x.setup, &x.cookies, x.now, renew).await? {
        Some(current) => {
            let body = current.session.body()?;
            Ok(Reply::json_bytes(StatusCode::OK, body).private().cookies(current.cookies))
        }
        None => {
            let dead = x.cookies.pieces(&x.setup.names.session);
            let cleared = dead.into_iter().map(SetCookie::cleared);
            let body = x.setup.wire.no_session();
            Ok(Reply::json_bytes(StatusCode::OK, body).private().cookies(cleared))
        }
    }
}
