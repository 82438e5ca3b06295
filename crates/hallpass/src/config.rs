//! `Auth`: everything that is decided before the first request, built once and never changed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hallpass_store::{Change, CommitError};
use hallpass_wire::{Action, CookieNames, DEFAULT_BASE_PATH, ProviderBody, Wire};
use url::Url;

use crate::callback_url::Site;
use crate::credentials::Credentials;
use crate::pages::Theme;
use crate::relying_party::RelyingParty;
use crate::secret::{Sealer, Secret};
use crate::service::Counter;
use crate::session::Ended;
use crate::world::World;

/// The provider id of the mail link.
pub(crate) const EMAIL: &str = "email";
/// The provider id of the built-in passwords.
pub(crate) const PASSWORD: &str = "credentials";

/// A configured hallpass: cheap to clone, shared by every request. Several may live in one process.
#[derive(Clone)]
pub struct Auth(pub(crate) Arc<Setup>);

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth").field("base", &self.0.base).finish_non_exhaustive()
    }
}

/// What [`Auth`] holds.
pub(crate) struct Setup {
    pub(crate) site: Site,
    pub(crate) base_path: String,
    /// Absolute URL of the base path.
    pub(crate) base: String,
    pub(crate) secure: bool,
    pub(crate) wire: Wire,
    pub(crate) names: CookieNames,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) session_sealer: Sealer,
    pub(crate) transaction_sealer: Sealer,
    pub(crate) session: SessionOptions,
    pub(crate) email: Option<EmailOptions>,
    pub(crate) passwords: Option<PasswordOptions>,
    pub(crate) credentials: Vec<Credentials>,
    pub(crate) oauth: Vec<RelyingParty>,
    pub(crate) theme: Theme,
    pub(crate) mailbox: Option<String>,
    pub(crate) providers_body: Bytes,
    pub(crate) world: World,
    /// Tells this process's request ids from another's.
    pub(crate) run: u32,
    pub(crate) requests: Counter,
    pub(crate) ended: Ended,
}

/// A way to sign in: a closed set.
#[derive(Clone, Copy)]
pub(crate) enum Way<'a> {
    Oauth(&'a RelyingParty),
    Email(&'a EmailOptions),
    Password,
    Credentials(&'a Credentials),
}

impl Setup {
    /// The way with this provider id.
    pub(crate) fn way(&self, id: &str) -> Option<Way<'_>> {
        if let Some(email) = self.email.as_ref().filter(|_| id == EMAIL) {
            return Some(Way::Email(email));
        }
        if self.passwords.is_some() && id == PASSWORD {
            return Some(Way::Password);
        }
        if let Some(credentials) = self.credentials.iter().find(|way| way.id == id) {
            return Some(Way::Credentials(credentials));
        }
        self.oauth.iter().find(|party| party.id() == id).map(Way::Oauth)
    }

    /// Writes to the store, all or nothing, and takes note of the sessions that this ends.
    pub(crate) async fn commit(&self, changes: &[Change]) -> Result<(), CommitError> {
        self.world.store.commit(changes).await?;
        self.ended.note(changes, self.world.clock.now(), self.session.update_age);
        Ok(())
    }

    /// The absolute URL of an action.
    pub(crate) fn url(&self, action: Action<'_>) -> String {
        format!("{}{}", self.base, action.path())
    }
}

/// How sessions are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// In the cookie, sealed. A read touches no database.
    Jwt,
    /// In the database, found by a random token in the cookie. A sign-out counts at once everywhere.
    Database,
}

/// How long sessions last, and where they are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionOptions {
    /// Where they are kept.
    pub strategy: Strategy,
    /// A session that is not read for this long is over. NextAuth.js: 30 days.
    pub max_age: Duration,
    /// A session is prolonged by a read, but not before it is this old. NextAuth.js: 1 day.
    pub update_age: Duration,
    /// A session is over this long after the sign-in, however often it is read. `None`: no such limit.
    pub absolute_max_age: Option<Duration>,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            strategy: Strategy::Jwt,
            max_age: Duration::from_secs(30 * 86_400),
            update_age: Duration::from_secs(86_400),
            absolute_max_age: None,
        }
    }
}

/// Sign-in by mail link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailOptions {
    /// A link is good for this long. NextAuth.js: 1 day.
    pub max_age: Duration,
}

impl Default for EmailOptions {
    fn default() -> Self {
        Self { max_age: Duration::from_secs(86_400) }
    }
}

/// The built-in password store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordOptions {
    /// Whether anybody may make a user at `/signup`.
    pub sign_up: SignUp,
    /// The fewest characters a new password may have. OWASP ASVS 5.0 §6.2.1 asks for 8 at least.
    pub min_length: usize,
}

/// Who may make users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUp {
    /// Anybody.
    Open,
    /// Only the operator, with `hallpass users add` or [`Auth::add_user`].
    Closed,
}

impl Default for PasswordOptions {
    fn default() -> Self {
        Self { sign_up: SignUp::Open, min_length: 8 }
    }
}

/// Collects what [`Auth`] is made of.
#[must_use]
pub struct AuthBuilder {
    url: String,
    base_path: String,
    secrets: Vec<Secret>,
    wire: Wire,
    session: SessionOptions,
    email: Option<EmailOptions>,
    passwords: Option<PasswordOptions>,
    credentials: Vec<Credentials>,
    oauth: Vec<hallpass_oauth::Client>,
    theme: Theme,
    mailbox: Option<String>,
    world: World,
}

