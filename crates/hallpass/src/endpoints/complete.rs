//! The last step of every sign-in: the decision and the session are written together, or not at all.

use http::StatusCode;

use crate::cookies::SetCookie;
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::proofs::CsrfToken;
use crate::session::write;
use crate::sign_in::Decision;

/// Signs the user in, gives the browser a new session and a new anti-forgery token, and sends it on.
///
/// What was decided may have been overtaken by another request; then the store refuses, nothing is written, and the
/// caller decides again.
pub(super) async fn complete(
    x: &Exchange<'_>,
    provider: &str,
    decision: Decision,
    callback_url: &str,
) -> Result<Reply, Fault> {
    let Decision { user, mut changes } = decision;
    let written = write(x.setup, &x.cookies, x.now, Some(&user))?;
    changes.extend(written.changes);
    x.setup.commit(&changes).await?;
    let user = user.id.0;
    tracing::info!(event = "sign_in", provider, user, request_id = x.request_id, "signed in");
    let csrf = CsrfToken::fresh(x.setup)?;
    let mut reply = Reply::redirect(x, StatusCode::OK, callback_url)?
        .cookies([SetCookie::new(&x.setup.names.csrf, csrf.cookie())])
        .cookies(written.cookies);
    reply.rotates_csrf = true;
    Ok(reply)
}
