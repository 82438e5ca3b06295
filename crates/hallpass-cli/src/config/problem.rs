//! What is wrong with a configuration, and the way out.

use std::fmt;
use std::path::PathBuf;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A line of the file.
    File { path: PathBuf, line: usize },
    /// An environment variable.
    Variable(String),
    /// A command-line flag.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    /// hallpass does not start.
    Error,
    /// It starts, and somebody should know.
    Warning,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) severity: Severity,
    pub(crate) at: Option<Origin>,
    /// What is wrong: a clause without a full stop.
    pub(crate) what: String,
    /// What to do: likewise.
    pub(crate) way_out: Option<String>,
}

impl Problem {
    pub(crate) fn error(what: impl Into<String>) -> Self {
        Self { severity: Severity::Error, at: None, what: what.into(), way_out: None }
    }

    pub(crate) fn warning(what: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(what) }
    }

    pub(crate) fn at(self, origin: Option<Origin>) -> Self {
        Self { at: origin, ..self }
    }

    pub(crate) fn way_out(self, way_out: impl Into<String>) -> Self {
        Self { way_out: Some(way_out.into()), ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.severity {
            Severity::Error => "error: ",
            Severity::Warning => "warning: ",
        })?;
        if let Some(origin) = &self.at {
            write!(f, "{origin}: ")?;
        }
        f.write_str(&self.what)?;
        match &self.way_out {
            Some(way_out) => write!(f, "\n  → {way_out}"),
            None => Ok(()),
        }
    }
}
