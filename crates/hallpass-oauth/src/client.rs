//! One application's registration at one provider, checked before the first request.
//!
//! ```
//! use hallpass_oauth::client::{Client, ClientError};
//! use hallpass_oauth::{ClientSecret, Provider};
//!
//! let entry = Provider { id: "acme".into(), name: "Acme".into(), ..Provider::OIDC };
//! let error = Client::builder(entry.clone(), "my-client").build().unwrap_err();
//! assert_eq!(error, ClientError::MissingIssuer);
//!
//! let entry = Provider { issuer: Some("https://id.acme.example".into()), ..entry };
//! let secret = ClientSecret::new("s3cret".to_owned());
//! let client = Client::builder(entry, "my-client").secret(secret).build().unwrap();
//! assert_eq!(client.provider().id, "acme");
//! ```
//!
//! It does not ask the provider anything: that the secret fits shows at the first sign-in.

use crate::endpoint::{Endpoint, EndpointError, Transport};
use crate::fault::{Fault, faults};
use crate::metadata::Metadata;
use crate::provider::{Kind, Provider, TokenAuth, UserInfo};
use crate::secret::ClientSecret;

faults! {
    /// What is missing in a client's configuration, or wrong with it.
    pub enum ClientError {
        /// The provider's id is not 1 to 64 of `a-z 0-9 - _`.
        BadId = "provider_id_malformed", Fault::Configuration, "the provider's id is not 1 to 64 of a-z, 0-9, - and _";
        /// The provider has no name to show.
        MissingName = "provider_name_missing", Fault::Configuration, "the provider has no name";
        /// There is no client identifier, or it holds control characters.
        MissingClientId = "client_id_missing", Fault::Configuration, "the client id is missing";
        /// There is no client secret, and the provider does not take public clients.
        MissingClientSecret = "client_secret_missing", Fault::Configuration, "the client secret is missing";
        /// An OpenID Connect provider needs its issuer.
        MissingIssuer = "issuer_missing", Fault::Configuration, "the issuer is missing";
        /// The issuer is not an `https` URL without query and fragment.
        BadIssuer = "issuer_malformed", Fault::Configuration, "the issuer is not an https URL without query and fragment";
        /// The named endpoint is needed and not there.
        MissingEndpoint(which: Part) = "endpoint_missing", Fault::Configuration, "an endpoint is missing";
        /// The named endpoint is not an absolute URL.
        BadEndpoint(which: Part) = "endpoint_malformed", Fault::Configuration, "an endpoint is not an absolute URL";
        /// The named endpoint is not `https`.
        InsecureEndpoint(which: Part) = "endpoint_insecure", Fault::Configuration, "an endpoint is not https";
        /// No algorithm is allowed for ID tokens.
        NoAlgorithm = "id_token_algorithms_missing", Fault::Configuration, "no algorithm is allowed for ID tokens";
    }
}

/// A part of a provider's entry that holds a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The authorization endpoint.
    Authorization,
    /// The token endpoint.
    Token,
    /// Where the description of the person comes from.
    UserInfo,
    /// The signing keys.
    Jwks,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Authorization => "authorization",
            Self::Token => "token",
            Self::UserInfo => "userinfo",
            Self::Jwks => "jwks",
        })
    }
}

/// Whether an account of this provider may be joined to a user by nothing but the same mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailLinking {
    /// The person has to sign in the way they did before.
    Refused,
    /// Whoever holds the address at the provider gets the user's account.
    DangerAllowed,
}

/// An application's registration at a provider. Only [`ClientBuilder::build`] makes one, so it is complete.
#[derive(Clone, Debug)]
pub struct Client {
    provider: Provider,
    client_id: String,
    client_secret: Option<ClientSecret>,
    linking: EmailLinking,
    transport: Transport,
    fixed: Option<Metadata>,
    userinfo: UserInfoEndpoints,
}

/// The entry's userinfo URLs, parsed once.
#[derive(Clone, Debug)]
pub(crate) enum UserInfoEndpoints {
    None,
    Discovered,
    One(Endpoint),
    WithEmails { profile: Endpoint, emails: Endpoint },
}

/// Collects what makes a [`Client`].
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    provider: Provider,
    client_id: String,
    client_secret: Option<ClientSecret>,
    linking: EmailLinking,
    transport: Transport,
}

impl Client {
    /// Begins a registration.
    pub fn builder(provider: Provider, client_id: impl Into<String>) -> ClientBuilder {
        ClientBuilder {
            provider,
            client_id: client_id.into(),
            client_secret: None,
            linking: EmailLinking::Refused,
            transport: Transport::Https,
        }
    }

    /// The provider's entry.
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    /// The identifier the provider gave the application.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Whether the same mail address joins accounts.
    pub fn email_linking(&self) -> EmailLinking {
        self.linking
    }

    /// The metadata of a provider whose entry names every endpoint; `None` if it has to be fetched with
    /// [`crate::discovery::request`].
    pub fn fixed_metadata(&self) -> Option<&Metadata> {
        self.fixed.as_ref()
    }

