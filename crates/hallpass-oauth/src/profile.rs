//! Who somebody is at a provider.
//!
//! ```
//! use hallpass_oauth::profile::{ClaimNames, Profile};
//! use serde_json::json;
//!
//! let said = json!({ "sub": "248289761001", "name": "Jane Doe", "email": "jane@example.com", "email_verified": "true" });
//! let profile = Profile::from_claims(&said, &ClaimNames::OPENID).unwrap();
//! assert_eq!(profile.id, "248289761001");
//! assert!(!profile.email_verified, "only the JSON value `true` counts");
//! ```
//!
//! It decides nothing about linking accounts, and it does not normalise addresses.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;
use url::Url;

use crate::fault::{Fault, faults};

/// A longer identifier is refused (OpenID Connect Core §2: `sub` is at most 255 characters).
const MAX_ID: usize = 255;
/// A longer name is cut.
const MAX_NAME: usize = 255;
/// A longer address is none (RFC 5321 §4.5.3.1.3).
const MAX_EMAIL: usize = 254;
/// A longer picture URL is none.
const MAX_IMAGE: usize = 2048;

/// A person as the provider describes them.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    /// Names the person at this provider for ever: 1 to 255 characters, none of them a control character.
    pub id: String,
    /// What to call them, at most 255 characters.
    pub name: Option<String>,
    /// Their address as the provider wrote it: one `@`, no white space, at most 254 bytes.
    pub email: Option<String>,
    /// Whether the provider vouches that the address is theirs. Never `true` without an address.
    pub email_verified: bool,
    /// An `https` or `http` URL of a picture.
    pub image: Option<String>,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Profile([redacted])")
    }
}

faults! {
    /// The provider's answer does not say who the person is.
    pub enum ProfileError {
        /// There is no identifier.
        MissingId = "profile_id_missing", Fault::Provider, "the profile holds no identifier";
        /// The identifier is no string or whole number, empty, longer than 255 characters, or holds control characters.
        BadId = "profile_id_malformed", Fault::Provider, "the profile's identifier is malformed";
    }
}

/// Where a profile's parts stand in a JSON document: a member's name, or a JSON Pointer (RFC 6901) if it begins
/// with `/`. An empty name means that the provider has no such thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimNames {
    /// The identifier: a string, or a whole number that becomes its decimal digits.
    pub id: Cow<'static, str>,
    /// The display name.
    pub name: Cow<'static, str>,
    /// The address.
    pub email: Cow<'static, str>,
    /// Whether the provider verified the address.
    pub email_verified: Cow<'static, str>,
    /// The picture's URL.
    pub image: Cow<'static, str>,
}

impl ClaimNames {
    /// The names of OpenID Connect Core §5.1.
    pub const OPENID: Self = Self {
        id: Cow::Borrowed("sub"),
        name: Cow::Borrowed("name"),
        email: Cow::Borrowed("email"),
        email_verified: Cow::Borrowed("email_verified"),
        image: Cow::Borrowed("picture"),
    };
}

/// How the provider's word about an address counts (attack case A49: an address that nobody verified must not open
/// somebody else's account).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailPolicy {
    /// Verified if the claim is the JSON value `true`.
    Claim,
    /// Verified if the claim is `true` or the text `"true"`, for a provider that is known to write it so.
    ClaimOrText,
    /// Every address of this provider is verified, by the provider's own documentation.
    Always,
    /// No address of this provider counts as verified.
    Never,
}

impl EmailPolicy {
    pub(crate) fn counts(self, claim: Option<&Value>) -> bool {
        match (self, claim) {
            (Self::Always, _) => true,
            (Self::Claim | Self::ClaimOrText, Some(Value::Bool(verified))) => *verified,
            (Self::ClaimOrText, Some(Value::String(text))) => text == "true",
            _ => false,
        }
    }
}

impl Profile {
    /// Reads a profile whose address counts as verified by [`EmailPolicy::Claim`].
    ///
    /// # Errors
    /// [`ProfileError`] if there is no sound identifier. Any other part that is missing or malformed is left out.
    pub fn from_claims(said: &Value, names: &ClaimNames) -> Result<Self, ProfileError> {
        Self::read(said, names, EmailPolicy::Claim)
    }

    pub(crate) fn read(said: &Value, names: &ClaimNames, policy: EmailPolicy) -> Result<Self, ProfileError> {
        let id = id(find(said, &names.id).ok_or(ProfileError::MissingId)?)?;
        let email = find(said, &names.email).and_then(email);
        let email_verified = email.is_some() && policy.counts(find(said, &names.email_verified));
        let name = find(said, &names.name).and_then(name);
        Ok(Self { id, name, email, email_verified, image: find(said, &names.image).and_then(image) })
    }
}

/// The value that a claim's name or pointer leads to; nothing for `null`.
pub fn find<'a>(said: &'a Value, name: &str) -> Option<&'a Value> {
    let found = match name {
        "" => None,
        _ if name.starts_with('/') => said.pointer(name),
        _ => said.get(name),
    };
    found.filter(|value| !value.is_null())
}

