//! From a configuration to a running hallpass: the store, the world, `Auth`.

use std::fmt;
use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hallpass::world::{Mail, Random, World};
use hallpass::{Auth, AuthBuilder, ConfigError, Credentials, Secret};
use hallpass_sqlite::{OpenError, Sqlite};
use hallpass_store::{Memory, Store};
use hallpass_world::{
    BadWebhook, HttpClient, HttpOptions, KernelRandom, Mailbox, Options, Outside, SmtpMail, SystemClock,
    Webhook,
};
use url::Url;

use crate::config::application::{Application, ByWebhook, LONGEST_QUESTION};
use crate::config::effective::DEVELOPMENT_DIRECTORY;
use crate::config::{Config, Mode, Secrets};
use crate::metrics::Metrics;
use crate::metrics::counted::counted;
use crate::traces::Traces;

/// How many mails the development mailbox keeps.
const MAILBOX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(99);

/// Why hallpass does not start. Says the way out.
#[derive(Debug)]
pub(crate) enum StartError {
    /// The directory of development mode, or its secret.
    Development(String, io::Error),
    /// A secret file that somebody emptied or wrote something else into.
    BadSecretFile(String),
    NoRandomness,
    Database(OpenError),
    Mail(hallpass_world::BadMailOptions),
    Config(ConfigError),
    Webhook(BadWebhook),
    Metrics(prometheus::Error),
    Traces(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Development(path, cause) => write!(
                f,
                "{path} cannot be used: {cause}\n  → development mode keeps its secret and database there; start \
                 hallpass in a directory you may write to"
            ),
            Self::BadSecretFile(path) => {
                write!(f, "{path} holds no secret\n  → delete it, and hallpass makes another")
            }
            Self::NoRandomness => f.write_str("the system has no random bytes to make a secret of"),
            Self::Database(cause) => cause.fmt(f),
            Self::Mail(cause) => write!(f, "email.smtp cannot be used: {cause}"),
            Self::Config(cause) => cause.fmt(f),
            Self::Webhook(cause) => cause.fmt(f),
            Self::Traces(cause) => write!(f, "otel.endpoint cannot be used: {cause}"),
            Self::Metrics(cause) => write!(f, "the figures cannot be set up: {cause}"),
        }
    }
}

/// A hallpass that can answer.
pub(crate) struct Started {
    pub(crate) auth: Auth,
    pub(crate) store: Arc<Sqlite>,
    /// Where mail goes if no mail server is configured.
    pub(crate) mailbox: Option<Arc<Mailbox>>,
    /// What is counted, if anybody is to be told.
    pub(crate) metrics: Option<Arc<Metrics>>,
    /// Who is told of requests, if anybody is.
    pub(crate) traces: Option<Traces>,
}

/// Opens the store and puts everything together. `origin` is the public URL without a path.
pub(crate) fn start(config: &Config, origin: &str) -> Result<Started, StartError> {
    let secrets = match &config.secrets {
        Secrets::Given(given) => given.clone(),
        Secrets::MadeIn(path) => vec![Secret::new(secret_kept_in(path)?)],
    };
    let store = Arc::new(open(config)?);
    let mailbox = mailbox(config);
    let mut world = world(config, Arc::clone(&store) as Arc<dyn Store>, mailbox.clone())?;
    let metrics = config.metrics.map(|_| Metrics::new(config).map(Arc::new)).transpose();
    let metrics = metrics.map_err(StartError::Metrics)?;
    if let Some(metrics) = &metrics {
        world = counted(world, metrics);
    }
    let traces = config.otel.as_ref().map(Traces::start).transpose().map_err(StartError::Traces)?;
    if let Some(traces) = &traces {
        world = traces.world(world);
    }
    let mut builder = builder(config, origin, secrets, world)?;
    if mailbox.is_some() {
        builder = builder.mailbox(format!("{origin}/mailbox"));
    }
    Ok(Started { auth: builder.build().map_err(StartError::Config)?, store, mailbox, metrics, traces })
}

/// Everything that [`start`] does and that touches no file.
pub(crate) fn rehearse(config: &Config) -> Result<(), StartError> {
    let secrets = match &config.secrets {
        Secrets::Given(given) => given.clone(),
        Secrets::MadeIn(_) => vec![Secret::new(fresh_secret().ok_or(StartError::NoRandomness)?)],
    };
    let world = world(config, Arc::new(Memory::new()), mailbox(config))?;
    let origin = config.origin(config.listen.port());
    builder(config, &origin, secrets, world)?.build().map_err(StartError::Config)?;
    Ok(())
}

/// A world to ask others in, which remembers nothing.
pub(crate) fn world_without_memory(config: &Config) -> Result<World, StartError> {
    world(config, Arc::new(Memory::new()), None)
}

fn builder(
    config: &Config,
    origin: &str,
    secrets: Vec<Secret>,
    world: World,
) -> Result<AuthBuilder, StartError> {
    let mut builder = Auth::builder(origin, secrets, world)
        .base_path(config.base_path.clone())
        .wire(config.wire)
        .profile(config.profile)
        .bad_callback_url(config.bad_callback_url)
        .session(config.session.clone())
        .theme(config.theme)
        .brand(config.brand.clone())
        .pages(config.pages.clone());
    if let Some(email) = &config.email {
        builder = builder.email(email.options.clone());
    }
    if let Some(passwords) = &config.password {
        builder = builder.passwords(passwords.clone());
    }
    if let Some(signing) = &config.signing {
        builder = builder.signing(signing.clone());
    }
    if let Some(secret) = &config.application_secret {
        builder = builder.application_secret(secret.clone());
    }
    for client in &config.providers {
        builder = builder.oauth(client.clone());
    }
    application(builder, &config.application, config.ca.as_deref()).map_err(StartError::Webhook)
}

