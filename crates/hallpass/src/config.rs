//! `Auth`: everything that is decided before the first request, built once and never changed.

pub(crate) mod builder;
pub(crate) mod options;
mod problem;
mod profile;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use hallpass_store::{Change, CommitError};
use hallpass_wire::{Action, CookieNames, ProviderBody, Wire};
use url::form_urlencoded::Serializer;

use crate::callback_url::Site;
use crate::credentials::Credentials;
use crate::ended::{Ended, announced};
use crate::error::Fault;
use crate::hooks::chain::Chain;
use crate::jose::A256Gcm;
use crate::own_pages::OwnPages;
use crate::pages::{Look, Sheet, Theme};
use crate::provider_tokens::Keeper;
use crate::relying_party::RelyingParty;
use crate::secret::Secret;
use crate::session::SessionTokens;
use crate::signing::Signer;
use crate::world::{OutOfEntropy, World, random_token};

pub use options::{
    Assurance, BadCallbackUrl, Bearer, EmailOptions, Endings, OtherBrowser, PasswordOptions, SessionOptions,
    SignUp, Strategy,
};
pub(crate) use options::{EMAIL, PASSWORD};
pub use problem::ConfigError;
pub use profile::{Profile, UnknownProfile};

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
    pub(crate) session_tokens: SessionTokens,
    pub(crate) transaction_sealer: A256Gcm,
    /// Seals what a provider's answer says on its way from a POST to the GET that it leads to.
    pub(crate) posted_sealer: A256Gcm,
    /// Seals which mail links a browser asked for.
    pub(crate) mail_link_sealer: A256Gcm,
    pub(crate) session: SessionOptions,
    pub(crate) bad_callback_url: BadCallbackUrl,
    pub(crate) email: Option<EmailOptions>,
    pub(crate) passwords: Option<PasswordOptions>,
    pub(crate) signer: Option<Signer>,
    pub(crate) credentials: Vec<Credentials>,
    pub(crate) oauth: Vec<Arc<RelyingParty>>,
    pub(crate) keeper: Keeper,
    /// What the application's server shows to get tokens of providers.
    pub(crate) application_secret: Option<Secret>,
    pub(crate) theme: Theme,
    pub(crate) sheet: Sheet,
    pub(crate) logo: Option<String>,
    /// The logo's origin, where that is not the site's.
    pub(crate) logo_source: Option<String>,
    pub(crate) pages: OwnPages,
    pub(crate) mailbox: Option<String>,
    pub(crate) providers: Vec<ProviderBody>,
    pub(crate) providers_body: Bytes,
    pub(crate) world: World,
    /// Tells this process's request ids from another's.
    pub(crate) run: u32,
    pub(crate) requests: AtomicU64,
    pub(crate) ended: Ended,
    pub(crate) hooks: Chain,
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
        self.oauth.iter().find(|party| party.id() == id).map(|party| Way::Oauth(party))
    }

    /// Writes to the store, all or nothing, and takes note of the sessions that this ends: here, and for the other
    /// processes on the same store.
    pub(crate) async fn commit(&self, changes: &[Change]) -> Result<(), CommitError> {
        let update_age = self.session.update_age;
        if self.session.strategy == Strategy::Database {
            // Every read asks the store: nothing has to be remembered.
            return self.world.store.commit(changes).await;
        }
        match self.session.endings {
            Endings::Unannounced => self.world.store.commit(changes).await?,
            Endings::Announced => {
                let until = self.world.clock.now().after(update_age);
                self.world.store.commit(&announced(changes, until)).await?;
            }
        }
        self.ended.note(changes, self.world.clock.now(), update_age);
        Ok(())
    }

    /// Where a wish to go somewhere afterwards leads.
    pub(crate) async fn judge(&self, wish: &str) -> Result<String, Fault> {
        if self.hooks.is_empty() {
            return Ok(self.site.callback_url(wish));
        }
        Ok(self.hooks.redirect(&self.site, wish).await)
    }

    /// 32 random bytes as base64url.
    pub(crate) fn random_token(&self) -> Result<String, OutOfEntropy> {
        random_token(self.world.random.as_ref())
    }

    /// Names a request in the log and in `X-Request-Id`: unique, and no secret.
    pub(crate) fn request_id(&self) -> String {
        use std::fmt::Write;
        // Room for both numbers: this is done for every request.
        let mut id = String::with_capacity(8 + 1 + 16);
        let count = self.requests.fetch_add(1, Ordering::Relaxed);
        let _ = write!(id, "{:08x}-{count:x}", self.run);
        id
    }

    /// What the pages show of the site.
    pub(crate) fn look(&self) -> Look<'_> {
        let home = self.site.origin.as_str();
        Look {
            theme: self.theme,
            site: home.split_once("://").map_or(home, |(_, host)| host),
            home,
            sheet: Some(&self.sheet),
            logo: self.logo.as_deref(),
        }
    }

    /// The absolute URL of an action.
    pub(crate) fn url(&self, action: Action<'_>) -> String {
        format!("{}{}", self.base, action.path())
    }

    /// The link in a mail to somebody who forgot their password.
    pub(crate) fn password_link(&self, token: &str, email: &str) -> String {
        let query =
            Serializer::new(String::new()).append_pair("token", token).append_pair("email", email).finish();
        format!("{}?{query}", self.url(Action::NewPassword))
    }
}

impl Auth {
    /// Where the endpoints are mounted, for example `/api/auth`.
    pub fn base_path(&self) -> &str {
        &self.0.base_path
    }

    /// The origin of the public URL, for example `https://app.example.com`.
    pub fn url(&self) -> &str {
        &self.0.site.origin
    }

    /// The ways to sign in, in the order of the configuration: what `GET /providers` answers, for pages that a server renders.
    pub fn providers(&self) -> &[ProviderBody] {
        &self.0.providers
    }
}
