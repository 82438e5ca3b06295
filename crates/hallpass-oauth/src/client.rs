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

use crate::algorithm::Algorithm;
use crate::endpoint::{Endpoint, EndpointError, Transport};
use crate::fault::{Fault, faults};
use crate::id_token::MAX_SKEW;
use crate::metadata::Metadata;
use crate::private_key::PrivateKey;
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
        /// There is no key to sign with, and the provider takes nothing else.
        MissingPrivateKey = "client_private_key_missing", Fault::Configuration, "the private key is missing";
        /// The key is not one that the provider takes: for a signed secret, one of P-256.
        WrongPrivateKey = "client_private_key_kind", Fault::Configuration, "the private key is not one on the curve P-256";
        /// The provider has to be told which key signed.
        MissingKeyId = "client_key_id_missing", Fault::Configuration, "the key id is missing";
        /// The provider has to be told whose key signed.
        MissingTeamId = "client_team_id_missing", Fault::Configuration, "the team id is missing";
        /// More skew of the clocks is allowed than a minute.
        TooMuchSkew = "clock_skew_too_large", Fault::Configuration, "more than 60 seconds of clock skew are allowed";
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
    signing: Signing,
    skew: u64,
    linking: EmailLinking,
    keeps_tokens: bool,
    transport: Transport,
    fixed: Option<Metadata>,
    userinfo: UserInfoEndpoints,
}

/// What a client signs with, where it does.
#[derive(Clone, Debug, Default)]
struct Signing {
    key: Option<PrivateKey>,
    key_id: Option<String>,
    team_id: Option<String>,
}

/// How far the clocks may differ where nothing else is said, in seconds.
const USUAL_SKEW: u64 = 30;

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
    signing: Signing,
    skew: u64,
    linking: EmailLinking,
    keeps_tokens: bool,
    transport: Transport,
}

