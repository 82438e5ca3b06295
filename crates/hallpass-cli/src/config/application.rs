//! What the application has to say in sign-ins and sessions: rules, and a webhook.

use std::fmt::Display;
use std::time::Duration;

use hallpass::hooks::{AllowedDomains, AllowedOrigins, BadRule, ClaimRule};
use hallpass::{Brand, OwnPages};
use hallpass_oauth::Client;
use hallpass_world::{Ask, BadWebhook, EVENTS, Outside, Webhook, WebhookAuthorize, WebhookOptions};
use url::Url;

use super::Config;
use super::decider::Decider;

/// How long a question may take, unless said otherwise.
const DEADLINE: Duration = Duration::from_secs(2);
/// Nobody waits longer for a page.
pub(crate) const LONGEST_QUESTION: Duration = Duration::from_secs(10);

/// Everything that the application says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Application {
    pub(crate) domains: Option<AllowedDomains>,
    pub(crate) origins: Option<AllowedOrigins>,
    pub(crate) claims: Vec<ClaimRule>,
    pub(crate) webhook: Option<WebhookOptions>,
    pub(crate) credentials: Vec<ByWebhook>,
}

/// A way to sign in that the application's webhook decides.
#[derive(Clone)]
pub(crate) struct ByWebhook {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) fields: Vec<String>,
    pub(crate) url: String,
    secret: String,
    deadline: Duration,
}

impl std::fmt::Debug for ByWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ByWebhook").field("id", &self.id).finish_non_exhaustive()
    }
}

impl ByWebhook {
    pub(crate) fn authorize(&self, outside: Outside) -> Result<WebhookAuthorize, BadWebhook> {
        WebhookAuthorize::new(&self.id, &self.url, &self.secret, self.deadline, outside)
    }
}

