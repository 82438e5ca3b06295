//! Spotify, by OAuth 2.
//!
//! Its documentation says that nobody verified the address.
//!
//! Source: "Authorization Code Flow" and "Get Current User's Profile" on developer.spotify.com.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::profile::{ClaimNames, EmailPolicy};
use hallpass_oauth::{Mapping, Provider, TokenAuth, UserInfo};

/// The entry.
pub const ENTRY: Provider = Provider {
    id: Borrowed("spotify"),
    name: Borrowed("Spotify"),
    authorization: Some(Borrowed("https://accounts.spotify.com/authorize")),
    token: Some(Borrowed("https://accounts.spotify.com/api/token")),
    userinfo: UserInfo::Endpoint(Borrowed("https://api.spotify.com/v1/me")),
    scope: Borrowed("user-read-email"),
    token_auth: TokenAuth::Basic,
    mapping: Mapping::Claims(ClaimNames {
        id: Borrowed("id"),
        name: Borrowed("display_name"),
        email: Borrowed("email"),
        email_verified: Borrowed(""),
        image: Borrowed("/images/0/url"),
    }),
    email_policy: EmailPolicy::Never,
    mark: Some(include_str!("marks/spotify.svg")),
    ..Provider::OAUTH2
};

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "developer.spotify.com, Web API: \"Get Current User's Profile\"",
    said: || {
        serde_json::json!({
            "country": "SE",
            "display_name": "JM Wizzler",
            "email": "email@example.com",
            "external_urls": { "spotify": "https://open.spotify.com/user/wizzler" },
            "followers": { "href": null, "total": 3829 },
            "href": "https://api.spotify.com/v1/users/wizzler",
            "id": "wizzler",
            "images": [{ "height": null, "url": "https://i.scdn.co/image/ab67616d00001e02ff9ca10b55ce82ae553c8228", "width": null }],
            "product": "premium",
            "type": "user",
            "uri": "spotify:user:wizzler",
        })
    },
    profile: (
        "wizzler",
        Some("JM Wizzler"),
        Some("email@example.com"),
        Some("https://i.scdn.co/image/ab67616d00001e02ff9ca10b55ce82ae553c8228"),
    ),
    verified: false,
};
