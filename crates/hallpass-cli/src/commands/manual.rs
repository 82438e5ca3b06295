//! `hallpass completions` and `hallpass man`: the command line, told to shells and to `man`.

use std::process::ExitCode;

use clap::Command;
use clap_complete::Shell;

use crate::dialogue::{FAILED, answer};

/// The completions of a shell.
pub(crate) fn completions(command: &mut Command, shell: Shell) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(shell, command, "hallpass", &mut script);
    answer(String::from_utf8_lossy(&script))
}

/// The manual page, with a section for every command.
pub(crate) fn page(command: Command) -> ExitCode {
    let mut page = Vec::new();
    match clap_mangen::Man::new(command.flatten_help(true)).render(&mut page) {
        Ok(()) => answer(String::from_utf8_lossy(&page)),
        Err(_) => ExitCode::from(FAILED),
    }
}
