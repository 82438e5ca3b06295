//! GitLab, by OpenID Connect: gitlab.com, or an instance of one's own as the issuer.
//!
//! The application there needs the scopes `openid`, `profile` and `email`. `sub` is the user's number, by which older
//! integrations know them too.
//!
//! Source: "GitLab as OpenID Connect identity provider" on docs.gitlab.com.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::Provider;
use hallpass_oauth::algorithm::Algorithm;

/// The entry.
pub const ENTRY: Provider = Provider {
    id: Borrowed("gitlab"),
    name: Borrowed("GitLab"),
    issuer: Some(Borrowed("https://gitlab.com")),
    id_token_algorithms: Borrowed(&[Algorithm::Rs256]),
    mark: Some(include_str!("marks/gitlab.svg")),
    ..Provider::OIDC
};

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "docs.gitlab.com, \"GitLab as OpenID Connect identity provider\": shared information",
    said: || {
        serde_json::json!({
            "sub": "1",
            "name": "Jane Doe",
            "nickname": "jane",
            "preferred_username": "jane",
            "email": "jane@example.com",
            "email_verified": true,
            "profile": "https://gitlab.com/jane",
            "picture": "https://gitlab.com/uploads/-/system/user/avatar/1/avatar.png",
            "groups_direct": ["my-group"],
        })
    },
    profile: (
        "1",
        Some("Jane Doe"),
        Some("jane@example.com"),
        Some("https://gitlab.com/uploads/-/system/user/avatar/1/avatar.png"),
    ),
    verified: true,
};
