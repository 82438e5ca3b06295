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
use crate::endpoint::Endpoint;
use crate::fault::{Fault, faults};
use crate::id_token::Claims;
use crate::json;
use crate::metadata::Metadata;
use crate::secret::AccessToken;

/// A larger answer is refused.
const MAX_BYTES: usize = 256 * 1024;

/// A longer description in a posted answer is left out.
const MAX_POSTED: usize = 4096;

/// Claims that are about the ID token itself, or that only its signature may say: an answer does not replace them.
const SIGNED: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "nonce",
    "auth_time",
    "acr",
    "amr",
    "at_hash",
    "c_hash",
];

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
    /// The claim that names the tenant, which is as good as signed.
    tenant: Option<&'static str>,
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
        let tenant = client.provider().tenants.map(|tenants| tenants.claim);
        Self { said: claims.map(Claims::into_map).unwrap_or_default(), expected_sub, tenant, waiting }
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

    /// Adds what the posted answer says of the person, a JSON object, under this name
    /// ([`Provider::posted_description`](crate::Provider::posted_description)). Anything else is left out: nothing signs
    /// it, and nothing may hang on it.
    pub fn add_posted(&mut self, name: &str, description: &str) {
        if let Some(members) = json::object(description.as_bytes(), MAX_POSTED) {
            self.said.insert(name.to_owned(), Value::Object(members));
        }
    }

    /// What was said so far, as one JSON object.
    pub fn said(&self) -> Value {
        Value::Object(self.said.clone())
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
        let keeps_address = !answer.contains_key("email");
        if !keeps_address {
            self.said.remove("email_verified");
        }
        let tenant = self.tenant;
        let signed = |name: &str| SIGNED.contains(&name) || tenant == Some(name);
        let kept = |name: &str| signed(name) || keeps_address && name == "email_verified";
        self.said.extend(answer.into_iter().filter(|(name, _)| !kept(name)));
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
        let Some(Value::Array(list)) = json::value(body, MAX_BYTES) else {
            return Err(UserInfoError::NotJson);
        };
        let is = |entry: &Value, member: &str| entry.get(member) == Some(&Value::Bool(true));
        let Some(primary) = list.iter().find(|entry| is(entry, "primary")) else { return Ok(()) };
        if let Some(email) = primary.get("email").filter(|email| email.is_string()) {
            self.said.insert("email".to_owned(), email.clone());
            self.said.insert("email_verified".to_owned(), Value::Bool(is(primary, "verified")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id_token::{self, Expected};
    use crate::provider::{Provider, UserInfo};
    use crate::secret::{ClientSecret, IdToken};
    use crate::signer::{jwks, rs256};
    use serde_json::json;

    fn client(base: Provider, userinfo: UserInfo) -> Client {
        let entry = Provider {
            id: "acme".into(),
            name: "Acme".into(),
            issuer: Some("https://acme.example".into()),
            authorization: Some("https://acme.example/authorize".into()),
            token: Some("https://acme.example/token".into()),
            jwks: Some("https://acme.example/keys".into()),
            userinfo,
            ..base
        };
        Client::builder(entry, "id").secret(ClientSecret::new("s".into())).build().unwrap()
    }

    fn with_emails() -> Client {
        let (profile, emails) = ("https://acme.example/user".into(), "https://acme.example/emails".into());
        client(Provider::OAUTH2, UserInfo::WithEmails { profile, emails })
    }

    fn claims(more: Value) -> Claims {
        let mut payload =
            json!({ "iss": "https://acme.example", "sub": "1", "aud": "id", "exp": 2000, "iat": 1000 });
        payload.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let token = IdToken::new(rs256().sign(&json!({ "alg": "RS256" }), payload.to_string()));
        id_token::verify(&token, &jwks(&[rs256().jwk()]), &Expected::new("https://acme.example", "id", 1000))
            .unwrap()
    }

    fn answer(status: u16, body: &str) -> Response<String> {
        Response::builder().status(status).body(body.to_owned()).unwrap()
    }

    /// What is said after these answers, in which every request was for the next of them.
    fn look_up(
        client: &Client,
        claims: Option<Claims>,
        answers: &[(u16, Value)],
    ) -> Result<Value, UserInfoError> {
        let mut lookup = Lookup::new(client, client.fixed_metadata().unwrap(), claims);
        let token = AccessToken::new("t0k3n".into());
        for (status, body) in answers {
            assert_eq!(lookup.request(&token)?.unwrap().headers()["authorization"], "Bearer t0k3n");
            lookup.answer(&answer(*status, &body.to_string()))?;
        }
        assert!(lookup.request(&token)?.is_none(), "all is said");
        Ok(lookup.finish())
    }

    fn oidc(claims_more: Value, body: Value) -> Result<Value, UserInfoError> {
        let client = client(Provider::OIDC, UserInfo::Endpoint("https://acme.example/me".into()));
        look_up(&client, Some(claims(claims_more)), &[(200, body)])
    }

    // oidcc-client-test-userinfo-bearer-header
    #[test]
    fn the_token_goes_into_the_header_and_nowhere_else() {
        let client = with_emails();
        let lookup = Lookup::new(&client, client.fixed_metadata().unwrap(), None);
        let request = lookup.request(&AccessToken::new("t0k3n".into())).unwrap().unwrap();
        assert_eq!(
            (request.method(), request.uri().to_string().as_str()),
            (&Method::GET, "https://acme.example/user")
        );
        assert!(request.body().is_empty());
        assert_eq!(format!("{:?}", request.headers()["authorization"]), "Sensitive");
        assert_eq!(
            lookup.request(&AccessToken::new("a\r\nb".into())).unwrap_err(),
            UserInfoError::Unsendable
        );
    }

    // oidcc-client-test-userinfo-invalid-sub, A45
    #[test]
    fn an_answer_about_somebody_else_is_refused() {
        for sub in [json!("2"), json!(1), json!(["1"]), json!("1 "), json!(null)] {
            assert_eq!(oidc(json!({}), json!({ "sub": sub })), Err(UserInfoError::SubMismatched), "{sub}");
        }
        assert_eq!(oidc(json!({}), json!({ "name": "Eve" })), Err(UserInfoError::MissingSub));
    }

    // A45
    #[test]
    fn an_answer_that_is_not_sound_json_is_refused() {
        let client = with_emails();
        for (status, body, error) in [
            (200, "", UserInfoError::NotJson),
            (200, "<html>", UserInfoError::NotJson),
            (200, "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", UserInfoError::NotJson),
            (200, "{\"sub\":\"1\",\"sub\":\"2\"}", UserInfoError::NotJson),
            (302, "{}", UserInfoError::Status(302)),
            (401, "{}", UserInfoError::Status(401)),
            (500, "{}", UserInfoError::Status(500)),
        ] {
            let mut lookup = Lookup::new(&client, client.fixed_metadata().unwrap(), None);
            assert_eq!(lookup.answer(&answer(status, body)), Err(error), "{status} {body}");
        }
    }

    // oidcc-client-test-scope-userinfo-claims
    #[test]
    fn an_answer_adds_to_the_id_token_and_does_not_replace_what_was_signed() {
        let said = oidc(
            json!({ "name": "Old" }),
            json!({ "sub": "1", "name": "New", "iss": "x", "aud": "x", "exp": 1 }),
        )
        .unwrap();
        assert_eq!(said["name"], "New");
        assert_eq!(
            (&said["iss"], &said["aud"], &said["exp"]),
            (&json!("https://acme.example"), &json!("id"), &json!(2000))
        );
    }

    // A31
    #[test]
    fn an_answer_does_not_move_a_person_to_another_tenant() {
        let tenants =
            Some(crate::issuer::Tenants { shared: &["common"], placeholder: "{tid}", claim: "tid" });
        let client = client(
            Provider { tenants, ..Provider::OIDC },
            UserInfo::Endpoint("https://acme.example/me".into()),
        );
        let answer = json!({ "sub": "1", "tid": "b", "name": "Jane" });
        let said = look_up(&client, Some(claims(json!({ "tid": "a" }))), &[(200, answer)]).unwrap();
        assert_eq!((&said["tid"], &said["name"]), (&json!("a"), &json!("Jane")));
    }

    // A49
    #[test]
    fn an_address_and_its_verification_come_from_the_same_place() {
        let signed = json!({ "email": "me@acme.example", "email_verified": true });
        let said = oidc(signed.clone(), json!({ "sub": "1", "email": "you@acme.example" })).unwrap();
        assert_eq!((&said["email"], said.get("email_verified")), (&json!("you@acme.example"), None));
        let said = oidc(json!({ "email": "me@acme.example" }), json!({ "sub": "1", "email_verified": true }))
            .unwrap();
        assert_eq!(said.get("email_verified"), None);
        let said = oidc(signed, json!({ "sub": "1", "name": "Me" })).unwrap();
        assert_eq!(said["email_verified"], true);
    }

    #[test]
    fn the_id_token_alone_is_enough_where_there_is_no_endpoint() {
        for userinfo in [UserInfo::IdToken, UserInfo::Discovered] {
            let said = look_up(&client(Provider::OIDC, userinfo), Some(claims(json!({ "name": "Me" }))), &[])
                .unwrap();
            assert_eq!(said["name"], "Me");
        }
    }

    fn emails(list: Value) -> (Value, Value) {
        let user = json!({ "id": 1, "email": "public@acme.example", "email_verified": true });
        let said = look_up(&with_emails(), None, &[(200, user), (200, list)]).unwrap();
        (said["email"].clone(), said["email_verified"].clone())
    }

    #[test]
    fn the_primary_address_counts_and_only_if_it_is_verified() {
        let entry = |email: &str, primary: Value, verified: Value| json!({ "email": email, "primary": primary, "verified": verified });
        let list = json!([
            entry("a@x.example", json!(false), json!(true)),
            entry("b@x.example", json!(true), json!(true))
        ]);
        assert_eq!(emails(list), (json!("b@x.example"), json!(true)));
        let list = json!([
            entry("a@x.example", json!(false), json!(true)),
            entry("b@x.example", json!(true), json!(false))
        ]);
        assert_eq!(emails(list), (json!("b@x.example"), json!(false)));
        for odd in [
            json!([]),
            json!([1, null]),
            json!([entry("b@x.example", json!("true"), json!(true))]),
            json!([{ "email": 7, "primary": true, "verified": true }]),
        ] {
            assert_eq!(emails(odd.clone()), (json!("public@acme.example"), json!(false)), "{odd}");
        }
    }

    #[test]
    fn a_list_that_is_kept_back_leaves_the_address_unverified() {
        let user = json!({ "id": 1, "email": "public@acme.example", "email_verified": true });
        for status in [401, 403, 404] {
            let said = look_up(&with_emails(), None, &[(200, user.clone()), (status, json!({}))]).unwrap();
            assert_eq!(said["email_verified"], false, "{status}");
        }
        let error = look_up(&with_emails(), None, &[(200, user.clone()), (500, json!([]))]);
        assert_eq!(error, Err(UserInfoError::Status(500)));
        assert_eq!(
            look_up(&with_emails(), None, &[(200, user), (200, json!({}))]),
            Err(UserInfoError::NotJson)
        );
    }

    #[test]
    fn what_was_posted_stands_apart_from_what_was_signed() {
        let client = client(Provider::OIDC, UserInfo::IdToken);
        let said = |posted: &str| {
            let claims = claims(json!({ "email": "me@acme.example", "email_verified": true }));
            let mut lookup = Lookup::new(&client, client.fixed_metadata().unwrap(), Some(claims));
            lookup.add_posted("user", posted);
            lookup.finish()
        };
        let whole = said(r#"{"name":{"firstName":"Jane"},"sub":"2","email":"you@acme.example"}"#);
        assert_eq!((&whole["sub"], &whole["email"]), (&json!("1"), &json!("me@acme.example")));
        assert_eq!(whole["user"]["name"]["firstName"], "Jane");
        let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(MAX_POSTED));
        for odd in ["", "null", "[]", "\"Jane\"", r#"{"a":1,"a":2}"#, "{", &long] {
            assert_eq!(said(odd).get("user"), None, "{odd:.20}");
        }
    }

    #[test]
    fn an_answer_to_no_request_is_refused() {
        let client = client(Provider::OIDC, UserInfo::IdToken);
        let mut lookup = Lookup::new(&client, client.fixed_metadata().unwrap(), None);
        assert_eq!(lookup.answer(&answer(200, "{}")), Err(UserInfoError::Unasked));
    }
}
