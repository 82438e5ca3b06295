//! From what was asked for to an [`Auth`], or to what is wrong with it.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use bytes::Bytes;
use hallpass_wire::{Action, DEFAULT_BASE_PATH, KeyDerivation, ProviderBody, Wire};
use url::Url;

use super::{
    Auth, BadCallbackUrl, ConfigError, EMAIL, EmailOptions, PASSWORD, PasswordOptions, Profile,
    SessionOptions, Setup,
};
use crate::callback_url::Site;
use crate::credentials::Credentials;
use crate::ended::Ended;
use crate::hooks::Hooks;
use crate::hooks::chain::Chain;
use crate::jose::A256Gcm;
use crate::own_pages::OwnPages;
use crate::pages::{Brand, Sheet, Theme};
use crate::password::MAX_PASSWORD_BYTES;
use crate::provider_tokens::Keeper;
use crate::relying_party::RelyingParty;
use crate::secret::Secret;
use crate::session::SessionTokens;
use crate::signing::{Signer, SigningOptions};
use crate::world::World;

/// A session that lasts longer is a mistake, and its cookie's date would have five digits in the year.
const LONGEST: Duration = Duration::from_secs(3650 * 86_400);
/// Collects what [`Auth`] is made of.
#[must_use]
pub struct AuthBuilder {
    url: String,
    base_path: String,
    secrets: Vec<Secret>,
    wire: Wire,
    profile: Profile,
    session: Option<SessionOptions>,
    bad_callback_url: Option<BadCallbackUrl>,
    email: Option<EmailOptions>,
    passwords: Option<PasswordOptions>,
    credentials: Vec<Credentials>,
    signing: Option<SigningOptions>,
    application_secret: Option<Secret>,
    oauth: Vec<hallpass_oauth::Client>,
    theme: Theme,
    brand: Brand,
    pages: OwnPages,
    mailbox: Option<String>,
    hooks: Chain,
    world: World,
}

impl Auth {
    /// Starts a configuration. `url` is the public URL of the site as browsers see it, for example
    /// `https://app.example.com`; nothing a request says changes it. The first secret seals, every one opens.
    pub fn builder(url: impl Into<String>, secrets: Vec<Secret>, world: World) -> AuthBuilder {
        AuthBuilder::new(url.into(), secrets, world)
    }
}

impl AuthBuilder {
    fn new(url: String, secrets: Vec<Secret>, world: World) -> Self {
        Self {
            url,
            base_path: DEFAULT_BASE_PATH.into(),
            secrets,
            wire: Wire::default(),
            profile: Profile::default(),
            session: None,
            bad_callback_url: None,
            email: None,
            passwords: None,
            credentials: Vec::new(),
            application_secret: None,
            signing: None,
            oauth: Vec::new(),
            theme: Theme::Auto,
            brand: Brand::default(),
            pages: OwnPages::default(),
            mailbox: None,
            hooks: Chain::default(),
            world,
        }
    }

    /// Where to mount the endpoints; `/api/auth` unless said.
    pub fn base_path(mut self, path: impl Into<String>) -> Self {
        self.base_path = path.into();
        self
    }

    /// Which generation of NextAuth.js's protocol to speak.
    pub fn wire(mut self, wire: Wire) -> Self {
        self.wire = wire;
        self
    }

    /// The defaults of whatever is not set; [`Profile::Strict`] unless said. What is set with another method counts,
    /// whatever the profile and in whatever order; the options of a mail link are always set:
    /// `email(Profile::Compat.email())`.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// What is answered to a `callbackUrl` that is neither of this site nor allowed by the application.
    pub fn bad_callback_url(mut self, answer: BadCallbackUrl) -> Self {
        self.bad_callback_url = Some(answer);
        self
    }

    /// How long sessions last, and where they are kept.
    pub fn session(mut self, session: SessionOptions) -> Self {
        self.session = Some(session);
        self
    }

    /// Turns sign-in by mail link on, under the provider id `email`.
    pub fn email(mut self, email: EmailOptions) -> Self {
        self.email = Some(email);
        self
    }

    /// Turns the built-in passwords on, under the provider id `credentials`.
    pub fn passwords(mut self, passwords: PasswordOptions) -> Self {
        self.passwords = Some(passwords);
        self
    }

