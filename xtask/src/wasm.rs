//! Pages in Rust: their `WebAssembly`, with the JavaScript that loads it, in `target/wasm`.

use std::path::PathBuf;
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
    clippy.args(["--features", "hallpass-leptos/islands"]);
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
    islands(ground)?;
    PAGES.iter().try_for_each(|page| bind(ground, &format!("examples/{page}.wasm"), page))
}

/// Makes a page's file, as cargo built it below the profile's folder, into one that a browser can load, with its JavaScript.
fn bind(ground: &Ground, built: &str, name: &str) -> Result<(), Failure> {
    run(&mut cargo(ground.root(), &["build", "--package", "glue", "--locked"]))?;
    let glue = ground.target().join("debug").join("glue");
    let built = ground.target().join(TARGET).join("page").join(built);
    let mut bind = command(ground.root(), &glue.to_string_lossy(), &[]);
    run(bind.arg(built).arg(ground.path("target/wasm")).arg(name))
}

/// The examples that are pages in Rust, each with a server that has hallpass in it.
pub(crate) const EXAMPLES: [&str; 3] = ["dioxus", "leptos", "yew"];

/// Builds one of the [`EXAMPLES`]: its page into `target/wasm`, and its server, whose path this is.
pub(crate) fn example(ground: &Ground, name: &str) -> Result<PathBuf, Failure> {
    needs::rust_target(ground, TARGET)?;
    let manifest = ground.path(&format!("examples/{name}/Cargo.toml"));
    let package = format!("example-{name}");
    // A workspace of its own builds into the same folder.
    let build = |words: &[&str]| {
        let mut build =
            cargo(ground.root(), &["build", "--locked", "--package", &package, "--manifest-path"]);
        run(build.arg(&manifest).arg("--target-dir").arg(ground.target()).args(words))
    };
    build(&["--lib", "--profile", "page", "--target", TARGET])?;
    build(&["--bin", &package])?;
    let page = package.replace('-', "_");
    bind(ground, &format!("{page}.wasm"), &page)?;
    Ok(ground.target().join("debug").join(package))
}

/// Builds the programs that write what a server would of each framework's page, beside the pages.
fn servers(ground: &Ground) -> Result<(), Failure> {
    let folder = ground.path("target/wasm");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for framework in FRAMEWORKS {
        let (package, program) = (format!("hallpass-{framework}"), format!("{framework}_rendered"));
        let words = ["build", "--package", &package, "--example", &program, "--features", "ssr", "--locked"];
        run(&mut cargo(ground.root(), &words))?;
        beside_the_pages(ground, &program)?;
    }
    Ok(())
}

/// Builds the page of islands, by the feature of Leptos that the other pages are without, and what writes it on a server.
fn islands(ground: &Ground) -> Result<(), Failure> {
    let words = |example, features| {
        ["build", "--package", "hallpass-leptos", "--example", example, "--features", features, "--locked"]
    };
    let mut page = cargo(ground.root(), &words("leptos_islands", "islands"));
    run(page.args(["--profile", "page", "--target", TARGET]))?;
    bind(ground, "examples/leptos_islands.wasm", "leptos_islands")?;
    run(&mut cargo(ground.root(), &words("leptos_islands_rendered", "islands,ssr")))?;
    beside_the_pages(ground, "leptos_islands_rendered")
}

/// Copies an example that was built for this machine to where the pages are.
fn beside_the_pages(ground: &Ground, program: &str) -> Result<(), Failure> {
    let built = ground.target().join("debug/examples").join(program);
    std::fs::copy(&built, ground.path("target/wasm").join(program))
        .map_err(|error| format!("{}: {error}", built.display()))?;
    Ok(())
}

/// What the crate adds to a page; fails where that is more than was promised.
pub(crate) fn size(ground: &Ground) -> Result<(), Failure> {
    run(&mut command(ground.root(), "node", &["e2e/rust/size.mjs"]))
}
