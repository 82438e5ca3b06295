//! The last step of every sign-in: the decision and the session are written together, or not at all.

use hallpass_store::{Account, AccountKind, Change, User};
use http::StatusCode;

use crate::cookies::SetCookie;
use crate::csrf_token::CsrfToken;
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::hooks::{Event, Object, Person, SigningIn, Stage, TokenContext, Trigger, Way};
use crate::session::{Starting, write};
use crate::sign_in::Decision;

/// Signs the user in, gives the browser a new session and a new anti-forgery token, and sends it on.
///
/// What was decided may have been overtaken by another request; then the store refuses, nothing is written, and the
/// caller decides again.
pub(super) async fn complete(
    x: &Exchange<'_>,
    way: Way<'_>,
    decision: Decision,
    callback_url: &str,
) -> Result<Reply, Fault> {
    let Decision { user, mut changes } = decision;
    let stage = stage(&changes);
    let claims = asked(x, &user, way, stage).await?;
    let starting = Starting { user: &user, claims: &claims, signed_in: x.now };
    let written = write(x.setup, &x.cookies, x.now, Some(starting))?;
    changes.extend(written.changes);
    // The whole answer is there before anything is written: what can fail fails while nothing is lost.
    let csrf = CsrfToken::fresh(x.setup)?;
    let welcome = x.setup.pages.to_new_user(callback_url).filter(|_| stage == Stage::New);
    let mut reply = Reply::redirect(x, StatusCode::OK, welcome.as_deref().unwrap_or(callback_url))?
        .cookies([SetCookie::new(&x.setup.names.csrf, csrf.cookie())])
        .cookies(written.cookies);
    reply.rotates_csrf = true;
    x.setup.commit(&changes).await?;
    tell(x, &user, way, stage, &changes).await;
    let provider = way.provider;
    x.trace.signed_in(provider);
    let user = if own_word(x, provider) { "" } else { user.id.0.as_str() };
    let (request_id, client) = (x.trace.request_id.as_str(), x.trace.client());
    tracing::info!(event = "sign_in", provider, user, request_id, %client, "signed in");
    Ok(reply)
}

/// Whether a user is made.
fn stage(changes: &[Change]) -> Stage {
    let makes = |change: &Change| matches!(change, Change::CreateUser(_));
    if changes.iter().any(makes) { Stage::New } else { Stage::Returning }
}

/// The application's say: whether this may be, and what it adds to the session.
async fn asked(x: &Exchange<'_>, user: &User, way: Way<'_>, stage: Stage) -> Result<Object, Fault> {
    let hooks = &x.setup.hooks;
    if hooks.is_empty() {
        return Ok(Object::new());
    }
    let person = Person::from(user);
    hooks.sign_in(&x.setup.site, &SigningIn { person, way, stage }).await?;
    let context = TokenContext { person, trigger: Trigger::SignIn { way, stage } };
    hooks.claims(Object::new(), &context).await
}

/// Tells the application what was written. The events are in the order of wire §7.4; `jwt`, which stands among them there, was
/// asked before: nothing is written before everything is decided.
async fn tell(x: &Exchange<'_>, user: &User, way: Way<'_>, stage: Stage, changes: &[Change]) {
    let hooks = &x.setup.hooks;
    if hooks.is_empty() {
        return;
    }
    let person = Person::from(user);
    for change in changes {
        match change {
            Change::CreateUser(_) => hooks.tell(&Event::CreateUser { person }).await,
            Change::UpdateUser(_) => hooks.tell(&Event::UpdateUser { person }).await,
            Change::Link(Account { kind: AccountKind::Oauth, provider, provider_account_id, .. }) => {
                hooks.tell(&Event::LinkAccount { person, provider, provider_account_id }).await;
            }
            _ => {}
        }
    }
    hooks.tell(&Event::SignIn { person, way, stage }).await;
}

/// Whether the user's id is the application's own word, which may be a mail address and is not for the log.
fn own_word(x: &Exchange<'_>, provider: &str) -> bool {
    x.setup.credentials.iter().any(|way| way.id == provider)
}
