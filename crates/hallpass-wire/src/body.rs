//! JSON bodies.

use serde::{Deserialize, Serialize};

/// `GET /session` of somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionBody<'a, U> {
    /// Who: a [`UserBody`], or what [`Wire::says_null`](crate::Wire::says_null) asks for.
    pub user: U,
    /// Until when: `YYYY-MM-DDTHH:mm:ss.SSSZ`, UTC.
    pub expires: &'a str,
}

/// What the browser may know of a user. A field without a value is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserBody<'a> {
    /// What to call them.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub name: Option<std::borrow::Cow<'a, str>>,
    /// Their address.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub email: Option<std::borrow::Cow<'a, str>>,
    /// The URL of a picture.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub image: Option<std::borrow::Cow<'a, str>>,
}

impl<'a> UserBody<'a> {
    /// The same with every field.
    pub fn with_nulls(self) -> NullableUserBody<'a> {
        let Self { name, email, image } = self;
        NullableUserBody { name, email, image }
    }
}

/// A [`UserBody`] in which a field without a value is `null`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NullableUserBody<'a> {
    /// What to call them.
    #[serde(borrow)]
    pub name: Option<std::borrow::Cow<'a, str>>,
    /// Their address.
    #[serde(borrow)]
    pub email: Option<std::borrow::Cow<'a, str>>,
    /// The URL of a picture.
    #[serde(borrow)]
    pub image: Option<std::borrow::Cow<'a, str>>,
}

/// `GET /csrf`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CsrfBody<'a> {
    /// 64 hexadecimal digits.
    pub csrf_token: &'a str,
}

/// One entry of `GET /providers`, which is an object keyed by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderBody {
    /// The id in paths.
    pub id: String,
    /// What to write on a button.
    pub name: String,
    /// `oauth`, `email` or `credentials`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Absolute URL to POST to.
    pub signin_url: String,
    /// Absolute URL the sign-in comes back to.
    pub callback_url: String,
}

/// A redirect as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UrlBody<'a> {
    /// Where to go: an absolute URL.
    pub url: &'a str,
}

/// `GET /token` of somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenBody<'a> {
    /// The signed token: a JWS in its compact form (RFC 7515 §3.1).
    pub token: &'a str,
    /// Until when: `YYYY-MM-DDTHH:mm:ss.SSSZ`, UTC.
    pub expires: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_exactly_the_documented_shape() {
        let body = SessionBody {
            user: UserBody { name: Some("J Smith".into()), email: Some("j@example.com".into()), image: None },
            expires: "2026-12-23T10:51:11.631Z",
        };
        assert_eq!(
            serde_json::to_string(&body).unwrap(),
            r#"{"user":{"name":"J Smith","email":"j@example.com"},"expires":"2026-12-23T10:51:11.631Z"}"#
        );
        let body = SessionBody { user: body.user.with_nulls(), expires: body.expires };
        assert_eq!(
            serde_json::to_string(&body).unwrap(),
            r#"{"user":{"name":"J Smith","email":"j@example.com","image":null},"expires":"2026-12-23T10:51:11.631Z"}"#
        );
    }
}
