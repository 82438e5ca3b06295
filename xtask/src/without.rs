//! The examples without hallpass, to be weighed against those with it: a copy of this repository in which the crate of each framework has
//! its names and does nothing (`bench/rust/without`).

use std::fs;
use std::path::Path;

use crate::Failure;
use crate::ground::Ground;
use crate::wasm;

/// What stands in for the crates.
const STANDING_IN: &str = "bench/rust/without";

/// Builds the page of each example, as `example_NAME_without`.
pub(crate) fn pages(ground: &Ground) -> Result<(), Failure> {
    let copy = ground.target().join("without");
    let _ = fs::remove_dir_all(&copy);
    for file in ground.files("", &[""]) {
        put(&ground.path(&file), &copy.join(&file))?;
    }
    for name in wasm::EXAMPLES {
        let source = copy.join(format!("crates/hallpass-{name}/src"));
        fs::remove_dir_all(&source).map_err(|error| format!("{}: {error}", source.display()))?;
        put(&ground.path(&format!("{STANDING_IN}/{name}.rs")), &source.join("lib.rs"))?;
        put(&ground.path(&format!("{STANDING_IN}/nobody.rs")), &source.join("nobody.rs"))?;
        wasm::example_without(ground, &copy, name)?;
    }
    Ok(())
}

fn put(file: &Path, there: &Path) -> Result<(), Failure> {
    let folder = there.parent().unwrap_or(there);
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(file, there))
        .map(drop)
        .map_err(|error| format!("{}: {error}", there.display()))
}
