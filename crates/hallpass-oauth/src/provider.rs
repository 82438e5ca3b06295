//! What hallpass has to know about a provider: one entry, all of it data.
//!
//! ```
//! use hallpass_oauth::{Provider, UserInfo};
//!
//! const EXAMPLE: Provider = Provider {
//!     id: std::borrow::Cow::Borrowed("example"),
//!     name: std::borrow::Cow::Borrowed("Example"),
//!     issuer: Some(std::borrow::Cow::Borrowed("https://op.example")),
//!     ..Provider::OIDC
//! };
//! assert_eq!(EXAMPLE.scope, "openid email profile");
//! assert!(matches!(EXAMPLE.userinfo, UserInfo::Discovered));
//! ```
//!
//! A quirk of a provider is a value in its entry; no code elsewhere asks which provider it is talking to.

use std::borrow::Cow;

use serde_json::Value;

use crate::algorithm::Algorithm;
use crate::assertion::Audience;
use crate::issuer::Tenants;
use crate::profile::{ClaimNames, EmailPolicy, Profile, ProfileError};

/// Which protocol a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// OAuth 2 alone (RFC 6749): who the person is comes from an API of the provider's own.
    Oauth2,
    /// OpenID Connect: who the person is comes in a signed ID token.
    Oidc,
}

/// How the client proves itself at the token endpoint (OpenID Connect Core §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenAuth {
    /// `private_key_jwt` for a client with a key. Else what the provider's metadata offers: `client_secret_basic`
    /// unless it lists only `client_secret_post`; `none` for a client without a secret.
    Offered,
    /// `client_secret_basic`: identifier and secret in the `Authorization` header.
    Basic,
    /// `client_secret_post`: identifier and secret in the body.
    Post,
    /// `private_key_jwt`: a statement signed with the client's key, in the body (RFC 7523).
    PrivateKeyJwt,
    /// `client_secret_post` with a secret that the client signs itself, with ES256: its issuer is the client's team, its
    /// subject the client, its audience this text. A client with a secret and no key sends that as it is.
    SignedSecret {
        /// Whom the secret is for.
        audience: &'static str,
    },
    /// `none`: a public client, held by PKCE alone.
    None,
}

/// Whether the code is tied to whoever asked for it (RFC 7636).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pkce {
    /// Always, with S256.
    S256,
    /// Not at all, because the provider refuses the code of a client with a secret that also sends a verifier. The nonce
    /// ties the code then (RFC 9700 §2.1.1), or, at a provider that leaves that out too, the state alone.
    Refused,
}

/// How the provider's answer reaches the callback (OAuth 2.0 Multiple Response Type Encoding Practices §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the URL of a redirect.
    Query,
    /// In a form that the browser posts (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

/// Where the description of the person comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserInfo {
    /// From the ID token alone.
    IdToken,
    /// From the ID token, and from the endpoint in the provider's metadata if there is one.
    Discovered,
    /// From this URL (and the ID token, where there is one).
    Endpoint(Cow<'static, str>),
    /// From `profile`; and the address from `emails`, which answers a list of
    /// `{"email", "primary", "verified"}`: for a provider whose profile may hide the address or hold another.
    WithEmails {
        /// The URL of the profile.
        profile: Cow<'static, str>,
        /// The URL of the list of addresses.
        emails: Cow<'static, str>,
    },
}

/// How the provider's description becomes a [`Profile`].
#[derive(Clone, Debug)]
pub enum Mapping {
    /// By the names of the claims.
    Claims(ClaimNames),
    /// By a function, for a description that names alone cannot read. It sets `email_verified` only where the
    /// provider says so; [`Provider::email_policy`] has the last word.
    Function(fn(&Value) -> Result<Profile, ProfileError>),
}

