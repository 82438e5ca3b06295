//! What has to be known of a provider before a sign-in can start.
//!
//! ```
//! use hallpass_oauth::{Client, ClientSecret, Provider};
//!
//! let entry = Provider {
//!     id: "acme".into(),
//!     name: "Acme".into(),
//!     authorization: Some("https://op.example/authorize".into()),
//!     token: Some("https://op.example/token".into()),
//!     userinfo: hallpass_oauth::UserInfo::Endpoint("https://op.example/me".into()),
//!     ..Provider::OAUTH2
//! };
//! let client = Client::builder(entry, "my-client").secret(ClientSecret::new("s3cret".into())).build().unwrap();
//! let metadata = client.fixed_metadata().unwrap();
//! assert_eq!(metadata.token_endpoint.as_str(), "https://op.example/token");
//! ```
//!
//! It is fetched and checked in [`discovery`](crate::discovery).

use crate::algorithm::Algorithm;
use crate::endpoint::Endpoint;
use crate::issuer::Tenants;

/// What a provider says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Its issuer identifier, or a template of its tenants' if there are [`tenants`](Self::tenants); `None` for a plain
    /// OAuth 2 provider that has none.
    pub issuer: Option<String>,
    /// How the issuer of a tenant comes from the template.
    pub tenants: Option<Tenants>,
    /// Where browsers are sent.
    pub authorization_endpoint: Endpoint,
    /// Where codes are exchanged.
    pub token_endpoint: Endpoint,
    /// Where the description of the person is.
    pub userinfo_endpoint: Option<Endpoint>,
    /// Where the signing keys are.
    pub jwks_uri: Option<Endpoint>,
    /// Where the person signs out of the provider (RP-Initiated Logout 1.0).
    pub end_session_endpoint: Option<Endpoint>,
    /// Whether every authorization response names the issuer (RFC 9207 §3).
    pub authorization_response_iss_parameter_supported: bool,
    /// How clients may prove themselves; empty if the provider does not say.
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// What ID tokens may be signed with: `None` if the provider does not say, else those of the list that
    /// [`Algorithm`] knows.
    pub id_token_signing_algorithms: Option<Vec<Algorithm>>,
}

impl Metadata {
    pub(crate) fn of_endpoints(
        issuer: Option<(String, Option<Tenants>)>,
        authorization_endpoint: Endpoint,
        token_endpoint: Endpoint,
        jwks_uri: Option<Endpoint>,
    ) -> Self {
        let (issuer, tenants) = issuer.map_or((None, None), |(issuer, tenants)| (Some(issuer), tenants));
        Self {
            issuer,
            tenants,
            authorization_endpoint,
            token_endpoint,
            userinfo_endpoint: None,
            jwks_uri,
            end_session_endpoint: None,
            authorization_response_iss_parameter_supported: false,
            token_endpoint_auth_methods_supported: Vec::new(),
            id_token_signing_algorithms: None,
        }
    }
}
