//! `/error`: why somebody is not signed in.

use askama::Template;
use hallpass_wire::{Action, ErrorCode};
use http::StatusCode;

use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::pages::ErrorPage;
use crate::pages::texts::{Remedy, error_page};

/// Sends the person on to the sign-in page where that can help (wire §4.3), else says what it is.
pub(crate) fn get(x: &Exchange<'_>, segment: Option<&str>) -> Result<Reply, Fault> {
    let asked = x.query.get("error").or(segment).unwrap_or_default();
    let wire = x.setup.wire;
    let code = ErrorCode::parse(asked).unwrap_or(ErrorCode::Default);
    let at_sign_in = wire
        .is_shown_at_sign_in(code)
        .then(|| format!("{}?error={}", x.setup.url(Action::SignIn(None)), code.as_str()));
    let own = x.setup.pages.to_error(if asked.is_empty() { code.as_str() } else { asked });
    let elsewhere = if wire.asks_own_error_page_first() { own.or(at_sign_in) } else { at_sign_in.or(own) };
    if let Some(url) = elsewhere {
        return Reply::redirect(x, StatusCode::OK, &url);
    }
    let text = error_page(code.as_str());
    let sign_in = x.setup.url(Action::SignIn(None));
    let page = ErrorPage {
        look: x.setup.look(),
        heading: text.heading,
        text: text.text,
        sign_in: (text.remedy == Remedy::SignIn).then_some(sign_in.as_str()),
        request_id: (code == ErrorCode::Configuration).then_some(x.trace.request_id.as_str()),
    };
    let status = StatusCode::from_u16(wire.error_status(code)).unwrap_or(StatusCode::OK);
    Ok(Reply::notice(x.setup, status, page.render()?))
}
