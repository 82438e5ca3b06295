//! Keycloak, by OpenID Connect: each realm has an issuer of its own.
//!
//! Source: "Securing applications and services with OpenID Connect" on keycloak.org.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::Provider;

/// The entry: give it an issuer.
pub const ENTRY: Provider = Provider {
    id: Borrowed("keycloak"),
    name: Borrowed("Keycloak"),
    issuer_example: Some("https://sso.example.com/realms/your-realm"),
    mark: Some(include_str!("marks/keycloak.svg")),
    ..Provider::OIDC
};

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "keycloak.org, \"Server Administration Guide\": the claims of the client scopes `profile` and `email`",
    said: || {
        serde_json::json!({
            "sub": "60f8ad80-0d91-4d8e-ba1e-6a8b1d6f3a39",
            "email_verified": false,
            "name": "Jane Doe",
            "preferred_username": "jane",
            "given_name": "Jane",
            "family_name": "Doe",
            "email": "jane@example.com",
        })
    },
    profile: ("60f8ad80-0d91-4d8e-ba1e-6a8b1d6f3a39", Some("Jane Doe"), Some("jane@example.com"), None),
    verified: false,
};
