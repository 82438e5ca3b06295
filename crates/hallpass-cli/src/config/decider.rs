//! What every decision needs: the settings, the mode, and a place to tell what is wrong.

use std::path::Path;

use super::effective::Mode;
use super::problem::Problem;
use super::settings::Settings;

/// Reads a file that a setting names.
pub(crate) type ReadFile<'a> = &'a dyn Fn(&Path) -> std::io::Result<String>;

/// Decides, one setting after the other, and tells everything that is wrong. Its methods stand beside what they decide.
pub(super) struct Decider<'a> {
    pub(super) settings: &'a mut Settings,
    pub(super) read_file: ReadFile<'a>,
    pub(super) problems: &'a mut Vec<Problem>,
    pub(super) mode: Mode,
}

impl Decider<'_> {
    pub(super) fn in_development(&self) -> bool {
        self.mode == Mode::Development
    }

    /// An error at the key that caused it.
    pub(super) fn wrong(&mut self, key: &str, what: impl Into<String>, way_out: impl Into<String>) {
        let at = self.settings.origin(key);
        self.problems.push(Problem::error(what).at(at).way_out(way_out));
    }

    pub(super) fn warn(&mut self, key: &str, what: impl Into<String>, way_out: impl Into<String>) {
        let at = self.settings.origin(key);
        self.problems.push(Problem::warning(what).at(at).way_out(way_out));
    }

    pub(super) fn pem(&mut self, key: &str) -> Option<Vec<u8>> {
        let path = self.settings.text(key)?.to_owned();
        match (self.read_file)(Path::new(&path)) {
            Ok(pem) if pem.contains("-----BEGIN CERTIFICATE-----") => Some(pem.into_bytes()),
            Ok(_) => {
                self.wrong(
                    key,
                    format!("{path} holds no PEM certificate"),
                    "a PEM file begins a certificate with -----BEGIN CERTIFICATE-----",
                );
                None
            }
            Err(error) => {
                self.wrong(
                    key,
                    format!("{path} cannot be read: {error}"),
                    "check the path and its permissions",
                );
                None
            }
        }
    }
}
