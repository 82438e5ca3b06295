//! The one table: (verb, path) to endpoint.

use hallpass_wire::Action;

use crate::endpoints::{
    callback, csrf, error, jwks, log, openapi, password, provider_token, providers, session, signin, signout,
    signup, token, verify_request,
};
use crate::error::Fault;
use crate::exchange::{Exchange, Reply, Verb};
use crate::proofs;

/// Answers one request. The long roads are boxed, so that the short ones stay small.
pub(crate) async fn route(x: &Exchange<'_>) -> Result<Reply, Fault> {
    use Verb::{Get, Post};
    match (x.verb, x.action) {
        (Get, Action::Session) => session::get(x).await,
        (Post, Action::Session) => Box::pin(session::post(proofs::csrf(x)?, x)).await,
        (Get, Action::Csrf) => csrf::get(x),
        (Get, Action::Providers) => Ok(providers::get(x)),
        (Get, Action::SignIn(_)) => signin::get(x),
        (Post, Action::SignIn(Some(provider))) => Box::pin(signin::post(proofs::csrf(x)?, x, provider)).await,
        (Get, Action::SignUp) => signup::get(x),
        (Post, Action::SignUp) => Box::pin(signup::post(proofs::csrf(x)?, x)).await,
        (Get, Action::Password) => Box::pin(password::get(x)).await,
        (Post, Action::Password) => Box::pin(password::post(proofs::csrf(x)?, x)).await,
        (Get, Action::PasswordReset) => password::reset::get(x),
        (Post, Action::PasswordReset) => Box::pin(password::reset::post(proofs::csrf(x)?, x)).await,
        (Get, Action::NewPassword) => Box::pin(password::link::get(x)).await,
        (Post, Action::NewPassword) => Box::pin(password::link::post(proofs::csrf(x)?, x)).await,
        (Get, Action::Callback(provider)) => Box::pin(callback::get(x, provider)).await,
        (Post, Action::Callback(provider)) => Box::pin(callback::post(x, provider)).await,
        (Get, Action::SignOut) => signout::get(x),
        (Post, Action::SignOut) => Box::pin(signout::post(proofs::csrf(x)?, x)).await,
        (Get, Action::VerifyRequest) => verify_request::get(x),
        (Get, Action::Error(code)) => error::get(x, code),
        (Post, Action::Log) => Ok(log::post(x)),
        (Get, Action::Token) => token::get(proofs::own_site(x)?, x).await,
        (Get, Action::Jwks) => jwks::get(x),
        (Get, Action::ProviderToken(provider)) => Box::pin(provider_token::get(x, provider)).await,
        (Get, Action::OpenApi) => openapi::get(x),
        (Post, Action::SignIn(None) | Action::Csrf | Action::Providers)
        | (Post, Action::VerifyRequest | Action::Error(_))
        | (Post, Action::Token | Action::Jwks | Action::ProviderToken(_) | Action::OpenApi)
        | (Get, Action::Log) => Err(Fault::UnknownAction),
    }
}
