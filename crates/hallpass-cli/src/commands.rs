//! The commands, one file each.

pub(crate) mod check;
pub(crate) mod config;
pub(crate) mod manual;
pub(crate) mod migrate;
pub(crate) mod providers;
pub(crate) mod secret;
pub(crate) mod serve;
pub(crate) mod sessions;
pub(crate) mod users;

use std::process::ExitCode;

use hallpass::UserError;
use hallpass::world::Clock;
use hallpass_store::Timestamp;
use hallpass_world::SystemClock;
use tokio::runtime::Runtime;

use crate::config::problem::Severity;
use crate::config::{Config, Loaded};
use crate::dialogue::{FAILED, MISUSED, give_up, say};
use crate::start::{Started, start};

/// The configuration, if it can be used; otherwise what is wrong with it is said.
fn usable(loaded: Loaded) -> Result<Config, ExitCode> {
    for problem in &loaded.problems {
        say(problem);
    }
    if loaded.is_usable() {
        return Ok(loaded.config);
    }
    let errors = loaded.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let them = if errors == 1 { "it" } else { "them" };
    say(format_args!("\nhallpass does not start with {them}. `hallpass check` shows every setting."));
    Err(ExitCode::from(MISUSED))
}

/// What a command works with that looks into the database, beside a server that may run.
struct Desk {
    config: Config,
    started: Started,
    runtime: Runtime,
}

fn desk(loaded: Loaded) -> Result<Desk, ExitCode> {
    // What a command does is not the server's traffic.
    let config = Config { metrics: None, otel: None, ..usable(loaded)? };
    let started =
        start(&config, &config.origin(config.listen.port())).map_err(|error| give_up(FAILED, error))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| give_up(FAILED, format_args!("no runtime: {error}")))?;
    Ok(Desk { config, started, runtime })
}

impl Desk {
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    /// Says why a user or their sessions were left as they are, and the way out.
    fn user_trouble(&self, error: UserError) -> ExitCode {
        match error {
            UserError::Unknown => give_up(
                FAILED,
                "there is no user with this address or id\n  → `hallpass users list` shows them",
            ),
            error => give_up(FAILED, error),
        }
    }
}
