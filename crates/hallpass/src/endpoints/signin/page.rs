//! The sign-in page.

use askama::Template;
use hallpass_wire::Action;
use http::StatusCode;

use crate::config::{EMAIL, PASSWORD, SignUp};
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::pages::{CredentialsForm, EmailForm, Field, OauthButton, PasswordForm, SignIn, texts};
use crate::params::Params;

/// The page with every configured way in, or the application's own.
pub(crate) fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    let setup = x.setup;
    let (error, code) = (x.query.get("error"), x.query.get("code"));
    if let Some(page) = setup.pages.to_sign_in(&x.callback_url.url, error, code) {
        return Reply::redirect(x, StatusCode::OK, &page);
    }
    let actions: Vec<_> =
        setup.oauth.iter().map(|party| setup.url(Action::SignIn(Some(party.id())))).collect();
    let oauth: Vec<_> = setup
        .oauth
        .iter()
        .zip(&actions)
        .map(|(party, action)| {
            let provider = party.client().provider();
            OauthButton { name: &provider.name, action, mark: provider.mark }
        })
        .collect();
    let (email_action, password_action, sign_up, forgotten) = (
        setup.url(Action::SignIn(Some(EMAIL))),
        setup.url(Action::Callback(PASSWORD)),
        setup.url(Action::SignUp),
        setup.url(Action::PasswordReset),
    );
    let may_sign_up = setup.passwords.as_ref().is_some_and(|options| options.sign_up == SignUp::Open);
    let own_actions: Vec<_> =
        setup.credentials.iter().map(|way| setup.url(Action::Callback(&way.id))).collect();
    let own_fields: Vec<Vec<Field<'_>>> = setup.credentials.iter().map(|way| fields(&way.fields)).collect();
    let credentials: Vec<_> = setup
        .credentials
        .iter()
        .zip(own_actions.iter().zip(&own_fields))
        .map(|(way, (action, fields))| CredentialsForm { id: &way.id, name: &way.name, action, fields })
        .collect();
    let page = SignIn {
        look: setup.look(),
        csrf_token: x.csrf.token(),
        callback_url: &x.callback_url.url,
        error: sign_in_error(&x.query),
        notice: x.query.get("notice").and_then(texts::notice),
        oauth: &oauth,
        email: setup.email.as_ref().map(|_| EmailForm { action: &email_action, value: None }),
        password: setup.passwords.as_ref().map(|_| PasswordForm {
            action: &password_action,
            sign_up: may_sign_up.then_some(sign_up.as_str()),
            forgotten: setup.email.as_ref().map(|_| forgotten.as_str()),
        }),
        credentials: &credentials,
    };
    Ok(Reply::page(setup, StatusCode::OK, page.render()?))
}

/// What was wrong before. A form whose token has gone, because somebody signed in in another tab, comes back here.
fn sign_in_error(query: &Params) -> Option<&'static str> {
    let expired = || query.get("csrf").map(|_| texts::EXPIRED);
    query.get("error").map(texts::sign_in).or_else(expired)
}

fn fields(fields: &[crate::credentials::CredentialField]) -> Vec<Field<'_>> {
    fields
        .iter()
        .map(|field| Field { name: &field.name, label: &field.label, kind: field.kind, placeholder: "" })
        .collect()
}
