//! LinkedIn: OpenID Connect as it describes itself, taken as OAuth 2 here.
//!
//! Its ID token does not repeat the nonce, and its token endpoint refuses a client with a secret that sends a PKCE verifier
//! (`invalid_client`), so neither can tie a code to this browser: the state alone does. The ID token would say nothing
//! beyond the userinfo endpoint, which is asked with the token that the code was exchanged for.
//!
//! Sources: "Sign In with LinkedIn using OpenID Connect" and "Authorization Code Flow (3-legged OAuth)" on
//! learn.microsoft.com/linkedin.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::profile::{ClaimNames, EmailPolicy};
use hallpass_oauth::{Mapping, Pkce, Provider, TokenAuth, UserInfo};

/// The entry.
pub const ENTRY: Provider = Provider {
    id: Borrowed("linkedin"),
    name: Borrowed("LinkedIn"),
    authorization: Some(Borrowed("https://www.linkedin.com/oauth/v2/authorization")),
    token: Some(Borrowed("https://www.linkedin.com/oauth/v2/accessToken")),
    userinfo: UserInfo::Endpoint(Borrowed("https://api.linkedin.com/v2/userinfo")),
    scope: Borrowed("openid profile email"),
    token_auth: TokenAuth::Post,
    pkce: Pkce::Refused,
    mapping: Mapping::Claims(ClaimNames::OPENID),
    email_policy: EmailPolicy::Claim,
    mark: Some(include_str!("marks/linkedin.svg")),
    ..Provider::OAUTH2
};

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "learn.microsoft.com, \"Sign In with LinkedIn using OpenID Connect\": a userinfo response",
    said: || {
        serde_json::json!({
            "sub": "782bbtaQ",
            "name": "John Doe",
            "given_name": "John",
            "family_name": "Doe",
            "picture": "https://media.licdn-ei.com/dms/image/C5F03AQHqK8v7tB1HCQ/profile-displayphoto-shrink_100_100/0/",
            "locale": "en-US",
            "email": "doe@email.com",
            "email_verified": true,
        })
    },
    profile: (
        "782bbtaQ",
        Some("John Doe"),
        Some("doe@email.com"),
        Some("https://media.licdn-ei.com/dms/image/C5F03AQHqK8v7tB1HCQ/profile-displayphoto-shrink_100_100/0/"),
    ),
    verified: true,
};
