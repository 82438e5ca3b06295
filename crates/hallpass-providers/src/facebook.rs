//! Facebook, by OAuth 2.
//!
//! The Graph API says of a person what is listed in `fields`, and numbers them by application. Nothing there says that
//! Facebook verified the address, so none counts as verified. The version stands in the URLs, since without one an
//! application gets the oldest that it may use; a version that has come to its end is answered as the next one.
//!
//! An application that requires proof of its secret (`appsecret_proof`) refuses these requests: leave that setting off.
//!
//! Sources: "Manually Build a Login Flow", "User" in the Graph API's reference, and "Versioning" on
//! developers.facebook.com.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::profile::{ClaimNames, EmailPolicy};
use hallpass_oauth::{Mapping, Provider, TokenAuth, UserInfo};

/// The entry.
pub const ENTRY: Provider = Provider {
    id: Borrowed("facebook"),
    name: Borrowed("Facebook"),
    authorization: Some(Borrowed("https://www.facebook.com/v24.0/dialog/oauth")),
    token: Some(Borrowed("https://graph.facebook.com/v24.0/oauth/access_token")),
    userinfo: UserInfo::Endpoint(Borrowed(
        "https://graph.facebook.com/v24.0/me?fields=id,name,email,picture",
    )),
    scope: Borrowed("email"),
    token_auth: TokenAuth::Post,
    mapping: Mapping::Claims(ClaimNames {
        id: Borrowed("id"),
        name: Borrowed("name"),
        email: Borrowed("email"),
        email_verified: Borrowed(""),
        image: Borrowed("/picture/data/url"),
    }),
    email_policy: EmailPolicy::Never,
    mark: Some(include_str!("marks/facebook.svg")),
    ..Provider::OAUTH2
};

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "developers.facebook.com, Graph API: \"User\" and its edge \"Picture\"",
    said: || {
        serde_json::json!({
            "id": "10158576748120107",
            "name": "Jane Doe",
            "email": "jane@example.com",
            "picture": { "data": {
                "height": 50,
                "is_silhouette": false,
                "url": "https://platform-lookaside.fbsbx.com/platform/profilepic/?asid=10158576748120107&height=50",
                "width": 50,
            } },
        })
    },
    profile: (
        "10158576748120107",
        Some("Jane Doe"),
        Some("jane@example.com"),
        Some("https://platform-lookaside.fbsbx.com/platform/profilepic/?asid=10158576748120107&height=50"),
    ),
    verified: false,
};
