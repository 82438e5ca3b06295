//! Apple, by OpenID Connect.
//!
//! Apple takes no password: the client secret is a statement signed with the key of the developer's team, made anew for
//! each request here. It posts its answer as soon as a name or address is asked for, and says the name in that form, at the
//! first sign-in and never again; nothing signs it. Whether the address is verified stands in the ID token, as a truth value
//! or as text. The endpoints are named here since the metadata once called the issuer something else than the tokens did.
//!
//! Sources: "Request an authorization to the Sign in with Apple server", "Creating a client secret" and "Authenticating
//! users with Sign in with Apple" on developer.apple.com.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::algorithm::Algorithm;
use hallpass_oauth::profile::{self, ClaimNames, EmailPolicy, Profile, ProfileError};
use hallpass_oauth::{Mapping, Provider, ResponseMode, TokenAuth, UserInfo};
use serde_json::Value;

/// The entry.
pub const ENTRY: Provider = Provider {
    id: Borrowed("apple"),
    name: Borrowed("Apple"),
    issuer: Some(Borrowed("https://appleid.apple.com")),
    authorization: Some(Borrowed("https://appleid.apple.com/auth/authorize")),
    token: Some(Borrowed("https://appleid.apple.com/auth/token")),
    jwks: Some(Borrowed("https://appleid.apple.com/auth/keys")),
    userinfo: UserInfo::IdToken,
    scope: Borrowed("openid name email"),
    token_auth: TokenAuth::SignedSecret { audience: "https://appleid.apple.com" },
    response_mode: ResponseMode::FormPost,
    posted_description: Some("user"),
    id_token_algorithms: Borrowed(&[Algorithm::Rs256]),
    mapping: Mapping::Function(profile),
    email_policy: EmailPolicy::Claim,
    mark: Some(include_str!("marks/apple.svg")),
    ..Provider::OIDC
};

/// Of what was posted, the name alone counts.
fn profile(said: &Value) -> Result<Profile, ProfileError> {
    let names = ClaimNames { name: Borrowed(""), image: Borrowed(""), ..ClaimNames::OPENID };
    let mut profile = Profile::from_claims(said, &names)?;
    profile.email_verified |= profile.email.is_some() && said["email_verified"] == "true";
    let posted = |part: &'static str| {
        let names = ClaimNames { name: Borrowed(part), ..ClaimNames::OPENID };
        Profile::from_claims(said, &names).ok()?.name
    };
    let parts = [posted("/user/name/firstName"), posted("/user/name/lastName")];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    profile.name = profile::name(&name.into());
    Ok(profile)
}

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "developer.apple.com, \"Authenticating users with Sign in with Apple\": an identity token's payload, and the posted `user`",
    said: || {
        serde_json::json!({
            "iss": "https://appleid.apple.com",
            "aud": "com.mytest.app",
            "sub": "001473.fe6f83bf4b8e4590aacbabdcb8598bd0.2039",
            "nonce_supported": true,
            "email": "xx2zs24f8d@privaterelay.appleid.com",
            "email_verified": "true",
            "is_private_email": "true",
            "user": { "name": { "firstName": "Jane", "lastName": "Appleseed" }, "email": "other@example.com" },
        })
    },
    profile: (
        "001473.fe6f83bf4b8e4590aacbabdcb8598bd0.2039",
        Some("Jane Appleseed"),
        Some("xx2zs24f8d@privaterelay.appleid.com"),
        None,
    ),
    verified: true,
};

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_address_that_was_only_posted_is_nobodys() {
        let said = json!({ "sub": "1", "user": { "email": "jane@example.com", "email_verified": true, "sub": "2" } });
        let profile = ENTRY.profile(&said).unwrap();
        assert_eq!((profile.id.as_str(), profile.email, profile.email_verified), ("1", None, false));
    }

    #[test]
    fn an_address_is_verified_where_the_token_says_so_in_either_spelling() {
        let verified = |says: Value| {
            let said = json!({ "sub": "1", "email": "jane@example.com", "email_verified": says });
            ENTRY.profile(&said).unwrap().email_verified
        };
        assert!(verified(json!(true)) && verified(json!("true")));
        assert!(!verified(json!(false)) && !verified(json!("false")) && !verified(json!("1")) && !verified(json!(1)));
    }

    #[test]
    fn a_later_sign_in_says_no_name_and_half_a_name_is_one() {
        let name = |user: Value| ENTRY.profile(&json!({ "sub": "1", "user": user })).unwrap().name;
        assert_eq!(name(Value::Null), None);
        assert_eq!(name(json!({ "name": { "firstName": "", "lastName": "  " } })), None);
        assert_eq!(name(json!({ "name": { "firstName": ["Jane"], "lastName": "Doe" } })).as_deref(), Some("Doe"));
        assert_eq!(name(json!({ "name": { "firstName": "J\u{0}ane", "lastName": "Doe" } })).as_deref(), Some("Jane Doe"));
    }
}
