//! `/password/new`: the link in the mail of whoever forgot their password.
//!
//! A GET shows the form and spends nothing, because programs open links too; the POST with the new password spends the
//! token. Nobody is signed in by it: what a sign-in asks for besides, of the application or of a second factor, is asked
//! at the sign-in that follows (OWASP ASVS 5.0 §6.4.3). Where mail links are bound to the browser that asked, this one is
//! too: in another the form also wants the code that the asking one shows, so a mail that was read by somebody else sets
//! no password.

use askama::Template;
use hallpass_store::{OneTimeToken, PasswordHash, Purpose, TokenHash, User, UserBy, UserId};
use hallpass_wire::{Action, CALLBACK_URL_FIELD, ErrorCode};
use http::StatusCode;
use url::form_urlencoded::Serializer;

use super::{UNFIT, notice, open, reset};
use crate::address::normalise;
use crate::config::PasswordOptions;
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::hooks::{Event, Person};
use crate::pages::{NewPasswordForm, texts};
use crate::params::Params;
use crate::password::NewPassword;
use crate::password_change;
use crate::proofs::Csrf;
use crate::proofs::mail_link::{self, Judged};
use crate::session::{Renew, read, write};

/// The form.
pub(crate) async fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    let options = open_by_mail(x)?;
    match held(x, &x.query).await {
        Ok(held) => {
            let fresh = Again { status: StatusCode::OK, error: None, code: needs_code(x, &held)? };
            page(x, options, &held, &fresh)
        }
        Err(fault) => ask_again(x, fault),
    }
}

/// Sets the password, in one commit with everything that follows: of any number of racing requests one succeeds, and
/// one that is refused leaves the link good.
pub(crate) async fn post(csrf: Csrf, x: &Exchange<'_>) -> Result<Reply, Fault> {
    let options = open_by_mail(x)?;
    let held = match held(x, &x.form).await {
        Ok(held) => held,
        Err(fault) => return ask_again(x, fault),
    };
    let code = match needs_code(x, &held) {
        Ok(code) => code,
        Err(fault) => return ask_again(x, fault),
    };
    // The password first: one that cannot be set costs no try.
    if code && NewPassword::check(typed(x), options.min_length).is_some() {
        match mail_link::judge(x, &held.issued).await {
            Ok(Judged::Right) => {}
            Ok(Judged::Wrong(why)) => return wrong_code(x, options, &held, &why),
            Err(fault) => return ask_again(x, fault),
        }
    }
    match take(csrf, x, &held, options).await {
        Err(fault @ Fault::LinkGone) => ask_again(x, fault),
        Err(fault @ Fault::PasswordUnfit) => {
            fault.log(x.trace);
            if x.wants_json() {
                let url = format!("{}?error={UNFIT}", x.setup.url(Action::NewPassword));
                return Reply::redirect(x, StatusCode::BAD_REQUEST, &url);
            }
            let rule = NewPassword::rule(options.min_length);
            let again = Again { status: StatusCode::BAD_REQUEST, error: Some(&rule), code };
            page(x, options, &held, &again)
        }
        other => other,
    }
}

/// Whether this browser has to show the code beside the password.
fn needs_code(x: &Exchange<'_>, held: &Held<'_>) -> Result<bool, Fault> {
    let options = x.setup.email.as_ref().ok_or(Fault::UnknownAction)?;
    mail_link::needs_code(x, options, &held.issued)
}

fn typed<'x>(x: &'x Exchange<'_>) -> &'x str {
    x.form.get("newPassword").unwrap_or_default()
}

fn wrong_code(
    x: &Exchange<'_>,
    options: &PasswordOptions,
    held: &Held<'_>,
    why: &str,
) -> Result<Reply, Fault> {
    if x.wants_json() {
        let code = ErrorCode::Verification.as_str();
        let url = format!("{}?error={code}", x.setup.url(Action::NewPassword));
        return Reply::redirect(x, StatusCode::FORBIDDEN, &url);
    }
    page(x, options, held, &Again { status: StatusCode::FORBIDDEN, error: Some(why), code: true })
}

/// A link that is good at this moment, and whose it is.
struct Held<'p> {
    token: &'p str,
    issued: OneTimeToken,
    user: UserId,
}

/// The link that these parameters name: of this purpose, for this address, and for the user who has it.
async fn held<'p>(x: &Exchange<'_>, params: &'p Params) -> Result<Held<'p>, Fault> {
    let token = params.get("token").ok_or(Fault::LinkGone)?;
    let email = params.get("email").and_then(normalise).ok_or(Fault::LinkGone)?;
    let store = &x.setup.world.store;
    let user = store.user(UserBy::Email(&email)).await?.map_or(UserId(String::new()), |user| user.id);
    let key = password_change::link_key(token, &email, &user);
    let issued = store.token(&key).await?.ok_or(Fault::LinkGone)?;
    let good =
        issued.purpose == Purpose::PasswordReset && issued.identifier == email && x.now < issued.expires;
    if good { Ok(Held { token, issued, user }) } else { Err(Fault::LinkGone) }
}

