//! `hallpass migrate`: brings the database to the schema of this version, and makes it if it is not there.

use std::process::ExitCode;

use super::usable;
use crate::config::Loaded;
use crate::dialogue::{FAILED, answer, give_up};
use crate::start::open;

pub(crate) fn run(loaded: Loaded) -> ExitCode {
    let config = match usable(loaded) {
        Ok(config) => config,
        Err(status) => return status,
    };
    match open(&config) {
        Ok(_) => {
            answer(format_args!("{} is ready for this version of hallpass\n", config.database.display()))
        }
        Err(error) => give_up(FAILED, error),
    }
}