/// Lets the application have its say: rules first, so that a webhook can build on them.
fn application(
    mut builder: AuthBuilder,
    says: &Application,
    ca: Option<&[u8]>,
) -> Result<AuthBuilder, BadWebhook> {
    if let Some(domains) = &says.domains {
        builder = builder.hooks(domains.clone());
    }
    if let Some(origins) = &says.origins {
        builder = builder.hooks(origins.clone());
    }
    for rule in &says.claims {
        builder = builder.hooks(rule.clone());
    }
    if let Some(webhook) = &says.webhook {
        builder = builder.hooks(Webhook::new(webhook.clone(), outside(&webhook.url, ca))?);
    }
    for way in &says.credentials {
        builder = builder.authorize(credentials(way, ca)?);
    }
    Ok(builder)
}

fn credentials(way: &ByWebhook, ca: Option<&[u8]>) -> Result<Credentials, BadWebhook> {
    let mut credentials = Credentials::new(&way.id, &way.name, way.authorize(outside(&way.url, ca))?);
    for field in &way.fields {
        let secret = ["password", "pin", "code"].iter().any(|word| field.to_lowercase().contains(word));
        let label = label(field);
        credentials =
            if secret { credentials.secret_field(field, label) } else { credentials.field(field, label) };
    }
    Ok(credentials)
}

/// A field's name as a person reads it.
fn label(field: &str) -> String {
    let words = field.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What a webhook is asked with. The operator named its host, so that may be a private one.
fn outside(url: &str, ca: Option<&[u8]>) -> Outside {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let http = HttpOptions {
        // What it may take at most is said with each question: `hooks.deadline`.
        deadline: LONGEST_QUESTION,
        private_hosts: host.into_iter().collect(),
        extra_ca: ca.map(<[u8]>::to_vec),
        ..HttpOptions::default()
    };
    Outside {
        http: Arc::new(HttpClient::new(http)),
        clock: Arc::new(SystemClock),
        random: Arc::new(KernelRandom),
    }
}

/// What a configuration is tried with: nothing is sent.
pub(crate) fn rehearsal() -> Outside {
    outside("", None)
}

/// Opens the database, and brings it to the schema of this version.
pub(crate) fn open(config: &Config) -> Result<Sqlite, StartError> {
    if config.mode == Mode::Development && config.database.starts_with(DEVELOPMENT_DIRECTORY) {
        make_directory()?;
    }
    Sqlite::open(&config.database).map_err(StartError::Database)
}

/// A random secret, as `hallpass secret` prints it: 32 bytes in base64.
pub(crate) fn fresh_secret() -> Option<String> {
    let mut bytes = [0; 32];
    KernelRandom.fill(&mut bytes).ok()?;
    Some(STANDARD.encode(bytes))
}

fn mailbox(config: &Config) -> Option<Arc<Mailbox>> {
    let unsent = config.email.as_ref().is_some_and(|email| email.smtp.is_none());
    (unsent && config.mode == Mode::Development)
        .then(|| Arc::new(Mailbox::new(Arc::new(SystemClock), MAILBOX)))
}

fn world(config: &Config, store: Arc<dyn Store>, mailbox: Option<Arc<Mailbox>>) -> Result<World, StartError> {
    let smtp = config.email.as_ref().and_then(|email| email.smtp.clone());
    let mail: Option<Arc<dyn Mail>> = match smtp {
        Some(smtp) => Some(Arc::new(SmtpMail::new(smtp, Arc::new(KernelRandom)).map_err(StartError::Mail)?)),
        None => mailbox.map(|mailbox| mailbox as Arc<dyn Mail>),
    };
    let http = HttpOptions {
        private_hosts: config.private_hosts.clone(),
        extra_ca: config.ca.clone(),
        ..HttpOptions::default()
    };
    Ok(hallpass_world::real(store, Options { http, mail, ..Options::default() }))
}

fn secret_kept_in(path: &Path) -> Result<String, StartError> {
    make_directory()?;
    let unusable = |cause| StartError::Development(path.display().to_string(), cause);
    match fs::read_to_string(path) {
        Ok(text) if text.trim().len() >= 32 => Ok(text.trim().to_owned()),
        Ok(_) => Err(StartError::BadSecretFile(path.display().to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let secret = fresh_secret().ok_or(StartError::NoRandomness)?;
            write_for_the_owner(path, &secret).map_err(unusable)?;
            Ok(secret)
        }
        Err(error) => Err(unusable(error)),
    }
}

/// The directory of development mode, with a `.gitignore` so that nobody commits the secret in it.
fn make_directory() -> Result<(), StartError> {
    let directory = Path::new(DEVELOPMENT_DIRECTORY);
    let unusable = |cause| StartError::Development(directory.display().to_string(), cause);
    fs::create_dir_all(directory).map_err(unusable)?;
    let ignore = directory.join(".gitignore");
    if !ignore.exists() {
        fs::write(ignore, "*\n").map_err(unusable)?;
    }
    Ok(())
}

#[cfg(unix)]
fn write_for_the_owner(path: &Path, text: &str) -> io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{text}")
}

#[cfg(not(unix))]
fn write_for_the_owner(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, format!("{text}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_secret_is_good_enough_for_production() {
        let (first, second) = (fresh_secret().unwrap(), fresh_secret().unwrap());
        assert_ne!(first, second);
        assert_eq!(crate::config::weakness(&first), None);
    }
}
