//! Any OpenID Connect provider, declared in the configuration alone: its issuer says the rest.
//!
//! Source: OpenID Connect Core 1.0 and OpenID Connect Discovery 1.0.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::Provider;

/// The template: give it an issuer, and a name that people know.
pub const OIDC: Provider = Provider {
    id: Borrowed("oidc"),
    name: Borrowed("OpenID Connect"),
    mark: Some(include_str!("marks/oidc.svg")),
    ..Provider::OIDC
};
