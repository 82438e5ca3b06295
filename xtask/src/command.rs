//! Running other programs.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Failure;

/// A program with its arguments, to be run in `folder`.
pub(crate) fn command(folder: &Path, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    command
}

/// The cargo that runs us.
pub(crate) fn cargo(folder: &Path, arguments: &[&str]) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = command(folder, &cargo, arguments);
    // Set for us by `cargo run`; a cargo below would take our package's values for its own.
    for inherited in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
        command.env_remove(inherited);
    }
    command
}

/// Runs to the end with our own output; an error names the command.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| format!("{}: {error}", name(command)))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` ended with {status}.", name(command))) }
}

/// Runs to the end, hands each line of its output to `line`, and says whether it succeeded.
pub(crate) fn run_by_line(command: &mut Command, mut line: impl FnMut(&str)) -> Result<bool, Failure> {
    let mut child =
        command.stdout(Stdio::piped()).spawn().map_err(|error| format!("{}: {error}", name(command)))?;
    if let Some(out) = child.stdout.take() {
        for text in BufReader::new(out).split(b'\n').map_while(Result::ok) {
            line(&String::from_utf8_lossy(&text));
        }
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    Ok(status.success())
}

/// What the program prints, if it succeeds.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let done = command.output().map_err(|error| format!("{}: {error}", name(command)))?;
    if done.status.success() {
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    } else {
        Err(format!("`{}`: {}", name(command), String::from_utf8_lossy(&done.stderr).trim()))
    }
}

fn name(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}
