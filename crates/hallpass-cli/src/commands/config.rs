//! `hallpass config`: what the configuration file may hold.

use std::process::ExitCode;

use clap::Subcommand;

use crate::config::schema;
use crate::dialogue::answer;

/// What to say of it.
#[derive(Subcommand)]
pub(crate) enum Config {
    /// Print a JSON Schema of hallpass.toml, with which an editor completes and checks it.
    Schema,
}

/// `hallpass config schema`.
pub(crate) fn schema() -> ExitCode {
    answer(schema::schema())
}