impl Decider<'_> {
    pub(super) fn application(&mut self, outside: &Outside) -> Application {
        for key in ["sign_in.allowed_domains", "redirect.allowed_origins"] {
            self.not_empty(key, "leave it out to allow what is allowed without it");
        }
        let domains = self.settings.list("sign_in.allowed_domains").to_vec();
        let origins = self.settings.list("redirect.allowed_origins").to_vec();
        let domains = (!domains.is_empty()).then(|| AllowedDomains::new(&domains));
        let origins = (!origins.is_empty()).then(|| AllowedOrigins::new(&origins));
        Application {
            domains: domains.and_then(|made| self.sound("sign_in.allowed_domains", made)),
            origins: origins.and_then(|made| self.sound("redirect.allowed_origins", made)),
            claims: self.settings.ids("claims").iter().filter_map(|claim| self.claim(claim)).collect(),
            webhook: self.webhook(outside),
            credentials: self
                .settings
                .ids("credentials")
                .iter()
                .filter_map(|id| self.by_webhook(id, outside))
                .collect(),
        }
    }

    /// A list that allows nothing is taken for no list at all: nobody means that.
    fn not_empty(&mut self, key: &str, way_out: &str) {
        if self.settings.get(key).is_some() && self.settings.list(key).is_empty() {
            self.wrong(key, format!("`{key}` is empty"), way_out);
        }
    }

    /// hallpass would ask itself.
    fn is_not_ours(&mut self, key: &str, url: &str) {
        let asked = Url::parse(url).ok();
        let base = self.settings.text("base_path").unwrap_or("/api/auth").trim_end_matches('/').to_owned();
        let ours = |url: &Url| {
            let site = self.settings.text("url").and_then(|site| Url::parse(site).ok());
            let below =
                url.path().strip_prefix(&base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            below && site.is_none_or(|site| site.origin() == url.origin())
        };
        if asked.as_ref().is_some_and(ours) {
            self.wrong(
                key,
                format!("`{key}` lies below {base}, where hallpass itself answers"),
                "have the application answer elsewhere, at /api/hooks for example",
            );
        }
    }

    pub(super) fn brand(&mut self) -> Brand {
        let color = self.settings.text("brand.color").map(str::parse);
        Brand {
            color: color.and_then(|made| self.sound("brand.color", made)),
            logo: self.settings.text("brand.logo").map(str::to_owned),
        }
    }

    pub(super) fn pages(&self) -> OwnPages {
        let page = |name: &str| self.settings.text(&format!("pages.{name}")).map(str::to_owned);
        OwnPages {
            sign_in: page("sign_in"),
            sign_out: page("sign_out"),
            error: page("error"),
            verify_request: page("verify_request"),
            new_user: page("new_user"),
            password: page("password"),
            password_reset: page("password_reset"),
        }
    }

    /// The value, or the problem at its key.
    fn sound<T, E: Display>(&mut self, key: &str, made: Result<T, E>) -> Option<T> {
        made.map_err(|why| self.wrong(key, format!("`{key}` cannot be used: {why}"), "correct it")).ok()
    }

    fn text(&self, table: &str, id: &str, name: &str) -> Option<String> {
        self.settings.text(&format!("{table}.{id}.{name}")).map(str::to_owned)
    }

    fn claim(&mut self, claim: &str) -> Option<ClaimRule> {
        let key = |name: &str| format!("claims.{claim}.{name}");
        let (provider, from) = (self.text("claims", claim, "provider"), self.text("claims", claim, "from"));
        let (Some(provider), Some(from)) = (provider, from) else {
            let given = ["provider", "from", "only", "default", "show", "hidden"];
            let at = given.map(key).into_iter().find(|key| self.settings.get(key).is_some());
            self.wrong(
                at.as_deref().unwrap_or_default(),
                format!("the claim `{claim}` lacks `provider` or `from`: who says it, and under which name"),
                format!("set both in [claims.{claim}]"),
            );
            return None;
        };
        if !self.settings.provider_ids().contains(&provider) {
            self.wrong(
                &key("provider"),
                format!("the claim `{claim}` is of the provider `{provider}`, which is not configured"),
                "name one of those in [providers]",
            );
        }
        self.not_empty(&key("only"), "leave it out where every value counts");
        let rule = self.claim_rule(claim, provider, from);
        self.sound(&key("from"), rule)
    }

    /// Who writes the claims of an issuer with many tenants is any of their administrators.
    pub(super) fn claims_of_tenants(&mut self, config: &Config) {
        let shared = |id: &str| {
            config.providers.iter().map(Client::provider).any(|it| it.id == id && it.is_of_many_tenants())
        };
        for claim in self.settings.ids("claims") {
            let Some(provider) = self.text("claims", &claim, "provider").filter(|id| shared(id)) else {
                continue;
            };
            self.warn(
                &format!("claims.{claim}.provider"),
                format!(
                    "the claim `{claim}` is said by `{provider}`, whose issuer stands for every tenant: the \
                     administrator of any of them can write into it"
                ),
                format!("set providers.{provider}.issuer to that of your own tenant"),
            );
        }
    }

    fn claim_rule(&self, claim: &str, provider: String, from: String) -> Result<ClaimRule, BadRule> {
        let mut rule = ClaimRule::new(claim, provider, from)?;
        let only = self.settings.list(&format!("claims.{claim}.only"));
        if !only.is_empty() {
            rule = rule.only(only);
        }
        if let Some(value) = self.text("claims", claim, "default") {
            rule = rule.default_value(value);
        }
        if let Some(place) = self.text("claims", claim, "show") {
            rule = rule.shown_as(&place)?;
        }
        let hidden = self.settings.flag(&format!("claims.{claim}.hidden")) == Some(true);
        Ok(if hidden { rule.hidden() } else { rule })
    }

    fn webhook(&mut self, outside: &Outside) -> Option<WebhookOptions> {
        let asks = self.named("hooks.ask", &Ask::NAMES.map(|(name, _)| name));
        let tells = self.named("hooks.tell", &EVENTS);
        let Some(url) = self.settings.text("hooks.url").map(str::to_owned) else {
            for key in ["hooks.ask", "hooks.tell"] {
                if self.settings.get(key).is_some() {
                    self.wrong(
                        key,
                        "`hooks.url` is missing, so nobody can be asked or told",
                        "set url in [hooks]",
                    );
                }
            }
            return None;
        };
        if asks.is_empty() && tells.is_empty() {
            self.warn(
                "hooks.url",
                "`hooks.url` is never asked or told anything",
                "set ask = [\"signIn\"] or tell = [\"signIn\", \"signOut\"] in [hooks]",
            );
        }
        self.is_not_ours("hooks.url", &url);
        let deadline = self.deadline();
        let asks = Ask::NAMES.into_iter().filter(|(name, _)| asks.iter().any(|ask| ask == name));
        let options = WebhookOptions {
            deadline,
            asks: asks.map(|(_, ask)| ask).collect(),
            tells,
            ..WebhookOptions::new(url, self.hook_secret("hooks.url")?)
        };
        let made = Webhook::new(options.clone(), outside.clone());
        self.webhook_is_sound("hooks.url", made).map(|_| options)
    }

    fn by_webhook(&mut self, id: &str, outside: &Outside) -> Option<ByWebhook> {
        let key = format!("credentials.{id}.url");
        let Some(url) = self.text("credentials", id, "url") else {
            self.wrong(
                &format!("credentials.{id}.name"),
                format!("`{key}` is missing: who judges what people type"),
                format!("set url in [credentials.{id}]"),
            );
            return None;
        };
        self.is_not_ours(&key, &url);
        let fields = self.settings.list(&format!("credentials.{id}.fields"));
        let fields =
            if fields.is_empty() { vec!["username".into(), "password".into()] } else { fields.to_vec() };
        let name = self.text("credentials", id, "name").unwrap_or_else(|| id.to_owned());
        let (secret, deadline) = (self.hook_secret(&key)?, self.deadline());
        let way = ByWebhook { id: id.to_owned(), name, fields, url, secret, deadline };
        let made = way.authorize(outside.clone());
        self.webhook_is_sound(&key, made).map(|_| way)
    }

    /// The words of a list that have to be among these.
    fn named(&mut self, key: &str, known: &[&str]) -> Vec<String> {
        let given = self.settings.list(key).to_vec();
        if let Some(unknown) = given.iter().find(|name| !known.contains(&name.as_str())) {
            let what = format!("`{key}` has no `{unknown}`");
            self.wrong(key, what, format!("there are {}", known.join(", ")));
        }
        given
    }

    fn hook_secret(&mut self, key: &str) -> Option<String> {
        let secret = self.settings.text("hooks.secret").map(str::to_owned);
        if secret.is_none() {
            self.wrong(
                key,
                "`hooks.secret` is missing: with it the application knows that it is hallpass who asks",
                "set secret = \"whsec_…\" in [hooks], or HALLPASS_HOOKS_SECRET; `hallpass secret` prints what stands \
                 after whsec_",
            );
        }
        secret
    }

    fn webhook_is_sound<T>(&mut self, key: &str, made: Result<T, BadWebhook>) -> Option<T> {
        let at = if matches!(made, Err(BadWebhook::Secret)) { "hooks.secret" } else { key };
        self.sound(at, made)
    }

    fn deadline(&mut self) -> Duration {
        let deadline = self.settings.duration("hooks.deadline").unwrap_or(DEADLINE);
        if deadline.is_zero() || deadline > LONGEST_QUESTION {
            self.wrong("hooks.deadline", "`hooks.deadline` is not between 1 s and 10 s", "2s is usual");
        }
        deadline
    }
}
