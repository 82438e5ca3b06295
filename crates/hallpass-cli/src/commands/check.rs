//! `hallpass check`: what counts, where it comes from, and what is wrong with it. Starts and changes nothing.

mod machine;
mod online;
pub(crate) mod production;

use std::process::ExitCode;

use crate::config::problem::Problem;
use crate::config::{Loaded, report};
use crate::dialogue::{MISUSED, answer};
use crate::start::rehearse;

pub(crate) fn run(mut loaded: Loaded) -> ExitCode {
    if loaded.is_usable()
        && let Err(error) = rehearse(&loaded.config)
    {
        loaded.problems.push(Problem::error(error.to_string()));
    }
    let told = answer(report::report(&loaded));
    if loaded.is_usable() { told } else { ExitCode::from(MISUSED) }
}

/// `hallpass check --keys`.
pub(crate) fn keys() -> ExitCode {
    answer(report::reference())
}
