//! A provider's metadata (OpenID Connect Discovery 1.0 §4, RFC 8414).
//!
//! ```
//! use hallpass_oauth::{Client, Provider, discovery};
//!
//! let entry = Provider {
//!     id: "acme".into(),
//!     name: "Acme".into(),
//!     issuer: Some("https://id.acme.example/eu".into()),
//!     ..Provider::OIDC
//! };
//! let client = Client::builder(entry, "my-client").build().unwrap();
//! let request = discovery::request(&client).unwrap();
//! assert_eq!(request.uri(), "https://id.acme.example/eu/.well-known/openid-configuration");
//! ```
//!
//! It caches nothing: keep the [`Metadata`] as long as you like, an hour is usual.

use http::{Method, Request, Response, header};
use serde_json::{Map, Value};

use crate::algorithm::Algorithm;
use crate::client::Client;
use crate::endpoint::{Endpoint, Transport};
use crate::fault::{Fault, faults};
use crate::json;
use crate::metadata::Metadata;
use crate::provider::ResponseMode;

/// A larger document is refused.
const MAX_BYTES: usize = 1024 * 1024;

faults! {
    /// Why a provider's metadata cannot be used.
    pub enum DiscoveryError {
        /// The client's provider has no issuer to ask.
        NoIssuer = "discovery_no_issuer", Fault::Configuration, "the provider has no issuer to ask for metadata";
        /// The answer's status is not 200; a redirect is not followed.
        Status(status: u16) = "discovery_status", Fault::Provider, "the metadata was answered with another status than 200";
        /// The answer is not `application/json`, not one JSON object, too large, too deep, or repeats a name.
        NotJson = "discovery_not_json", Fault::Provider, "the metadata is not sound JSON";
        /// The document names another issuer than the one it was asked from (Discovery §4.3).
        IssuerMismatched = "discovery_issuer_mismatched", Fault::Configuration, "the metadata names another issuer";
        /// A member that is needed is not there.
        Missing(member: &'static str) = "discovery_member_missing", Fault::Provider, "the metadata lacks a member";
        /// A member has the wrong type, or is no `https` URL where one is needed.
        Malformed(member: &'static str) = "discovery_member_malformed", Fault::Provider, "a member of the metadata is malformed";
        /// The provider lists PKCE methods, and S256 is not one of them (RFC 9700 §2.1.1).
        NoS256 = "discovery_no_s256", Fault::Provider, "the provider does not offer PKCE with S256";
        /// The answer is to be posted, and the provider lists response modes without `form_post`.
        NoFormPost = "discovery_no_form_post", Fault::Configuration, "the provider does not offer posted answers";
        /// The provider lists response types, and `code` is not one of them.
        NoCodeFlow = "discovery_no_code_flow", Fault::Provider, "the provider does not offer the code flow";
    }
}

impl Metadata {
    /// The algorithms an ID token for this client may be signed with.
    pub fn algorithms(&self, client: &Client) -> Vec<Algorithm> {
        let allowed = client.provider().id_token_algorithms.iter().copied();
        match &self.id_token_signing_algorithms {
            None => allowed.collect(),
            Some(listed) => allowed.filter(|algorithm| listed.contains(algorithm)).collect(),
        }
    }
}

/// Asks the client's issuer for its metadata.
///
/// # Errors
/// [`DiscoveryError::NoIssuer`] for a provider without one.
pub fn request(client: &Client) -> Result<Request<Vec<u8>>, DiscoveryError> {
    let issuer = client.provider().issuer.as_deref().ok_or(DiscoveryError::NoIssuer)?;
    let url = format!("{}/.well-known/openid-configuration", issuer.strip_suffix('/').unwrap_or(issuer));
    let endpoint = Endpoint::parse(&url, client.transport()).map_err(|_| DiscoveryError::NoIssuer)?;
    Ok(endpoint.request(Method::GET, Vec::new()))
}

/// Reads the answer.
///
/// # Errors
/// [`DiscoveryError`] says why it cannot be used. Nothing of the document is kept then.
pub fn response(client: &Client, response: &Response<impl AsRef<[u8]>>) -> Result<Metadata, DiscoveryError> {
    let (issuer, tenants) = client.provider().published_issuer().ok_or(DiscoveryError::NoIssuer)?;
    if response.status().as_u16() != 200 {
        return Err(DiscoveryError::Status(response.status().as_u16()));
    }
    if !is_json(response.headers()) {
        return Err(DiscoveryError::NotJson);
    }
    let members = json::object(response.body().as_ref(), MAX_BYTES).ok_or(DiscoveryError::NotJson)?;
    if members.get("issuer").and_then(Value::as_str) != Some(issuer.as_str()) {
        return Err(DiscoveryError::IssuerMismatched);
    }
    // A provider on the internet has no business naming addresses of this machine.
    let transport = if issuer.starts_with("https:") { Transport::Https } else { client.transport() };
    let document = Document { members, transport };
    if client.provider().response_mode == ResponseMode::FormPost
        && document.list("response_modes_supported")?.is_some_and(|modes| !modes.contains(&"form_post"))
    {
        return Err(DiscoveryError::NoFormPost);
    }
    Ok(Metadata { tenants, ..document.metadata(&issuer)? })
}

/// Whether a media type says JSON: `application/json` or one that ends in `+json`.
fn is_json(headers: &header::HeaderMap) -> bool {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let media_type = text.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    media_type == "application/json"
        || media_type.starts_with("application/") && media_type.ends_with("+json")
}

struct Document {
    members: Map<String, Value>,
    transport: Transport,
}

impl Document {
    fn metadata(&self, issuer: &str) -> Result<Metadata, DiscoveryError> {
        if self.list("code_challenge_methods_supported")?.is_some_and(|methods| !methods.contains(&"S256")) {
            return Err(DiscoveryError::NoS256);
        }
        if self.list("response_types_supported")?.is_some_and(|types| !types.contains(&"code")) {
            return Err(DiscoveryError::NoCodeFlow);
        }
        let algorithms = self.list("id_token_signing_alg_values_supported")?;
        let methods = self.list("token_endpoint_auth_methods_supported")?.unwrap_or_default();
        Ok(Metadata {
            issuer: Some(issuer.to_owned()),
            tenants: None,
            authorization_endpoint: self.needed("authorization_endpoint")?,
            token_endpoint: self.needed("token_endpoint")?,
            userinfo_endpoint: self.endpoint("userinfo_endpoint")?,
            jwks_uri: Some(self.needed("jwks_uri")?),
            end_session_endpoint: self.endpoint("end_session_endpoint")?,
            authorization_response_iss_parameter_supported: self
                .flag("authorization_response_iss_parameter_supported")?,
            token_endpoint_auth_methods_supported: methods.into_iter().map(str::to_owned).collect(),
            id_token_signing_algorithms: algorithms
                .map(|names| names.into_iter().filter_map(Algorithm::parse).collect()),
        })
    }

    fn needed(&self, member: &'static str) -> Result<Endpoint, DiscoveryError> {
        self.endpoint(member)?.ok_or(DiscoveryError::Missing(member))
    }

    fn endpoint(&self, member: &'static str) -> Result<Option<Endpoint>, DiscoveryError> {
        let text = match self.members.get(member) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text,
            Some(_) => return Err(DiscoveryError::Malformed(member)),
        };
        Endpoint::parse(text, self.transport).map(Some).map_err(|_| DiscoveryError::Malformed(member))
    }

    fn flag(&self, member: &'static str) -> Result<bool, DiscoveryError> {
        match self.members.get(member) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(value)) => Ok(*value),
            Some(_) => Err(DiscoveryError::Malformed(member)),
        }
    }

    fn list(&self, member: &'static str) -> Result<Option<Vec<&str>>, DiscoveryError> {
        let items = match self.members.get(member) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(DiscoveryError::Malformed(member)),
        };
        let texts = items.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
        texts.map(Some).ok_or(DiscoveryError::Malformed(member))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuer::Tenants;
    use crate::provider::Provider;
    use serde_json::json;

    fn client(issuer: &str) -> Client {
        let issuer = Some(issuer.to_owned().into());
        let entry = Provider { id: "acme".into(), name: "Acme".into(), issuer, ..Provider::OIDC };
        Client::builder(entry, "id").allow_loopback_http().build().unwrap()
    }

    fn document() -> Value {
        json!({
            "issuer": "https://op.example",
            "authorization_endpoint": "https://op.example/authorize",
            "token_endpoint": "https://api.op.example/token",
            "jwks_uri": "https://op.example/keys",
            "code_challenge_methods_supported": ["plain", "S256"],
        })
    }

    fn answer(body: impl Into<Vec<u8>>) -> Response<Vec<u8>> {
        Response::builder()
            .header("content-type", "application/json; charset=utf-8")
            .body(body.into())
            .unwrap()
    }

    fn read(document: &Value) -> Result<Metadata, DiscoveryError> {
        response(&client("https://op.example"), &answer(document.to_string()))
    }

    fn with(member: &str, value: Value) -> Result<Metadata, DiscoveryError> {
        let mut document = document();
        document[member] = value;
        read(&document)
    }

    // oidcc-client-test-discovery-openid-config
    #[test]
    fn metadata_is_asked_for_below_the_issuer_and_read() {
        for (issuer, url) in [
            ("https://op.example", "https://op.example/.well-known/openid-configuration"),
            ("https://op.example/", "https://op.example/.well-known/openid-configuration"),
            ("https://op.example/a/b", "https://op.example/a/b/.well-known/openid-configuration"),
        ] {
            let request = request(&client(issuer)).unwrap();
            assert_eq!((request.method(), request.uri().to_string().as_str()), (&Method::GET, url));
            assert_eq!(request.headers()["accept"], "application/json");
        }
        let metadata = read(&document()).unwrap();
        assert_eq!(metadata.token_endpoint.as_str(), "https://api.op.example/token");
        assert_eq!(metadata.id_token_signing_algorithms, None);
        assert!(!metadata.authorization_response_iss_parameter_supported);
    }

    // oidcc-client-test-discovery-issuer-mismatch, A37
    #[test]
    fn metadata_of_another_issuer_is_refused() {
        for issuer in [
            json!("https://op.example/"),
            json!("https://OP.example"),
            json!("http://op.example"),
            json!(["https://op.example"]),
            json!(null),
        ] {
            assert_eq!(with("issuer", issuer), Err(DiscoveryError::IssuerMismatched));
        }
    }

    // A23
    #[test]
    fn a_provider_without_s256_is_refused() {
        assert_eq!(with("code_challenge_methods_supported", json!(["plain"])), Err(DiscoveryError::NoS256));
        assert_eq!(with("code_challenge_methods_supported", json!([])), Err(DiscoveryError::NoS256));
        assert_eq!(with("code_challenge_methods_supported", json!(["s256"])), Err(DiscoveryError::NoS256));
        assert!(
            with("code_challenge_methods_supported", json!(null)).is_ok(),
            "a provider that does not say is sent S256"
        );
        assert_eq!(with("response_types_supported", json!(["id_token"])), Err(DiscoveryError::NoCodeFlow));
    }

    #[test]
    fn a_provider_that_does_not_post_is_not_asked_to() {
        let posting = Provider {
            response_mode: ResponseMode::FormPost,
            ..client("https://op.example").provider().clone()
        };
        let posting = Client::builder(posting, "id").build().unwrap();
        let with = |modes: Value| {
            let mut document = document();
            document["response_modes_supported"] = modes;
            (response(&posting, &answer(document.to_string())), read(&document))
        };
        let (posted, redirected) = with(json!(["query", "fragment"]));
        assert_eq!(posted, Err(DiscoveryError::NoFormPost));
        assert!(redirected.is_ok());
        assert!(with(json!(["query", "form_post"])).0.is_ok());
        assert!(with(json!(null)).0.is_ok(), "a provider that does not say is asked");
    }

    #[test]
    fn a_shared_issuer_calls_itself_by_its_template_and_a_tenants_own_by_its_name() {
        let tenants = Tenants { shared: &["common"], placeholder: "{tenantid}", claim: "tid" };
        let read = |issuer: &str, says: &str| {
            let entry = Provider { tenants: Some(tenants), ..client(issuer).provider().clone() };
            let mut document = document();
            document["issuer"] = says.into();
            let client = Client::builder(entry, "id").build().unwrap();
            response(&client, &answer(document.to_string()))
        };
        let template = "https://op.example/{tenantid}/v2.0";
        let shared = read("https://op.example/common/v2.0", template).unwrap();
        assert_eq!((shared.issuer.as_deref(), shared.tenants), (Some(template), Some(tenants)));
        let own = "https://op.example/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0";
        let alone = read(own, own).unwrap();
        assert_eq!((alone.issuer.as_deref(), alone.tenants), (Some(own), None));
        for (issuer, says) in [
            (own, template),
            ("https://op.example/common/v2.0", own),
            ("https://op.example/common/v2.0", "https://op.example/common/v2.0"),
            ("https://op.example/common/v2.0", "https://evil.example/{tenantid}/v2.0"),
        ] {
            assert_eq!(read(issuer, says), Err(DiscoveryError::IssuerMismatched), "{issuer} {says}");
        }
    }

    // A37
    #[test]
    fn an_endpoint_that_is_not_https_is_refused() {
        for member in [
            "authorization_endpoint",
            "token_endpoint",
            "jwks_uri",
            "userinfo_endpoint",
            "end_session_endpoint",
        ] {
            for url in [
                "http://op.example/x",
                "http://127.0.0.1/x",
                "javascript:alert(1)",
                "/x",
                "",
                "https://u:p@op.example/x",
            ] {
                assert_eq!(
                    with(member, json!(url)),
                    Err(DiscoveryError::Malformed(member)),
                    "{member} {url}"
                );
            }
            assert_eq!(with(member, json!(["https://op.example/x"])), Err(DiscoveryError::Malformed(member)));
        }
        for member in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            assert_eq!(with(member, json!(null)), Err(DiscoveryError::Missing(member)));
        }
    }

    #[test]
    fn a_loopback_issuer_may_name_loopback_endpoints() {
        let text = document().to_string().replace("https://op.example", "http://127.0.0.1:4444");
        let metadata = response(&client("http://127.0.0.1:4444"), &answer(text)).unwrap();
        assert_eq!(metadata.authorization_endpoint.as_str(), "http://127.0.0.1:4444/authorize");
    }

    // A37
    #[test]
    fn an_answer_that_is_no_metadata_is_refused() {
        let client = client("https://op.example");
        let sound = document().to_string();
        for body in [
            "",
            "<html>",
            "[]",
            "\u{feff}{}",
            &sound[..sound.len() - 1],
            &sound.replacen('{', "{\"issuer\":\"x\",", 1),
        ] {
            assert_eq!(response(&client, &answer(body)), Err(DiscoveryError::NotJson), "{body:?}");
        }
        let huge = sound.replacen('{', &format!("{{\"x\":\"{}\",", "x".repeat(MAX_BYTES)), 1);
        assert_eq!(response(&client, &answer(huge)), Err(DiscoveryError::NotJson));
        assert_eq!(
            response(&client, &Response::new(&sound)),
            Err(DiscoveryError::NotJson),
            "no content type"
        );
        let html = Response::builder().header("content-type", "text/html").body(&sound).unwrap();
        assert_eq!(response(&client, &html), Err(DiscoveryError::NotJson));
        for status in [301, 302, 404, 500] {
            let answer = Response::builder().status(status).body(&sound).unwrap();
            assert_eq!(response(&client, &answer), Err(DiscoveryError::Status(status)));
        }
    }

    #[test]
    fn the_algorithms_are_those_that_both_sides_allow() {
        let client = client("https://op.example");
        let metadata =
            with("id_token_signing_alg_values_supported", json!(["none", "HS256", "ES256", "RS256"]))
                .unwrap();
        assert_eq!(metadata.algorithms(&client), [Algorithm::Rs256, Algorithm::Es256]);
        let metadata = with("id_token_signing_alg_values_supported", json!(["none", "HS256"])).unwrap();
        assert_eq!(metadata.algorithms(&client), []);
        assert_eq!(read(&document()).unwrap().algorithms(&client), Algorithm::ALL);
        assert!(with("id_token_signing_alg_values_supported", json!("RS256")).is_err());
        assert!(with("authorization_response_iss_parameter_supported", json!("true")).is_err());
    }
}
