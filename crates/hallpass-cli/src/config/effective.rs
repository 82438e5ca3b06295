//! From settings to what the server is started with.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hallpass::{EmailOptions, PasswordOptions, Secret, SessionOptions, SignUp, Strategy, Theme};
use hallpass_wire::{DEFAULT_BASE_PATH, Wire};
use hallpass_world::SmtpOptions;
use ipnet::IpNet;
use url::{Host, Url};

use super::problem::{Origin, Problem};
use super::providers;
use super::settings::Settings;
use super::strength::weakness;

/// Where development mode keeps what it makes.
pub(crate) const DEVELOPMENT_DIRECTORY: &str = ".hallpass";
const MAKES_ONE: &str = "`hallpass secret` prints a good one; set it as HALLPASS_SECRET, or keep it in a file and \
                         set HALLPASS_SECRET_FILE";

/// How strict to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// On somebody's own machine, with everything made that is missing.
    Development,
    /// For everybody else.
    Production,
}

/// What the log looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// The log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogOptions {
    pub(crate) format: LogFormat,
    /// A level of `tracing`.
    pub(crate) level: String,
}

/// Where the secrets come from.
#[derive(Clone, Debug)]
pub(crate) enum Secrets {
    /// Newest first, at least one.
    Given(Vec<Secret>),
    /// Read from this file, which is made if it is not there.
    MadeIn(PathBuf),
}

/// Sign-in by mail.
#[derive(Clone, Debug)]
pub(crate) struct Email {
    /// Without it, mail goes to the mailbox page.
    pub(crate) smtp: Option<SmtpOptions>,
    pub(crate) options: EmailOptions,
}

/// Everything decided.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) mode: Mode,
    /// `None`: `http://localhost` and the port that is listened on.
    pub(crate) url: Option<Url>,
    pub(crate) base_path: String,
    pub(crate) wire: Wire,
    pub(crate) listen: SocketAddr,
    pub(crate) database: PathBuf,
    pub(crate) secrets: Secrets,
    pub(crate) theme: Theme,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) private_hosts: Vec<String>,
    pub(crate) ca: Option<Vec<u8>>,
    pub(crate) session: SessionOptions,
    pub(crate) email: Option<Email>,
    pub(crate) password: Option<PasswordOptions>,
    pub(crate) log: LogOptions,
    pub(crate) providers: Vec<hallpass_oauth::Client>,
    pub(crate) demo: bool,
}

impl Config {
    /// The public URL without a path, given the port that is listened on.
    pub(crate) fn origin(&self, port: u16) -> String {
        match &self.url {
            Some(url) => url.origin().ascii_serialization(),
            None => format!("http://localhost:{port}"),
        }
    }
}

/// Reads a file that a setting names.
pub(crate) type ReadFile<'a> = &'a dyn Fn(&Path) -> std::io::Result<String>;

/// Decides everything, and tells everything that is wrong.
pub(crate) fn decide(
    settings: &mut Settings,
    from_file: bool,
    read_file: ReadFile<'_>,
    problems: &mut Vec<Problem>,
) -> Config {
    let mut decider = Decider { settings, read_file, problems, mode: Mode::Production };
    decider.one_of_secret_and_secrets();
    let url = decider.url();
    decider.mode = decider.mode(url.as_ref(), from_file);
    let config = decider.rest(url);
    decider.ways_in(&config);
    config
}

struct Decider<'a> {
    settings: &'a mut Settings,
    read_file: ReadFile<'a>,
    problems: &'a mut Vec<Problem>,
    mode: Mode,
}

