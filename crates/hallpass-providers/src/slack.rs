//! Slack, by OpenID Connect.
//!
//! An application for the web must not send PKCE: Slack takes whoever does for a public client, and refuses the secret
//! beside it. The nonce ties the code to this browser. The ID token says all that is asked for.
//!
//! Sources: "Sign in with Slack", "Using PKCE" and "openid.connect.userInfo" on docs.slack.dev.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::algorithm::Algorithm;
use hallpass_oauth::{Pkce, Provider, TokenAuth, UserInfo};

/// The entry.
pub const ENTRY: Provider = Provider {
    id: Borrowed("slack"),
    name: Borrowed("Slack"),
    issuer: Some(Borrowed("https://slack.com")),
    userinfo: UserInfo::IdToken,
    token_auth: TokenAuth::Post,
    pkce: Pkce::Refused,
    id_token_algorithms: Borrowed(&[Algorithm::Rs256]),
    mark: Some(include_str!("marks/slack.svg")),
    ..Provider::OIDC
};

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "docs.slack.dev, \"openid.connect.userInfo\": a response, whose members the ID token has too",
    said: || {
        serde_json::json!({
            "ok": true,
            "sub": "U0R7JM",
            "https://slack.com/user_id": "U0R7JM",
            "https://slack.com/team_id": "T0R7GR",
            "email": "krane@slack-corp.com",
            "email_verified": true,
            "date_email_verified": 1622128723,
            "name": "krane",
            "picture": "https://secure.gravatar.com/avatar.png",
            "given_name": "Bront",
            "family_name": "Labradoodle",
            "locale": "en-US",
        })
    },
    profile: (
        "U0R7JM",
        Some("krane"),
        Some("krane@slack-corp.com"),
        Some("https://secure.gravatar.com/avatar.png"),
    ),
    verified: true,
};
