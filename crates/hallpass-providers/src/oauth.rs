//! Any OAuth 2 provider, declared in the configuration alone: its endpoints, and where in its description of a person
//! the parts of a profile stand.
//!
//! No address of such a provider counts as verified unless the configuration says which claim says so.
//!
//! Source: RFC 6749; the names of the claims are those of most APIs.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::Provider;

/// The template: give it endpoints, a scope, and a name that people know.
pub const OAUTH: Provider = Provider {
    id: Borrowed("oauth"),
    name: Borrowed("OAuth"),
    mark: Some(include_str!("marks/oauth.svg")),
    ..Provider::OAUTH2
};
