//! `cargo xtask pictures`: screenshots for the book: of the built-in pages, in both themes, and of an example.

use crate::command::{command, run as finish};
use crate::ground::Ground;
use crate::{Failure, needs, steps};

/// Each takes pictures into the folder that it is told.
const SCRIPTS: [&str; 2] = ["browser/screenshots.mjs", "browser/example-pictures.mjs"];

/// Takes them all anew into `book/pictures`.
pub(crate) fn run(ground: &Ground) -> Result<(), Failure> {
    needs::c_compiler(ground)?;
    needs::npm_packages(ground)?;
    needs::chromium(ground)?;
    needs::inter(ground)?;
    steps::build(ground)?;
    steps::build_package(ground)?;
    needs::node_packages(ground, "examples/nextjs")?;
    let folder = ground.path("book/pictures");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for script in SCRIPTS {
        let mut script = command(&ground.path("e2e"), "node", &[script]);
        finish(script.arg(&folder).env("HALLPASS_BIN", ground.hallpass()))?;
    }
    Ok(())
}
