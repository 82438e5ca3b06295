//! `/callback/{provider}`: where a sign-in comes back.

mod credentials;
mod email;
mod oauth;
mod password;
mod posted;

use crate::config::Way;
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::proofs::{self, Csrf};

/// The browser comes back from a provider, or opens a link from a mail.
pub(crate) async fn get(x: &Exchange<'_>, provider: &str) -> Result<Reply, Fault> {
    match x.setup.way(provider) {
        Some(Way::Oauth(party)) => oauth::get(x, party).await,
        Some(Way::Email(_)) => email::get(x).await,
        Some(Way::Password | Way::Credentials(_)) | None => Err(Fault::UnknownAction),
    }
}

/// Somebody posts credentials or a provider's answer, or presses the button behind the link.
pub(crate) async fn post(x: &Exchange<'_>, provider: &str) -> Result<Reply, Fault> {
    let way = x.setup.way(provider).ok_or(Fault::UnknownAction)?;
    if let Way::Oauth(party) = way
        && posted::is_posted(party)
    {
        // Another site's page makes the browser post this, as it should: what proves it is checked by the GET it leads to.
        return Ok(posted::post(x, party));
    }
    let csrf: Csrf = proofs::csrf(x)?;
    match way {
        Way::Email(_) => email::post(csrf, x).await,
        Way::Password => password::post(csrf, x).await,
        Way::Credentials(way) => credentials::post(csrf, x, way).await,
        Way::Oauth(_) => Err(Fault::UnknownAction),
    }
}
