//! What the server is started with, everything decided.

use std::net::SocketAddr;
use std::path::PathBuf;

use hallpass::{
    BadCallbackUrl, Brand, EmailOptions, OwnPages, PasswordOptions, Profile, Secret, SessionOptions,
    SigningOptions, Theme,
};
use hallpass_wire::Wire;
use hallpass_world::SmtpOptions;
use ipnet::IpNet;
use url::Url;

use super::application::Application;

/// Where development mode keeps what it makes.
pub(crate) const DEVELOPMENT_DIRECTORY: &str = ".hallpass";
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
    pub(crate) profile: Profile,
    pub(crate) bad_callback_url: BadCallbackUrl,
    pub(crate) listen: SocketAddr,
    /// Where the figures are told, if they are.
    pub(crate) metrics: Option<SocketAddr>,
    /// The collector that is told of requests, if there is one.
    pub(crate) otel: Option<Url>,
    pub(crate) database: PathBuf,
    pub(crate) secrets: Secrets,
    pub(crate) theme: Theme,
    pub(crate) brand: Brand,
    pub(crate) pages: OwnPages,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) private_hosts: Vec<String>,
    pub(crate) ca: Option<Vec<u8>>,
    pub(crate) session: SessionOptions,
    pub(crate) email: Option<Email>,
    pub(crate) password: Option<PasswordOptions>,
    pub(crate) signing: Option<SigningOptions>,
    /// What the application's server shows to get tokens of providers.
    pub(crate) application_secret: Option<Secret>,
    pub(crate) log: LogOptions,
    pub(crate) providers: Vec<hallpass_oauth::Client>,
    pub(crate) application: Application,
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
