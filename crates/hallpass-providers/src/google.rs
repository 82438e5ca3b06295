//! Google, by OpenID Connect.
//!
//! The ID token says all that is asked for, so the userinfo endpoint is not. Google marks an address `email_verified`
//! also where it is not the authority for it (no Gmail address, no Workspace domain): it was verified once.
//!
//! Source: "OpenID Connect" in "Google Identity" on developers.google.com.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::algorithm::Algorithm;
use hallpass_oauth::{Provider, TokenAuth, UserInfo};

/// The entry.
pub const ENTRY: Provider = Provider {
    id: Borrowed("google"),
    name: Borrowed("Google"),
    issuer: Some(Borrowed("https://accounts.google.com")),
    userinfo: UserInfo::IdToken,
    token_auth: TokenAuth::Post,
    id_token_algorithms: Borrowed(&[Algorithm::Rs256]),
    mark: Some(include_str!("marks/google.svg")),
    ..Provider::OIDC
};

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "developers.google.com, \"OpenID Connect\": an ID token's payload",
    said: || {
        serde_json::json!({
            "iss": "https://accounts.google.com",
            "azp": "1234987819200.apps.googleusercontent.com",
            "aud": "1234987819200.apps.googleusercontent.com",
            "sub": "10769150350006150715113082367",
            "hd": "example.com",
            "name": "J. Smith",
            "picture": "https://lh3.googleusercontent.com/a/photo=s96-c",
            "email": "jsmith@example.com",
            "email_verified": true,
        })
    },
    profile: (
        "10769150350006150715113082367",
        Some("J. Smith"),
        Some("jsmith@example.com"),
        Some("https://lh3.googleusercontent.com/a/photo=s96-c"),
    ),
    verified: true,
};

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_address_that_google_has_not_verified_is_not_verified() {
        let said = json!({ "sub": "110169484474386276334", "email": "jsmith@example.com", "email_verified": "true" });
        assert!(!ENTRY.profile(&said).unwrap().email_verified);
    }
}
