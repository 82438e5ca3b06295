//! The application's own `authorize`.

use hallpass_store::{AccountKind, UserBy, UserId};
use hallpass_wire::CSRF_FIELD;

use super::super::complete::complete;
use crate::address::normalise;
use crate::credentials::{Credentials, Input};
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::proofs::Csrf;
use crate::sign_in::{Arrival, by_authorize};

/// The store's ids have 64 bytes at most.
const MAX_ID: usize = 64;

/// Asks the application, and signs in whom it names.
pub(super) async fn post(_: Csrf, x: &Exchange<'_>, way: &Credentials) -> Result<Reply, Fault> {
    let input = x.form.pairs().iter().filter(|(name, _)| name != CSRF_FIELD).cloned().collect();
    let identity = way
        .authorize
        .authorize(Input(input))
        .await
        .map_err(|error| Fault::AuthorizeFailed(error.0))?
        .ok_or_else(|| Fault::CredentialsRejected { provider: way.id.clone() })?;
    if !(1..=MAX_ID).contains(&identity.id.len()) {
        return Err(Fault::IdentityUnfit);
    }
    let store = &x.setup.world.store;
    let by = UserBy::Account { provider: &way.id, provider_account_id: &identity.id };
    let owner = store.user(by).await?;
    if owner.is_none() && store.user(UserBy::Id(&UserId(identity.id.clone()))).await?.is_some() {
        return Err(Fault::AccountNotLinked);
    }
    let arrival = Arrival {
        provider: way.id.clone(),
        provider_account_id: identity.id,
        kind: AccountKind::Credentials,
        name: identity.name,
        email: identity.email.as_deref().and_then(normalise),
        email_verified: identity.email_verified,
        image: identity.image,
    };
    let decision = by_authorize(arrival, owner, x.now);
    match complete(x, &way.id, decision, &x.callback_url.url).await {
        Err(Fault::EmailTaken) => Err(Fault::AccountNotLinked),
        other => other,
    }
}
