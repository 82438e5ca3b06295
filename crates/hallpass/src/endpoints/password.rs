//! `/password`: another password for whoever is signed in, and below it what is for whoever forgot theirs.
//!
//! Only the password itself lets somebody change it: a session may be open on a machine that somebody else sits at
//! (OWASP ASVS 5.0 §6.2.3). Whoever has none, or forgot it, gets a mail instead.

pub(crate) mod link;
mod notice;
pub(crate) mod reset;
#[cfg(test)]
mod tests;

use askama::Template;
use hallpass_store::{Account, Timestamp, TokenHash, User};
use hallpass_wire::{Action, CALLBACK_URL_FIELD, ErrorCode};
use http::StatusCode;
use url::form_urlencoded::Serializer;

use crate::config::{PASSWORD, PasswordOptions};
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::hooks::Object;
use crate::pages::{ChangePassword, HasPassword, Notice, Onward, texts};
use crate::password::{MAX_PASSWORD_BYTES, NewPassword};
use crate::password_change::changed;
use crate::proofs::Csrf;
use crate::session::{Renew, Starting, read, write};

/// The code that the application's own page gets where the new password is too short or too long.
const UNFIT: &str = "PasswordUnfit";

/// The form, or a word that it was done.
pub(crate) async fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    let options = open(x)?;
    let told: Vec<_> = x.query.get("error").map(|error| ("error", error)).into_iter().collect();
    if let Some(page) = x.setup.pages.to_password(&x.callback_url.url, &told) {
        return Reply::redirect(x, StatusCode::OK, &page);
    }
    let Some(somebody) = signed_in(x).await? else { return to_sign_in(x, StatusCode::OK) };
    if x.query.get("done").is_some() {
        return done(x);
    }
    let expired = x.query.get("csrf").map(|_| texts::EXPIRED);
    page(x, &somebody, options, (StatusCode::OK, expired))
}

/// Changes the password. What was wrong is said on the same page.
pub(crate) async fn post(csrf: Csrf, x: &Exchange<'_>) -> Result<Reply, Fault> {
    let options = open(x)?;
    let Some(somebody) = signed_in(x).await? else {
        Fault::SessionRequired.log(x.trace);
        return to_sign_in(x, StatusCode::UNAUTHORIZED);
    };
    let (status, code, text) = match change(csrf, x, &somebody, options).await {
        Ok(reply) => return Ok(reply),
        Err(Fault::SessionEnded) => {
            Fault::SessionEnded.log(x.trace);
            return to_sign_in(x, StatusCode::UNAUTHORIZED);
        }
        Err(fault @ Fault::PasswordUnfit) => {
            fault.log(x.trace);
            (StatusCode::BAD_REQUEST, UNFIT, NewPassword::rule(options.min_length))
        }
        // Changed by another request while this one was compared: what was typed is not the password any more.
        Err(fault @ (Fault::CredentialsRejected { .. } | Fault::Overtaken)) => {
            fault.log(x.trace);
            let code = ErrorCode::CredentialsSignin.as_str();
            (StatusCode::UNAUTHORIZED, code, texts::WRONG_PASSWORD.to_owned())
        }
        Err(other) => return Err(other),
    };
    if x.wants_json() {
        return Reply::redirect(x, status, &format!("{}?error={code}", x.setup.url(Action::Password)));
    }
    if let Some(page) = x.setup.pages.to_password(&x.callback_url.url, &[("error", code)]) {
        return Reply::redirect(x, status, &page);
    }
    page(x, &somebody, options, (StatusCode::BAD_REQUEST, Some(&text)))
}

/// Somebody whose session the store knows at this moment.
struct Somebody {
    user: User,
    session: TokenHash,
    signed_in: Timestamp,
    /// What the application added to the session.
    claims: Object,
    /// Their password, where they have one.
    account: Option<Account>,
}

/// Who is signed in. A token that next-auth itself wrote has no row, and proves nothing lasting.
async fn signed_in(x: &Exchange<'_>) -> Result<Option<Somebody>, Fault> {
    let store = &x.setup.world.store;
    let Some(current) = read(x.setup, &x.cookies, x.now, Renew::Never).await? else { return Ok(None) };
    let Some(session) = current.key else { return Ok(None) };
    let Some((row, user)) = store.session(&session).await? else { return Ok(None) };
    let account = store.accounts(&user.id).await?.into_iter().find(|account| account.provider == PASSWORD);
    let (signed_in, claims) = (row.created, current.session.claims.added());
    Ok(Some(Somebody { user, session, signed_in, claims, account }))
}

