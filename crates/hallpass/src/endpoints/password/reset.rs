//! `/password/reset`: a mail for whoever forgot their password.
//!
//! A known and an unknown address get the same answer, and the same work: a row in the store and a mail. The mail to an
//! unknown one says so, to whoever reads it.

use std::time::Duration;

use askama::Template;
use hallpass_store::{Change, OneTimeToken, Purpose, UserBy, UserId};
use hallpass_wire::{Action, ErrorCode};
use http::StatusCode;

use super::open;
use crate::address::normalise;
use crate::config::OtherBrowser;
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::pages::{Notice, Onward, ResetPassword, password_mail, texts};
use crate::password_change::link_key;
use crate::proofs::{Csrf, mail_link};
use crate::world::Message;

/// How long a link is good: what OWASP ASVS 5.0 §6.5.5 allows.
const MAX_AGE: Duration = Duration::from_secs(10 * 60);
const MAX_AGE_IN_WORDS: &str = "10 minutes";

/// The form, or what to do next.
pub(crate) fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    open(x)?;
    let sent = x.query.get("sent").is_some();
    let told = match x.query.get("error") {
        Some(error) => vec![("error", error)],
        None if sent => vec![("sent", "true")],
        None => Vec::new(),
    };
    if let Some(page) = x.setup.pages.to_password_reset(&x.callback_url.url, &told) {
        return Reply::redirect(x, StatusCode::OK, &page);
    }
    if x.setup.email.is_none() {
        return impossible(x);
    }
    match x.query.get("error") {
        None if sent => look_for_it(x),
        None => page(x, StatusCode::OK, x.query.get("csrf").map(|_| texts::EXPIRED)),
        Some(code) => page(x, StatusCode::OK, Some(words(code))),
    }
}

/// Stores the hash of a fresh token, and hands a mail over.
pub(crate) async fn post(csrf: Csrf, x: &Exchange<'_>) -> Result<Reply, Fault> {
    open(x)?;
    if x.setup.email.is_none() {
        return Err(Fault::UnknownAction);
    }
    match start(csrf, x).await {
        Err(fault @ Fault::EmailAddress) => {
            fault.log(x.trace);
            let url = x.setup.url(Action::PasswordReset);
            let code = ErrorCode::EmailSignin.as_str();
            if x.wants_json() {
                return Reply::redirect(x, StatusCode::BAD_REQUEST, &format!("{url}?error={code}"));
            }
            match x.setup.pages.to_password_reset(&x.callback_url.url, &[("error", code)]) {
                Some(page) => Reply::redirect(x, StatusCode::OK, &page),
                None => page(x, StatusCode::BAD_REQUEST, Some(texts::NO_ADDRESS)),
            }
        }
        other => other,
    }
}

async fn start(_: Csrf, x: &Exchange<'_>) -> Result<Reply, Fault> {
    let email = x.form.get("email").and_then(normalise).ok_or(Fault::EmailAddress)?;
    let store = &x.setup.world.store;
    let user = store.user(UserBy::Email(&email)).await?;
    let token = x.setup.random_token()?;
    let nobody = UserId(x.setup.random_token()?);
    let id = user.as_ref().map_or(&nobody, |user| &user.id);
    let key = link_key(&token, &email, id);
    let issued = OneTimeToken {
        key,
        purpose: Purpose::PasswordReset,
        identifier: email.clone(),
        callback_url: Some(x.callback_url.url.clone()),
        created: x.now,
        expires: x.now.after(MAX_AGE),
    };
    store.commit(&[Change::IssueToken(issued)]).await?;
    let host = x.setup.look().site;
    let mail = match user {
        Some(_) => password_mail::reset(&x.setup.password_link(&token, &email), host, MAX_AGE_IN_WORDS)?,
        None => password_mail::nobody(host)?,
    };
    let message = Message { to: email, subject: mail.subject, text: mail.text, html: mail.html };
    if let Err(error) = x.setup.world.mail.send(message).await {
        let spent = Change::Redeem { key, purpose: Purpose::PasswordReset, now: x.now };
        store.commit(&[spent]).await?;
        return Err(Fault::MailNotSent(error));
    }
    tracing::info!(event = "mail_sent", request_id = x.trace.request_id, "password mail handed over");
    let sent = format!("{}?sent=true", x.setup.url(Action::PasswordReset));
    let bound = x.setup.email.as_ref().is_some_and(|email| email.other_browser == OtherBrowser::AskForCode);
    if !bound {
        return Reply::redirect(x, StatusCode::OK, &sent);
    }
    let (remembered, code) =
        (mail_link::remember(x, &key, x.now.after(MAX_AGE))?, mail_link::code(x.setup, &key));
    Ok(Reply::redirect_with_code(x, &sent, code.as_deref())?.cookies([remembered]))
}

/// The page that asks for another link, with why.
pub(super) fn ask_again(x: &Exchange<'_>) -> Result<Reply, Fault> {
    let code = ErrorCode::Verification.as_str();
    let url = format!("{}?error={code}", x.setup.url(Action::PasswordReset));
    Reply::redirect(x, StatusCode::FORBIDDEN, &url)
}

fn words(code: &str) -> &'static str {
    match ErrorCode::parse(code) {
        Some(ErrorCode::Verification) => texts::LINK_GONE,
        Some(ErrorCode::EmailSignin) => texts::NO_ADDRESS,
        _ => "That did not work. Please try again.",
    }
}

fn page(x: &Exchange<'_>, status: StatusCode, error: Option<&str>) -> Result<Reply, Fault> {
    let page = ResetPassword {
        look: x.setup.look(),
        csrf_token: x.csrf.token(),
        callback_url: &x.callback_url.url,
        action: &x.setup.url(Action::PasswordReset),
        error,
        email: x.form.get("email").unwrap_or_default(),
        sign_in: &x.setup.url(Action::SignIn(None)),
    };
    Ok(Reply::page(x.setup, status, page.render()?))
}

/// The same page for everybody, so that it says nothing about who has a user.
fn look_for_it(x: &Exchange<'_>) -> Result<Reply, Fault> {
    let (mailbox, code) = (x.setup.mailbox.as_deref(), mail_link::last_code(x));
    let onward: Vec<_> =
        mailbox.map(|url| Onward { label: "Open the development mailbox", url }).into_iter().collect();
    let page = Notice {
        look: x.setup.look(),
        title: "Check Your Email",
        heading: "Check your email",
        text: "A mail is on its way to the address you gave. It says how to choose another password.",
        code: code.as_deref(),
        note: Some("Nothing there after a minute? Look in the spam folder, or ask for another."),
        onward: &onward,
    };
    Ok(Reply::notice(x.setup, StatusCode::OK, page.render()?))
}

/// Without mail nobody can show that an address is theirs.
fn impossible(x: &Exchange<'_>) -> Result<Reply, Fault> {
    let page = Notice {
        look: x.setup.look(),
        title: "Forgot Password",
        heading: "Forgot your password?",
        text: "This site sends no mail, so you cannot choose another one here. Ask whoever runs it.",
        code: None,
        note: None,
        onward: &[Onward { label: "Back to sign in", url: &x.setup.url(Action::SignIn(None)) }],
    };
    Ok(Reply::notice(x.setup, StatusCode::OK, page.render()?))
}