impl Client {
    /// Begins a registration.
    pub fn builder(provider: Provider, client_id: impl Into<String>) -> ClientBuilder {
        ClientBuilder {
            provider,
            client_id: client_id.into(),
            client_secret: None,
            signing: Signing::default(),
            skew: USUAL_SKEW,
            linking: EmailLinking::Refused,
            keeps_tokens: false,
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

    /// Whether what the provider hands out is kept, for asking it later in the person's name.
    pub fn keeps_tokens(&self) -> bool {
        self.keeps_tokens
    }

    /// The metadata of a provider whose entry names every endpoint; `None` if it has to be fetched with
    /// [`crate::discovery::request`].
    pub fn fixed_metadata(&self) -> Option<&Metadata> {
        self.fixed.as_ref()
    }

    /// How far this machine's clock and the provider's may differ, in seconds: 0 to 60.
    pub fn clock_skew(&self) -> u64 {
        self.skew
    }

    pub(crate) fn private_key(&self) -> Option<&PrivateKey> {
        self.signing.key.as_ref()
    }

    pub(crate) fn key_id(&self) -> Option<&str> {
        self.signing.key_id.as_deref()
    }

    pub(crate) fn team_id(&self) -> Option<&str> {
        self.signing.team_id.as_deref()
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

    /// The key to sign with, for a provider that takes a signature instead of a secret, or a secret that is signed.
    #[must_use]
    pub fn private_key(mut self, key: PrivateKey) -> Self {
        self.signing.key = Some(key);
        self
    }

    /// What the provider calls the key; an empty text counts as none.
    #[must_use]
    pub fn key_id(mut self, key_id: impl Into<String>) -> Self {
        self.signing.key_id = Some(key_id.into()).filter(|id| !id.is_empty());
        self
    }

    /// What the provider calls whom the key belongs to; an empty text counts as none.
    #[must_use]
    pub fn team_id(mut self, team_id: impl Into<String>) -> Self {
        self.signing.team_id = Some(team_id.into()).filter(|id| !id.is_empty());
        self
    }

    /// How far this machine's clock and the provider's may differ, in seconds; 30 if it is not said.
    #[must_use]
    pub fn clock_skew(mut self, seconds: u64) -> Self {
        self.skew = seconds;
        self
    }

    /// Lets whoever holds a mail address at this provider into the account of the user with that address. Safe only
    /// if the provider verifies every address and never gives an address to a second person.
    #[must_use]
    pub fn danger_allow_email_account_linking(mut self) -> Self {
        self.linking = EmailLinking::DangerAllowed;
        self
    }

    /// Keeps what the provider hands out at a sign-in, for asking it later in the person's name. Without this the tokens
    /// are forgotten as soon as it is known who signs in.
    #[must_use]
    pub fn keep_tokens(mut self) -> Self {
        self.keeps_tokens = true;
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
    pub fn build(mut self) -> Result<Client, ClientError> {
        self.end_issuer();
        self.check_names()?;
        self.check_proof()?;
        self.check_issuer()?;
        let fixed = self.fixed_metadata()?;
        let userinfo = self.userinfo_endpoints()?;
        let Self { provider, client_id, client_secret, signing, skew, linking, keeps_tokens, transport } =
            self;
        Ok(Client {
            provider,
            client_id,
            client_secret,
            signing,
            skew,
            linking,
            keeps_tokens,
            transport,
            fixed,
            userinfo,
        })
    }

    /// Adds the slash that this provider's issuers end in.
    fn end_issuer(&mut self) {
        let Provider { issuer: Some(issuer), issuer_ends_in_slash: true, .. } = &mut self.provider else {
            return;
        };
        if !issuer.ends_with('/') {
            issuer.to_mut().push('/');
        }
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
        if self.skew > MAX_SKEW {
            return Err(ClientError::TooMuchSkew);
        }
        Ok(())
    }

    /// Whether the client can prove itself the way the provider wants.
    fn check_proof(&self) -> Result<(), ClientError> {
        let Signing { key, key_id, team_id } = &self.signing;
        match self.provider.token_auth {
            TokenAuth::Basic | TokenAuth::Post if self.client_secret.is_none() => {
                Err(ClientError::MissingClientSecret)
            }
            // An OpenID Connect client without either is a public one.
            TokenAuth::Offered
                if self.provider.kind == Kind::Oauth2 && self.client_secret.is_none() && key.is_none() =>
            {
                Err(ClientError::MissingClientSecret)
            }
            TokenAuth::PrivateKeyJwt if key.is_none() => Err(ClientError::MissingPrivateKey),
            TokenAuth::SignedSecret { .. } => match key {
                None if self.client_secret.is_none() => Err(ClientError::MissingPrivateKey),
                None => Ok(()),
                Some(key) if key.algorithm() != Algorithm::Es256 => Err(ClientError::WrongPrivateKey),
                Some(_) if key_id.is_none() => Err(ClientError::MissingKeyId),
                Some(_) if team_id.is_none() => Err(ClientError::MissingTeamId),
                Some(_) => Ok(()),
            },
            _ => Ok(()),
        }
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
        let issuer = self.provider.published_issuer();
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
    use crate::signer::Signer;

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
    fn a_client_that_signs_needs_what_it_signs_with() {
        let key = |algorithm| PrivateKey::from_pem(&Signer::new(algorithm).pem()).unwrap();
        let with = |token_auth| Client::builder(Provider { token_auth, ..oidc() }, "id");
        assert_eq!(with(TokenAuth::PrivateKeyJwt).build().unwrap_err(), ClientError::MissingPrivateKey);
        let secret = ClientSecret::new("s".into());
        assert_eq!(
            with(TokenAuth::PrivateKeyJwt).secret(secret.clone()).build().unwrap_err(),
            ClientError::MissingPrivateKey,
            "a secret is no key"
        );
        assert!(with(TokenAuth::PrivateKeyJwt).private_key(key(Algorithm::EdDsa)).build().is_ok());

        let signed = || with(TokenAuth::SignedSecret { audience: "https://op.example" });
        assert_eq!(signed().build().unwrap_err(), ClientError::MissingPrivateKey);
        assert!(signed().secret(secret).build().is_ok(), "one that was signed elsewhere");
        let wrong = signed().private_key(key(Algorithm::Es384)).key_id("k").team_id("t");
        assert_eq!(wrong.build().unwrap_err(), ClientError::WrongPrivateKey);
        let mine = || signed().private_key(key(Algorithm::Es256));
        assert_eq!(mine().key_id("").team_id("t").build().unwrap_err(), ClientError::MissingKeyId);
        assert_eq!(mine().key_id("k").team_id("").build().unwrap_err(), ClientError::MissingTeamId);
        assert!(mine().key_id("k").team_id("t").build().is_ok());
    }

    #[test]
    fn the_clocks_may_differ_by_a_minute_and_no_more() {
        let skew = |seconds| Client::builder(oidc(), "id").clock_skew(seconds).build();
        assert_eq!(Client::builder(oidc(), "id").build().unwrap().clock_skew(), 30);
        assert_eq!(skew(0).unwrap().clock_skew(), 0);
        assert_eq!(skew(60).unwrap().clock_skew(), 60);
        assert_eq!(skew(61).unwrap_err(), ClientError::TooMuchSkew);
    }

    #[test]
    fn a_slash_that_people_leave_out_is_added_where_the_provider_writes_it() {
        let slashed = Provider { issuer_ends_in_slash: true, ..oidc() };
        for issuer in ["https://op.example", "https://op.example/"] {
            let entry = Provider { issuer: Some(issuer.into()), ..slashed.clone() };
            let client = Client::builder(entry, "id").build().unwrap();
            assert_eq!(client.provider().issuer.as_deref(), Some("https://op.example/"));
        }
        assert_eq!(error(Provider { issuer: None, ..slashed }), ClientError::MissingIssuer);
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
