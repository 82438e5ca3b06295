//! The link in a sign-in mail.
//!
//! A GET shows a page and spends nothing, because programs open links too: scanners, previews, prefetchers. The
//! button on the page spends the token.

use askama::Template;
use hallpass_store::{Change, OneTimeToken, Purpose, TokenHash, UserBy, UserId};
use hallpass_wire::{Action, ErrorCode};
use http::StatusCode;
use url::form_urlencoded::Serializer;

use super::super::complete::complete;
use crate::address::normalise;
use crate::config::{EMAIL, EmailOptions};
use crate::error::Fault;
use crate::exchange::{Exchange, Reply, Verb};
use crate::hooks::{Way, WayKind};
use crate::pages::{ConfirmCode, ConfirmLink};
use crate::params::Params;
use crate::proofs::mail_link::Judged;
use crate::proofs::{Csrf, mail_link};
use crate::session::{Renew, read};
use crate::sign_in::{Fresh, by_email};

/// Asks whether to sign in.
pub(super) async fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    let (token, issued) = issued(x, &x.query).await?;
    if mail_link::needs_code(x, options(x)?, &issued)? {
        return ask_for_code(x, StatusCode::OK, token, &issued, None);
    }
    let page = ConfirmLink {
        look: x.setup.look(),
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
    let (token, issued) = issued(x, &x.form).await?;
    if mail_link::needs_code(x, options(x)?, &issued)?
        && let Judged::Wrong(why) = mail_link::judge(x, &issued).await?
    {
        return ask_for_code(x, StatusCode::FORBIDDEN, token, &issued, Some(&why));
    }
    let callback_url = issued.callback_url.as_deref().unwrap_or_default();
    let callback_url = x.setup.judge(callback_url).await?;
    let current = read(x.setup, &x.cookies, x.now, Renew::Never).await?;
    let signed_in = current.and_then(|current| current.key.map(|key| (current.session.user.id, key)));
    match sign_in(x, &issued, signed_in.as_ref(), &callback_url).await {
        // Another request made the same user or ended the session a moment ago: decide again.
        Err(Fault::EmailTaken | Fault::SessionEnded) => sign_in(x, &issued, None, &callback_url).await,
        other => other,
    }
}

fn options<'x>(x: &Exchange<'x>) -> Result<&'x EmailOptions, Fault> {
    x.setup.email.as_ref().ok_or(Fault::UnknownProvider)
}

/// The page that asks for the code, or for a client that takes no pages the link that leads to it.
fn ask_for_code(
    x: &Exchange<'_>,
    status: StatusCode,
    token: &str,
    issued: &OneTimeToken,
    error: Option<&str>,
) -> Result<Reply, Fault> {
    let action = x.setup.url(Action::Callback(EMAIL));
    if x.verb == Verb::Post && x.wants_json() {
        let mut query = Serializer::new(String::new());
        query.append_pair("token", token).append_pair("email", &issued.identifier);
        query.append_pair("error", ErrorCode::Verification.as_str());
        return Reply::redirect(x, status, &format!("{action}?{}", query.finish()));
    }
    let page = ConfirmCode {
        look: x.setup.look(),
        csrf_token: x.csrf.token(),
        action: &action,
        callback_url: issued.callback_url.as_deref().unwrap_or(&x.setup.site.origin),
        email: &issued.identifier,
        token,
        error,
    };
    let mut reply = Reply::page(x.setup, status, page.render()?);
    reply.keeps_callback_url = true;
    Ok(reply)
}

async fn sign_in(
    x: &Exchange<'_>,
    issued: &OneTimeToken,
    signed_in: Option<&(UserId, TokenHash)>,
    callback_url: &str,
) -> Result<Reply, Fault> {
    let (purpose, email) = (Purpose::EmailSignIn, issued.identifier.as_str());
    let namesake = x.setup.world.store.user(UserBy::Email(email)).await?;
    let fresh = Fresh { id: UserId(x.setup.random_token()?), now: x.now };
    let mut decision = by_email(email, namesake, signed_in, fresh);
    decision.changes.insert(0, Change::Redeem { key: issued.key, purpose, now: x.now });
    // Other links to the same address have done their work too.
    decision.changes.insert(1, Change::VoidTokens { purpose, identifier: email.to_owned() });
    let way = Way { provider: EMAIL, kind: WayKind::Email, profile: None };
    let forgotten = mail_link::forget(x, &issued.key)?;
    Ok(complete(x, way, decision, callback_url).await?.cookies(forgotten))
}

