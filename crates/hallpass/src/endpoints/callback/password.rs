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
