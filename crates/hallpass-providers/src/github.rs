//! GitHub, by OAuth 2.
//!
//! Its description of a person numbers them by `id` and shows an address only if they made one public, verified or
//! not. The real one is in the list of addresses, of which the primary one counts, and only if GitHub verified it.
//!
//! Sources: "Authorizing OAuth apps" and the REST reference for "Get the authenticated user" and "List email addresses
//! for the authenticated user" on docs.github.com.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::profile::{self, ClaimNames, EmailPolicy, Profile, ProfileError};
use hallpass_oauth::{Mapping, Provider, TokenAuth, UserInfo};
use serde_json::Value;

/// The entry.
pub const ENTRY: Provider = Provider {
    id: Borrowed("github"),
    name: Borrowed("GitHub"),
    authorization: Some(Borrowed("https://github.com/login/oauth/authorize")),
    token: Some(Borrowed("https://github.com/login/oauth/access_token")),
    userinfo: UserInfo::WithEmails {
        profile: Borrowed("https://api.github.com/user"),
        emails: Borrowed("https://api.github.com/user/emails"),
    },
    scope: Borrowed("read:user user:email"),
    token_auth: TokenAuth::Post,
    mapping: Mapping::Function(profile),
    email_policy: EmailPolicy::Claim,
    mark: Some(include_str!("marks/github.svg")),
    ..Provider::OAUTH2
};

const NAMES: ClaimNames = ClaimNames {
    id: Borrowed("id"),
    name: Borrowed("name"),
    image: Borrowed("avatar_url"),
    ..ClaimNames::OPENID
};

/// Whoever has not given a name goes by their login.
fn profile(said: &Value) -> Result<Profile, ProfileError> {
    let mut profile = Profile::from_claims(said, &NAMES)?;
    if profile.name.is_none() {
        profile.name = profile::find(said, "login").and_then(Value::as_str).map(str::to_owned);
    }
    Ok(profile)
}

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "docs.github.com, REST API: \"Get the authenticated user\", \"List email addresses for the authenticated user\"",
    said: || {
        serde_json::json!({
            "login": "octocat",
            "id": 1,
            "node_id": "MDQ6VXNlcjE=",
            "avatar_url": "https://github.com/images/error/octocat_happy.gif",
            "type": "User",
            "name": "monalisa octocat",
            "email": "octocat@github.com",
            "email_verified": true,
        })
    },
    profile: (
        "1",
        Some("monalisa octocat"),
        Some("octocat@github.com"),
        Some("https://github.com/images/error/octocat_happy.gif"),
    ),
    verified: true,
};

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_person_without_a_name_goes_by_their_login() {
        let profile = ENTRY.profile(&json!({ "id": 583231, "login": "octocat", "name": null })).unwrap();
        assert_eq!(profile.name.as_deref(), Some("octocat"));
    }

    #[test]
    fn a_public_address_that_github_did_not_verify_is_not_verified() {
        let said = json!({ "id": 583231, "email": "octocat@github.com", "email_verified": false });
        assert!(!ENTRY.profile(&said).unwrap().email_verified);
    }
}