    pub(crate) fn secret(&self) -> Option<&ClientSecret> {
        self.client_secret.as_ref()
    }

    pub(crate) fn transport(&self) -> Transport {
        self.transport
    }

    pub(crate) fn userinfo(&self) -> &UserInfoEndpoints {
        &self.userinfo
    }
}

impl ClientBuilder {
    /// The secret the provider gave the application; an empty one counts as none.
    #[must_use]
    pub fn secret(mut self, secret: ClientSecret) -> Self {
        self.client_secret = Some(secret).filter(|secret| !secret.expose().is_empty());
        self
    }

    /// Lets whoever holds a mail address at this provider into the account of the user with that address. Safe only
    /// if the provider verifies every address and never gives an address to a second person.
    #[must_use]
    pub fn danger_allow_email_account_linking(mut self) -> Self {
        self.linking = EmailLinking::DangerAllowed;
        self
    }

    /// Allows `http` URLs on this machine's loopback addresses, for a provider that runs beside the application in
    /// development and tests.
    #[must_use]
    pub fn allow_loopback_http(mut self) -> Self {
        self.transport = Transport::LoopbackHttp;
        self
    }

    /// Checks that nothing is missing.
    ///
    /// # Errors
    /// [`ClientError`] names the first thing that is missing or wrong.
    pub fn build(self) -> Result<Client, ClientError> {
        self.check_names()?;
        self.check_issuer()?;
        let fixed = self.fixed_metadata()?;
        let userinfo = self.userinfo_endpoints()?;
        let Self { provider, client_id, client_secret, linking, transport } = self;
        Ok(Client { provider, client_id, client_secret, linking, transport, fixed, userinfo })
    }

    fn check_names(&self) -> Result<(), ClientError> {
        let id = self.provider.id.as_ref();
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
        if id.is_empty() || id.len() > 64 || !id.bytes().all(plain) {
            return Err(ClientError::BadId);
        }
        if self.provider.name.trim().is_empty() {
            return Err(ClientError::MissingName);
        }
        if self.client_id.is_empty() || self.client_id.chars().any(char::is_control) {
            return Err(ClientError::MissingClientId);
        }
        let secret_needed = matches!(self.provider.token_auth, TokenAuth::Basic | TokenAuth::Post);
        let public_oauth2 =
            self.provider.kind == Kind::Oauth2 && self.provider.token_auth == TokenAuth::Offered;
        if (secret_needed || public_oauth2) && self.client_secret.is_none() {
            return Err(ClientError::MissingClientSecret);
        }
        Ok(())
    }

    fn check_issuer(&self) -> Result<(), ClientError> {
        let Some(issuer) = self.provider.issuer.as_deref() else {
            return match self.provider.kind {
                Kind::Oidc => Err(ClientError::MissingIssuer),
                Kind::Oauth2 => Ok(()),
            };
        };
        let url = Endpoint::parse(issuer, self.transport).map_err(|_| ClientError::BadIssuer)?;
        // The text is compared byte by byte later on, so it has to be one that a URL parser leaves alone.
        let same = url.as_str() == issuer || url.as_str().strip_suffix('/') == Some(issuer);
        if !same || url.url().query().is_some() {
            return Err(ClientError::BadIssuer);
        }
        if self.provider.kind == Kind::Oidc && self.provider.id_token_algorithms.is_empty() {
            return Err(ClientError::NoAlgorithm);
        }
        Ok(())
    }

    fn fixed_metadata(&self) -> Result<Option<Metadata>, ClientError> {
        let Provider { kind, authorization, token, jwks, .. } = &self.provider;
        if *kind == Kind::Oidc && authorization.is_none() && token.is_none() && jwks.is_none() {
            return Ok(None);
        }
        let authorization = self.endpoint(Part::Authorization, authorization.as_deref())?;
        let token = self.endpoint(Part::Token, token.as_deref())?;
        let jwks = match (kind, jwks.as_deref()) {
            (Kind::Oauth2, None) => None,
            (_, jwks) => Some(self.endpoint(Part::Jwks, jwks)?),
        };
        let issuer = self.provider.issuer.as_deref().map(str::to_owned);
        Ok(Some(Metadata::of_endpoints(issuer, authorization, token, jwks)))
    }

    fn userinfo_endpoints(&self) -> Result<UserInfoEndpoints, ClientError> {
        let parse = |text: &str| self.endpoint(Part::UserInfo, Some(text));
        Ok(match &self.provider.userinfo {
            UserInfo::IdToken | UserInfo::Discovered if self.provider.kind == Kind::Oauth2 => {
                return Err(ClientError::MissingEndpoint(Part::UserInfo));
            }
            UserInfo::IdToken => UserInfoEndpoints::None,
            UserInfo::Discovered => UserInfoEndpoints::Discovered,
            UserInfo::Endpoint(url) => UserInfoEndpoints::One(parse(url)?),
            UserInfo::WithEmails { profile, emails } => {
                UserInfoEndpoints::WithEmails { profile: parse(profile)?, emails: parse(emails)? }
            }
        })
    }

