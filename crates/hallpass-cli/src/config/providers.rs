//! OAuth and OpenID Connect providers: a built-in entry, or one that the configuration alone declares.

use std::borrow::Cow;
use std::path::Path;

use hallpass_oauth::assertion::Audience;
use hallpass_oauth::client::{Client, ClientBuilder, ClientError};
use hallpass_oauth::profile::EmailPolicy;
use hallpass_oauth::{ClientSecret, Mapping, Pkce, PrivateKey, Provider, ResponseMode, TokenAuth, UserInfo};
use url::Url;

use super::decider::ReadFile;
use super::nearest::nearest;
use super::place::is_local;
use super::problem::Problem;
use super::settings::Settings;

/// The ids that the other ways to sign in have.
const TAKEN: [&str; 2] = ["email", "credentials"];

/// A client for every provider that anything is said about. What is wrong with one is told.
pub(crate) fn clients(
    settings: &Settings,
    read_file: ReadFile<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Client> {
    let mut clients = Vec::new();
    for id in settings.provider_ids() {
        problems.extend(weakened(settings, &id));
        let declared = Declared { id: &id, settings, read_file };
        match declared.client() {
            Ok(client) => clients.push(client),
            Err(problem) => problems.push(problem),
        }
    }
    clients
}

/// What somebody turned off that protects the sign-ins through this provider. It may be meant.
fn weakened(settings: &Settings, id: &str) -> Vec<Problem> {
    let said = [
        (
            "pkce",
            false,
            "is sent no PKCE challenge, so a stolen code is stopped by the state alone",
            "leave it out, unless the provider refuses PKCE",
        ),
        (
            "danger_allow_email_account_linking",
            true,
            "lets whoever holds an address there into the account with that address",
            "leave it out, unless the provider verifies every address and never reassigns one",
        ),
    ];
    let weak = said.into_iter().filter_map(|(name, weak, what, way_out)| {
        let key = format!("providers.{id}.{name}");
        let at = settings.origin(&key).filter(|_| settings.flag(&key) == Some(weak))?;
        Some(Problem::warning(format!("`{id}` {what}")).at(Some(at)).way_out(way_out))
    });
    weak.collect()
}

/// What the settings say about one provider.
struct Declared<'a> {
    id: &'a str,
    settings: &'a Settings,
    read_file: ReadFile<'a>,
}