/// A sound identifier from a string or a whole number.
///
/// # Errors
/// [`ProfileError::BadId`] for anything else.
pub fn id(value: &Value) -> Result<String, ProfileError> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_u64() || number.is_i64() => number.to_string(),
        _ => return Err(ProfileError::BadId),
    };
    if is_sound_id(&text) { Ok(text) } else { Err(ProfileError::BadId) }
}

pub(crate) fn is_sound_id(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= MAX_ID && !text.chars().any(char::is_control)
}

/// A name from a text: at most 255 characters, none of them a control character, and not white space alone.
pub fn name(value: &Value) -> Option<String> {
    let text: String = value.as_str()?.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn email(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let (local, domain) = text.split_once('@')?;
    let whole = !local.is_empty() && !domain.is_empty() && !domain.contains('@') && text.len() <= MAX_EMAIL;
    let plain = !text.chars().any(|c| c.is_control() || c.is_whitespace());
    (whole && plain).then(|| text.to_owned())
}

fn image(value: &Value) -> Option<String> {
    image_url(value.as_str()?)
}

/// The URL of a picture, where it is one that pages may load and a cookie can carry: `http` or `https`, at most 2048 bytes.
pub fn image_url(text: &str) -> Option<String> {
    let text = Some(text).filter(|text| text.len() <= MAX_IMAGE)?;
    let url = Url::parse(text).ok()?;
    matches!(url.scheme(), "https" | "http").then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(said: Value) -> Result<Profile, ProfileError> {
        Profile::from_claims(&said, &ClaimNames::OPENID)
    }

    #[test]
    fn an_identifier_that_is_no_identifier_is_refused() {
        assert_eq!(read(json!({})), Err(ProfileError::MissingId));
        assert_eq!(read(json!({ "sub": null })), Err(ProfileError::MissingId));
        assert_eq!(read(json!("sub")), Err(ProfileError::MissingId));
        for bad in [
            json!(""),
            json!("a\0b"),
            json!("a\nb"),
            json!(1.5),
            json!(true),
            json!({}),
            json!([1]),
            json!("x".repeat(256)),
        ] {
            assert_eq!(read(json!({ "sub": bad })), Err(ProfileError::BadId), "{bad}");
        }
        assert_eq!(read(json!({ "sub": "x".repeat(255) })).unwrap().id.len(), 255);
        assert_eq!(read(json!({ "sub": 583231 })).unwrap().id, "583231");
    }

    #[test]
    fn an_address_is_verified_by_the_json_value_true_alone() {
        for bad in [
            json!("true"),
            json!(1),
            json!("1"),
            json!(false),
            json!("false"),
            json!(0),
            json!(null),
            json!([true]),
        ] {
            let said = json!({ "sub": "1", "email": "a@b.c", "email_verified": bad });
            assert!(!read(said).unwrap().email_verified, "{bad}");
        }
        assert!(!read(json!({ "sub": "1", "email": "a@b.c" })).unwrap().email_verified);
        assert!(
            read(json!({ "sub": "1", "email": "a@b.c", "email_verified": true })).unwrap().email_verified
        );
        assert!(
            !read(json!({ "sub": "1", "email_verified": true })).unwrap().email_verified,
            "no address, nothing verified"
        );
    }

    #[test]
    fn a_policy_decides_what_the_claim_means() {
        let text = json!("true");
        assert!(EmailPolicy::ClaimOrText.counts(Some(&text)));
        assert!(!EmailPolicy::ClaimOrText.counts(Some(&json!("false"))));
        assert!(!EmailPolicy::Claim.counts(Some(&text)));
        assert!(EmailPolicy::Always.counts(None));
        assert!(!EmailPolicy::Never.counts(Some(&json!(true))));
    }

    #[test]
    fn malformed_extras_are_left_out() {
        for bad in
            ["", "a", "a@", "@b", "a@b@c", "a b@c", "a@b\r\nBcc: x@y", &format!("{}@b.c", "a".repeat(254))]
        {
            assert_eq!(read(json!({ "sub": "1", "email": bad })).unwrap().email, None, "{bad:?}");
        }
        for bad in ["javascript:alert(1)", "data:image/png;base64,AA", "/x.png", ""] {
            assert_eq!(read(json!({ "sub": "1", "picture": bad })).unwrap().image, None, "{bad:?}");
        }
        let profile = read(json!({ "sub": "1", "name": ["x"], "email": 7, "picture": {} })).unwrap();
        assert_eq!((profile.name, profile.email, profile.image), (None, None, None));
        assert_eq!(
            read(json!({ "sub": "1", "name": format!(" A\u{0}b {}", "x".repeat(300)) }))
                .unwrap()
                .name
                .unwrap()
                .len(),
            254
        );
    }

    #[test]
    fn a_pointer_reaches_into_a_nested_answer() {
        let names = ClaimNames { id: "/data/0/id".into(), name: "/data/0/who".into(), ..ClaimNames::OPENID };
        let profile =
            Profile::from_claims(&json!({ "data": [{ "id": "7", "who": "Ann" }] }), &names).unwrap();
        assert_eq!((profile.id.as_str(), profile.name.as_deref()), ("7", Some("Ann")));
    }
}
