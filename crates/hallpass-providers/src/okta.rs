//! Okta, by OpenID Connect: each organisation has an issuer of its own, or several.
//!
//! Where an access token comes along, the ID token lacks the profile: the userinfo endpoint is asked.
//!
//! Source: "OpenID Connect & OAuth 2.0 API" and "Build a JWT for client authentication" on developer.okta.com.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::Provider;
use hallpass_oauth::algorithm::Algorithm;
use hallpass_oauth::assertion::Audience;

/// The entry: give it an issuer.
pub const ENTRY: Provider = Provider {
    id: Borrowed("okta"),
    name: Borrowed("Okta"),
    issuer_example: Some("https://your-org.okta.com/oauth2/default"),
    assertion_audience: Audience::TokenEndpoint,
    id_token_algorithms: Borrowed(&[Algorithm::Rs256]),
    mark: Some(include_str!("marks/okta.svg")),
    ..Provider::OIDC
};

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "developer.okta.com, \"OpenID Connect & OAuth 2.0 API\": a /userinfo response",
    said: || {
        serde_json::json!({
            "sub": "00uid4BxXw6I6TV4m0g3",
            "name": "John Doe",
            "nickname": "Jimmy",
            "given_name": "John",
            "middle_name": "James",
            "family_name": "Doe",
            "profile": "https://example.com/john.doe",
            "zoneinfo": "America/Los_Angeles",
            "locale": "en-US",
            "updated_at": 1311280970,
            "email": "john.doe@example.com",
            "email_verified": true,
        })
    },
    profile: ("00uid4BxXw6I6TV4m0g3", Some("John Doe"), Some("john.doe@example.com"), None),
    verified: true,
};