/// One provider. Write an entry as a constant on top of [`Provider::OAUTH2`] or [`Provider::OIDC`].
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its name in URLs and in the store: 1 to 64 of `a-z 0-9 - _`.
    pub id: Cow<'static, str>,
    /// Its name on the button.
    pub name: Cow<'static, str>,
    /// Which protocol it speaks.
    pub kind: Kind,
    /// Its issuer identifier: under which it publishes its metadata, and which its ID tokens name.
    pub issuer: Option<Cow<'static, str>>,
    /// What an issuer looks like, for a provider of which everybody has one of their own: for whoever has to fill it in.
    pub issuer_example: Option<&'static str>,
    /// The issuer ends in a slash, which people leave out: it is added where it is missing.
    pub issuer_ends_in_slash: bool,
    /// Which issuers stand for many tenants.
    pub tenants: Option<Tenants>,
    /// The authorization endpoint, where it does not come from metadata.
    pub authorization: Option<Cow<'static, str>>,
    /// The token endpoint, where it does not come from metadata.
    pub token: Option<Cow<'static, str>>,
    /// The URL of the signing keys, where it does not come from metadata.
    pub jwks: Option<Cow<'static, str>>,
    /// Where the description of the person comes from.
    pub userinfo: UserInfo,
    /// The scopes asked for, separated by spaces.
    pub scope: Cow<'static, str>,
    /// How the client proves itself at the token endpoint.
    pub token_auth: TokenAuth,
    /// Whom a signed statement of the client's is for ([`TokenAuth::PrivateKeyJwt`]).
    pub assertion_audience: Audience,
    /// Whether the code is tied to whoever asked for it.
    pub pkce: Pkce,
    /// How the answer reaches the callback.
    pub response_mode: ResponseMode,
    /// The field of a posted answer that holds a JSON object about the person, said at the first sign-in and never again.
    /// Nothing signs it: [`Mapping::Function`] finds it under this name and may take what to call them from it, no more.
    pub posted_description: Option<&'static str>,
    /// Further parameters of the authorization request.
    pub authorization_params: Cow<'static, [(Cow<'static, str>, Cow<'static, str>)]>,
    /// The algorithms an ID token may be signed with. If the metadata lists some, only those of both lists count.
    pub id_token_algorithms: Cow<'static, [Algorithm]>,
    /// How the provider's description becomes a profile.
    pub mapping: Mapping,
    /// Whether the provider's addresses count as verified.
    pub email_policy: EmailPolicy,
    /// The mark for the button: an inline SVG element.
    pub mark: Option<&'static str>,
}

impl Provider {
    /// What most OAuth 2 providers have in common. Lacks id, name, endpoints and scope.
    pub const OAUTH2: Self = Self {
        id: Cow::Borrowed(""),
        name: Cow::Borrowed(""),
        kind: Kind::Oauth2,
        issuer: None,
        issuer_example: None,
        issuer_ends_in_slash: false,
        tenants: None,
        authorization: None,
        token: None,
        jwks: None,
        userinfo: UserInfo::IdToken,
        scope: Cow::Borrowed(""),
        token_auth: TokenAuth::Offered,
        assertion_audience: Audience::Issuer,
        pkce: Pkce::S256,
        response_mode: ResponseMode::Query,
        posted_description: None,
        authorization_params: Cow::Borrowed(&[]),
        id_token_algorithms: Cow::Borrowed(&[]),
        mapping: Mapping::Claims(ClaimNames {
            id: Cow::Borrowed("id"),
            name: Cow::Borrowed("name"),
            email: Cow::Borrowed("email"),
            email_verified: Cow::Borrowed(""),
            image: Cow::Borrowed(""),
        }),
        email_policy: EmailPolicy::Never,
        mark: None,
    };

    /// What OpenID Connect fixes. Lacks id, name and issuer.
    pub const OIDC: Self = Self {
        kind: Kind::Oidc,
        userinfo: UserInfo::Discovered,
        scope: Cow::Borrowed("openid email profile"),
        id_token_algorithms: Cow::Borrowed(Algorithm::ALL),
        mapping: Mapping::Claims(ClaimNames::OPENID),
        email_policy: EmailPolicy::Claim,
        ..Self::OAUTH2
    };

    /// Whether the issuer stands for many tenants, such as `common` of Entra ID: then what it says of a person is what an
    /// administrator of any of them wrote.
    pub fn is_of_many_tenants(&self) -> bool {
        matches!(self.published_issuer(), Some((_, Some(_))))
    }