    /// Adds an `authorize` function of the application's own.
    pub fn authorize(mut self, credentials: Credentials) -> Self {
        self.credentials.push(credentials);
        self
    }

    /// Adds an OAuth or OpenID Connect provider.
    pub fn oauth(mut self, client: hallpass_oauth::Client) -> Self {
        self.oauth.push(client);
        self
    }

    /// Turns `/token` and `/jwks` on: signed tokens for APIs that cannot read the session's cookie.
    pub fn signing(mut self, signing: SigningOptions) -> Self {
        self.signing = Some(signing);
        self
    }

    /// Turns `/provider-token/{provider}` on: tokens of providers for the application's server, which shows this secret as
    /// a bearer. 32 characters at least.
    pub fn application_secret(mut self, secret: Secret) -> Self {
        self.application_secret = Some(secret);
        self
    }

    /// Light, dark, or as the person's system is set.
    pub fn theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self
    }

    /// The application's colour and logo on the built-in pages.
    pub fn brand(mut self, brand: Brand) -> Self {
        self.brand = brand;
        self
    }

    /// Pages of the application's own, in the place of the built-in ones.
    pub fn pages(mut self, pages: OwnPages) -> Self {
        self.pages = pages;
        self
    }

    /// Adds what the application has to say in sign-ins and sessions. Several are asked in turn.
    pub fn hooks(mut self, hooks: impl Hooks) -> Self {
        self.hooks.push(Arc::new(hooks));
        self
    }

    /// Development only: the URL of a page that shows outgoing mail, linked from "check your mail".
    pub fn mailbox(mut self, url: impl Into<String>) -> Self {
        self.mailbox = Some(url.into());
        self
    }

    /// Checks everything and builds.
    pub fn build(self) -> Result<Auth, ConfigError> {
        let url = check_url(&self.url)?;
        let base_path = check_base_path(&self.base_path)?;
        let session = self.session.clone().unwrap_or_else(|| self.profile.session());
        check_lifetimes(&session, self.email.as_ref())?;
        let length = self.passwords.as_ref().map_or(1, |passwords| passwords.min_length);
        if !(1..=MAX_PASSWORD_BYTES).contains(&length) {
            return Err(ConfigError::PasswordLength(length));
        }
        if self.secrets.iter().any(|secret| secret.expose().is_empty()) {
            return Err(ConfigError::Secret);
        }
        if self.application_secret.as_ref().is_some_and(|secret| secret.expose().len() < 32) {
            return Err(ConfigError::ApplicationSecret);
        }
        let site = Site::new(&url);
        let pages = self.pages.clone().on(&site, &base_path).map_err(ConfigError::Page)?;
        let base = format!("{}{base_path}", site.origin);
        let secure = url.scheme() == "https";
        let names = self.wire.cookie_names(secure);
        let ids = self.provider_ids();
        check_ids(&ids)?;
        let mut setup = Setup {
            session_tokens: SessionTokens::new(&self.secrets, self.wire, &names)
                .ok_or(ConfigError::Secret)?,
            transaction_sealer: A256Gcm::new(&self.secrets, &KeyDerivation::of_purpose(&names.state))
                .ok_or(ConfigError::Secret)?,
            posted_sealer: A256Gcm::new(
                &self.secrets,
                &KeyDerivation::of_purpose(&format!("{}.posted", names.state)),
            )
            .ok_or(ConfigError::Secret)?,
            mail_link_sealer: A256Gcm::new(&self.secrets, &KeyDerivation::of_purpose(&names.mail_link))
                .ok_or(ConfigError::Secret)?,
            oauth: self.oauth.into_iter().map(|client| Arc::new(RelyingParty::new(client))).collect(),
            keeper: Keeper::new(
                A256Gcm::new(&self.secrets, &KeyDerivation::of_purpose("hallpass.provider-tokens"))
                    .ok_or(ConfigError::Secret)?,
            ),
            signer: self.signing.map(|options| Signer::new(options, &base, &site.origin)).transpose()?,
            sheet: Sheet::of(self.brand.color),
            logo_source: self.brand.logo_source(&site).map_err(ConfigError::Logo)?,
            logo: self.brand.logo,
            site,
            base_path,
            base,
            secure,
            wire: self.wire,
            names,
            secrets: self.secrets,
            session,
            bad_callback_url: self.bad_callback_url.unwrap_or(self.profile.bad_callback_url()),
            email: self.email,
            passwords: self.passwords,
            credentials: self.credentials,
            application_secret: self.application_secret,
            theme: self.theme,
            pages,
            mailbox: self.mailbox,
            providers: Vec::new(),
            providers_body: Bytes::new(),
            run: run_id(&self.world)?,
            requests: AtomicU64::new(0),
            ended: Ended::default(),
            hooks: self.hooks,
            world: self.world,
        };
        setup.providers = providers(&setup, &ids);
        setup.providers_body = providers_body(&setup.providers);
        Ok(Auth(Arc::new(setup)))
    }

    /// Ids, names and kinds in the order of the sign-in page.
    fn provider_ids(&self) -> Vec<(String, String, &'static str)> {
        let mut ids = Vec::new();
        for client in &self.oauth {
            let kind = match client.provider().kind {
                hallpass_oauth::Kind::Oauth2 => "oauth",
                hallpass_oauth::Kind::Oidc => self.wire.oidc_kind(),
            };
            ids.push((client.provider().id.to_string(), client.provider().name.to_string(), kind));
        }
        if self.email.is_some() {
            ids.push((EMAIL.into(), "Email".into(), "email"));
        }
        if self.passwords.is_some() {
            ids.push((PASSWORD.into(), "Password".into(), "credentials"));
        }
        for way in &self.credentials {
            ids.push((way.id.clone(), way.name.clone(), "credentials"));
        }
        ids
    }
}

