//! Pages in Rust: `WebAssembly` of the examples of `hallpass-browser`, with the JavaScript that loads it, in `target/wasm`.

use std::process::Command;

use crate::command::{cargo, command, run};
use crate::ground::Ground;
use crate::{Failure, needs};

const TARGET: &str = "wasm32-unknown-unknown";

/// Those whose examples the pages are.
const CRATES: [&str; 4] = ["hallpass-browser", "hallpass-dioxus", "hallpass-leptos", "hallpass-yew"];

/// The frameworks whose server's side is played too.
const FRAMEWORKS: [&str; 2] = ["leptos", "yew"];

/// The test's page, the machine with its transcripts, the two that are weighed, and the test's page as each framework shows it.
const PAGES: [&str; 7] = ["page", "transcripts", "hello", "hello_without", "dioxus", "leptos", "yew"];

/// The lints of what is compiled for a page only.
pub(crate) fn lints(ground: &Ground) -> Result<(), Failure> {
    needs::rust_target(ground, TARGET)?;
    let mut clippy = cargo(ground.root(), &["clippy", "--target", TARGET, "--all-targets", "--locked"]);
    run(of(&mut clippy, "--package", &CRATES).args(["--", "-D", "warnings"]))
}

/// With each of these named.
fn of<'a>(command: &'a mut Command, option: &str, names: &[&str]) -> &'a mut Command {
    for name in names {
        command.args([option, name]);
    }
    command
}

/// Builds the pages.
pub(crate) fn pages(ground: &Ground) -> Result<(), Failure> {
    needs::rust_target(ground, TARGET)?;
    let mut build = cargo(ground.root(), &["build", "--profile", "page", "--target", TARGET, "--locked"]);
    run(of(of(&mut build, "--package", &CRATES), "--example", &PAGES))?;
    servers(ground)?;
    run(&mut cargo(ground.root(), &["build", "--package", "glue", "--locked"]))?;
    let glue = ground.target().join("debug").join("glue");
    let folder = ground.path("target/wasm");
    for page in PAGES {
        let built = ground.target().join(TARGET).join("page/examples").join(format!("{page}.wasm"));
        let mut bind = command(ground.root(), &glue.to_string_lossy(), &[]);
        run(bind.arg(built).arg(&folder).arg(page))?;
    }
    Ok(())
}

/// Builds the programs that write what a server would of each framework's page, beside the pages.
fn servers(ground: &Ground) -> Result<(), Failure> {
    let folder = ground.path("target/wasm");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for framework in FRAMEWORKS {
        let (package, program) = (format!("hallpass-{framework}"), format!("{framework}_rendered"));
        let words = ["build", "--package", &package, "--example", &program, "--features", "ssr", "--locked"];
        run(&mut cargo(ground.root(), &words))?;
        let built = ground.target().join("debug/examples").join(&program);
        std::fs::copy(&built, folder.join(&program))
            .map_err(|error| format!("{}: {error}", built.display()))?;
    }
    Ok(())
}

/// What the crate adds to a page; fails where that is more than was promised.
pub(crate) fn size(ground: &Ground) -> Result<(), Failure> {
    run(&mut command(ground.root(), "node", &["e2e/rust/size.mjs"]))
}
