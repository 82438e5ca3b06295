//! What the program says to the person at the terminal, and what it asks them.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

/// The command did not work.
pub(crate) const FAILED: u8 = 1;
/// The configuration or the command line is wrong.
pub(crate) const MISUSED: u8 = 2;

/// Answers a command on standard output.
pub(crate) fn answer(text: impl Display) -> ExitCode {
    match write!(io::stdout().lock(), "{text}") {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever listened has gone, as `head` does.
        Err(_) => ExitCode::from(FAILED),
    }
}

/// Says something beside the answer, on standard error.
pub(crate) fn say(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Says what went wrong and ends with this status.
pub(crate) fn give_up(status: u8, text: impl Display) -> ExitCode {
    say(format_args!("error: {text}"));
    ExitCode::from(status)
}

/// Asks before something that cannot be taken back, unless `--yes` was given. Without a terminal nobody can answer, so
/// that is a no.
pub(crate) fn confirmed(yes: bool, question: impl Display) -> Result<(), ExitCode> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        let what = format_args!("{question} Nobody can be asked, so nothing was done\n  → add --yes");
        return Err(give_up(MISUSED, what));
    }
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "{question} [y/N] ");
    let _ = stderr.flush();
    drop(stderr);
    let mut line = String::new();
    let read = io::stdin().read_line(&mut line);
    if read.is_ok() && is_yes(&line) {
        return Ok(());
    }
    Err(give_up(FAILED, "nothing was done"))
}

fn is_yes(line: &str) -> bool {
    matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// A new password: from a file, from the terminal without showing it, or the first line of standard input. Never
/// from the command line, which every user of the machine can read.
pub(crate) fn new_password(file: Option<&Path>) -> Result<String, String> {
    if let Some(path) = file {
        let text = std::fs::read_to_string(path);
        return match text {
            Ok(text) => Ok(first_line(&text)),
            Err(error) => Err(format!("the password file {} cannot be read: {error}", path.display())),
        };
    }
    let unreadable = |error: io::Error| format!("the password cannot be read: {error}");
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map_err(unreadable)?;
        return Ok(first_line(&line));
    }
    let password = rpassword::prompt_password("Password: ").map_err(unreadable)?;
    let again = rpassword::prompt_password("Once more: ").map_err(unreadable)?;
    if password == again { Ok(password) } else { Err("the two passwords differ".to_owned()) }
}

/// Without the line break, and nothing else taken away: a space is part of a password.
fn first_line(text: &str) -> String {
    text.split(['\n', '\r']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_break_is_no_part_of_a_password() {
        assert_eq!(first_line(" pass word \r\nmore"), " pass word ");
        assert_eq!(first_line("pass"), "pass");
        assert_eq!(first_line(""), "");
    }

    #[test]
    fn nothing_but_a_yes_is_a_yes() {
        for (line, yes) in
            [("y\n", true), ("Yes\r\n", true), ("\n", false), ("yesterday\n", false), ("", false)]
        {
            assert_eq!(is_yes(line), yes, "{line:?}");
        }
    }

    #[test]
    fn a_password_file_that_is_not_there_is_named() {
        assert!(new_password(Some(Path::new("/nowhere/at-all"))).unwrap_err().contains("/nowhere/at-all"));
    }
}
