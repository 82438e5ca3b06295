//! `cargo xtask pictures`: screenshots of the built-in pages, in both themes, for the book.

use crate::command::{command, run as finish};
use crate::ground::Ground;
use crate::{Failure, needs, steps};

/// Takes them all anew into `book/pictures`.
pub(crate) fn run(ground: &Ground) -> Result<(), Failure> {
    needs::c_compiler(ground)?;
    needs::npm_packages(ground)?;
    needs::chromium(ground)?;
    needs::inter(ground)?;
    steps::build(ground)?;
    let folder = ground.path("book/pictures");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut script = command(&ground.path("e2e"), "node", &["browser/screenshots.mjs"]);
    finish(script.arg(folder).env("HALLPASS_BIN", ground.hallpass()))
}
