//! Any OAuth 2 provider, declared in the configuration alone: its endpoints, and where in its description of a person
//! the parts of a profile stand.
//!
//! No address of such a provider counts as verified unless the configuration says which claim says so.
//!
//! Source: RFC 6749; the names of the claims are those of most APIs.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::Provider;

/// The template: give it endpoints, a scope, and a name that people know.
pub const ENTRY: Provider = Provider {
    id: Borrowed("oauth"),
    name: Borrowed("OAuth"),
    mark: Some(include_str!("marks/oauth.svg")),
    ..Provider::OAUTH2
};

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "no provider's own: the names that the template assumes",
    said: || serde_json::json!({ "id": 7, "name": "Jane Doe", "email": "janedoe@example.com", "email_verified": true }),
    profile: ("7", Some("Jane Doe"), Some("janedoe@example.com"), None),
    verified: false,
};
