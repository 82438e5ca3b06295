//! `hallpass serve`: from a configuration to answers.

use std::fmt::{self, Display};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use hallpass::{Auth, SignUp};
use tokio::signal;
use url::Url;

use super::usable;
use crate::config::effective::DEVELOPMENT_DIRECTORY;
use crate::config::{Config, Loaded, Mode};
use crate::demo::{Demo, Offers};
use crate::dialogue::{FAILED, give_up, say};
use crate::listener::{self, Drained};
use crate::metrics::page::Page;
use crate::site::Site;
use crate::start::{Started, start};
use crate::{logs, mailbox, openapi};

const SWEEP_EVERY: Duration = Duration::from_secs(3600);
/// How often to ask which sealed sessions ended elsewhere: one small read, whatever the traffic.
const LEARN_EVERY: Duration = Duration::from_secs(1);

/// How long what is under way may take to end when hallpass does.
const LAST_WORDS: Duration = Duration::from_millis(250);

pub(crate) fn run(loaded: Loaded) -> ExitCode {
    let config = match usable(loaded) {
        Ok(config) => config,
        Err(status) => return status,
    };
    logs::start(&config.log);
    // Bound first: who connects from here on waits for the store to open, and is not refused.
    let (listener, address) = match bind(config.listen) {
        Ok(bound) => bound,
        Err(error) => return give_up(FAILED, NotBound { key: "listen", listen: config.listen, error }),
    };
    let metrics = match config.metrics.map(|listen| bind(listen).map_err(|error| (listen, error))).transpose()
    {
        Ok(metrics) => metrics,
        Err((listen, error)) => return give_up(FAILED, NotBound { key: "metrics.listen", listen, error }),
    };
    let origin = config.origin(address.port());
    let started = match start(&config, &origin) {
        Ok(started) => started,
        Err(error) => return give_up(FAILED, error),
    };
    let site = match site(&config, &started, &origin) {
        Ok(site) => site,
        Err(error) => return give_up(FAILED, error),
    };
    if config.mode == Mode::Development {
        say(Welcome { config: &config, origin: &origin, address });
    }
    match serve((listener, address), metrics, site, started.auth) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => give_up(FAILED, format_args!("the server cannot run: {error}")),
    }
}

/// A listener, and where it is.
type Bound = (TcpListener, SocketAddr);

fn bind(listen: SocketAddr) -> io::Result<Bound> {
    let listener = TcpListener::bind(listen)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

struct NotBound {
    /// The setting that says where.
    key: &'static str,
    listen: SocketAddr,
    error: io::Error,
}

impl Display for NotBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, listen, error } = self;
        write!(f, "hallpass cannot listen on {listen}: {error}")?;
        match error.kind() {
            ErrorKind::AddrInUse => {
                let next = SocketAddr::new(listen.ip(), listen.port().saturating_add(1));
                write!(f, "\n  → another program does; end it, or set {key} = \"{next}\"")?;
                if *key == "listen" { write!(f, ", or use `hallpass serve --listen {next}`") } else { Ok(()) }
            }
            ErrorKind::PermissionDenied => {
                f.write_str("\n  → ports under 1024 need a privilege; use a higher one")
            }
            ErrorKind::AddrNotAvailable => f.write_str("\n  → this machine does not have that address"),
            _ => Ok(()),
        }
    }
}

fn site(config: &Config, started: &Started, origin: &str) -> Result<Site, askama::Error> {
    let sign_up = config.password.as_ref().is_some_and(|password| password.sign_up == SignUp::Open);
    let offers = Offers { mailbox: started.mailbox.is_some(), sign_up };
    let mailbox = started.mailbox.clone();
    Ok(Site {
        auth: started.auth.service(),
        base_path: started.auth.base_path().to_owned(),
        openapi: openapi::document(&started.auth),
        store: Arc::clone(&started.store),
        trusted_proxies: config.trusted_proxies.clone(),
        demo: if config.demo { Some(Demo::new(started.auth.base_path(), offers)?) } else { None },
        metrics: started.metrics.clone(),
        traces: started.traces.clone(),
        mailbox: mailbox.map(|mailbox| mailbox::Page {
            mailbox,
            origin: origin.to_owned(),
            demo: config.demo,
        }),
    })
}

fn serve(public: Bound, metrics: Option<Bound>, site: Site, auth: Auth) -> io::Result<()> {
    let (listener, address) = public;
    let traces = site.traces.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let drained = runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let stop = asked_to_stop()?;
        // Known before the first request: what ended while this server was down stays ended.
        if let Err(error) = auth.learn_ended().await {
            tracing::warn!(cause = %error, "which sessions ended elsewhere could not be asked");
        }
        tokio::spawn(learn(auth.clone()));
        tokio::spawn(sweep(auth));
        if let (Some((listener, address)), Some(metrics)) = (metrics, &site.metrics) {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let page = Arc::new(Page(Arc::clone(metrics)));
            // Until the very end: what happens during the drain is counted too.
            tokio::spawn(listener::serve(listener, page, std::future::pending()));
            tracing::info!(%address, "the figures are at http://{address}/metrics");
        }
        tracing::info!(%address, "hallpass listens on http://{address}");
        Ok::<_, io::Error>(listener::serve(listener, Arc::new(site), stop).await)
    })?;
    match drained {
        Drained::Completely => tracing::info!("hallpass has answered every request and stops"),
        Drained::CutOff => tracing::warn!("hallpass stops; requests that took too long are cut off"),
    }
    if let Some(traces) = traces {
        traces.finish();
    }
    // Who waits, such as an event that nobody took, is ended and says so. A hash or a commit that is still running must not hold
    // the process up.
    runtime.shutdown_timeout(LAST_WORDS);
    Ok(())
}