fn run_id(world: &World) -> Result<u32, ConfigError> {
    let mut bytes = [0; 4];
    world.random.fill(&mut bytes).map_err(|_| ConfigError::Entropy)?;
    Ok(u32::from_le_bytes(bytes))
}

/// The ways in, in the order of the configuration.
fn providers(setup: &Setup, ids: &[(String, String, &'static str)]) -> Vec<ProviderBody> {
    let entries = ids.iter().map(|(id, name, kind)| ProviderBody {
        id: id.clone(),
        name: name.clone(),
        kind: (*kind).to_owned(),
        signin_url: setup.url(Action::SignIn(Some(id))),
        callback_url: setup.url(Action::Callback(id)),
    });
    entries.collect()
}

/// `GET /providers`, in that order, which `serde_json::Map` would not keep.
fn providers_body(providers: &[ProviderBody]) -> Bytes {
    let json = |entry: &ProviderBody| serde_json::to_string(entry).unwrap_or_default();
    let members: Vec<_> = providers.iter().map(|entry| format!("\"{}\":{}", entry.id, json(entry))).collect();
    Bytes::from(format!("{{{}}}", members.join(",")))
}

fn check_base_path(path: &str) -> Result<String, ConfigError> {
    let path = path.trim_end_matches('/');
    let sound = path.starts_with('/')
        && !path.contains("//")
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte))
        && !path.split('/').any(|segment| matches!(segment, "." | ".."));
    if sound { Ok(path.to_owned()) } else { Err(ConfigError::BasePath(path.to_owned())) }
}

/// An origin and nothing else: a path belongs into the base path, and nobody's password into a public URL.
fn check_url(text: &str) -> Result<Url, ConfigError> {
    let url = Url::parse(text).map_err(|_| ConfigError::Url(text.to_owned()))?;
    let bare = url.username().is_empty()
        && url.password().is_none()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none();
    let sound = matches!(url.scheme(), "http" | "https") && url.has_host() && bare;
    if sound { Ok(url) } else { Err(ConfigError::Url(text.to_owned())) }
}

fn check_lifetimes(session: &SessionOptions, email: Option<&EmailOptions>) -> Result<(), ConfigError> {
    let lasts = Duration::from_secs(1)..=LONGEST;
    let sound = lasts.contains(&session.max_age)
        && session.absolute_max_age.is_none_or(|limit| lasts.contains(&limit))
        && email.is_none_or(|email| lasts.contains(&email.max_age))
        && session.update_age <= session.max_age
        && session.absolute_max_age.is_none_or(|limit| limit >= session.max_age);
    if sound { Ok(()) } else { Err(ConfigError::Lifetimes) }
}