/// Compares, hashes and commits. The session gets another token and keeps its age and its claims; every other one of
/// the user ends.
async fn change(
    _: Csrf,
    x: &Exchange<'_>,
    somebody: &Somebody,
    options: &PasswordOptions,
) -> Result<Reply, Fault> {
    let typed = |field: &str| x.form.get(field).unwrap_or_default();
    let fresh = NewPassword::check(typed("newPassword"), options.min_length).ok_or(Fault::PasswordUnfit)?;
    let rejected = || Fault::CredentialsRejected { provider: PASSWORD.into() };
    let current = typed("currentPassword").to_owned();
    if current.len() > MAX_PASSWORD_BYTES {
        return Err(rejected());
    }
    let passwords = &x.setup.world.passwords;
    let hash = somebody.account.as_ref().and_then(|account| account.secret.clone());
    let fits = passwords.verify(current, hash).await?;
    let before = somebody.account.clone().filter(|_| fits).ok_or_else(rejected)?;
    let secret = passwords.hash(fresh.into_inner()).await?;
    let user = &somebody.user;
    let mut changes = changed(user, before, somebody.session, secret, x.now);
    let starting = Starting { user, claims: &somebody.claims, signed_in: somebody.signed_in };
    let written = write(x.setup, &x.cookies, x.now, Some(starting))?;
    changes.extend(written.changes);
    let reply = Reply::redirect(x, StatusCode::OK, &onward(x))?.cookies(written.cookies);
    x.setup.commit(&changes).await?;
    notice::changed(x, user).await;
    Ok(reply)
}

/// Where somebody goes who is done here: somewhere else than here, where the sign-in page may have sent them.
fn elsewhere<'a>(x: &'a Exchange<'_>) -> &'a str {
    let url = x.callback_url.url.as_str();
    let path = url.split(['?', '#']).next();
    if path == Some(x.setup.url(Action::Password).as_str()) { &x.setup.site.origin } else { url }
}

/// Where to go afterwards: a client and an application's own page go on, a person is told that it was done.
fn onward(x: &Exchange<'_>) -> String {
    if x.wants_json() || x.setup.pages.password.is_some() {
        return elsewhere(x).to_owned();
    }
    format!("{}?done=true", x.setup.url(Action::Password))
}

/// The options of the built-in passwords; without them there is no such page.
fn open<'a>(x: &Exchange<'a>) -> Result<&'a PasswordOptions, Fault> {
    x.setup.passwords.as_ref().ok_or(Fault::UnknownAction)
}

/// The sign-in page, which leads back here, and from here to where was asked.
fn to_sign_in(x: &Exchange<'_>, status: StatusCode) -> Result<Reply, Fault> {
    let mut here = x.setup.url(Action::Password);
    let afterwards = elsewhere(x);
    if afterwards != x.setup.site.origin {
        let query = Serializer::new(String::new()).append_pair(CALLBACK_URL_FIELD, afterwards).finish();
        here = format!("{here}?{query}");
    }
    let query = Serializer::new(String::new())
        .append_pair(CALLBACK_URL_FIELD, &here)
        .append_pair("error", ErrorCode::SessionRequired.as_str())
        .finish();
    Reply::redirect(x, status, &format!("{}?{query}", x.setup.url(Action::SignIn(None))))
}

fn page(
    x: &Exchange<'_>,
    somebody: &Somebody,
    options: &PasswordOptions,
    (status, error): (StatusCode, Option<&str>),
) -> Result<Reply, Fault> {
    let reset = x.setup.url(Action::PasswordReset);
    let page = ChangePassword {
        look: x.setup.look(),
        csrf_token: x.csrf.token(),
        callback_url: elsewhere(x),
        action: &x.setup.url(Action::Password),
        error,
        min_length: options.min_length,
        email: somebody.user.email.as_deref(),
        has: if somebody.account.is_some() { HasPassword::Yes } else { HasPassword::No },
        reset: x.setup.email.as_ref().map(|_| reset.as_str()),
    };
    Ok(Reply::page(x.setup, status, page.render()?))
}

fn done(x: &Exchange<'_>) -> Result<Reply, Fault> {
    let page = Notice {
        look: x.setup.look(),
        title: "Password Changed",
        heading: "Your password was changed",
        text: "You stay signed in here. Everywhere else you were signed out.",
        code: None,
        note: None,
        onward: &[Onward { label: "Continue", url: elsewhere(x) }],
    };
    Ok(Reply::notice(x.setup, StatusCode::OK, page.render()?))
}
