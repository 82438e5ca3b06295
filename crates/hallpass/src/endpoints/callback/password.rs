//! The built-in passwords.

use hallpass_store::{Account, Change, User, UserBy};

use super::super::complete::complete;
use crate::address::normalise;
use crate::config::PASSWORD;
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::hooks::{Way, WayKind};
use crate::password::MAX_PASSWORD_BYTES;
use crate::proofs::Csrf;
use crate::sign_in::Decision;

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
    let hash = known.as_ref().and_then(|(_, account)| account.secret.clone());
    let fits = x.setup.world.passwords.verify(password, hash).await?;
    let (user, account) = known.filter(|_| fits).ok_or_else(rejected)?;
    // While the hash was computed the password may have been changed, or dropped for the owner of the address.
    let decision = Decision { user, changes: vec![Change::RequireAccount(account)] };
    match complete(x, way(), decision, &x.callback_url.url).await {
        Err(Fault::Overtaken) => Err(rejected()),
        other => other,
    }
}

/// The user with this address and their password's account, where they have one.
async fn find(x: &Exchange<'_>, email: &str) -> Result<Option<(User, Account)>, Fault> {
    let store = &x.setup.world.store;
    let Some(user) = store.user(UserBy::Email(email)).await? else { return Ok(None) };
    let accounts = store.accounts(&user.id).await?;
    let account = accounts.into_iter().find(|account| account.provider == PASSWORD);
    Ok(account.map(|account| (user, account)))
}

fn way() -> Way<'static> {
    Way { provider: PASSWORD, kind: WayKind::Credentials, profile: None }
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

    #[tokio::test]
    async fn a_sign_in_under_way_does_not_survive_the_owner_of_the_address() {
        for strategy in [Strategy::Jwt, Strategy::Database] {
            let fixed = Fixed::new();
            let auth = builder(&fixed, strategy).build().unwrap();
            let (mut stranger, mut owner) = (Browser::new(&auth), Browser::new(&auth));
            stranger.sign_up("ada@example.com", "correct-horse").await;
            owner.post("/signin/email", "email=ada%40example.com").await;
            let link = crate::browser::token_of_last_mail(&fixed);
            let gate = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
            *fixed.passwords.gate.lock().unwrap() = Some(gate.clone());
            let form = "email=ada%40example.com&password=correct-horse&json=true";
            let (under_way, taken_over) = tokio::join!(stranger.post("/callback/credentials", form), async {
                let taken_over =
                    owner.post("/callback/email", &format!("token={link}&email=ada%40example.com")).await;
                gate.add_permits(1);
                taken_over
            });
            assert_eq!((taken_over.status, under_way.status), (302, 401));
            assert!(!under_way.touches(SESSION));
            assert_eq!(owner.session().await["user"]["email"], "ada@example.com");
        }
    }

    #[tokio::test]
    async fn a_full_queue_is_said_as_next_auths_client_reads_it() {
        let fixed = Fixed::new();
        let mut browser = Browser::new(&builder(&fixed, Strategy::Jwt).build().unwrap());
        fixed.passwords.busy.store(true, Ordering::Relaxed);
        let form = "email=ada%40example.com&password=correct-horse";
        let json = browser.post("/callback/credentials", &format!("{form}&json=true")).await;
        assert_eq!((json.status, json.url()), (503, format!("{SITE}/api/auth/error?error=Configuration")));
        assert_eq!(json.headers["retry-after"], "5");
        assert_eq!(browser.post("/callback/credentials", form).await.status, 503);
    }
}