fn check_ids(ids: &[(String, String, &'static str)]) -> Result<(), ConfigError> {
    for (index, (id, ..)) in ids.iter().enumerate() {
        let sound = (1..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && !matches!(id.as_str(), "." | "..");
        if !sound {
            return Err(ConfigError::ProviderId(id.clone()));
        }
        if ids.iter().take(index).any(|(earlier, ..)| earlier == id) {
            return Err(ConfigError::ProviderTwice(id.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::{Browser, SITE, builder};
    use crate::config::Strategy;
    use crate::world::fixed::Fixed;

    fn refused(change: impl Fn(AuthBuilder) -> AuthBuilder) -> ConfigError {
        change(builder(&Fixed::new(), Strategy::Jwt)).build().unwrap_err()
    }

    #[test]
    fn what_is_wrong_is_named_with_the_way_out() {
        let fixed = Fixed::new();
        let secret = || vec![Secret::new("topsecret")];
        for url in [
            "",
            "app.example.com",
            "ftp://a.example",
            "https://",
            "mailto:a@b.example",
            "https://u:p@a.example",
            "https://a.example/base",
            "https://a.example/?x",
            "https://a.example/#y",
        ] {
            let error = Auth::builder(url, secret(), fixed.world()).build().unwrap_err();
            assert_eq!(error, ConfigError::Url(url.into()));
        }
        for secrets in [vec![], vec![Secret::new("")], vec![Secret::new("a"), Secret::new("")]] {
            let error = Auth::builder(SITE, secrets, fixed.world()).build().unwrap_err();
            assert!(error.to_string().contains("hallpass secret"));
        }
        for path in ["", "api", "/a//b", "/a/../b", "/a?b", "/ä", "/a%2fb"] {
            assert!(matches!(refused(|b| b.base_path(path)), ConfigError::BasePath(_)), "{path}");
        }
        for max_age in [Duration::ZERO, Duration::from_millis(999), Duration::MAX] {
            let lifetimes =
                SessionOptions { max_age, update_age: Duration::ZERO, ..SessionOptions::default() };
            assert_eq!(refused(|b| b.session(lifetimes.clone())), ConfigError::Lifetimes);
        }
        for min_length in [0, 1025] {
            let options = PasswordOptions { min_length, ..PasswordOptions::default() };
            assert_eq!(refused(|b| b.passwords(options.clone())), ConfigError::PasswordLength(min_length));
        }
    }

    #[tokio::test]
    async fn providers_are_listed_in_the_order_of_the_configuration() {
        let fixed = Fixed::new();
        let mut browser = Browser::new(&builder(&fixed, Strategy::Jwt).build().unwrap());
        let answer = browser.get("/providers").await;
        let entry = |id: &str, name: &str, kind: &str| {
            format!(
                r#""{id}":{{"id":"{id}","name":"{name}","type":"{kind}","signinUrl":"{SITE}/api/auth/signin/{id}","callbackUrl":"{SITE}/api/auth/callback/{id}"}}"#
            )
        };
        let (email, password) =
            (entry("email", "Email", "email"), entry("credentials", "Password", "credentials"));
        assert_eq!(answer.body, format!("{{{email},{password}}}"));
        assert!(answer.set_cookies.is_empty());
    }

    #[tokio::test]
    async fn several_instances_live_in_one_process_and_know_nothing_of_each_other() {
        let (one, two) = (Fixed::new(), Fixed::new());
        let first = builder(&one, Strategy::Jwt).build().unwrap();
        let second = Auth::builder("https://two.example", vec![Secret::new("another")], two.world())
            .base_path("/auth")
            .build()
            .unwrap();
        let mut browser = Browser::new(&first);
        browser.sign_up("ada@example.com", "correct-horse").await;
        browser.auth = second;
        assert_eq!(browser.get("/session").await.status, 404, "the second is mounted elsewhere");
        browser.auth = first;
        assert_eq!(browser.session().await["user"]["name"], "Ada");
    }
}