impl Decider<'_> {
    fn rest(&mut self, url: Option<Url>) -> Config {
        self.check_url(url.as_ref());
        Config {
            mode: self.mode,
            base_path: self.base_path(url.as_ref()),
            wire: self.settings.text("wire").and_then(|wire| wire.parse().ok()).unwrap_or_default(),
            listen: self.listen(),
            database: self.database(),
            secrets: self.secrets(),
            theme: match self.settings.text("theme") {
                Some("light") => Theme::Light,
                Some("dark") => Theme::Dark,
                _ => Theme::Auto,
            },
            trusted_proxies: self.trusted_proxies(),
            ca: self.pem("ca_file"),
            session: self.session(),
            email: self.email(),
            password: self.password(),
            log: LogOptions {
                format: match self.settings.text("log.format") {
                    Some("json") => LogFormat::Json,
                    _ => LogFormat::Text,
                },
                level: self.settings.text("log.level").unwrap_or("info").to_owned(),
            },
            providers: providers::clients(self.settings, self.problems),
            private_hosts: self.private_hosts(),
            demo: self.settings.flag("demo.enabled").unwrap_or(self.in_development()),
            url,
        }
    }

    fn in_development(&self) -> bool {
        self.mode == Mode::Development
    }

    /// An error at the key that caused it.
    fn wrong(&mut self, key: &str, what: impl Into<String>, way_out: impl Into<String>) {
        let at = self.settings.origin(key);
        self.problems.push(Problem::error(what).at(at).way_out(way_out));
    }

    fn warn(&mut self, key: &str, what: impl Into<String>, way_out: impl Into<String>) {
        let at = self.settings.origin(key);
        self.problems.push(Problem::warning(what).at(at).way_out(way_out));
    }

    /// `secret` and `secrets` mean the same: the one from the stronger source counts.
    fn one_of_secret_and_secrets(&mut self) {
        let (Some(one), Some(many)) = (self.settings.origin("secret"), self.settings.origin("secrets"))
        else {
            return;
        };
        match strength_of(&one).cmp(&strength_of(&many)) {
            std::cmp::Ordering::Greater => self.settings.override_key("secrets"),
            std::cmp::Ordering::Less => self.settings.override_key("secret"),
            std::cmp::Ordering::Equal => self.wrong(
                "secrets",
                format!("both `secret` ({one}) and `secrets` are set"),
                "keep `secrets`, with the newest secret first, and drop `secret`",
            ),
        }
    }

    fn url(&mut self) -> Option<Url> {
        let text = self.settings.text("url")?.to_owned();
        let url = Url::parse(&text).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none()
        });
        if url.is_none() {
            self.wrong(
                "url",
                "`url` is no absolute http or https URL without user, query and fragment",
                "write it as https://app.example.com",
            );
        }
        url
    }

    /// Development, if nobody configured anything but perhaps providers, and the URL is on this machine.
    fn mode(&self, url: Option<&Url>, from_file: bool) -> Mode {
        let settled = ["secret", "secrets", "database", "trusted_proxies"];
        let configured = from_file || settled.iter().any(|key| self.settings.get(key).is_some());
        match self.settings.text("mode") {
            Some("development") => Mode::Development,
            Some(_) => Mode::Production,
            None if configured || self.settings.text("url").is_some() && !url.is_some_and(is_local) => {
                Mode::Production
            }
            None => Mode::Development,
        }
    }

    fn check_url(&mut self, url: Option<&Url>) {
        match (url, self.mode) {
            (None, Mode::Production) if self.settings.text("url").is_none() => self.wrong(
                "mode",
                "`url` is missing: the public URL of the site",
                "set url = \"https://app.example.com\", or HALLPASS_URL; `hallpass serve` without any configuration \
                 starts development mode",
            ),
            (Some(url), Mode::Production) if url.scheme() == "http" && !is_local(url) => self.wrong(
                "url",
                "`url` is http, so cookies and passwords would cross the network in the clear",
                "write it as https://…; the proxy in front of hallpass speaks TLS",
            ),
            (Some(url), Mode::Development) if !is_local(url) => self.wrong(
                "mode",
                "development mode shows everybody's mail, and `url` is not on this machine",
                "set mode = \"production\", or a url on localhost",
            ),
            _ => {}
        }
    }

    fn base_path(&mut self, url: Option<&Url>) -> String {
        let in_url = url.map(|url| url.path().trim_end_matches('/')).filter(|path| !path.is_empty());
        let given = self.settings.text("base_path").map(str::to_owned);
        if let (Some(in_url), Some(given)) = (in_url, &given)
            && in_url != given.trim_end_matches('/')
        {
            self.wrong(
                "base_path",
                format!("`base_path` is {given}, and the path in `url` is {in_url}"),
                "they mean the same: leave one of them out",
            );
        }
        given.or(in_url.map(str::to_owned)).unwrap_or_else(|| DEFAULT_BASE_PATH.to_owned())
    }

    fn listen(&mut self) -> SocketAddr {
        const DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);
        let Some(text) = self.settings.text("listen").map(str::to_owned) else { return DEFAULT };
        let address = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
        let Ok(listen) = address.unwrap_or_else(|| text.clone()).parse::<SocketAddr>() else {
            self.wrong(
                "listen",
                format!("`listen` is {text:?}"),
                "write an address and a port: 127.0.0.1:3000",
            );
            return DEFAULT;
        };
        if self.in_development() && !listen.ip().is_loopback() {
            let what = "development mode shows everybody's mail, and it would listen for other machines";
            match self.settings.text("mode") {
                None => self.wrong(
                    "listen",
                    what,
                    "set mode = \"production\", or mode = \"development\" if you mean it",
                ),
                Some(_) => {
                    self.warn("listen", what, "listen on 127.0.0.1, unless only you can reach this address")
                }
            }
        }
        listen
    }

    fn database(&mut self) -> PathBuf {
        let default = match self.mode {
            Mode::Development => format!("{DEVELOPMENT_DIRECTORY}/hallpass.db"),
            Mode::Production => "hallpass.db".to_owned(),
        };
        let path = match self.settings.text("database") {
            None => default,
            Some(text) => match text.strip_prefix("sqlite:") {
                Some(path) if !path.is_empty() => path.to_owned(),
                _ => {
                    self.wrong(
                        "database",
                        "`database` names no SQLite file",
                        "write sqlite: and a path: sqlite:hallpass.db",
                    );
                    default
                }
            },
        };
        PathBuf::from(path)
    }

    fn secrets(&mut self) -> Secrets {
        let mut given: Vec<(&'static str, String)> = Vec::new();
        given.extend(self.settings.list("secrets").iter().map(|secret| ("secrets", secret.clone())));
        if let Some(secret) = self.settings.text("secret") {
            given.push(("secret", secret.to_owned()));
        }
        if given.is_empty() && self.in_development() {
            return Secrets::MadeIn(Path::new(DEVELOPMENT_DIRECTORY).join("secret"));
        }
        if given.is_empty() {
            let (key, what) = match self.settings.get("secrets") {
                Some(_) => ("secrets", "`secrets` is empty"),
                None => ("mode", "`secret` is missing: it seals the cookies"),
            };
            self.wrong(key, what, MAKES_ONE);
        }
        for (key, secret) in &given {
            let Some(why) = weakness(secret) else { continue };
            let what = format!("`{key}` is too easy to guess: {why}");
            match self.mode {
                Mode::Production => self.wrong(key, what, MAKES_ONE),
                Mode::Development => self.warn(key, what, MAKES_ONE),
            }
        }
        Secrets::Given(given.into_iter().map(|(_, secret)| Secret::new(secret)).collect())
    }

    fn trusted_proxies(&mut self) -> Vec<IpNet> {
        let mut nets = Vec::new();
        for text in self.settings.list("trusted_proxies").to_vec() {
            let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
            match net {
                Some(net) => nets.push(net.trunc()),
                None => self.wrong(
                    "trusted_proxies",
                    format!("{text:?} in `trusted_proxies` is neither an address nor a network"),
                    "write 10.0.0.7 or 10.0.0.0/8",
                ),
            }
        }
        nets
    }

    fn pem(&mut self, key: &str) -> Option<Vec<u8>> {
        let path = self.settings.text(key)?.to_owned();
        match (self.read_file)(Path::new(&path)) {
            Ok(pem) if pem.contains("-----BEGIN CERTIFICATE-----") => Some(pem.into_bytes()),
            Ok(_) => {
                self.wrong(
                    key,
                    format!("{path} holds no PEM certificate"),
                    "a PEM file begins a certificate with -----BEGIN CERTIFICATE-----",
                );
                None
            }
            Err(error) => {
                self.wrong(
                    key,
                    format!("{path} cannot be read: {error}"),
                    "check the path and its permissions",
                );
                None
            }
        }
    }

    fn session(&mut self) -> SessionOptions {
        let default = SessionOptions::default();
        let max_age = self.settings.duration("session.max_age").unwrap_or(default.max_age);
        let session = SessionOptions {
            strategy: match self.settings.text("session.strategy") {
                Some("database") => Strategy::Database,
                _ => Strategy::Jwt,
            },
            max_age,
            update_age: self
                .settings
                .duration("session.update_age")
                .unwrap_or_else(|| default.update_age.min(max_age)),
            absolute_max_age: self.settings.duration("session.absolute_max_age"),
        };
        if max_age < Duration::from_secs(60) {
            self.wrong("session.max_age", "`session.max_age` is under a minute", "30d is usual");
        }
        if session.update_age > max_age {
            self.wrong(
                "session.update_age",
                "`session.update_age` is longer than `session.max_age`",
                "make it shorter",
            );
        }
        if session.absolute_max_age.is_some_and(|limit| limit < max_age) {
            self.wrong(
                "session.absolute_max_age",
                "`session.absolute_max_age` is shorter than `session.max_age`",
                "make it longer, or `session.max_age` shorter",
            );
        }
        session
    }

    fn email(&mut self) -> Option<Email> {
        let mut options = EmailOptions::default();
        if let Some(max_age) = self.settings.duration("email.max_age") {
            options.max_age = max_age;
        }
        let extra_ca = self.pem("email.ca_file");
        let Some(url) = self.settings.text("email.smtp").map(str::to_owned) else {
            if self.settings.text("email.from").is_some() && !self.in_development() {
                self.wrong(
                    "email.from",
                    "`email.smtp` is missing, so no mail can be sent",
                    "set it to smtps://user:password@host:465",
                );
            }
            return self.in_development().then_some(Email { smtp: None, options });
        };
        let Some(from) = self.settings.text("email.from").map(str::to_owned) else {
            self.wrong(
                "email.smtp",
                "`email.from` is missing: the sender of the mails",
                "set from = \"Name <auth@example.com>\" in [email]",
            );
            return None;
        };
        let smtp = SmtpOptions { extra_ca, ..SmtpOptions::new(url, from) };
        match hallpass_world::SmtpMail::new(smtp.clone(), std::sync::Arc::new(hallpass_world::KernelRandom)) {
            Ok(mail) if mail.is_exposed() => self.warn(
                "email.smtp",
                "`email.smtp` turns TLS off, so sign-in links cross the network in the clear",
                "drop ?tls=none",
            ),
            Ok(_) => {}
            Err(why @ hallpass_world::BadMailOptions::From) => {
                self.wrong(
                    "email.from",
                    format!("`email.from` cannot be used: {why}"),
                    "write auth@example.com or Name <auth@example.com>",
                );
            }
            Err(why) => {
                self.wrong("email.smtp", format!("`email.smtp` cannot be used: {why}"), "check the URL")
            }
        }
        Some(Email { smtp: Some(smtp), options })
    }

    fn password(&mut self) -> Option<PasswordOptions> {
        let mut options = PasswordOptions::default();
        let open = self.settings.flag("password.sign_up").unwrap_or(self.in_development());
        options.sign_up = if open { SignUp::Open } else { SignUp::Closed };
        match self.settings.count("password.min_length") {
            None => {}
            Some(length @ 8..=64) => {
                options.min_length = usize::try_from(length).unwrap_or(options.min_length)
            }
            Some(_) => self.wrong(
                "password.min_length",
                "`password.min_length` is not between 8 and 64",
                "8 is the least that is safe, 15 is better",
            ),
        }
        let enabled = self.settings.flag("password.enabled").unwrap_or(self.in_development());
        if !enabled && self.settings.flag("password.sign_up") == Some(true) {
            self.wrong(
                "password.sign_up",
                "`password.sign_up` is on, and passwords are off",
                "set password.enabled = true",
            );
        }
        enabled.then_some(options)
    }

    /// The listed hosts, and those that the operator wrote into a provider's URL as what they are: on this machine,
    /// or a private address.
    fn private_hosts(&mut self) -> Vec<String> {
        let mut hosts = self.settings.list("private_hosts").to_vec();
        for (key, setting) in self.settings.iter() {
            let super::value::Value::Text(text) = &setting.value else { continue };
            let url = Url::parse(text).ok().filter(|_| key.starts_with("providers."));
            let Some(url) = url else { continue };
            let named = is_local(&url) || matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)));
            if let Some(host) = url.host_str().filter(|_| named) {
                hosts.push(host.to_owned());
            }
        }
        hosts.sort();
        hosts.dedup();
        hosts
    }

    fn ways_in(&mut self, config: &Config) {
        if config.email.is_none()
            && config.password.is_none()
            && config.providers.is_empty()
            && self.problems.is_empty()
        {
            self.problems.push(Problem::error("there is no way to sign in").way_out(
                "set enabled = true in [password], or smtp and from in [email], or client_id and client_secret in \
                 [providers.github]",
            ));
        }
    }
}

fn strength_of(origin: &Origin) -> u8 {
    match origin {
        Origin::File { .. } => 0,
        Origin::Variable(_) => 1,
        Origin::Flag(_) => 2,
    }
}

/// [`is_local`] for what stands in a `Host` header.
pub(crate) fn is_local_authority(authority: &str) -> bool {
    !authority.is_empty() && Url::parse(&format!("http://{authority}/")).is_ok_and(|url| is_local(&url))
}

/// Whether the URL's host is this machine, by its name alone.
pub(crate) fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