impl Auth {
    /// Starts a configuration. `url` is the public URL of the site as browsers see it, for example
    /// `https://app.example.com`; nothing a request says changes it. The first secret seals, every one opens.
    pub fn builder(url: impl Into<String>, secrets: Vec<Secret>, world: World) -> AuthBuilder {
        AuthBuilder {
            url: url.into(),
            base_path: DEFAULT_BASE_PATH.into(),
            secrets,
            wire: Wire::default(),
            session: SessionOptions::default(),
            email: None,
            passwords: None,
            credentials: Vec::new(),
            oauth: Vec::new(),
            theme: Theme::Auto,
            mailbox: None,
            world,
        }
    }

    /// Where the endpoints are mounted, for example `/api/auth`.
    pub fn base_path(&self) -> &str {
        &self.0.base_path
    }

    /// The origin of the public URL, for example `https://app.example.com`.
    pub fn url(&self) -> &str {
        &self.0.site.origin
    }
}

impl AuthBuilder {
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

    /// How long sessions last, and where they are kept.
    pub fn session(mut self, session: SessionOptions) -> Self {
        self.session = session;
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

    /// Light, dark, or as the person's system is set.
    pub fn theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self
    }

    /// Development only: the URL of a page that shows outgoing mail, linked from "check your mail".
    pub fn mailbox(mut self, url: impl Into<String>) -> Self {
        self.mailbox = Some(url.into());
        self
    }

    /// Checks everything and builds.
    pub fn build(self) -> Result<Auth, ConfigError> {
        let url = Url::parse(&self.url).map_err(|_| ConfigError::Url(self.url.clone()))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(ConfigError::Url(self.url));
        }
        let base_path = check_base_path(&self.base_path)?;
        check_lifetimes(&self.session)?;
        if self.secrets.iter().any(|secret| secret.expose().is_empty()) {
            return Err(ConfigError::Secret);
        }
        let site = Site::new(&url);
        let base = format!("{}{base_path}", site.origin);
        let secure = url.scheme() == "https";
        let names = self.wire.cookie_names(secure);
        let ids = self.provider_ids();
        check_ids(&ids)?;
        let mut setup = Setup {
            session_sealer: Sealer::new(&self.secrets, "").ok_or(ConfigError::Secret)?,
            transaction_sealer: Sealer::new(&self.secrets, &names.state).ok_or(ConfigError::Secret)?,
            oauth: self.oauth.into_iter().map(RelyingParty::new).collect(),
            site,
            base_path,
            base,
            secure,
            wire: self.wire,
            names,
            secrets: self.secrets,
            session: self.session,
            email: self.email,
            passwords: self.passwords,
            credentials: self.credentials,
            theme: self.theme,
            mailbox: self.mailbox,
            providers_body: Bytes::new(),
            run: run_id(&self.world)?,
            requests: Counter::new(0),
            ended: Ended::default(),
            world: self.world,
        };
        setup.providers_body = providers_body(&setup, &ids);
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

/// `GET /providers`, in the order of the configuration, which `serde_json::Map` would not keep.
fn providers_body(setup: &Setup, ids: &[(String, String, &'static str)]) -> Bytes {
    let entries = ids.iter().map(|(id, name, kind)| ProviderBody {
        id: id.clone(),
        name: name.clone(),
        kind: (*kind).to_owned(),
        signin_url: setup.url(Action::SignIn(Some(id))),
        callback_url: setup.url(Action::Callback(id)),
    });
    let json = |entry: &ProviderBody| serde_json::to_string(entry).unwrap_or_default();
    let members: Vec<_> = entries.map(|entry| format!("\"{}\":{}", entry.id, json(&entry))).collect();
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

fn check_lifetimes(session: &SessionOptions) -> Result<(), ConfigError> {
    let sound = !session.max_age.is_zero()
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

/// What is wrong with a configuration. The operator's fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// The public URL is no absolute http or https URL.
    Url(String),
    /// The base path is no plain path.
    BasePath(String),
    /// There is no secret, or an empty one.
    Secret,
    /// The lifetimes of sessions contradict each other.
    Lifetimes,
    /// A provider's id would not fit into a path.
    ProviderId(String),
    /// Two providers have the same id.
    ProviderTwice(String),
    /// The system has no random bytes.
    Entropy,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => {
                write!(f, "url {url:?} is no absolute http or https URL: write it as https://app.example.com")
            }
            Self::BasePath(path) => write!(
                f,
                "base path {path:?} must start with / and hold only letters, digits and / - _ . ~: write it as {DEFAULT_BASE_PATH}"
            ),
            Self::Secret => f.write_str("the secret is missing or empty: `hallpass secret` prints a good one"),
            Self::Lifetimes => f.write_str(
                "session lifetimes contradict each other: update_age may not exceed max_age, and max_age may not be zero or exceed absolute_max_age",
            ),
            Self::ProviderId(id) => {
                write!(f, "provider id {id:?} must have 1 to 64 letters, digits, - _ or . so that it fits into a path")
            }
            Self::Entropy => f.write_str("the system has no random bytes: without them no token can be made"),
            Self::ProviderTwice(id) => {
                write!(f, "two providers have the id {id:?}: give one of them another")
            }
        }
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::{Browser, SITE, builder};
    use crate::world::fixed::Fixed;

    fn refused(change: impl Fn(AuthBuilder) -> AuthBuilder) -> ConfigError {
        change(builder(&Fixed::new(), Strategy::Jwt)).build().unwrap_err()
    }

    #[test]
    fn what_is_wrong_is_named_with_the_way_out() {
        let fixed = Fixed::new();
        let secret = || vec![Secret::new("topsecret")];
        for url in ["", "app.example.com", "ftp://a.example", "https://", "mailto:a@b.example"] {
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
        let lifetimes = SessionOptions { max_age: Duration::ZERO, ..SessionOptions::default() };
        assert_eq!(refused(|b| b.session(lifetimes.clone())), ConfigError::Lifetimes);
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
