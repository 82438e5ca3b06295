//! What to measure, and how long.

use std::path::PathBuf;

use crate::Failure;

const USAGE: &str = "\
bench --hallpass BINARY [--build WORDS] [--figures FILE] [--rounds N] [--requests N] [--connections N]
                           [--only WORDS: cases whose name contains them]
bench fixed-answer FILE      (what it starts as the peer)";

/// What this process is.
pub(crate) enum Role {
    /// The one that measures.
    Measure(Arguments),
    /// A server that answers every request with the answer in this file.
    FixedAnswer(PathBuf),
}

pub(crate) struct Arguments {
    pub(crate) hallpass: PathBuf,
    /// How the binaries were built, for the page of figures.
    pub(crate) build: String,
    /// Where to write the page of figures, if anywhere.
    pub(crate) figures: Option<PathBuf>,
    pub(crate) plan: Plan,
    /// The cases whose name contains this.
    pub(crate) only: String,
}

/// How much is asked.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) rounds: usize,
    /// Of each server in each case and round.
    pub(crate) requests: usize,
    pub(crate) connections: usize,
}

pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Role, Failure> {
    let mut hallpass = None;
    let mut build = "not said how".to_owned();
    let mut figures = None;
    let mut only = String::new();
    let mut plan = Plan { rounds: 25, requests: 12_000, connections: 64 };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} wants a value.\n{USAGE}"));
        match word.as_str() {
            "fixed-answer" => return Ok(Role::FixedAnswer(value()?.into())),
            "--hallpass" => hallpass = Some(PathBuf::from(value()?)),
            "--build" => build = value()?,
            "--figures" => figures = Some(PathBuf::from(value()?)),
            "--only" => only = value()?,
            "--rounds" => plan.rounds = count(&value()?)?,
            "--requests" => plan.requests = count(&value()?)?,
            "--connections" => plan.connections = count(&value()?)?,
            _ => return Err(format!("{word:?} is no argument.\n{USAGE}")),
        }
    }
    let hallpass = hallpass.ok_or(USAGE)?;
    Ok(Role::Measure(Arguments { hallpass, build, figures, plan, only }))
}

fn count(text: &str) -> Result<usize, Failure> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| format!("{text:?} should be a number above 0"))
}
