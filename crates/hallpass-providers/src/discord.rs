//! Discord, by OAuth 2.
//!
//! Whoever has given no display name goes by their user name. A picture is a hash from which the URL is put together, or
//! one of a few that everybody without one has. `verified` is about the address.
//!
//! Sources: "OAuth2", "User Object" and "Image Formatting" on discord.com/developers/docs.

use std::borrow::Cow::Borrowed;

use hallpass_oauth::profile::{self, ClaimNames, EmailPolicy, Profile, ProfileError};
use hallpass_oauth::{Mapping, Provider, TokenAuth, UserInfo};
use serde_json::Value;

/// The entry.
pub const ENTRY: Provider = Provider {
    id: Borrowed("discord"),
    name: Borrowed("Discord"),
    authorization: Some(Borrowed("https://discord.com/oauth2/authorize")),
    token: Some(Borrowed("https://discord.com/api/oauth2/token")),
    userinfo: UserInfo::Endpoint(Borrowed("https://discord.com/api/users/@me")),
    scope: Borrowed("identify email"),
    token_auth: TokenAuth::Basic,
    mapping: Mapping::Function(profile),
    email_policy: EmailPolicy::Claim,
    mark: Some(include_str!("marks/discord.svg")),
    ..Provider::OAUTH2
};

const NAMES: ClaimNames = ClaimNames {
    id: Borrowed("id"),
    name: Borrowed("global_name"),
    email: Borrowed("email"),
    email_verified: Borrowed("verified"),
    image: Borrowed(""),
};

fn profile(said: &Value) -> Result<Profile, ProfileError> {
    let mut profile = Profile::from_claims(said, &NAMES)?;
    if profile.name.is_none() {
        profile.name = profile::find(said, "username").and_then(profile::name);
    }
    profile.image = picture(said, &profile.id);
    Ok(profile)
}

/// The picture, or which of the usual ones: by the number behind the name, which old accounts have, or by the account's own.
fn picture(said: &Value, id: &str) -> Option<String> {
    let id: u64 = id.parse().ok()?;
    let Some(hash) = profile::find(said, "avatar").and_then(Value::as_str) else {
        let number: u64 = profile::find(said, "discriminator").and_then(Value::as_str)?.parse().ok()?;
        let which = if number == 0 { (id >> 22) % 6 } else { number % 5 };
        return Some(format!("https://cdn.discordapp.com/embed/avatars/{which}.png"));
    };
    let plain = hash.len() <= 64 && hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let format = if hash.starts_with("a_") { "gif" } else { "png" };
    plain.then(|| format!("https://cdn.discordapp.com/avatars/{id}/{hash}.{format}"))
}

#[cfg(test)]
pub(crate) const SAMPLE: crate::sample::Sample = crate::sample::Sample {
    source: "discord.com/developers/docs, \"User Object\": an example user",
    said: || {
        serde_json::json!({
            "id": "80351110224678912",
            "username": "Nelly",
            "discriminator": "1337",
            "avatar": "8342729096ea3675442027381ff50dfe",
            "verified": true,
            "email": "nelly@discord.com",
            "flags": 64,
            "banner": "06c16474723fe537c283b8efa61a30c8",
            "accent_color": 16711680,
            "premium_type": 1,
            "public_flags": 64,
        })
    },
    profile: (
        "80351110224678912",
        Some("Nelly"),
        Some("nelly@discord.com"),
        Some("https://cdn.discordapp.com/avatars/80351110224678912/8342729096ea3675442027381ff50dfe.png"),
    ),
    verified: true,
};

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn image(avatar: Value, discriminator: &str) -> Option<String> {
        let said = json!({ "id": "80351110224678912", "avatar": avatar, "discriminator": discriminator });
        ENTRY.profile(&said).unwrap().image
    }

    #[test]
    fn whoever_has_no_picture_has_one_of_the_usual_ones() {
        let usual = |which: u8| Some(format!("https://cdn.discordapp.com/embed/avatars/{which}.png"));
        assert_eq!(image(Value::Null, "1337"), usual(2));
        assert_eq!(image(Value::Null, "0"), usual(u8::try_from((80351110224678912_u64 >> 22) % 6).unwrap()));
        assert_eq!(image(Value::Null, "x"), None);
    }

    #[test]
    fn a_hash_that_is_none_does_not_become_part_of_a_url() {
        for hash in ["../../evil", "a?b", "a#b", "a/b", &"x".repeat(65)] {
            assert_eq!(image(json!(hash), "0"), None, "{hash}");
        }
        assert!(image(json!("a_1269e74af4df7417b13759eae50c83dc"), "0").unwrap().ends_with("dc.gif"));
    }

    #[test]
    fn a_display_name_is_preferred_and_an_unverified_address_is_not_verified() {
        let said = json!({ "id": "1", "username": "nelly", "global_name": "Nelly", "email": "n@discord.com", "verified": false });
        let profile = ENTRY.profile(&said).unwrap();
        assert_eq!((profile.name.as_deref(), profile.email_verified), (Some("Nelly"), false));
    }
}
