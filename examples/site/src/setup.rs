//! From the environment to hallpass.

use std::env::var;
use std::fmt::Write;
use std::net::Ipv4Addr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hallpass::world::{Mail, Random};
use hallpass::{Auth, EmailOptions, OwnPages, PasswordOptions, Profile, Secret, SessionOptions, SignUp};
use hallpass_oauth::{Client, ClientSecret, Provider};
use hallpass_sqlite::Sqlite;
use hallpass_store::{Memory, Store};
use hallpass_world::{HttpOptions, KernelRandom, Mailbox, Options, SmtpMail, SmtpOptions, SystemClock};
use tokio::net::TcpListener;

use crate::{files, mailbox};

/// Why an example does not start, in a sentence.
pub type Problem = Box<dyn std::error::Error + Send + Sync>;

/// How many mails the mailbox keeps.
const MAILS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(19);

/// A site with hallpass in it, and where it listens.
#[derive(Debug)]
pub struct Site {
    /// hallpass: with passwords, mail links, and an OpenID Connect provider if one was named.
    pub auth: Auth,
    port: u16,
    pages: PathBuf,
    mailbox: Option<Arc<Mailbox>>,
}

impl Site {
    /// Reads the environment. Without any of these variables it is a site on this machine that forgets everything when it ends:
    ///
    /// | variable | what it says |
    /// |---|---|
    /// | `PORT` | where it listens on this machine: 3000 unless set |
    /// | `AUTH_SECRET` | what sessions are sealed with (`hallpass secret` prints one) |
    /// | `DATABASE` | the path of a SQLite file |
    /// | `SMTP_URL` | the mail server; without one, mails are shown at `/mailbox` |
    /// | `OIDC_ISSUER`, `OIDC_CLIENT_ID`, `OIDC_CLIENT_SECRET`, `OIDC_NAME` | a provider |
    /// | `SESSION_MAX_AGE` | how many seconds a session lasts that is not used |
    /// | `PAGES` | the folder with the page's WebAssembly: `target/wasm` unless set |
    ///
    /// # Errors
    ///
    /// A sentence about the variable that is wrong.
    pub fn from_environment() -> Result<Self, Problem> {
        let port = match var("PORT") {
            Ok(port) => port.parse().map_err(|_| format!("PORT is {port:?}, which is no port"))?,
            Err(_) => 3000,
        };
        let secret = var("AUTH_SECRET").or_else(|_| fresh_secret())?;
        let store: Arc<dyn Store> = match var("DATABASE") {
            Ok(path) => Arc::new(Sqlite::open(&path)?),
            Err(_) => Arc::new(Memory::new()),
        };
        let (mail, mailbox): (Arc<dyn Mail>, _) = match var("SMTP_URL") {
            Ok(url) => {
                let options = SmtpOptions::new(url, "A site <sign-in@site.example>");
                (Arc::new(SmtpMail::new(options, Arc::new(KernelRandom))?), None)
            }
            Err(_) => {
                let mailbox = Arc::new(Mailbox::new(Arc::new(SystemClock), MAILS));
                (Arc::clone(&mailbox) as Arc<dyn Mail>, Some(mailbox))
            }
        };
        // The provider of an example is on this machine, which hallpass asks nobody else's providers to be.
        let http = HttpOptions { private_hosts: vec!["127.0.0.1".into()], ..HttpOptions::default() };
        let world = hallpass_world::real(store, Options { http, mail: Some(mail), ..Options::default() });
        let origin = format!("http://localhost:{port}");
        let mut builder = Auth::builder(&origin, vec![Secret::new(secret)], world)
            .passwords(PasswordOptions { sign_up: SignUp::Open, ..PasswordOptions::default() })
            .email(EmailOptions { ..Profile::Strict.email() })
            .session(session()?)
            .pages(OwnPages { sign_in: Some("/sign-in".into()), ..OwnPages::default() });
        if let Ok(issuer) = var("OIDC_ISSUER") {
            builder = builder.oauth(provider(issuer)?);
        }
        if mailbox.is_some() {
            builder = builder.mailbox(format!("{origin}/mailbox"));
        }
        let pages = var("PAGES").map_or_else(|_| PathBuf::from("target/wasm"), PathBuf::from);
        Ok(Self { auth: builder.build()?, port, pages, mailbox })
    }

    /// Serves the application, with its files beside it, until Ctrl-C or the signal that ends a service.
    ///
    /// # Errors
    ///
    /// The port is taken.
    pub async fn serve(self, app: Router) -> Result<(), Problem> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))
            .await
            .map_err(|error| format!("port {} cannot be had: {error}. PORT names another", self.port))?;
        announce(self.auth.url(), self.mailbox.is_some());
        let app = app.merge(files::router(self.pages)).merge(mailbox::router(self.mailbox));
        Ok(axum::serve(listener, app).with_graceful_shutdown(told_to_end()).await?)
    }
}

#[allow(clippy::print_stdout, reason = "it talks to the person who started it")]
fn announce(url: &str, has_mailbox: bool) {
    println!("\n  {url}");
    if has_mailbox {
        println!("  {url}/mailbox     the mails, which are not sent");
    }
}

async fn told_to_end() {
    let Ok(mut ended) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = ended.recv() => {}
    }
}

/// Good until the process ends.
fn fresh_secret() -> Result<String, Problem> {
    let mut bytes = [0; 32];
    KernelRandom.fill(&mut bytes).map_err(|_| "the system has no random bytes to make a secret of")?;
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}")?;
    }
    Ok(text)
}

fn session() -> Result<SessionOptions, Problem> {
    let usual = Profile::Strict.session();
    let Ok(given) = var("SESSION_MAX_AGE") else { return Ok(usual) };
    let seconds =
        given.parse().map_err(|_| format!("SESSION_MAX_AGE is {given:?}, which is no number of seconds"))?;
    let max_age = Duration::from_secs(seconds);
    Ok(SessionOptions { max_age, update_age: max_age, ..usual })
}

fn provider(issuer: String) -> Result<Client, Problem> {
    let name = var("OIDC_NAME").unwrap_or_else(|_| "Example Identity".into());
    let id = var("OIDC_CLIENT_ID").map_err(|_| "OIDC_ISSUER is set, and OIDC_CLIENT_ID is not")?;
    let entry = Provider {
        id: "example".into(),
        name: name.into(),
        issuer: Some(issuer.into()),
        ..hallpass_providers::oidc::ENTRY
    };
    let mut client = Client::builder(entry, id).allow_loopback_http();
    if let Ok(secret) = var("OIDC_CLIENT_SECRET") {
        client = client.secret(ClientSecret::new(secret));
    }
    Ok(client.build()?)
}