    /// What the provider calls itself in its metadata, and how its tenants do where that is a template.
    pub(crate) fn published_issuer(&self) -> Option<(String, Option<Tenants>)> {
        let issuer = self.issuer.as_deref()?;
        let template = self.tenants.and_then(|tenants| Some((tenants.template(issuer)?, Some(tenants))));
        Some(template.unwrap_or_else(|| (issuer.to_owned(), None)))
    }

    /// Reads who the person is from what the provider said (see [`crate::userinfo`]).
    ///
    /// An identifier names somebody at their issuer. Where the issuer is one of many tenants, the tenant stands in front:
    /// two of them may give the same to two persons.
    ///
    /// # Errors
    /// [`ProfileError`] if it does not say.
    pub fn profile(&self, said: &Value) -> Result<Profile, ProfileError> {
        let mut profile = self.mapped(said)?;
        if let Some((_, Some(tenants))) = self.published_issuer() {
            let tenant = said.get(tenants.claim).and_then(Value::as_str).ok_or(ProfileError::MissingId)?;
            profile.id = format!("{tenant}/{}", profile.id);
            if !crate::profile::is_sound_id(&profile.id) {
                return Err(ProfileError::BadId);
            }
        }
        Ok(profile)
    }

    fn mapped(&self, said: &Value) -> Result<Profile, ProfileError> {
        let function = match &self.mapping {
            Mapping::Claims(names) => return Profile::read(said, names, self.email_policy),
            Mapping::Function(function) => function,
        };
        let mut profile = function(said)?;
        if !crate::profile::is_sound_id(&profile.id) {
            return Err(ProfileError::BadId);
        }
        profile.email_verified = profile.email.is_some()
            && match self.email_policy {
                EmailPolicy::Never => false,
                EmailPolicy::Always => true,
                EmailPolicy::Claim | EmailPolicy::ClaimOrText => profile.email_verified,
            };
        Ok(profile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn boastful(_: &Value) -> Result<Profile, ProfileError> {
        Ok(Profile {
            id: "1".into(),
            name: None,
            email: Some("a@b.example".into()),
            email_verified: true,
            image: None,
        })
    }

    fn nameless(_: &Value) -> Result<Profile, ProfileError> {
        Ok(Profile { id: String::new(), ..boastful(&Value::Null)? })
    }

    #[test]
    fn a_mapping_function_cannot_talk_the_policy_down() {
        let entry = Provider { mapping: Mapping::Function(boastful), ..Provider::OAUTH2 };
        assert!(!entry.profile(&json!({})).unwrap().email_verified);
        let entry = Provider { email_policy: EmailPolicy::Claim, ..entry };
        assert!(entry.profile(&json!({})).unwrap().email_verified);
        let entry = Provider { mapping: Mapping::Function(nameless), ..entry };
        assert_eq!(entry.profile(&json!({})), Err(ProfileError::BadId));
    }

    #[test]
    fn one_identifier_of_two_tenants_is_two_persons() {
        let tenants = Some(Tenants { shared: &["common"], placeholder: "{tid}", claim: "tid" });
        let at = |issuer: &'static str| Provider { issuer: Some(issuer.into()), tenants, ..Provider::OIDC };
        let id = |entry: &Provider, tid: &str| {
            entry.profile(&json!({ "sub": "1", "tid": tid })).map(|said| said.id)
        };
        let shared = at("https://op.example/common/v2.0");
        assert_eq!((id(&shared, "a").unwrap(), id(&shared, "b").unwrap()), ("a/1".into(), "b/1".into()));
        assert_eq!(shared.profile(&json!({ "sub": "1" })), Err(ProfileError::MissingId));
        assert_eq!(id(&shared, &"x".repeat(255)), Err(ProfileError::BadId));
        assert_eq!(id(&at("https://op.example/a/v2.0"), "a").unwrap(), "1", "of one issuer, as everywhere");
    }

    #[test]
    fn a_plain_oauth_address_is_not_verified_whatever_the_answer_says() {
        let profile =
            Provider::OAUTH2.profile(&json!({ "id": 7, "email": "a@b.example", "email_verified": true }));
        assert!(!profile.unwrap().email_verified);
    }
}
