//! The example that is a workspace of its own: Dioxus's fullstack brings ring, which nothing that is published is built with. What the
//! steps do with the workspace they do with it too.

use std::process::Command;

use crate::command::{cargo, run};
use crate::ground::Ground;
use crate::{Failure, needs};

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

/// The lints of the server, and those of the page.
pub(crate) fn clippy(ground: &Ground) -> Result<(), Failure> {
    const TARGET: &str = "wasm32-unknown-unknown";
    needs::rust_target(ground, TARGET)?;
    for sides in [["--all-targets", "--locked"].as_slice(), &["--lib", "--locked", "--target", TARGET]] {
        run(cargo_apart(ground, "clippy").args(sides).args(["--", "-D", "warnings"]))?;
    }
    Ok(())
}
