//! The configuration: a TOML file, environment variables and flags, laid over each other.
//!
//! A flag beats a variable, a variable beats the file, the file beats the default. The table of settings is
//! [`keys::KEYS`]; everything here is a pure function of [`Sources`], so that the tests need no environment.

pub(crate) mod application;
mod decide;
mod decider;
pub(crate) mod effective;
mod environment;
mod file;
pub(crate) mod keys;
mod nearest;
pub(crate) mod place;
pub(crate) mod problem;
mod providers;
pub(crate) mod report;
pub(crate) mod schema;
mod secrets;
pub(crate) mod settings;
pub(crate) mod signing;
mod strength;
mod value;
mod ways_in;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub(crate) use effective::{Config, LogFormat, LogOptions, Mode, Secrets};
use environment::Environment;
use problem::{Origin, Problem, Severity};
use settings::Settings;
#[cfg(test)]
pub(crate) use strength::weakness;
use value::Value;

/// The file that is read if none is named.
pub(crate) const DEFAULT_FILE: &str = "hallpass.toml";

/// Everything a configuration can come from.
pub(crate) struct Sources<'a> {
    /// `--config`.
    pub(crate) file: Option<PathBuf>,
    /// The environment.
    pub(crate) variables: BTreeMap<String, String>,
    /// Key, value and the flag's name.
    pub(crate) flags: Vec<(&'static str, String, &'static str)>,
    /// Reads a file.
    pub(crate) read_file: &'a dyn Fn(&Path) -> std::io::Result<String>,
}

/// What came of it.
pub(crate) struct Loaded {
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
    pub(crate) settings: Settings,
    /// Everything decided; not to be used if there is an error among the problems.
    pub(crate) config: Config,
    pub(crate) problems: Vec<Problem>,
}

impl Loaded {
    /// Whether the server may start.
    pub(crate) fn is_usable(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity == Severity::Warning)
    }
}

/// This process's environment. Variables that are not UTF-8 are none of ours.
pub(crate) fn process_variables() -> BTreeMap<String, String> {
    // The one place of the project where the environment is read.
    #[allow(clippy::disallowed_methods)]
    let variables = std::env::vars_os();
    variables
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Reads and decides everything.
pub(crate) fn load(sources: &Sources<'_>) -> Loaded {
    let (mut settings, mut problems) = (Settings::default(), Vec::new());
    let file = read_file(sources, &mut settings, &mut problems);
    let is_read = file.is_ok();
    let file = file.unwrap_or_else(|Unread(path)| Some(path));
    let known_ids: Vec<&str> = hallpass_providers::ALL.iter().map(|entry| entry.id.as_ref()).collect();
    let environment =
        Environment { variables: &sources.variables, read_file: sources.read_file, known_ids: &known_ids };
    environment.read(&mut settings, &mut problems);
    for (name, text, flag) in &sources.flags {
        let Some(key) = keys::find(name) else { continue };
        match Value::from_text(key.kind, text) {
            Some(value) => settings.set((*name).to_owned(), value, Origin::Flag(flag)),
            None => problems.push(
                Problem::error(format!("{text:?} should be {}", key.kind.wants()))
                    .at(Some(Origin::Flag(flag))),
            ),
        }
    }
    // What is missing because the file cannot be read is no problem of its own.
    let before = problems.clone();
    let config = decide::decide(&mut settings, file.is_some(), sources.read_file, &mut problems);
    let problems = if is_read { problems } else { before };
    Loaded { file, settings, config, problems }
}

/// A file that is there, or should be, and cannot be used at all.
struct Unread(PathBuf);

/// The named file has to be there; the default one need not.
fn read_file(
    sources: &Sources<'_>,
    settings: &mut Settings,
    problems: &mut Vec<Problem>,
) -> Result<Option<PathBuf>, Unread> {
    let named =
        sources.file.clone().or_else(|| sources.variables.get(environment::CONFIG).map(PathBuf::from));
    let path = named.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
    match (sources.read_file)(&path) {
        Ok(text) => match file::read(&path, &text, settings, problems) {
            Ok(()) => Ok(Some(path)),
            Err(file::NotToml) => Err(Unread(path)),
        },
        Err(error) if named.is_none() && error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let what = format!("the configuration file {} cannot be read: {error}", path.display());
            problems.push(Problem::error(what).way_out("check the path and its permissions"));
            Err(Unread(path))
        }
    }
}

#[cfg(test)]
mod tests;
