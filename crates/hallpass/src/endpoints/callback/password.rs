//! The built-in passwords.

use hallpass_store::{PasswordHash, User, UserBy};

use super::super::complete::complete;
use crate::address::normalise;
use crate::config::PASSWORD;
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::proofs::Csrf;
use crate::sign_in::Decision;
use crate::users::MAX_PASSWORD_BYTES;

/// Signs in. An unknown address is hashed for as long as a wrong password, and gets the same answer.
pub(super) async fn post(_: Csrf, x: &Exchange<'_>) -> Result<Reply, Fault> {
    let password = x.form.get("password").unwrap_or_default().to_owned();
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(rejected());
    }
    let known = match x.form.get("email").and_then(normalise) {
        Some(email) => find(x, &email).await?,
        None => None,
    };
    let (user, hash) = known.unzip();
    let fits = x.setup.world.passwords.verify(password, hash.flatten()).await?;
    let user = user.filter(|_| fits).ok_or_else(rejected)?;
    complete(x, PASSWORD, Decision { user, changes: Vec::new() }, &x.callback_url.url).await
}

async fn find(x: &Exchange<'_>, email: &str) -> Result<Option<(User, Option<PasswordHash>)>, Fault> {
    let store = &x.setup.world.store;
    let Some(user) = store.user(UserBy::Email(email)).await? else { return Ok(None) };
    let accounts = store.accounts(&user.id).await?;
    let hash = accounts.into_iter().find(|account| account.provider == PASSWORD).and_then(|a| a.secret);
    Ok(Some((user, hash)))
}

fn rejected() -> Fault {
    Fault::CredentialsRejected { provider: PASSWORD.into() }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use crate::browser::{Browser, SESSION, SITE, builder};
    use crate::config::Strategy;
    use crate::world::fixed::Fixed;

    #[tokio::test]
    async fn an_unknown_user_and_a_wrong_password_get_the_same_answer_and_the_same_work() {
        let fixed = Fixed::new();
        let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
        Browser::new(&auth).sign_up("ada@example.com", "correct-horse").await;
        let mut answers = Vec::new();
        for email in ["ada%40example.com", "nobody%40example.com", "no-address"] {
            let before = fixed.passwords.compared.load(Ordering::Relaxed);
            let form = format!("email={email}&password=wrong-horse&json=true");
            let answer = Browser::new(&auth).post("/callback/credentials", &form).await;
            assert!(!answer.touches(SESSION));
            assert_eq!(fixed.passwords.compared.load(Ordering::Relaxed), before + 1);
            answers.push((answer.status, answer.body));
        }
        let url = format!("{SITE}/api/auth/error?error=CredentialsSignin&provider=credentials");
        assert_eq!(answers, vec![(401, format!("{{\"url\":\"{url}\"}}")); 3]);
    }

    #[tokio::test]
    async fn nothing_is_compared_without_the_token() {
        let fixed = Fixed::new();
        let mut browser = Browser::new(&builder(&fixed, Strategy::Jwt).build().unwrap());
        let answer = browser.post_bare("/callback/credentials", "email=a%40b.example&password=x").await;
        assert_eq!(answer.location.unwrap(), format!("{SITE}/api/auth/signin?csrf=true"));
        assert_eq!(fixed.passwords.compared.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn every_sign_in_gets_a_new_identifier_and_the_old_one_is_dead() {
        for strategy in [Strategy::Jwt, Strategy::Database] {
            let fixed = Fixed::new();
            let mut browser = Browser::new(&builder(&fixed, strategy).build().unwrap());
            browser.sign_up("ada@example.com", "correct-horse").await;
            let first = browser.cookies.clone();
            let form = "email=Ada%40Example.com&password=correct-horse&callbackUrl=%2Fafter&json=true";
            let answer = browser.post("/callback/credentials", form).await;
            assert_eq!((answer.status, answer.url()), (200, format!("{SITE}/after")));
            assert_ne!(first[SESSION], browser.cookies[SESSION]);
            assert_ne!(first["next-auth.csrf-token"], browser.cookies["next-auth.csrf-token"]);
            browser.cookies = first;
            fixed.clock.advance(std::time::Duration::from_secs(86_400));
            assert_eq!(browser.session().await, serde_json::json!({}));
        }
    }
}
