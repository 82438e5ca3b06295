//! Twitch, by OpenID Connect.
//!
//! The ID token says no more than the number of the person unless `claims` asks for the rest, and the address only with a
//! scope besides.
//!
//! Source: "Using OIDC to get OAuth Access Tokens" on dev.twitch.tv.

use std::borrow::Cow::{self, Borrowed};

use hallpass_oauth::algorithm::Algorithm;
use hallpass_oauth::profile::ClaimNames;
use hallpass_oauth::{Mapping, Provider, TokenAuth, UserInfo};

/// OpenID Connect Core §5.5.
const CLAIMS: (Cow<'static, str>, Cow<'static, str>) = (
    Borrowed("claims"),
    Borrowed(
        r#"{"id_token":{"email":null,"email_verified":null,"picture":null,"preferred_username":null}}"#,
    ),
);

/// The entry.
pub const ENTRY: Provider = Provider {
    id: Borrowed("twitch"),
    name: Borrowed("Twitch"),
    issuer: Some(Borrowed("https://id.twitch.tv/oauth2")),
    userinfo: UserInfo::IdToken,
    scope: Borrowed("openid user:read:email"),
    token_auth: TokenAuth::Post,
    authorization_params: Borrowed(&[CLAIMS]),
    id_token_algorithms: Borrowed(&[Algorithm::Rs256]),
    mapping: Mapping::Claims(ClaimNames { name: Borrowed("preferred_username"), ..ClaimNames::OPENID }),
    mark: Some(include_str!("marks/twitch.svg")),
    ..Provider::OIDC
};

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "dev.twitch.tv, \"Using OIDC to get OAuth Access Tokens\": an ID token with the claims that were asked for",
    said: || {
        serde_json::json!({
            "aud": "hof5gwx0su6owfnys0yan9c87zr6t",
            "azp": "hof5gwx0su6owfnys0yan9c87zr6t",
            "iss": "https://id.twitch.tv/oauth2",
            "sub": "713936733",
            "email": "scotwht@justin.tv",
            "email_verified": true,
            "picture": "https://static-cdn.jtvnw.net/user-default-pictures-uv/ce57700a-profile_image-300x300.png",
            "preferred_username": "scotwht",
        })
    },
    profile: (
        "713936733",
        Some("scotwht"),
        Some("scotwht@justin.tv"),
        Some("https://static-cdn.jtvnw.net/user-default-pictures-uv/ce57700a-profile_image-300x300.png"),
    ),
    verified: true,
};
