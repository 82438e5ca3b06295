//! Where hallpass stands: its URL, its address, its database, its neighbours.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use hallpass_wire::DEFAULT_BASE_PATH;
use ipnet::IpNet;
use url::{Host, Url};

use super::decider::Decider;
use super::effective::{DEVELOPMENT_DIRECTORY, Mode};
use super::value::Value;

impl Decider<'_> {
    pub(super) fn url(&mut self) -> Option<Url> {
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
    pub(super) fn mode(&self, url: Option<&Url>, from_file: bool) -> Mode {
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

    pub(super) fn check_url(&mut self, url: Option<&Url>) {
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

    pub(super) fn base_path(&mut self, url: Option<&Url>) -> String {
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

    pub(super) fn listen(&mut self) -> SocketAddr {
        const DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);
        let Some(listen) = self.address("listen", "127.0.0.1:3000") else { return DEFAULT };
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

    /// Where the figures are told: not where everybody asks, for the public does not need to know.
    pub(super) fn metrics_listen(&mut self, listen: SocketAddr) -> Option<SocketAddr> {
        let metrics = self.address("metrics.listen", "127.0.0.1:9464")?;
        let everywhere = metrics.ip().is_unspecified() || listen.ip().is_unspecified();
        if metrics.port() == listen.port()
            && metrics.port() != 0
            && (metrics.ip() == listen.ip() || everywhere)
        {
            self.wrong(
                "metrics.listen",
                format!("`metrics.listen` is {metrics}, and that is where hallpass answers everybody"),
                "give the figures a port of their own: 127.0.0.1:9464",
            );
            return None;
        }
        Some(metrics)
    }

    /// The collector of traces.
    pub(super) fn otel_endpoint(&mut self) -> Option<Url> {
        let text = self.settings.text("otel.endpoint")?.to_owned();
        if !cfg!(feature = "otel") {
            let way_out = "build it with `--features otel`, or leave `otel.endpoint` out";
            self.wrong("otel.endpoint", "this hallpass is built without OpenTelemetry", way_out);
            return None;
        }
        let url =
            Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if url.is_none() {
            let way_out = "write the base URL of an OTLP/HTTP collector: http://127.0.0.1:4318";
            self.wrong("otel.endpoint", "`otel.endpoint` is no http or https URL", way_out);
        }
        url
    }

    /// The address and port under this key, if it is set and is one.
    fn address(&mut self, key: &str, example: &str) -> Option<SocketAddr> {
        let text = self.settings.text(key)?.to_owned();
        let address = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
        let parsed = address.unwrap_or_else(|| text.clone()).parse().ok();
        if parsed.is_none() {
            let way_out = format!("write an address and a port: {example}");
            self.wrong(key, format!("`{key}` is {text:?}"), way_out);
        }
        parsed
    }

    pub(super) fn database(&mut self) -> PathBuf {
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

    pub(super) fn trusted_proxies(&mut self) -> Vec<IpNet> {
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

    /// The listed hosts, and those that the operator wrote into a provider's URL as what they are: on this machine,
    /// or a private address.
    pub(super) fn private_hosts(&mut self) -> Vec<String> {
        let mut hosts = self.settings.list("private_hosts").to_vec();
        for (key, setting) in self.settings.iter() {
            let Value::Text(text) = &setting.value else { continue };
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
