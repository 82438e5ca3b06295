//! `/verify-request`: "check your mail".

use askama::Template;
use hallpass_wire::Action;
use http::StatusCode;

use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::pages::VerifyRequest;
use crate::proofs::mail_link;

/// The same page for everybody, so that it says nothing about who has a user. A browser that asked for a link sees the
/// code of it, and its scripts get it as JSON, for applications with a page of their own.
pub(crate) fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    let passed: &[_] = if x.setup.wire.passes_query_of_verify_request() { x.query.pairs() } else { &[] };
    let code = mail_link::last_code(x);
    if let Some(page) = x.setup.pages.to_verify_request(passed) {
        return Reply::redirect_with_code(x, &page, code.as_deref());
    }
    if x.wants_json() && code.is_some() {
        return Reply::redirect_with_code(x, &x.setup.url(Action::VerifyRequest), code.as_deref());
    }
    let page =
        VerifyRequest { look: x.setup.look(), mailbox: x.setup.mailbox.as_deref(), code: code.as_deref() };
    Ok(Reply::notice(x.setup, StatusCode::OK, page.render()?))
}
