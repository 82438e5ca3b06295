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

/// The test's page, the machine with its transcripts, and the test's page as each framework shows it.
const PAGES: [&str; 5] = ["page", "transcripts", "dioxus", "leptos", "yew"];

/// How a page is made.
#[derive(Clone, Copy)]
pub(crate) enum Made {
    /// In half the time, to be tried.
    Quickly,
    /// As an application would ship it, to be weighed.
    Small,
}

impl Made {
    /// The profile in Cargo.toml, and its folder.
    fn profile(self) -> &'static str {
        match self {
            Self::Quickly => "trial",
            Self::Small => "page",
        }
    }
}

/// The lints of what is compiled for a page only.
pub(crate) fn lints(ground: &Ground) -> Result<(), Failure> {
    needs::rust_target(ground, TARGET)?;
    let mut clippy = cargo(ground.root(), &["clippy", "--target", TARGET, "--all-targets", "--locked"]);
    clippy.args(["--features", "hallpass-leptos/islands"]);
    run(of(&mut clippy, "--package", &CRATES).args(["--", "-D", "warnings"]))
}

/// The tests of the shell that `wasm-bindgen-test` runs in a page, ready to be started.
pub(crate) fn in_page(ground: &Ground) -> Result<Command, Failure> {
    needs::rust_target(ground, TARGET)?;
    needs::chromium(ground)?;
    let driver = needs::chromedriver(ground)?;
    run(&mut cargo(ground.root(), &["build", "--package", "in-page", "--locked"]))?;
    let words = ["test", "--target", TARGET, "--package", "hallpass-browser", "--no-fail-fast", "--locked"];
    let mut test = cargo(ground.root(), &words);
    test.args(["--test", "in_page", "--test", "first_listener", "--test", "without_channel"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", ground.target().join("debug").join("in-page"))
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", ground.path("e2e/rust/webdriver.json"))
        .env("CHROMEDRIVER", driver);
    Ok(test)
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
    let mut build = cargo(ground.root(), &["build", "--profile", "trial", "--target", TARGET, "--locked"]);
    run(of(of(&mut build, "--package", &CRATES), "--example", &PAGES))?;
    servers(ground)?;
    islands(ground)?;
    weigh(ground, "hallpass-browser", "hello")?;
    PAGES.iter().try_for_each(|page| bind(ground, Made::Quickly, &format!("examples/{page}.wasm"), page))
}

/// Makes a page's file, as cargo built it below the profile's folder, into one that a browser can load, with its JavaScript.
fn bind(ground: &Ground, made: Made, built: &str, name: &str) -> Result<(), Failure> {
    run(&mut cargo(ground.root(), &["build", "--package", "glue", "--locked"]))?;
    let glue = ground.target().join("debug").join("glue");
    let built = ground.target().join(TARGET).join(made.profile()).join(built);
    let mut bind = command(ground.root(), &glue.to_string_lossy(), &[]);
    run(bind.arg(built).arg(ground.path("target/wasm")).arg(name))
}

/// The examples that are pages in Rust, each with a server that has hallpass in it.
pub(crate) const EXAMPLES: [&str; 3] = ["dioxus", "leptos", "yew"];

/// Builds one of the [`EXAMPLES`]: its page into `target/wasm`, and its server, whose path this is.
pub(crate) fn example(ground: &Ground, name: &str, made: Made) -> Result<PathBuf, Failure> {
    needs::rust_target(ground, TARGET)?;
    let manifest = ground.path(&format!("examples/{name}/Cargo.toml"));
    let package = format!("example-{name}");
    // A workspace of its own builds into the same folder.
    let build = |words: &[&str]| {
        let mut build =
            cargo(ground.root(), &["build", "--locked", "--package", &package, "--manifest-path"]);
        run(build.arg(&manifest).arg("--target-dir").arg(ground.target()).args(words))
    };
    build(&["--lib", "--profile", made.profile(), "--target", TARGET])?;
    build(&["--bin", &package])?;
    let page = package.replace('-', "_");
    bind(ground, made, &format!("{page}.wasm"), &page)?;
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

/// The smallest page of each crate that has one, as `(crate, page)`; beside it stands the same without the crate.
const WEIGHED: [(&str, &str); 4] = [
    ("hallpass-browser", "hello"),
    ("hallpass-dioxus", "dioxus_hello"),
    ("hallpass-leptos", "leptos_hello"),
    ("hallpass-yew", "yew_hello"),
];

/// Builds the pages that are weighed.
pub(crate) fn weighed(ground: &Ground) -> Result<(), Failure> {
    needs::rust_target(ground, TARGET)?;
    WEIGHED.iter().try_for_each(|(package, page)| weigh(ground, package, page))
}

fn weigh(ground: &Ground, package: &str, page: &str) -> Result<(), Failure> {
    let pages = [page.to_owned(), format!("{page}_without")];
    let words = ["build", "--profile", "page", "--target", TARGET, "--locked", "--package", package];
    let mut build = cargo(ground.root(), &words);
    run(build.args(["--example", &pages[0], "--example", &pages[1]]))?;
    pages.iter().try_for_each(|page| bind(ground, Made::Small, &format!("examples/{page}.wasm"), page))
}

/// Builds the page of islands, by the feature of Leptos that the other pages are without, and what writes it on a server.
fn islands(ground: &Ground) -> Result<(), Failure> {
    let words = |example, features| {
        ["build", "--package", "hallpass-leptos", "--example", example, "--features", features, "--locked"]
    };
    let mut page = cargo(ground.root(), &words("leptos_islands", "islands"));
    run(page.args(["--profile", "trial", "--target", TARGET]))?;
    bind(ground, Made::Quickly, "examples/leptos_islands.wasm", "leptos_islands")?;
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
