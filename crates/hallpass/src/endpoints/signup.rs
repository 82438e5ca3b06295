//! `/signup`: a new user with a password.

use askama::Template;
use hallpass_store::UserId;
use hallpass_wire::Action;
use http::StatusCode;

use super::complete::complete;
use crate::address::normalise;
use crate::config::{PASSWORD, PasswordOptions, SignUp as Policy};
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::hooks::{Way, WayKind};
use crate::pages::{SignUp, texts};
use crate::password::NewPassword;
use crate::proofs::Csrf;
use crate::sign_in::{Fresh, by_sign_up};
use crate::users::clean_name;

/// The form.
pub(crate) fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    let options = open(x)?;
    page(x, options, StatusCode::OK, None)
}

/// Makes the user and signs them in. What was wrong is said on the same page, with what was typed still in it.
pub(crate) async fn post(csrf: Csrf, x: &Exchange<'_>) -> Result<Reply, Fault> {
    let options = open(x)?;
    match sign_up(csrf, x, options).await {
        Err(fault @ (Fault::EmailAddress | Fault::EmailTaken | Fault::PasswordUnfit)) => {
            fault.log(x.trace);
            let text = match fault {
                Fault::EmailAddress => texts::NO_ADDRESS.into(),
                Fault::EmailTaken => "There is an account with this email address. Sign in instead.".into(),
                _ => NewPassword::rule(options.min_length),
            };
            page(x, options, StatusCode::BAD_REQUEST, Some(&text))
        }
        other => other,
    }
}

async fn sign_up(_: Csrf, x: &Exchange<'_>, options: &PasswordOptions) -> Result<Reply, Fault> {
    let email = x.form.get("email").and_then(normalise).ok_or(Fault::EmailAddress)?;
    let password = x.form.get("password").unwrap_or_default();
    let password = NewPassword::check(password, options.min_length).ok_or(Fault::PasswordUnfit)?;
    let secret = x.setup.world.passwords.hash(password.into_inner()).await?;
    let fresh = Fresh { id: UserId(x.setup.random_token()?), now: x.now };
    let decision = by_sign_up(x.form.get("name").and_then(clean_name), email, secret, fresh);
    let way = Way { provider: PASSWORD, kind: WayKind::Credentials, profile: None };
    complete(x, way, decision, &x.callback_url.url).await
}

fn open<'a>(x: &Exchange<'a>) -> Result<&'a PasswordOptions, Fault> {
    let options = x.setup.passwords.as_ref();
    options.filter(|options| options.sign_up == Policy::Open).ok_or(Fault::UnknownAction)
}

fn page(
    x: &Exchange<'_>,
    options: &PasswordOptions,
    status: StatusCode,
    error: Option<&str>,
) -> Result<Reply, Fault> {
    // Whoever asks for the form alone gets it, however redirects are asked for.
    if error.is_some() && x.wants_json() {
        let url = format!("{}?error=CredentialsSignin", x.setup.url(Action::SignUp));
        return Reply::redirect(x, status, &url);
    }
    let page = SignUp {
        look: x.setup.look(),
        csrf_token: x.csrf.token(),
        callback_url: &x.callback_url.url,
        action: &x.setup.url(Action::SignUp),
        error,
        min_length: options.min_length,
        email: x.form.get("email").unwrap_or_default(),
        name: x.form.get("name").unwrap_or_default(),
        sign_in: &x.setup.url(Action::SignIn(None)),
    };
    Ok(Reply::page(x.setup, status, page.render()?))
}
