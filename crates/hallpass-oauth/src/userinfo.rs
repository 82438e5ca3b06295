//! The description of the person: from the ID token, from the provider's API, or both (OpenID Connect Core §5.3).
//!
//! [`Lookup`] is a row of zero to two requests: send what [`Lookup::request`] gives, hand the answer to
//! [`Lookup::answer`], until there is no further request.
//!
//! ```
//! use hallpass_oauth::secret::{AccessToken, ClientSecret};
//! use hallpass_oauth::{Client, Provider, UserInfo, userinfo::Lookup};
//!
//! let entry = Provider {
//!     id: "acme".into(),
//!     name: "Acme".into(),
//!     authorization: Some("https://acme.example/authorize".into()),
//!     token: Some("https://acme.example/token".into()),
//!     userinfo: UserInfo::Endpoint("https://acme.example/me".into()),
//!     ..Provider::OAUTH2
//! };
//! let client = Client::builder(entry, "my-client").secret(ClientSecret::new("s".into())).build().unwrap();
//! let token = AccessToken::new("2YotnFZFEjr1zCsicMWpAA".to_owned());
//!
//! let mut lookup = Lookup::new(&client, client.fixed_metadata().unwrap(), None);
//! while let Some(request) = lookup.request(&token).unwrap() {
//!     assert_eq!(request.uri(), "https://acme.example/me");
//!     lookup.answer(&http::Response::new(br#"{"id":7,"name":"Jane"}"#)).unwrap();
//! }
//! assert_eq!(client.provider().profile(&lookup.finish()).unwrap().id, "7");
//! ```
//!
//! It reads no signed (`application/jwt`) answers.

use std::collections::VecDeque;
use std::fmt;

use http::{HeaderValue, Method, Request, Response, header};
use serde_json::{Map, Value};

use crate::client::{Client, UserInfoEndpoints};
use crate::discovery::Metadata;
use crate::endpoint::Endpoint;
use crate::fault::{Fault, faults};
use crate::id_token::Claims;
use crate::json;
use crate::secret::AccessToken;

/// A larger answer is refused.
const MAX_BYTES: usize = 256 * 1024;

/// Claims that are about the ID token itself, or that only its signature may say: an answer does not replace them.
const SIGNED: &[&str] =
    &["iss", "sub", "aud", "azp", "exp", "iat", "nbf", "nonce", "auth_time", "acr", "amr", "at_hash", "c_hash"];

faults! {
    /// Why the person's description cannot be used.
    pub enum UserInfoError {
        /// The access token cannot be sent in a header.
        Unsendable = "userinfo_access_token_malformed", Fault::Provider, "the access token cannot be sent";
        /// The answer's status is not 200; a redirect is not followed.
        Status(status: u16) = "userinfo_status", Fault::Provider, "the userinfo was answered with another status than 200";
        /// The answer is not sound JSON of the expected form.
        NotJson = "userinfo_not_json", Fault::Provider, "the userinfo is not sound JSON";
        /// The answer does not say whom it is about (OpenID Connect Core §5.3.2).
        MissingSub = "userinfo_sub_missing", Fault::Provider, "the userinfo does not say whom it is about";
        /// The answer is about somebody else than the ID token (OpenID Connect Core §5.3.4).
        SubMismatched = "userinfo_sub_mismatched", Fault::Provider, "the userinfo is about somebody else";
        /// An answer came to no request.
        Unasked = "userinfo_unasked", Fault::Configuration, "there was no request to answer";
    }
}

/// Collects what the provider says about one person.
pub struct Lookup {
    said: Map<String, Value>,
    expected_sub: Option<String>,
    waiting: VecDeque<(Step, Endpoint)>,
}

#[derive(Clone, Copy)]
enum Step {
    Profile,
    Emails,
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookup").field("waiting", &self.waiting.len()).finish_non_exhaustive()
    }
}