impl Declared<'_> {
    fn key(&self, name: &str) -> String {
        format!("providers.{}.{name}", self.id)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.settings.text(&self.key(name))
    }

    fn owned(&self, name: &str) -> Option<Cow<'static, str>> {
        self.text(name).map(|text| Cow::Owned(text.to_owned()))
    }

    fn client(&self) -> Result<Client, Problem> {
        if TAKEN.contains(&self.id) {
            let what = format!("a provider cannot have the id `{}`: another way to sign in has it", self.id);
            return Err(self.wrong(what, "call the table something else"));
        }
        let provider = self.provider()?;
        let issuer_example = provider.issuer_example;
        let builder = Client::builder(provider, self.text("client_id").unwrap_or_default());
        let mut builder = self.signing(builder)?;
        if let Some(secret) = self.text("client_secret") {
            builder = builder.secret(ClientSecret::new(secret.to_owned()));
        }
        if self.settings.flag(&self.key("danger_allow_email_account_linking")) == Some(true) {
            builder = builder.danger_allow_email_account_linking();
        }
        if self.is_on_this_machine() {
            builder = builder.allow_loopback_http();
        }
        if self.settings.flag(&self.key("keep_tokens")) == Some(true) {
            builder = builder.keep_tokens();
        }
        if let Some(skew) = self.settings.duration(&self.key("clock_skew")) {
            builder = builder.clock_skew(skew.as_secs());
        }
        builder.build().map_err(|error| self.incomplete(&error, issuer_example))
    }

    /// What the client signs with.
    fn signing(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, Problem> {
        if let Some(path) = self.text("private_key_file") {
            let unreadable = |error| {
                let what = format!("the private key of `{}`, {path}, cannot be read: {error}", self.id);
                self.wrong(what, "check the path and its permissions")
            };
            let text = (self.read_file)(Path::new(path)).map_err(unreadable)?;
            let unusable = |error| {
                let what = format!("the private key of `{}`, {path}, cannot be used: {error}", self.id);
                self.wrong(what, "it is a PEM file that begins with -----BEGIN PRIVATE KEY-----: RSA of 2048 bits or more, P-256, P-384 or Ed25519, not encrypted")
            };
            builder = builder.private_key(PrivateKey::from_pem(&text).map_err(unusable)?);
        }
        if let Some(key_id) = self.text("key_id") {
            builder = builder.key_id(key_id);
        }
        if let Some(team_id) = self.text("team_id") {
            builder = builder.team_id(team_id);
        }
        Ok(builder)
    }

    /// The built-in entry or a template, with what the settings say about it.
    fn provider(&self) -> Result<Provider, Problem> {
        let mut provider = self.entry()?;
        if let Some(name) = self.owned("name") {
            provider.name = name;
        }
        if let Some(scope) = self.owned("scope") {
            provider.scope = scope;
        }
        provider.issuer = self.owned("issuer").or(provider.issuer);
        provider.authorization = self.owned("authorization").or(provider.authorization);
        provider.token = self.owned("token").or(provider.token);
        provider.jwks = self.owned("jwks").or(provider.jwks);
        if let Some(userinfo) = self.owned("userinfo") {
            provider.userinfo = UserInfo::Endpoint(userinfo);
        }
        provider.token_auth = match self.text("token_auth") {
            Some("basic") => TokenAuth::Basic,
            Some("post") => TokenAuth::Post,
            Some("private_key_jwt") => TokenAuth::PrivateKeyJwt,
            Some(_) => TokenAuth::None,
            None => match provider.token_auth {
                signed @ TokenAuth::SignedSecret { .. } => signed,
                // Whoever has a key wants it used.
                _ if self.text("private_key_file").is_some() => TokenAuth::PrivateKeyJwt,
                usual => usual,
            },
        };
        provider.assertion_audience = match self.text("assertion_audience") {
            Some("issuer") => Audience::Issuer,
            Some(_) => Audience::TokenEndpoint,
            None => provider.assertion_audience,
        };
        provider.response_mode = match self.text("response_mode") {
            Some("form_post") => ResponseMode::FormPost,
            Some(_) => ResponseMode::Query,
            None => provider.response_mode,
        };
        match self.settings.flag(&self.key("pkce")) {
            Some(true) => provider.pkce = Pkce::S256,
            Some(false) => provider.pkce = Pkce::Refused,
            None => {}
        }
        self.claims(&mut provider)?;
        Ok(provider)
    }

    /// The entry of this id, or the one that `kind` names, under this id.
    fn entry(&self) -> Result<Provider, Problem> {
        let entry = match (self.text("kind"), hallpass_providers::find(self.id)) {
            (None, Some(entry)) => return Ok(entry.clone()),
            (Some(kind), _) => hallpass_providers::find(kind).ok_or_else(|| self.unknown_kind(kind))?,
            (None, None) if self.text("issuer").is_some() => &hallpass_providers::oidc::ENTRY,
            (None, None) => {
                let what = format!("hallpass has no entry for a provider `{}`", self.id);
                let way_out = format!(
                    "built in are {}; declare another with kind = \"oidc\" and its issuer, or kind = \"oauth\" and \
                     its endpoints, in [providers.{}]",
                    built_in().collect::<Vec<_>>().join(", "),
                    self.id
                );
                return Err(self.wrong(what, way_out));
            }
        };
        let id: Cow<'static, str> = Cow::Owned(self.id.to_owned());
        // A template has no name that people know.
        let is_template =
            [hallpass_providers::oidc::ENTRY.id, hallpass_providers::oauth::ENTRY.id].contains(&entry.id);
        let name = if is_template { id.clone() } else { entry.name.clone() };
        Ok(Provider { name, id, ..entry.clone() })
    }

    fn unknown_kind(&self, kind: &str) -> Problem {
        let what = format!("`{}` is of kind {kind:?}, and there is no such entry", self.key("kind"));
        match nearest(kind, built_in()) {
            Some(near) => self.wrong(what, format!("did you mean {near:?}?")),
            None => self.wrong(what, format!("one of {}", built_in().collect::<Vec<_>>().join(", "))),
        }
    }

    fn claims(&self, provider: &mut Provider) -> Result<(), Problem> {
        let said = ["id", "name", "email", "email_verified", "image"]
            .map(|claim| self.owned(&format!("claims.{claim}")));
        if said.iter().all(Option::is_none) {
            return Ok(());
        }
        let Mapping::Claims(names) = &mut provider.mapping else {
            let what = format!("the claims of `{}` are read by its built-in entry", self.id);
            return Err(self.wrong(what, format!("leave [providers.{}.claims] out", self.id)));
        };
        let [id, name, email, email_verified, image] = said;
        if email_verified.is_some() && provider.email_policy == EmailPolicy::Never {
            provider.email_policy = EmailPolicy::Claim;
        }
        let places = [
            (&mut names.id, id),
            (&mut names.name, name),
            (&mut names.email, email),
            (&mut names.email_verified, email_verified),
            (&mut names.image, image),
        ];
        for (place, said) in places {
            if let Some(said) = said {
                *place = said;
            }
        }
        Ok(())
    }

    /// Whether the operator wrote a URL on this machine: only then is `http` a way to talk to the provider.
    fn is_on_this_machine(&self) -> bool {
        ["issuer", "authorization", "token", "userinfo", "jwks"]
            .into_iter()
            .filter_map(|name| Url::parse(self.text(name)?).ok())
            .any(|url| is_local(&url))
    }

    /// What the client lacks, in the words of the settings.
    fn incomplete(&self, error: &ClientError, issuer_example: Option<&str>) -> Problem {
        let id = self.id;
        let table = format!("in [providers.{id}]");
        let variable = id.to_ascii_uppercase().replace('-', "_");
        let ours = |key: &str| {
            format!("set {key} {table}, or HALLPASS_PROVIDERS_{variable}_{}", key.to_ascii_uppercase())
        };
        let way_out = match error {
            ClientError::MissingClientId => {
                format!("set client_id {table}, or AUTH_{variable}_ID; the provider gave it to you")
            }
            ClientError::MissingClientSecret => format!(
                "set client_secret {table}, or AUTH_{variable}_SECRET; for a public client set token_auth = \"none\""
            ),
            ClientError::MissingIssuer | ClientError::BadIssuer => {
                let example = issuer_example.unwrap_or("https://…");
                format!("set issuer {table}, or AUTH_{variable}_ISSUER, to {example}")
            }
            ClientError::MissingPrivateKey => {
                format!("{}, to the PEM file with the key", ours("private_key_file"))
            }
            ClientError::WrongPrivateKey => "it is the .p8 file that the provider gave to you".to_owned(),
            ClientError::MissingKeyId => format!("{}; the provider shows it beside the key", ours("key_id")),
            ClientError::MissingTeamId => {
                format!("{}; the provider shows it with your account", ours("team_id"))
            }
            ClientError::TooMuchSkew => {
                format!("set clock_skew {table} to 60s or less, and the clocks by NTP")
            }
            ClientError::MissingEndpoint(part)
            | ClientError::BadEndpoint(part)
            | ClientError::InsecureEndpoint(part) => format!("set {part} {table} to an https:// URL"),
            _ => "rename the table: the id stands in URLs".to_owned(),
        };
        self.wrong(format!("the provider `{id}` cannot be used: {error}"), way_out)
    }

    fn wrong(&self, what: String, way_out: impl Into<String>) -> Problem {
        let prefix = format!("providers.{}.", self.id);
        let first = self.settings.iter().find(|(key, _)| key.starts_with(&prefix));
        Problem::error(what).at(first.map(|(_, setting)| setting.origin.clone())).way_out(way_out)
    }
}

/// The ids of the built-in entries.
fn built_in() -> impl Iterator<Item = &'static str> {
    hallpass_providers::ALL.iter().map(|entry| entry.id.as_ref())
}
