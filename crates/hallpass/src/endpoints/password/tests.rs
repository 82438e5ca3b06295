//! Passwords that are changed and forgotten, in the fixed world.

mod change;
mod reset;

use std::time::Duration;

use crate::browser::{Answer, Browser, SESSION, SITE, token_of_last_mail};
use crate::config::{Auth, Strategy};
use crate::world::fixed::Fixed;

pub(super) const BOTH: [Strategy; 2] = [Strategy::Jwt, Strategy::Database];
pub(super) const OLD: &str = "correct-horse";
pub(super) const NEW: &str = "battery-staple";
pub(super) const RESET: &str = "/password/reset";
pub(super) const LINK: &str = "/password/new";

pub(super) async fn signed_up(fixed: &Fixed, auth: &Auth) -> Browser {
    let mut browser = Browser::new(auth);
    assert!(browser.sign_up("ada@example.com", OLD).await.touches(SESSION));
    fixed.clock.advance(Duration::from_secs(1));
    browser
}

pub(super) async fn sign_in(auth: &Auth, password: &str) -> (Browser, u16) {
    let mut browser = Browser::new(auth);
    let form = format!("email=ada%40example.com&password={password}&json=true");
    let status = browser.post("/callback/credentials", &form).await.status;
    (browser, status)
}

pub(super) async fn change(browser: &mut Browser, current: &str, new: &str) -> Answer {
    browser.post("/password", &format!("currentPassword={current}&newPassword={new}")).await
}

/// Asks for a link and answers with the form's fields, but for the password.
pub(super) async fn ask(fixed: &Fixed, auth: &Auth) -> String {
    let answer = Browser::new(auth).post(RESET, "email=Ada%40Example.com").await;
    assert_eq!(answer.location.unwrap(), format!("{SITE}/api/auth/password/reset?sent=true"));
    format!("token={}&email=ada%40example.com", token_of_last_mail(fixed))
}

pub(super) async fn set(browser: &mut Browser, link: &str, new: &str) -> Answer {
    browser.post(LINK, &format!("{link}&newPassword={new}")).await
}

pub(super) fn is_gone(answer: &Answer) -> bool {
    let url = answer.location.clone().unwrap_or_default();
    url == format!("{SITE}/api/auth/password/reset?error=Verification")
}

pub(super) fn is_set(answer: &Answer) -> bool {
    assert!(!answer.set_cookies.iter().any(|line| line.starts_with(SESSION) && !line.contains("Max-Age=0")));
    answer.location.as_deref().is_some_and(|url| url.ends_with("&notice=PasswordChanged"))
}

pub(super) fn mails(fixed: &Fixed) -> Vec<String> {
    fixed.mail.sent.lock().unwrap().iter().map(|mail| mail.subject.clone()).collect()
}
