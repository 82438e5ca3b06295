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

use hallpass::world::Clock;
use hallpass::{Endings, Strategy, UserError};
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

/// A number of lines.
fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "say 1 or more".to_owned())
}

/// A word of a command that is shown to be typed, whatever is in it.
fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@._:+-".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// What a command works with that looks into the database, beside a server that may run.
struct Desk {
    config: Config,
    started: Started,
    runtime: Runtime,
}

/// What a command does where there is no database yet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    /// Makes it.
    Made,
    /// Says so: whoever looks for users or ends sessions is in the wrong place.
    Told,
}

fn desk(loaded: Loaded, absent: Absent) -> Result<Desk, ExitCode> {
    // What a command does is not the server's traffic.
    let config = Config { metrics: None, otel: None, ..usable(loaded)? };
    if absent == Absent::Told && !config.database.exists() {
        let here = std::path::absolute(&config.database).unwrap_or_else(|_| config.database.clone());
        let way_out = "run this where the server runs, or name its file with --config";
        return Err(give_up(
            FAILED,
            format_args!("there is no database at {}\n  → {way_out}", here.display()),
        ));
    }
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

    /// When servers that run know of sessions that were ended, to be put behind a sentence.
    fn until_refused(&self) -> &'static str {
        match (self.config.session.strategy, self.config.session.endings) {
            (Strategy::Database, _) => "",
            (Strategy::Jwt, Endings::Announced) => {
                "; servers that run refuse their cookies within a second or two"
            }
            (Strategy::Jwt, Endings::Unannounced) => {
                "; servers that run refuse their cookies at `session.update_age`, since `session.announce_endings` is off"
            }
        }
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
