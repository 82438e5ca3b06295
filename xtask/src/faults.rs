//! `cargo xtask faults`: does the simulation of the session machine notice when the machine is broken?
//!
//! Each patch in `crates/hallpass-session/faults/` plants one fault in a copy of the machine. The simulation must turn
//! red, and names the seed that shows it. A patch that no longer applies, or that nothing notices, fails.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::command::{command, output, run as finish};
use crate::count::Count;
use crate::ground::Ground;

const CRATE: &str = "crates/hallpass-session";

/// Plants every fault, one after the other, and prints the seed that noticed it.
pub(crate) fn run(ground: &Ground) -> Result<Count, Failure> {
    let patches = ground.files(&format!("{CRATE}/faults"), &[".patch"]);
    if patches.is_empty() {
        return Err("there is no fault to plant".to_owned());
    }
    let mut count = Count::default();
    for patch in patches {
        let name = patch.rsplit('/').next().unwrap_or_default().trim_end_matches(".patch").to_owned();
        match noticed(ground, &patch, &name) {
            Ok(how) => {
                println!("red     {name}: {how}");
                count.add(Count { passed: 1, failed: 0 });
            }
            Err(failure) => {
                println!("GREEN   {name}: {failure}");
                count.add(Count { passed: 0, failed: 1 });
            }
        }
    }
    Ok(count)
}

/// What the simulation says about the machine with this fault.
fn noticed(ground: &Ground, patch: &str, name: &str) -> Result<String, Failure> {
    let folder = ground.target().join("faults").join(name);
    let said = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(said)?;
    }
    copy(&ground.path(CRATE).join("src"), &folder.join("src")).map_err(said)?;
    // Outside of a repository `git apply` is nothing but a patch program; a ceiling keeps it from looking for one.
    let mut apply = command(&folder, "git", &["apply"]);
    apply.arg(ground.path(patch)).env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap_or(&folder));
    finish(&mut apply)?;
    build(ground, &folder)?;
    let run = command(&folder, "./simulation", &["--nocapture"]).env("RUST_BACKTRACE", "0").output();
    let run = run.map_err(said)?;
    if run.status.success() {
        return Err("nothing noticed it".to_owned());
    }
    let text = String::from_utf8_lossy(&run.stderr).into_owned();
    let line = |start: &str| text.lines().find(|line| line.starts_with(start)).map(str::to_owned);
    match (line("at "), line("replay: ")) {
        (Some(law), Some(replay)) => {
            let seed = replay.split_whitespace().nth(1).unwrap_or_default();
            Ok(format!("{seed}, {law}"))
        }
        _ => Err(format!("the simulation ended without a verdict:\n{text}")),
    }
}

/// The machine and its simulation depend on nothing, so the compiler is enough.
fn build(ground: &Ground, folder: &Path) -> Result<(), Failure> {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let plain = ["--edition=2024", "-Copt-level=2", "--cap-lints=allow"];
    let compile = |arguments: &[&str]| -> Command {
        let mut compile = command(folder, &rustc, &plain);
        compile.args(arguments);
        compile
    };
    output(&mut compile(&["--crate-type=rlib", "--crate-name=hallpass_session", "src/lib.rs"]))?;
    let main = ground.path(CRATE).join("tests/simulation/main.rs");
    let mut test = compile(&["--test", "--crate-name=simulation", "-Lnative=.", "--extern"]);
    test.arg("hallpass_session=libhallpass_session.rlib").arg(main);
    output(&mut test).map(drop)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target: PathBuf = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
