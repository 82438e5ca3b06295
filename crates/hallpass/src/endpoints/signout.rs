//! `/signout`.

use askama::Template;
use http::StatusCode;

use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::pages::SignOut;
use crate::proofs::Csrf;
use crate::session::write;
use hallpass_wire::Action;

/// Asks; a GET signs nobody out.
pub(crate) fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    let page = SignOut {
        look: x.setup.look(),
        csrf_token: x.csrf.token(),
        action: &x.setup.url(Action::SignOut),
        callback_url: &x.callback_url.url,
    };
    Ok(Reply::page(x.setup, StatusCode::OK, page.render()?))
}

/// Ends the session. Where the store cannot be asked, that is the answer, and not "signed out".
pub(crate) async fn post(_: Csrf, x: &Exchange<'_>) -> Result<Reply, Fault> {
    let written = write(x.setup, &x.cookies, x.now, None)?;
    if !written.changes.is_empty() {
        x.setup.commit(&written.changes).await?;
        tracing::info!(event = "sign_out", request_id = x.trace.request_id, "signed out");
    }
    Ok(Reply::redirect(x, StatusCode::OK, &x.callback_url.url)?.cookies(written.cookies))
}
