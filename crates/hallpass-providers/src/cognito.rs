//! Amazon Cognito user pools, by OpenID Connect: each pool has an issuer of its own.
//!
//! The ID token says every attribute that the app client may read, and `email_verified` as a truth value; the userinfo
//! endpoint, which writes it as text, is not asked.
//!
//! Source: "Understanding the identity (ID) token" and "The user attributes endpoint" on docs.aws.amazon.com.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::algorithm::Algorithm;
use hallpass_oauth::{Provider, UserInfo};

/// The entry: give it an issuer.
pub const ENTRY: Provider = Provider {
    id: Borrowed("cognito"),
    name: Borrowed("Cognito"),
    issuer_example: Some("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e"),
    userinfo: UserInfo::IdToken,
    id_token_algorithms: Borrowed(&[Algorithm::Rs256]),
    mark: Some(include_str!("marks/cognito.svg")),
    ..Provider::OIDC
};

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "docs.aws.amazon.com, Amazon Cognito: \"Understanding the identity (ID) token\"",
    said: || {
        serde_json::json!({
            "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_example",
            "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
            "aud": "xxxxxxxxxxxxexample",
            "cognito:username": "my-test-user",
            "cognito:groups": ["test-group-a"],
            "token_use": "id",
            "middle_name": "Jane",
            "email": "my-test-user@example.com",
            "email_verified": true,
        })
    },
    profile: ("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", None, Some("my-test-user@example.com"), None),
    verified: true,
};

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_address_that_was_changed_and_not_confirmed_is_not_verified() {
        for says in [json!(false), json!("true"), json!(null)] {
            let said = json!({ "sub": "1", "email": "a@example.com", "email_verified": says });
            assert!(!ENTRY.profile(&said).unwrap().email_verified, "{says}");
        }
    }
}
