//! The commands, one file each.

pub(crate) mod check;
pub(crate) mod config;
pub(crate) mod manual;
pub(crate) mod migrate;
pub(crate) mod secret;
pub(crate) mod serve;
pub(crate) mod users;

use std::process::ExitCode;

use crate::config::problem::Severity;
use crate::config::{Config, Loaded};
use crate::dialogue::{MISUSED, say};

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
