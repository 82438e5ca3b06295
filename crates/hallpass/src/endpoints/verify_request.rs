//! `/verify-request`: "check your mail".

use askama::Template;
use http::StatusCode;

use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::pages::VerifyRequest;

/// The same page for everybody, so that it says nothing about who has a user.
pub(crate) fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    let passed: &[_] = if x.setup.wire.passes_query_of_verify_request() { x.query.pairs() } else { &[] };
    if let Some(page) = x.setup.pages.to_verify_request(passed) {
        return Reply::redirect(x, StatusCode::OK, &page);
    }
    let page = VerifyRequest { look: x.setup.look(), mailbox: x.setup.mailbox.as_deref() };
    Ok(Reply::notice(x.setup, StatusCode::OK, page.render()?))
}
