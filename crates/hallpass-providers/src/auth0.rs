//! Auth0, by OpenID Connect: each customer has an issuer of their own, which ends in a slash.
//!
//! Source: "ID Token Structure" and "User Profile Structure" on auth0.com/docs.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::Provider;

/// The entry: give it an issuer.
pub const ENTRY: Provider = Provider {
    id: Borrowed("auth0"),
    name: Borrowed("Auth0"),
    issuer_example: Some("https://your-tenant.eu.auth0.com/"),
    issuer_ends_in_slash: true,
    mark: Some(include_str!("marks/auth0.svg")),
    ..Provider::OIDC
};

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "auth0.com/docs, \"ID Token Structure\": a sample ID token",
    said: || {
        serde_json::json!({
            "iss": "https://my-domain.auth0.com/",
            "sub": "auth0|123456",
            "aud": "my_client_id",
            "name": "Jane Doe",
            "given_name": "Jane",
            "family_name": "Doe",
            "email": "jane.doe@example.com",
            "email_verified": true,
            "picture": "https://example.com/janedoe/me.jpg",
        })
    },
    profile: (
        "auth0|123456",
        Some("Jane Doe"),
        Some("jane.doe@example.com"),
        Some("https://example.com/janedoe/me.jpg"),
    ),
    verified: true,
};
