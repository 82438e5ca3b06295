//! `/signin`: the sign-in page, and the start of a sign-in.

mod email;
mod oauth;
mod page;

pub(crate) use page::get;

use hallpass_wire::Action;
use http::StatusCode;

use crate::config::Way;
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::proofs::Csrf;

/// Starts a sign-in: sends the browser to the provider, or a mail to the person.
pub(crate) async fn post(_: Csrf, x: &Exchange<'_>, provider: &str) -> Result<Reply, Fault> {
    match x.setup.way(provider) {
        Some(Way::Oauth(party)) => oauth::start(x, party).await,
        Some(Way::Email(options)) => email::start(x, options).await,
        Some(Way::Password | Way::Credentials(_)) => {
            Reply::redirect(x, StatusCode::OK, &x.setup.url(Action::SignIn(None)))
        }
        None => Err(Fault::UnknownProvider),
    }
}
