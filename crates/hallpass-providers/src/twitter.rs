//! X, which was Twitter and keeps its id, by OAuth 2.
//!
//! The description stands below `data`. The address is not asked for, since an application has to be allowed to: then set
//! the scope to `users.read tweet.read users.email`, and `confirmed_email` among the `user.fields` of the userinfo URL. It is
//! the address that the person confirmed.
//!
//! Sources: "OAuth 2.0 Authorization Code Flow with PKCE", "Get my User" and the changelog on docs.x.com.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::profile::{ClaimNames, EmailPolicy};
use hallpass_oauth::{Mapping, Provider, TokenAuth, UserInfo};

/// The entry.
pub const ENTRY: Provider = Provider {
    id: Borrowed("twitter"),
    name: Borrowed("X"),
    authorization: Some(Borrowed("https://x.com/i/oauth2/authorize")),
    token: Some(Borrowed("https://api.x.com/2/oauth2/token")),
    userinfo: UserInfo::Endpoint(Borrowed("https://api.x.com/2/users/me?user.fields=profile_image_url")),
    scope: Borrowed("users.read tweet.read"),
    token_auth: TokenAuth::Basic,
    mapping: Mapping::Claims(ClaimNames {
        id: Borrowed("/data/id"),
        name: Borrowed("/data/name"),
        email: Borrowed("/data/confirmed_email"),
        email_verified: Borrowed(""),
        image: Borrowed("/data/profile_image_url"),
    }),
    email_policy: EmailPolicy::Always,
    mark: Some(include_str!("marks/twitter.svg")),
    ..Provider::OAUTH2
};

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "docs.x.com, \"Get my User\": a response with profile_image_url",
    said: || {
        serde_json::json!({ "data": {
            "id": "2244994945",
            "name": "X Dev",
            "username": "TwitterDev",
            "profile_image_url": "https://pbs.twimg.com/profile_images/1283786620521652229/lEODkLTh_normal.jpg",
        } })
    },
    profile: (
        "2244994945",
        Some("X Dev"),
        None,
        Some("https://pbs.twimg.com/profile_images/1283786620521652229/lEODkLTh_normal.jpg"),
    ),
    verified: false,
};

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_a_confirmed_address_is_one() {
        let said = json!({ "data": { "id": "1", "confirmed_email": "a@example.com", "email": "b@example.com" } });
        let profile = ENTRY.profile(&said).unwrap();
        assert_eq!((profile.email.as_deref(), profile.email_verified), (Some("a@example.com"), true));
        assert!(ENTRY.profile(&json!({ "data": { "id": "1", "email": "b@example.com" } })).unwrap().email.is_none());
    }
}
