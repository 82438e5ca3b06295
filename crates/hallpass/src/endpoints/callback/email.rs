//! The link in a sign-in mail.
//!
//! A GET shows a page and spends nothing, because programs open links too: scanners, previews, prefetchers. The
//! button on the page spends the token.

use askama::Template;
use hallpass_store::{Change, OneTimeToken, Purpose, TokenHash, UserBy, UserId};
use hallpass_wire::Action;
use http::StatusCode;

use super::super::complete::complete;
use crate::address::normalise;
use crate::config::EMAIL;
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::pages::{self, ConfirmLink};
use crate::params::Params;
use crate::proofs::Csrf;
use crate::session::{Renew, read};
use crate::sign_in::{Fresh, Linked, by_email};

/// Asks whether to sign in.
pub(super) async fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    let (token, issued) = issued(x, &x.query).await?;
    let page = ConfirmLink {
        look: pages::look(x.setup),
        csrf_token: x.csrf.token(),
        action: &x.setup.url(Action::Callback(EMAIL)),
        callback_url: issued.callback_url.as_deref().unwrap_or(&x.setup.site.origin),
        email: &issued.identifier,
        token,
    };
    let mut reply = Reply::page(x.setup, StatusCode::OK, page.render()?);
    reply.keeps_callback_url = true;
    Ok(reply)
}

/// Spends the token and signs in, in one commit: of any number of racing requests one succeeds, and a failing write
/// leaves the token good.
pub(super) async fn post(_: Csrf, x: &Exchange<'_>) -> Result<Reply, Fault> {
    let (_, issued) = issued(x, &x.form).await?;
    let signed_in = read(x.setup, &x.cookies, x.now, Renew::Never).await?.map(|now| now.session.user.id);
    let callback_url = issued.callback_url.as_deref().unwrap_or_default();
    let callback_url = x.setup.site.callback_url(callback_url);
    let first = sign_in(x, &issued, signed_in.as_ref(), &callback_url).await;
    match first {
        // Another request made the same user a moment ago: decide again, with that user in sight.
        Err(Fault::EmailTaken) => sign_in(x, &issued, signed_in.as_ref(), &callback_url).await,
        other => other,
    }
}

async fn sign_in(
    x: &Exchange<'_>,
    issued: &OneTimeToken,
    signed_in: Option<&UserId>,
    callback_url: &str,
) -> Result<Reply, Fault> {
    let namesake = linked(x, &issued.identifier).await?;
    let fresh = Fresh { id: UserId(x.random_token()?), now: x.now };
    let mut decision = by_email(&issued.identifier, namesake, signed_in, fresh);
    let spent = Change::Redeem { key: issued.key, purpose: Purpose::EmailSignIn, now: x.now };
    decision.changes.insert(0, spent);
    complete(x, EMAIL, decision, callback_url).await
}

/// The user with this address, and their accounts.
pub(super) async fn linked(x: &Exchange<'_>, email: &str) -> Result<Option<Linked>, Fault> {
    let store = &x.setup.world.store;
    let Some(user) = store.user(UserBy::Email(email)).await? else { return Ok(None) };
    let accounts = store.accounts(&user.id).await?;
    Ok(Some(Linked { user, accounts }))
}

/// The token of a link and what was issued under it: still good, and for this very address.
async fn issued<'p>(x: &Exchange<'_>, params: &'p Params) -> Result<(&'p str, OneTimeToken), Fault> {
    let token = params.get("token").ok_or(Fault::LinkGone)?;
    let email = params.get("email").and_then(normalise).ok_or(Fault::LinkGone)?;
    let issued = x.setup.world.store.token(&TokenHash::of(token)).await?.ok_or(Fault::LinkGone)?;
    let good = issued.purpose == Purpose::EmailSignIn && issued.identifier == email && x.now < issued.expires;
    if good { Ok((token, issued)) } else { Err(Fault::LinkGone) }
}