    fn endpoint(&self, part: Part, text: Option<&str>) -> Result<Endpoint, ClientError> {
        let text = text.filter(|text| !text.is_empty()).ok_or(ClientError::MissingEndpoint(part))?;
        Endpoint::parse(text, self.transport).map_err(|error| match error {
            EndpointError::Malformed => ClientError::BadEndpoint(part),
            EndpointError::Insecure => ClientError::InsecureEndpoint(part),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oidc() -> Provider {
        let issuer = Some("https://op.example".into());
        Provider { id: "acme".into(), name: "Acme".into(), issuer, ..Provider::OIDC }
    }

    fn oauth() -> Provider {
        Provider {
            id: "acme".into(),
            name: "Acme".into(),
            authorization: Some("https://op.example/authorize".into()),
            token: Some("https://op.example/token".into()),
            userinfo: UserInfo::Endpoint("https://op.example/me".into()),
            ..Provider::OAUTH2
        }
    }

    fn error(provider: Provider) -> ClientError {
        Client::builder(provider, "id").secret(ClientSecret::new("s".into())).build().unwrap_err()
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(error(Provider { issuer: None, ..oidc() }), ClientError::MissingIssuer);
        assert_eq!(error(Provider { name: " ".into(), ..oidc() }), ClientError::MissingName);
        assert_eq!(error(Provider { token: None, ..oauth() }), ClientError::MissingEndpoint(Part::Token));
        assert_eq!(
            error(Provider { authorization: None, ..oauth() }),
            ClientError::MissingEndpoint(Part::Authorization)
        );
        assert_eq!(
            error(Provider { userinfo: UserInfo::Discovered, ..oauth() }),
            ClientError::MissingEndpoint(Part::UserInfo)
        );
        assert_eq!(
            error(Provider { token: Some("https://op.example/t".into()), ..oidc() }),
            ClientError::MissingEndpoint(Part::Authorization)
        );
        assert_eq!(Client::builder(oidc(), "").build().unwrap_err(), ClientError::MissingClientId);
        assert_eq!(Client::builder(oauth(), "id").build().unwrap_err(), ClientError::MissingClientSecret);
        let empty = Client::builder(oauth(), "id").secret(ClientSecret::new(String::new()));
        assert_eq!(empty.build().unwrap_err(), ClientError::MissingClientSecret);
        assert_eq!(error(Provider { id_token_algorithms: (&[]).into(), ..oidc() }), ClientError::NoAlgorithm);
    }

    #[test]
    fn an_id_that_could_be_taken_for_another_is_refused() {
        for id in ["", "Google", "gооgle", "a b", "a/b", &"x".repeat(65)] {
            assert_eq!(error(Provider { id: id.to_owned().into(), ..oidc() }), ClientError::BadId, "{id:?}");
        }
    }

    #[test]
    fn an_issuer_that_a_url_parser_would_rewrite_is_refused() {
        for issuer in [
            "http://op.example",
            "https://OP.example",
            "https://op.example:443",
            "https://op.example?x",
            "https://op.example/#",
            "op.example",
            "https://op.example/a/../b",
            "http://127.0.0.1:1",
        ] {
            assert_eq!(
                error(Provider { issuer: Some(issuer.to_owned().into()), ..oidc() }),
                ClientError::BadIssuer,
                "{issuer}"
            );
        }
        for issuer in ["https://op.example", "https://op.example/", "https://op.example/tenant/1"] {
            assert!(
                Client::builder(Provider { issuer: Some(issuer.into()), ..oidc() }, "id").build().is_ok(),
                "{issuer}"
            );
        }
    }

    #[test]
    fn loopback_http_has_to_be_allowed() {
        let local = Provider { issuer: Some("http://127.0.0.1:4444".into()), ..oidc() };
        assert!(Client::builder(local.clone(), "id").build().is_err());
        assert!(Client::builder(local, "id").allow_loopback_http().build().is_ok());
        let remote = Provider { token: Some("http://op.example/token".into()), ..oauth() };
        assert_eq!(error(remote), ClientError::InsecureEndpoint(Part::Token));
    }

    #[test]
    fn linking_by_address_is_off_until_it_is_asked_for() {
        let client = Client::builder(oidc(), "id");
        assert_eq!(client.clone().build().unwrap().email_linking(), EmailLinking::Refused);
        let dangerous = client.danger_allow_email_account_linking().build().unwrap();
        assert_eq!(dangerous.email_linking(), EmailLinking::DangerAllowed);
    }

    #[test]
    fn a_client_never_shows_its_secret() {
        let client =
            Client::builder(oidc(), "id").secret(ClientSecret::new("s3cr3t".into())).build().unwrap();
        assert!(!format!("{client:?}").contains("s3cr3t"));
    }
}
