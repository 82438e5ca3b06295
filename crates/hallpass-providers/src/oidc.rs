//! Any OpenID Connect provider, declared in the configuration alone: its issuer says the rest.
//!
//! Source: OpenID Connect Core 1.0 and OpenID Connect Discovery 1.0.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::Provider;

/// The template: give it an issuer, and a name that people know.
pub const ENTRY: Provider = Provider {
    id: Borrowed("oidc"),
    name: Borrowed("OpenID Connect"),
    mark: Some(include_str!("marks/oidc.svg")),
    ..Provider::OIDC
};

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "OpenID Connect Core 1.0 §5.3.2: a UserInfo response",
    said: || {
        serde_json::json!({
            "sub": "248289761001",
            "name": "Jane Doe",
            "given_name": "Jane",
            "family_name": "Doe",
            "preferred_username": "j.doe",
            "email": "janedoe@example.com",
            "picture": "http://example.com/janedoe/me.jpg",
        })
    },
    profile: (
        "248289761001",
        Some("Jane Doe"),
        Some("janedoe@example.com"),
        Some("http://example.com/janedoe/me.jpg"),
    ),
    verified: false,
};