async fn take(_: Csrf, x: &Exchange<'_>, held: &Held<'_>, options: &PasswordOptions) -> Result<Reply, Fault> {
    let fresh = NewPassword::check(typed(x), options.min_length).ok_or(Fault::PasswordUnfit)?;
    let secret = x.setup.world.passwords.hash(fresh.into_inner()).await?;
    let current = read(x.setup, &x.cookies, x.now, Renew::Never).await?;
    let signed_in = current.and_then(|current| current.key.map(|key| (current.session.user.id, key)));
    match set(x, held, signed_in.as_ref(), secret.clone()).await {
        // The session was ended a moment ago: decide again without it.
        Err(Fault::SessionEnded) => set(x, held, None, secret).await,
        other => other,
    }
}

async fn set(
    x: &Exchange<'_>,
    held: &Held<'_>,
    signed_in: Option<&(UserId, TokenHash)>,
    secret: PasswordHash,
) -> Result<Reply, Fault> {
    let known = x.setup.world.store.user(UserBy::Email(&held.issued.identifier)).await?;
    let known = known.filter(|user| user.id == held.user).ok_or(Fault::LinkGone)?;
    let proved_before = known.email_verified.is_some();
    let mut decision = password_change::reset(known, held.issued.key, signed_in, secret, x.now);
    let mut reply = Reply::redirect(x, StatusCode::OK, &to_sign_in(x, held).await?)?;
    // Of the one who signed in here as somebody else the session stays.
    if signed_in.is_some_and(|(user, _)| *user == held.user) {
        let ended = write(x.setup, &x.cookies, x.now, None)?;
        decision.changes.extend(ended.changes);
        reply = reply.cookies(ended.cookies);
    }
    reply = reply.cookies(mail_link::forget(x, &held.issued.key)?);
    reply.keeps_callback_url = true;
    x.setup.commit(&decision.changes).await?;
    tell(x, &decision.user, proved_before).await;
    Ok(reply)
}

async fn tell(x: &Exchange<'_>, user: &User, proved_before: bool) {
    if !proved_before {
        x.setup.hooks.tell(&Event::UpdateUser { person: Person::from(user) }).await;
    }
    notice::changed(x, user).await;
}

/// The sign-in page, which says that it was done and leads where was asked.
async fn to_sign_in(x: &Exchange<'_>, held: &Held<'_>) -> Result<String, Fault> {
    let wish = held.issued.callback_url.as_deref().unwrap_or_default();
    let callback_url = x.setup.judge(wish).await?;
    if let Some(page) = x.setup.pages.to_sign_in_anew(&callback_url, texts::PASSWORD_CHANGED) {
        return Ok(page);
    }
    let query = Serializer::new(String::new())
        .append_pair(CALLBACK_URL_FIELD, &callback_url)
        .append_pair("notice", texts::PASSWORD_CHANGED)
        .finish();
    Ok(format!("{}?{query}", x.setup.url(Action::SignIn(None))))
}

fn open_by_mail<'a>(x: &Exchange<'a>) -> Result<&'a PasswordOptions, Fault> {
    let options = open(x)?;
    if x.setup.email.is_some() { Ok(options) } else { Err(Fault::UnknownAction) }
}

/// Why there is nothing to set; for a link that is over, the page that asks for another.
fn ask_again(x: &Exchange<'_>, fault: Fault) -> Result<Reply, Fault> {
    if fault != Fault::LinkGone {
        return Err(fault);
    }
    fault.log(x.trace);
    reset::ask_again(x)
}

/// How the form is shown.
struct Again<'a> {
    status: StatusCode,
    error: Option<&'a str>,
    /// Whether it asks for the code.
    code: bool,
}

fn page(
    x: &Exchange<'_>,
    options: &PasswordOptions,
    held: &Held<'_>,
    again: &Again<'_>,
) -> Result<Reply, Fault> {
    let page = NewPasswordForm {
        look: x.setup.look(),
        csrf_token: x.csrf.token(),
        action: &x.setup.url(Action::NewPassword),
        error: again.error,
        code: again.code,
        min_length: options.min_length,
        email: &held.issued.identifier,
        token: held.token,
    };
    let mut reply = Reply::page(x.setup, again.status, page.render()?);
    reply.keeps_callback_url = true;
    Ok(reply)
}
