//! The example that is a workspace of its own: Dioxus's fullstack brings ring, which nothing that is published is built with. What the
//! steps do with the workspace they do with it too.

use std::process::Command;

use crate::Failure;
use crate::command::{cargo, run};
use crate::ground::Ground;

/// Where it is.
pub(crate) const FOLDER: &str = "examples/dioxus";

/// What it alone may be built with, of what `deny.toml` bans.
pub(crate) const ALLOWED: &str = "ring";

/// `cargo` there; it builds into the folder of the others.
pub(crate) fn cargo_apart(ground: &Ground, word: &str) -> Command {
    let mut command = cargo(ground.root(), &[word, "--manifest-path"]);
    command.arg(ground.path(FOLDER).join("Cargo.toml"));
    command.env("CARGO_TARGET_DIR", ground.target());
    command
}

pub(crate) fn fmt(ground: &Ground) -> Result<(), Failure> {
    run(cargo_apart(ground, "fmt").args(["--all", "--check"]))
}

/// The lints of the server and of what it shares with the page, which is all but a few lines.
pub(crate) fn clippy(ground: &Ground) -> Result<(), Failure> {
    run(cargo_apart(ground, "clippy").args(["--all-targets", "--locked", "--", "-D", "warnings"]))
}
