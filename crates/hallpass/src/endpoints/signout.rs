//! `/signout`.

use askama::Template;
use http::StatusCode;

use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::hooks::Event;
use crate::pages::SignOut;
use crate::proofs::Csrf;
use crate::session::{Renew, Session, read, write};
use hallpass_wire::Action;

/// Asks; a GET signs nobody out.
pub(crate) fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    if let Some(page) = &x.setup.pages.sign_out {
        return Reply::redirect(x, StatusCode::OK, page);
    }
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
    let who = who(x).await?;
    if !written.changes.is_empty() {
        x.setup.commit(&written.changes).await?;
        tracing::info!(event = "sign_out", request_id = x.trace.request_id, "signed out");
    }
    // Also of a session that next-auth wrote: there is nothing to commit, but somebody left.
    if let Some(session) = &who {
        x.setup.hooks.tell(&Event::SignOut { person: session.person() }).await;
    }
    Ok(Reply::redirect(x, StatusCode::OK, &x.callback_url.url)?.cookies(written.cookies))
}

/// Who signs out, where somebody wants to know.
async fn who(x: &Exchange<'_>) -> Result<Option<Session>, Fault> {
    if x.setup.hooks.is_empty() {
        return Ok(None);
    }
    let current = read(x.setup, &x.cookies, x.now, Renew::Never).await?;
    Ok(current.map(|current| current.session))
}