impl Lookup {
    /// Begins with what the checked ID token says, if there is one.
    pub fn new(client: &Client, metadata: &Metadata, claims: Option<Claims>) -> Self {
        let mut waiting = VecDeque::new();
        match client.userinfo() {
            UserInfoEndpoints::None => {}
            UserInfoEndpoints::Discovered => {
                waiting.extend(metadata.userinfo_endpoint.clone().map(|endpoint| (Step::Profile, endpoint)));
            }
            UserInfoEndpoints::One(endpoint) => waiting.push_back((Step::Profile, endpoint.clone())),
            UserInfoEndpoints::WithEmails { profile, emails } => {
                waiting.push_back((Step::Profile, profile.clone()));
                waiting.push_back((Step::Emails, emails.clone()));
            }
        }
        let expected_sub = claims.as_ref().map(|claims| claims.sub().to_owned());
        Self { said: claims.map(Claims::into_map).unwrap_or_default(), expected_sub, waiting }
    }

    /// The next request to send; `None` when all is said.
    ///
    /// # Errors
    /// [`UserInfoError::Unsendable`] for a token that no provider of sound mind hands out.
    pub fn request(&self, token: &AccessToken) -> Result<Option<Request<Vec<u8>>>, UserInfoError> {
        let Some((_, endpoint)) = self.waiting.front() else { return Ok(None) };
        let text = format!("Bearer {}", token.expose());
        let mut bearer = HeaderValue::from_str(&text).map_err(|_| UserInfoError::Unsendable)?;
        bearer.set_sensitive(true);
        let mut request = endpoint.request(Method::GET, Vec::new());
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        Ok(Some(request))
    }

    /// Takes the answer to the last request.
    ///
    /// # Errors
    /// [`UserInfoError`] says why it cannot be used; the sign-in fails then.
    pub fn answer(&mut self, response: &Response<impl AsRef<[u8]>>) -> Result<(), UserInfoError> {
        let (step, _) = self.waiting.pop_front().ok_or(UserInfoError::Unasked)?;
        let (status, body) = (response.status().as_u16(), response.body().as_ref());
        match step {
            Step::Profile => self.profile(status, body),
            Step::Emails => self.emails(status, body),
        }
    }

    /// All that was said, as one JSON object, for [`Provider::profile`](crate::Provider::profile).
    pub fn finish(self) -> Value {
        Value::Object(self.said)
    }

    fn profile(&mut self, status: u16, body: &[u8]) -> Result<(), UserInfoError> {
        if status != 200 {
            return Err(UserInfoError::Status(status));
        }
        let answer = json::object(body, MAX_BYTES).ok_or(UserInfoError::NotJson)?;
        let Some(expected) = &self.expected_sub else {
            self.said = answer;
            return Ok(());
        };
        match answer.get("sub") {
            None => return Err(UserInfoError::MissingSub),
            Some(sub) if sub.as_str() != Some(expected) => return Err(UserInfoError::SubMismatched),
            Some(_) => {}
        }
        // An address and whether it is verified belong together: never one from here and one from there.
        if answer.contains_key("email") {
            self.said.remove("email_verified");
        } else if self.said.contains_key("email") {
            return self.merge(answer, &["email_verified"]);
        }
        self.merge(answer, &[])
    }

    fn merge(&mut self, answer: Map<String, Value>, besides: &[&str]) -> Result<(), UserInfoError> {
        let own = |name: &str| SIGNED.contains(&name) || besides.contains(&name);
        self.said.extend(answer.into_iter().filter(|(name, _)| !own(name)));
        Ok(())
    }

    /// A provider that keeps the list back (the scope was not granted) leaves the profile's address, unverified.
    fn emails(&mut self, status: u16, body: &[u8]) -> Result<(), UserInfoError> {
        self.said.insert("email_verified".to_owned(), Value::Bool(false));
        match status {
            200 => {}
            401 | 403 | 404 => return Ok(()),
            status => return Err(UserInfoError::Status(status)),
        }
        let Some(Value::Array(list)) = json::value(body, MAX_BYTES) else { return Err(UserInfoError::NotJson) };
        let is = |entry: &Value, member: &str| entry.get(member) == Some(&Value::Bool(true));
        let Some(primary) = list.iter().find(|entry| is(entry, "primary")) else { return Ok(()) };
        if let Some(email) = primary.get("email").filter(|email| email.is_string()) {
            self.said.insert("email".to_owned(), email.clone());
            self.said.insert("email_verified".to_owned(), Value::Bool(is(primary, "verified")));
        }
        Ok(())
    }
}
