//! `hallpass check`: what counts, where it comes from, and what is wrong with it. Starts and changes nothing.

use std::process::ExitCode;

use crate::config::{Loaded, report};
use crate::dialogue::{MISUSED, answer};

pub(crate) fn run(loaded: &Loaded) -> ExitCode {
    let told = answer(report::report(loaded));
    if loaded.is_usable() { told } else { ExitCode::from(MISUSED) }
}

/// `hallpass check --keys`.
pub(crate) fn keys() -> ExitCode {
    answer(report::reference())
}
