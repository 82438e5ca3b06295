//! `hallpass completions` and `hallpass man`: the command line, told to shells and to `man`.

use std::io;
use std::process::ExitCode;

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::config::report::{Entry, entries};
use crate::dialogue::{FAILED, answer};

/// The completions of a shell.
pub(crate) fn completions(command: &mut Command, shell: Shell) -> ExitCode {
    answer(script(command, shell))
}

fn script(command: &mut Command, shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, command, "hallpass", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// The manual page, with the options of every command and every setting.
pub(crate) fn page(command: Command) -> ExitCode {
    match text(command) {
        Ok(text) => answer(text),
        Err(_) => ExitCode::from(FAILED),
    }
}

fn text(mut command: Command) -> io::Result<String> {
    command.build();
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    commands(&command, &mut page)?;
    settings().to_writer(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
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

/// A section with the settings of `hallpass.toml`.
fn settings() -> Roff {
    let mut section = Roff::new();
    section.control("SH", ["SETTINGS"]);
    section.text([roman("What hallpass.toml may hold, and the environment variables that mean the same. A variable with _FILE at its end names a file that holds the value.")]);
    for Entry { name, variables, default, about } in entries() {
        section.control("TP", []);
        section.text([bold(name)]);
        section.text([roman(format!("{about} Default: {default}. Variable: {}.", variables.join(", ")))]);
    }
    section
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::Cli;

    /// Every command, with the words before it.
    fn walk(command: &Command, path: &str, see: &mut dyn FnMut(&Command, &str)) {
        see(command, path);
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            walk(inner, &format!("{path} {}", inner.get_name()), see);
        }
    }

    fn options(command: &Command) -> impl Iterator<Item = &str> {
        command.get_arguments().filter_map(clap::Arg::get_long)
    }

    #[test]
    fn every_command_and_every_option_is_told_to_every_shell() {
        let mut command = Cli::command();
        command.build();
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = script(&mut Cli::command(), shell);
            let mut seen = 0;
            walk(&command, "hallpass", &mut |command, path| {
                assert!(script.contains(command.get_name()), "{shell}: {path}");
                for option in options(command) {
                    let told =
                        if shell == Shell::Fish { format!("-l {option}") } else { format!("--{option}") };
                    assert!(script.contains(&told), "{shell}: {path} --{option}");
                    seen += 1;
                }
            });
            assert!(seen > 40, "{seen}");
        }
    }

    #[test]
    fn the_manual_page_has_every_command_every_option_and_every_setting() {
        let mut command = Cli::command();
        command.build();
        let page = text(Cli::command()).unwrap().replace("\\-", "-");
        walk(&command, "hallpass", &mut |command, path| {
            assert!(page.contains(path), "{path}");
            for option in options(command) {
                assert!(page.contains(&format!("--{option}")), "{path} --{option}");
            }
        });
        let (_, settings) = page.split_once(".SH SETTINGS").unwrap();
        for Entry { name, variables, .. } in entries() {
            assert!(settings.contains(&name), "{name}");
            for variable in variables {
                assert!(settings.contains(&variable), "{variable}");
            }
        }
    }
}