/// Learns which sessions were ended beside this process, for those that are read from the cookie alone.
async fn learn(auth: Auth) {
    let mut due = tokio::time::interval(LEARN_EVERY);
    due.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut is_failing = false;
    loop {
        due.tick().await;
        match auth.learn_ended().await {
            Ok(()) => is_failing = false,
            // Said once, not every second.
            Err(error) if !std::mem::replace(&mut is_failing, true) => {
                tracing::warn!(cause = %error, "which sessions ended elsewhere cannot be asked");
            }
            Err(_) => {}
        }
    }
}

/// Forgets what is over, now and then: nothing depends on it but the size of the database.
async fn sweep(auth: Auth) {
    let mut due = tokio::time::interval(SWEEP_EVERY);
    loop {
        due.tick().await;
        if let Err(error) = auth.sweep().await {
            tracing::warn!(cause = %error, "what is over could not be swept away");
        }
    }
}

/// Resolves at SIGTERM or SIGINT.
#[cfg(unix)]
fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
    let mut interrupt = signal::unix::signal(signal::unix::SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Resolves at Ctrl-C.
#[cfg(not(unix))]
fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = signal::ctrl_c().await;
    })
}

/// What a newcomer needs.
struct Welcome<'a> {
    config: &'a Config,
    /// The public URL, where an app may answer that passes on the API alone.
    origin: &'a str,
    address: SocketAddr,
}

/// Where a browser on this machine finds hallpass itself, if that is not the public URL.
fn elsewhere(url: Option<&Url>, address: SocketAddr) -> Option<String> {
    let port = address.port();
    if url?.port_or_known_default() == Some(port) {
        None
    } else if address.ip().is_unspecified() {
        Some(format!("http://localhost:{port}"))
    } else {
        Some(format!("http://{address}"))
    }
}

impl Display for Welcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { config, origin, address } = self;
        let elsewhere = elsewhere(config.url.as_ref(), *address);
        let here = elsewhere.as_deref().unwrap_or(origin);
        writeln!(f, "\n  hallpass {} in development mode\n", env!("CARGO_PKG_VERSION"))?;
        if config.demo {
            write!(f, "  Demo      {here}/            ")?;
            match elsewhere {
                None => writeln!(f, "sign up, sign in, see your session")?,
                Some(_) => writeln!(f, "to look at: signing in works at {origin} alone")?,
            }
        }
        if config.email.as_ref().is_some_and(|email| email.smtp.is_none()) {
            writeln!(f, "  Mailbox   {here}/mailbox     mail is shown here and not sent")?;
        }
        writeln!(f, "  API       {origin}{}/session, /csrf, /providers …", config.base_path)?;
        writeln!(
            f,
            "  Files     {DEVELOPMENT_DIRECTORY}/   the secret and the database; delete it to start over"
        )?;
        writeln!(f, "\n  Next: sign in with GitHub by setting AUTH_GITHUB_ID and AUTH_GITHUB_SECRET.")?;
        writeln!(
            f,
            "  For others than yourself: write hallpass.toml with a url, and a secret from `hallpass secret`;"
        )?;
        writeln!(f, "  `hallpass check` tells what is missing. Ctrl-C stops.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_hallpass_shows_is_told_with_an_address_at_which_it_answers() {
        for (url, listen, told) in [
            (None, "127.0.0.1:3000", None),
            (Some("http://localhost:3000"), "127.0.0.1:3000", None),
            (Some("http://localhost:3000"), "0.0.0.0:3000", None),
            (Some("http://localhost"), "127.0.0.1:80", None),
            (Some("http://localhost:5173"), "127.0.0.1:4000", Some("http://127.0.0.1:4000")),
            (Some("http://localhost:5173"), "[::1]:4000", Some("http://[::1]:4000")),
            (Some("http://localhost:5173"), "0.0.0.0:4000", Some("http://localhost:4000")),
            (Some("http://localhost:5173"), "[::]:4000", Some("http://localhost:4000")),
            (Some("http://localhost"), "127.0.0.1:4000", Some("http://127.0.0.1:4000")),
        ] {
            let public = url.map(|url| Url::parse(url).unwrap());
            let found = elsewhere(public.as_ref(), listen.parse().unwrap());
            assert_eq!(found.as_deref(), told, "{url:?} {listen}");
        }
    }
}
