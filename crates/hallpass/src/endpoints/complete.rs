//! The last step of every sign-in: the decision and the session are written together, or not at all.

use http::StatusCode;

use crate::cookies::SetCookie;
use crate::csrf_token::CsrfToken;
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
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
    // The whole answer is there before anything is written: what can fail fails while nothing is lost.
    let csrf = CsrfToken::fresh(x.setup)?;
    let mut reply = Reply::redirect(x, StatusCode::OK, callback_url)?
        .cookies([SetCookie::new(&x.setup.names.csrf, csrf.cookie())])
        .cookies(written.cookies);
    reply.rotates_csrf = true;
    x.setup.commit(&changes).await?;
    x.trace.signed_in(provider);
    let user = if own_word(x, provider) { "" } else { user.id.0.as_str() };
    let (request_id, client) = (x.trace.request_id.as_str(), x.trace.client());
    tracing::info!(event = "sign_in", provider, user, request_id, %client, "signed in");
    Ok(reply)
}

/// Whether the user's id is the application's own word, which may be a mail address and is not for the log.
fn own_word(x: &Exchange<'_>, provider: &str) -> bool {
    x.setup.credentials.iter().any(|way| way.id == provider)
}
