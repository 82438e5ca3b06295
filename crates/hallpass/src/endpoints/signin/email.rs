//! Sends a mail with a link.

use std::time::Duration;

use hallpass_store::{Change, OneTimeToken, Purpose, TokenHash, UserBy};
use hallpass_wire::{Action, CALLBACK_URL_FIELD};
use http::StatusCode;
use url::form_urlencoded::Serializer;

use crate::address::normalise;
use crate::config::{EMAIL, EmailOptions, OtherBrowser};
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::hooks::{Person, SigningIn, Stage, Way, WayKind};
use crate::pages;
use crate::proofs::mail_link;
use crate::world::Message;

/// Stores the hash of a fresh token, then hands the mail over. A mail that is not handed over leaves no token behind.
pub(super) async fn start(x: &Exchange<'_>, options: &EmailOptions) -> Result<Reply, Fault> {
    let email = x.form.get("email").and_then(normalise).ok_or(Fault::EmailAddress)?;
    let setup = x.setup;
    may_have_mail(x, &email).await?;
    let token = x.setup.random_token()?;
    let key = TokenHash::of(&token);
    let issued = OneTimeToken {
        key,
        purpose: Purpose::EmailSignIn,
        identifier: email.clone(),
        callback_url: Some(x.callback_url.url.clone()),
        created: x.now,
        expires: x.now.after(options.max_age),
    };
    let bound = options.other_browser == OtherBrowser::AskForCode;
    let remembered = bound.then(|| mail_link::remember(x, &key, issued.expires)).transpose()?;
    let store = &setup.world.store;
    store.commit(&[Change::IssueToken(issued)]).await?;
    let message = message(x, options, &email, &token)?;
    if let Err(error) = setup.world.mail.send(message).await {
        let spent = Change::Redeem { key, purpose: Purpose::EmailSignIn, now: x.now };
        store.commit(&[spent]).await?;
        return Err(Fault::MailNotSent(error));
    }
    tracing::info!(event = "mail_sent", request_id = x.trace.request_id, "sign-in mail handed over");
    let page = format!("{}?provider={EMAIL}&type=email", setup.url(Action::VerifyRequest));
    let Some(remembered) = remembered else { return Reply::redirect(x, StatusCode::OK, &page) };
    let code = mail_link::code(setup, &key).ok_or(Fault::Broken("mail_code"))?;
    Ok(Reply::redirect_with_code(x, &page, Some(&code))?.cookies([remembered]))
}

/// Asks the application whether this person may have a link at all.
async fn may_have_mail(x: &Exchange<'_>, email: &str) -> Result<(), Fault> {
    if x.setup.hooks.is_empty() {
        return Ok(());
    }
    let user = x.setup.world.store.user(UserBy::Email(email)).await?;
    let nobody = Person { id: None, name: None, email: Some(email), email_verified: false, image: None };
    let person = user.as_ref().map_or(nobody, Person::from);
    let way = Way { provider: EMAIL, kind: WayKind::Email, profile: None };
    x.setup.hooks.sign_in(&x.setup.site, &SigningIn { person, way, stage: Stage::MailWanted }).await
}

fn message(x: &Exchange<'_>, options: &EmailOptions, email: &str, token: &str) -> Result<Message, Fault> {
    let query = Serializer::new(String::new())
        .append_pair(CALLBACK_URL_FIELD, &x.callback_url.url)
        .append_pair("token", token)
        .append_pair("email", email)
        .finish();
    let bound = options.other_browser == OtherBrowser::AskForCode;
    let link = format!("{}?{query}", x.setup.url(Action::Callback(EMAIL)));
    let mail = pages::mail::sign_in(&link, x.setup.look().site, &in_words(options.max_age), bound)?;
    Ok(Message { to: email.to_owned(), subject: mail.subject, text: mail.text, html: mail.html })
}

/// "24 hours", "10 minutes": the largest unit that fits.
fn in_words(lasts: Duration) -> String {
    let minutes = lasts.as_secs().div_ceil(60).max(1);
    match (minutes, minutes % 60) {
        (1, _) => "1 minute".into(),
        (60, _) => "1 hour".into(),
        (_, 0) => format!("{} hours", minutes / 60),
        _ => format!("{minutes} minutes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_said_in_words() {
        let said = |secs| in_words(Duration::from_secs(secs));
        assert_eq!(
            [said(1), said(60), said(600), said(3600), said(5400), said(86_400)],
            ["1 minute", "1 minute", "10 minutes", "1 hour", "90 minutes", "24 hours"]
        );
    }
}