/// The token of a link and what was issued under it: still good, and for this very address.
async fn issued<'p>(x: &Exchange<'_>, params: &'p Params) -> Result<(&'p str, OneTimeToken), Fault> {
    let token = params.get("token").ok_or(Fault::LinkGone)?;
    let email = params.get("email").and_then(normalise).ok_or(Fault::LinkGone)?;
    let issued = x.setup.world.store.token(&TokenHash::of(token)).await?.ok_or(Fault::LinkGone)?;
    let good = issued.purpose == Purpose::EmailSignIn && issued.identifier == email && x.now < issued.expires;
    if good { Ok((token, issued)) } else { Err(Fault::LinkGone) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hallpass_wire::Wire;
    use url::Url;

    use crate::browser::{Browser, SESSION, SITE, builder};
    use crate::config::{Auth, Strategy};
    use crate::world::MailError;
    use crate::world::fixed::Fixed;

    /// Asks for a link; answers its path below the base path.
    async fn link(fixed: &Fixed, auth: &Auth) -> String {
        let form = "email=Ada%40Example.com&callbackUrl=%2Fafter&json=true";
        let answer = Browser::new(auth).post("/signin/email", form).await;
        assert_eq!(answer.url(), format!("{SITE}/api/auth/verify-request?provider=email&type=email"));
        let mail = fixed.mail.sent.lock().unwrap().last().unwrap().clone();
        assert_eq!(mail.to, "ada@example.com");
        let url = mail.text.split_whitespace().find(|word| word.starts_with("http")).unwrap().to_owned();
        url.strip_prefix(&format!("{SITE}/api/auth")).unwrap().to_owned()
    }

    fn form_of(link: &str) -> String {
        let url = Url::parse(&format!("{SITE}{link}")).unwrap();
        let get = |name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        format!("token={}&email={}", get("token"), get("email").replace('@', "%40"))
    }

    #[tokio::test]
    async fn opening_the_link_spends_nothing_and_the_button_signs_in_any_browser() {
        for strategy in [Strategy::Jwt, Strategy::Database] {
            let fixed = Fixed::new();
            let auth = builder(&fixed, strategy).build().unwrap();
            let link = link(&fixed, &auth).await;
            for _ in 0..3 {
                let page = Browser::new(&auth).get(&link).await;
                assert_eq!(page.status, 200);
                assert!(!page.touches(SESSION) && page.body.contains("ada@example.com"));
            }
            let mut other = Browser::new(&auth);
            let answer = other.post("/callback/email", &form_of(&link)).await;
            assert_eq!(answer.location.unwrap(), format!("{SITE}/after"));
            assert_eq!(other.session().await["user"]["email"], "ada@example.com");
            let again = Browser::new(&auth).post("/callback/email", &form_of(&link)).await;
            assert_eq!(again.location.unwrap(), format!("{SITE}/api/auth/error?error=Verification"));
            assert_eq!(Browser::new(&auth).get(&link).await.status, 302);
        }
    }

    #[tokio::test]
    async fn a_link_is_good_until_its_last_millisecond() {
        let fixed = Fixed::new();
        let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
        let link = link(&fixed, &auth).await;
        fixed.clock.advance(Duration::from_millis(599_999));
        assert_eq!(Browser::new(&auth).get(&link).await.status, 200);
        fixed.clock.advance(Duration::from_millis(1));
        assert_eq!(Browser::new(&auth).get(&link).await.status, 302);
        let late = Browser::new(&auth).post("/callback/email", &form_of(&link)).await;
        assert_eq!(late.location.unwrap(), format!("{SITE}/api/auth/error?error=Verification"));
    }

    #[tokio::test]
    async fn a_token_is_for_one_address() {
        let fixed = Fixed::new();
        let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
        let form = form_of(&link(&fixed, &auth).await).replace("ada", "eve");
        let answer = Browser::new(&auth).post("/callback/email", &form).await;
        assert_eq!(answer.location.unwrap(), format!("{SITE}/api/auth/error?error=Verification"));
    }

    #[tokio::test]
    async fn a_mail_that_was_not_sent_is_an_error_and_the_other_ways_work() {
        let fixed = Fixed::new();
        let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
        *fixed.mail.fails.lock().unwrap() = Some(MailError::TimedOut);
        let answer = Browser::new(&auth).post("/signin/email", "email=ada%40example.com&json=true").await;
        assert_eq!(answer.url(), format!("{SITE}/api/auth/error?error=EmailSignin"));
        let mut browser = Browser::new(&auth);
        assert_eq!(
            browser.sign_up("ada@example.com", "correct-horse").await.status,
            302,
            "other ways still work"
        );
        let auth = builder(&fixed, Strategy::Jwt).wire(Wire::V5).build().unwrap();
        let answer = Browser::new(&auth).post("/signin/email", "email=ada%40example.com&json=true").await;
        assert_eq!(answer.url(), format!("{SITE}/api/auth/signin?error=Configuration"));
        let answer = Browser::new(&auth).post("/signin/email", "email=nobody&json=true").await;
        assert_eq!(answer.url(), format!("{SITE}/api/auth/error?error=Configuration"));
    }

    #[tokio::test]
    async fn a_password_that_was_never_proved_does_not_survive_the_owner_of_the_address() {
        for strategy in [Strategy::Jwt, Strategy::Database] {
            let fixed = Fixed::new();
            let auth = builder(&fixed, strategy).build().unwrap();
            let mut stranger = Browser::new(&auth);
            stranger.sign_up("ada@example.com", "correct-horse").await;
            let form = form_of(&link(&fixed, &auth).await);
            fixed.clock.advance(Duration::from_millis(1));
            let mut owner = Browser::new(&auth);
            assert_eq!(owner.post("/callback/email", &form).await.status, 302);
            assert_eq!(stranger.session().await, serde_json::json!({}), "the stranger's session ended");
            let again = "email=ada%40example.com&password=correct-horse&json=true";
            assert_eq!(stranger.post("/callback/credentials", again).await.status, 401);
            assert_eq!(owner.session().await["user"]["email"], "ada@example.com");
        }
    }

    #[tokio::test]
    async fn the_owners_own_session_is_not_among_those_that_end() {
        for strategy in [Strategy::Jwt, Strategy::Database] {
            let fixed = Fixed::new();
            fixed.clock.step.store(1, std::sync::atomic::Ordering::Relaxed);
            let auth = builder(&fixed, strategy).build().unwrap();
            Browser::new(&auth).sign_up("ada@example.com", "correct-horse").await;
            let form = form_of(&link(&fixed, &auth).await);
            let mut owner = Browser::new(&auth);
            assert_eq!(owner.post("/callback/email", &form).await.status, 302);
            assert_eq!(owner.session().await["user"]["email"], "ada@example.com");
        }
    }

    #[tokio::test]
    async fn the_owner_does_not_inherit_the_strangers_name() {
        let fixed = Fixed::new();
        let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
        Browser::new(&auth).sign_up("ada@example.com", "correct-horse").await;
        let form = form_of(&link(&fixed, &auth).await);
        let mut owner = Browser::new(&auth);
        owner.post("/callback/email", &form).await;
        assert_eq!(owner.session().await["user"], serde_json::json!({"email": "ada@example.com"}));
    }

    #[tokio::test]
    async fn whoever_proves_their_address_while_signed_in_keeps_name_and_password() {
        for strategy in [Strategy::Jwt, Strategy::Database] {
            let fixed = Fixed::new();
            let auth = builder(&fixed, strategy).build().unwrap();
            let mut ada = Browser::new(&auth);
            ada.sign_up("ada@example.com", "correct-horse").await;
            let form = form_of(&link(&fixed, &auth).await);
            assert_eq!(ada.post("/callback/email", &form).await.status, 302);
            assert_eq!(ada.session().await["user"]["name"], "Ada");
            let again = "email=ada%40example.com&password=correct-horse&json=true";
            assert_eq!(Browser::new(&auth).post("/callback/credentials", again).await.status, 200);
        }
    }

    #[tokio::test]
    async fn a_copied_cookie_of_an_ended_session_does_not_pass_for_the_owner() {
        let fixed = Fixed::new();
        let here = builder(&fixed, Strategy::Jwt).build().unwrap();
        let elsewhere = builder(&fixed, Strategy::Jwt).build().unwrap();
        let mut stranger = Browser::new(&here);
        stranger.sign_up("ada@example.com", "correct-horse").await;
        let copied = stranger.cookies.clone();
        stranger.post("/signout", "").await;
        let form = form_of(&link(&fixed, &here).await);
        let mut other_process = Browser::new(&elsewhere);
        other_process.cookies = copied;
        assert_eq!(other_process.post("/callback/email", &form).await.status, 302);
        let again = "email=ada%40example.com&password=correct-horse&json=true";
        let refused = Browser::new(&here).post("/callback/credentials", again).await;
        assert_eq!(refused.status, 401, "the password was not kept");
    }
}
