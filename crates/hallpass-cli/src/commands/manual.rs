//! `hallpass completions` and `hallpass man`: the command line, told to shells and to `man`.

use std::io;
use std::process::ExitCode;

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::dialogue::{FAILED, answer};

/// The completions of a shell.
pub(crate) fn completions(command: &mut Command, shell: Shell) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(shell, command, "hallpass", &mut script);
    answer(String::from_utf8_lossy(&script))
}

/// The manual page, with the options of every command.
pub(crate) fn page(mut command: Command) -> ExitCode {
    command.build();
    let mut page = Vec::new();
    let written = Man::new(command.clone()).render(&mut page).and_then(|()| commands(&command, &mut page));
    match written {
        Ok(()) => answer(String::from_utf8_lossy(&page)),
        Err(_) => ExitCode::from(FAILED),
    }
}

/// A section for each command below this one: what it does, how it is called, its options.
fn commands(command: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        let man = Man::new(inner.clone());
        man.render_synopsis_section(page)?;
        man.render_description_section(page)?;
        man.render_options_section(page)?;
        commands(inner, page)?;
    }
    Ok(())
}
