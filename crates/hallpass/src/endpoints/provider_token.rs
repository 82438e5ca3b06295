//! `/provider-token/{provider}`: what asks a provider in somebody's name, for the application's own server.
//!
//! No browser gets one: it would stand within reach of every script of the page. So the request shows a secret beside the
//! session's cookie, and the application's server alone has that.

use http::StatusCode;
use http::header::AUTHORIZATION;
use serde::Serialize;
use subtle::ConstantTimeEq;

use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::provider_tokens::{ProviderTokenError, fresh};
use crate::refusal::RETRY_AFTER_SECS;
use crate::session::{Renew, iso, read};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    access_token: &'a str,
    expires: Option<String>,
    scope: Option<&'a str>,
}

/// There is no such endpoint where no secret is configured.
pub(crate) async fn get(x: &Exchange<'_>, provider: &str) -> Result<Reply, Fault> {
    let Some(secret) = &x.setup.application_secret else { return Err(Fault::UnknownAction) };
    let shown = x.headers.get(AUTHORIZATION).and_then(|given| given.as_bytes().strip_prefix(b"Bearer "));
    if !shown.is_some_and(|shown| bool::from(shown.ct_eq(secret.expose().as_bytes()))) {
        return Ok(refused(403, "This is for the application's server, which shows provider_tokens.secret."));
    }
    let current = read(x.setup, &x.cookies, x.now, Renew::Never).await?;
    let Some(current) = current else { return Ok(refused(401, "Nobody is signed in.")) };
    let token = match fresh(x.setup, &current.session.user.id, provider).await {
        Ok(token) => token,
        Err(error) => return Ok(without(error)),
    };
    let expires = match token.expires {
        Some(at) => Some(iso(at).ok_or(Fault::Broken("expires"))?),
        None => None,
    };
    let body = Body { access_token: &token.access_token, expires, scope: token.scope.as_deref() };
    Ok(Reply::json(StatusCode::OK, &body)?.private())
}

fn without(error: ProviderTokenError) -> Reply {
    match error {
        ProviderTokenError::NotKept => refused(404, "No token of this provider is kept for this user."),
        ProviderTokenError::SignInAgain => refused(409, "The person has to sign in with the provider again."),
        ProviderTokenError::Unavailable => refused(503, "The provider cannot be asked at the moment.")
            .header("retry-after", RETRY_AFTER_SECS),
    }
}

fn refused(status: u16, message: &'static str) -> Reply {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Reply::json_bytes(status, format!("{{\"message\":\"{message}\"}}")).private()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::Request;
    use serde_json::json;

    use crate::browser::{Answer, Browser, builder};
    use crate::config::{ConfigError, Strategy};
    use crate::provider_tokens::tests::{client, signed_in, tokens};
    use crate::secret::Secret;
    use crate::world::fixed::Fixed;

    const SECRET: &str = "a secret of the application's server";

    async fn ask(browser: &mut Browser, provider: &str, authorization: &str) -> Answer {
        let request = Request::get(format!("/api/auth/provider-token/{provider}"))
            .header("authorization", authorization)
            .body(bytes::Bytes::new().into())
            .unwrap();
        browser.send(request).await
    }

    async fn ada(fixed: &Fixed, strategy: Strategy) -> Browser {
        let auth = builder(fixed, strategy)
            .oauth(client("acme", true))
            .oauth(client("other", false))
            .application_secret(Secret::new(SECRET))
            .build()
            .unwrap();
        signed_in(fixed, &auth, "acme", &tokens(1)).await
    }

    #[tokio::test]
    async fn no_browser_gets_one_and_neither_does_who_has_no_session() {
        for strategy in [Strategy::Jwt, Strategy::Database] {
            let fixed = Fixed::new();
            let mut browser = ada(&fixed, strategy).await;
            let right = format!("Bearer {SECRET}");
            for wrong in
                ["", "Bearer ", SECRET, "Bearer wrong", &right[..right.len() - 1], &format!("{right} ")]
            {
                let answer = ask(&mut browser, "acme", wrong).await;
                assert_eq!(answer.status, 403, "{wrong}");
                assert!(!answer.body.contains("at-1"));
            }
            assert_eq!(browser.get("/provider-token/acme").await.status, 403);
            let mut nobody = Browser::new(&browser.auth);
            assert_eq!(ask(&mut nobody, "acme", &right).await.status, 401);
            let answer = ask(&mut browser, "acme", &right).await;
            let expected =
                json!({ "accessToken": "at-1", "expires": "2026-11-23T11:51:11.000Z", "scope": "me" });
            assert_eq!((answer.status, answer.json()), (200, expected));
            assert_eq!(answer.headers["cache-control"], "private, no-cache, no-store");
            for provider in ["other", "nobody"] {
                assert_eq!(ask(&mut browser, provider, &right).await.status, 404, "{provider}");
            }
        }
    }

    #[tokio::test]
    async fn what_cannot_be_had_is_told_apart_and_costs_no_session() {
        let fixed = Fixed::new();
        let mut browser = ada(&fixed, Strategy::Jwt).await;
        let right = format!("Bearer {SECRET}");
        fixed.clock.advance(Duration::from_secs(3600));
        let down = crate::world::HttpError::NotSent("refused".into());
        fixed.http.script.lock().unwrap().push_back(Err(down));
        let answer = ask(&mut browser, "acme", &right).await;
        assert_eq!((answer.status, answer.headers["retry-after"].to_str().unwrap()), (503, "5"));
        fixed.clock.advance(Duration::from_secs(5));
        let refused = ask(&mut browser, "acme", &right).await;
        assert_eq!(refused.status, 409, "the answer was lost");
        assert_eq!(browser.session().await["user"]["name"], "Ada");
    }

    #[tokio::test]
    async fn without_a_secret_there_is_no_such_endpoint_and_a_short_one_is_refused() {
        let fixed = Fixed::new();
        let mut browser = Browser::new(&builder(&fixed, Strategy::Jwt).build().unwrap());
        assert_eq!(ask(&mut browser, "acme", "Bearer ").await.status, 400);
        let short = builder(&fixed, Strategy::Jwt).application_secret(Secret::new("x".repeat(31)));
        assert_eq!(short.build().err(), Some(ConfigError::ApplicationSecret));
    }
}
