//! OAuth and OpenID Connect providers: a built-in entry, or one that the configuration alone declares.

use std::borrow::Cow;

use hallpass_oauth::client::{Client, ClientError};
use hallpass_oauth::profile::EmailPolicy;
use hallpass_oauth::{ClientSecret, Mapping, Provider, TokenAuth, UserInfo};
use url::Url;

use super::place::is_local;
use super::problem::Problem;
use super::settings::Settings;

/// The ids that the other ways to sign in have.
const TAKEN: [&str; 2] = ["email", "credentials"];

/// A client for every provider that anything is said about. What is wrong with one is told.
pub(crate) fn clients(settings: &Settings, problems: &mut Vec<Problem>) -> Vec<Client> {
    let mut clients = Vec::new();
    for id in settings.provider_ids() {
        let declared = Declared { id: &id, settings };
        match declared.client() {
            Ok(client) => clients.push(client),
            Err(problem) => problems.push(problem),
        }
    }
    clients
}

/// What the settings say about one provider.
struct Declared<'a> {
    id: &'a str,
    settings: &'a Settings,
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
        let mut builder = Client::builder(provider, self.text("client_id").unwrap_or_default());
        if let Some(secret) = self.text("client_secret") {
            builder = builder.secret(ClientSecret::new(secret.to_owned()));
        }
        if self.settings.flag(&self.key("danger_allow_email_account_linking")) == Some(true) {
            builder = builder.danger_allow_email_account_linking();
        }
        if self.is_on_this_machine() {
            builder = builder.allow_loopback_http();
        }
        builder.build().map_err(|error| self.incomplete(&error))
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
            Some(_) => TokenAuth::None,
            None => provider.token_auth,
        };
        self.claims(&mut provider)?;
        Ok(provider)
    }

    fn entry(&self) -> Result<Provider, Problem> {
        let template = match (self.text("kind"), hallpass_providers::find(self.id)) {
            (None, Some(entry)) => return Ok(entry.clone()),
            (Some("oauth"), _) => hallpass_providers::oauth::ENTRY,
            (Some(_), _) => hallpass_providers::oidc::ENTRY,
            (None, None) if self.text("issuer").is_some() => hallpass_providers::oidc::ENTRY,
            (None, None) => {
                let builtin: Vec<&str> =
                    hallpass_providers::ALL.iter().map(|entry| entry.id.as_ref()).collect();
                let what = format!("hallpass has no entry for a provider `{}`", self.id);
                let way_out = format!(
                    "built in are {}; declare another with kind = \"oidc\" and its issuer, or kind = \"oauth\" and \
                     its endpoints, in [providers.{}]",
                    builtin.join(", "),
                    self.id
                );
                return Err(self.wrong(what, way_out));
            }
        };
        let id: Cow<'static, str> = Cow::Owned(self.id.to_owned());
        Ok(Provider { name: id.clone(), id, ..template })
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
    fn incomplete(&self, error: &ClientError) -> Problem {
        let id = self.id;
        let variable = id.to_ascii_uppercase().replace('-', "_");
        let way_out = match error {
            ClientError::MissingClientId => {
                format!(
                    "set client_id in [providers.{id}], or AUTH_{variable}_ID; the provider gave it to you"
                )
            }
            ClientError::MissingClientSecret => format!(
                "set client_secret in [providers.{id}], or AUTH_{variable}_SECRET; for a public client set \
                 token_auth = \"none\""
            ),
            ClientError::MissingIssuer | ClientError::BadIssuer => {
                format!("set issuer in [providers.{id}], or AUTH_{variable}_ISSUER, to https://…")
            }
            ClientError::MissingEndpoint(part)
            | ClientError::BadEndpoint(part)
            | ClientError::InsecureEndpoint(part) => {
                format!("set {part} in [providers.{id}] to an https:// URL")
            }
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
