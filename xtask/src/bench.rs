//! `cargo xtask bench`: builds what is shipped, and measures what a request costs.

use crate::command::{self, cargo, command};
use crate::ground::Ground;
use crate::{Failure, needs};

/// Where the figures stand in the repository.
const FIGURES: &str = "bench/FIGURES.md";

pub(crate) fn run(ground: &Ground, rest: &[&str]) -> Result<(), Failure> {
    let (profile, build, keep) = match rest {
        [] => ("dist", "profile `dist`: thin LTO, one codegen unit", true),
        ["--quick"] => ("release", "profile `release`, without LTO", false),
        _ => return Err("`cargo xtask bench` takes only `--quick`: no LTO, no figures written.".to_owned()),
    };
    needs::c_compiler(ground)?;
    println!("Building hallpass and its peer ({build}); this takes minutes the first time …");
    let words =
        ["build", "--locked", "--profile", profile, "--package", "hallpass-cli", "--package", "bench"];
    command::run(&mut cargo(ground.root(), &words))?;
    let built = ground.target().join(profile);
    let bench = built.join("bench");
    let mut bench = command(ground.root(), &bench.to_string_lossy(), &["--build", build]);
    bench.arg("--hallpass").arg(built.join("hallpass"));
    if keep {
        bench.arg("--figures").arg(ground.path(FIGURES));
    }
    command::run(&mut bench)
}
