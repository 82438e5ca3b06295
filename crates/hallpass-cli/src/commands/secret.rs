//! `hallpass secret`: a fresh one.

use std::process::ExitCode;

use crate::dialogue::{FAILED, answer, give_up};
use crate::start::{StartError, fresh_secret};

pub(crate) fn run() -> ExitCode {
    match fresh_secret() {
        Some(secret) => answer(format_args!("{secret}\n")),
        None => give_up(FAILED, StartError::NoRandomness),
    }
}
