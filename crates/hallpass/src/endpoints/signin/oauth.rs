//! Sends the browser to a provider.

use hallpass_oauth::Kind;
use hallpass_oauth::authorization::{self, Start};
use hallpass_oauth::pkce::Verifier;
use hallpass_wire::Action;
use http::StatusCode;

use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::proofs::Started;
use crate::relying_party::{Errand, RelyingParty};
use crate::session::{Renew, read};

/// Starts a transaction and goes to the authorization endpoint. State, nonce and PKCE are always on.
pub(super) async fn start(x: &Exchange<'_>, party: &RelyingParty) -> Result<Reply, Fault> {
    let errand = Errand::new(&x.setup.world, x.now).to(party.id());
    let metadata = party.metadata(&errand).await.map_err(Fault::ProviderStart)?;
    let signed_in = read(x.setup, &x.cookies, x.now, Renew::Never).await?;
    let links = signed_in.as_ref().filter(|current| current.key.is_some());
    let user = links.map(|current| &current.session.user.id);
    let client = party.client();
    let started = Started::new(x, party.id(), client.client_id(), user)?;
    let verifier = Verifier::parse(started.verifier).map_err(|_| Fault::Broken("verifier_malformed"))?;
    let is_oidc = client.provider().kind == Kind::Oidc;
    let url = authorization::url(
        client,
        &metadata,
        &Start {
            redirect_uri: &x.setup.url(Action::Callback(party.id())),
            state: &started.state,
            nonce: is_oidc.then_some(started.nonce.as_str()),
            verifier: &verifier,
            extra: x.query.pairs(),
        },
    )
    .map_err(|error| Fault::ProviderStart(error.reason()))?;
    Ok(Reply::redirect(x, StatusCode::OK, &url)?.cookies(started.cookies))
}
