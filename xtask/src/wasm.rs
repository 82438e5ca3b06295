//! Pages in Rust: their `WebAssembly`, with the JavaScript that loads it, in `target/wasm`.
//!
//! What is tried together is built together: a crate is built anew for each set of features, and each selection of packages has its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{cargo, command, run};
use crate::ground::Ground;
use crate::{Failure, needs};

const TARGET: &str = "wasm32-unknown-unknown";

/// Those whose examples the pages are.
const CRATES: [&str; 4] = ["hallpass-browser", "hallpass-dioxus", "hallpass-leptos", "hallpass-yew"];

/// The examples that are members of the workspace.
const MEMBERS: [&str; 2] = ["example-leptos", "example-yew"];

/// The programs that the tests start, beside hallpass's own.
const PROGRAMS: [&str; 5] = ["example-leptos", "example-yew", "glue", "hello-axum", "in-page"];

/// Those that write what a server would of each framework's page.
const RENDERING: [&str; 2] = ["leptos_rendered", "yew_rendered"];

/// The tests of the shell that run in a page.
const IN_PAGE: [&str; 3] = ["first_listener", "in_page", "without_channel"];

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

/// The tests of the shell that `wasm-bindgen-test` runs in a page, ready to be started; [`programs`] are there.
pub(crate) fn in_page(ground: &Ground) -> Result<Command, Failure> {
    needs::rust_target(ground, TARGET)?;
    needs::chromium(ground)?;
    let driver = needs::chromedriver(ground)?;
    let mut test = tried(ground, "test");
    of(&mut test, "--test", &IN_PAGE)
        .arg("--no-fail-fast")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", ground.target().join("debug").join("in-page"))
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", ground.path("e2e/rust/webdriver.json"))
        .env("CHROMEDRIVER", driver);
    Ok(test)
}

/// `cargo` for all that is tried in a page, and a part of it to be named.
fn tried(ground: &Ground, word: &str) -> Command {
    let words = [word, "--profile", Made::Quickly.profile(), "--target", TARGET, "--locked"];
    let mut cargo = cargo(ground.root(), &words);
    of(of(&mut cargo, "--package", &CRATES), "--package", &MEMBERS);
    cargo
}

/// Builds [`PROGRAMS`] and [`RENDERING`], with the features that the unit tests have built everything with.
pub(crate) fn programs(ground: &Ground) -> Result<(), Failure> {
    let mut build = cargo(ground.root(), &["build", "--workspace", "--locked"]);
    run(of(of(&mut build, "--bin", &PROGRAMS), "--example", &RENDERING))
}

/// With each of these named.
fn of<'a>(command: &'a mut Command, option: &str, names: &[&str]) -> &'a mut Command {
    for name in names {
        command.args([option, name]);
    }
    command
}

/// Builds the pages, and what writes them on a server beside them; [`programs`] are there.
pub(crate) fn pages(ground: &Ground) -> Result<(), Failure> {
    build_tried(ground)?;
    RENDERING.iter().try_for_each(|program| beside_the_pages(ground, program))?;
    islands(ground)?;
    weigh(ground, "hallpass-browser", "hello")?;
    PAGES.iter().try_for_each(|page| bind(ground, Made::Quickly, &format!("examples/{page}.wasm"), page))
}

/// Builds all pages that are tried, those of the examples too.
fn build_tried(ground: &Ground) -> Result<(), Failure> {
    needs::rust_target(ground, TARGET)?;
    run(of(tried(ground, "build").arg("--lib"), "--example", &PAGES))
}

/// Builds the [`EXAMPLES`] to be tried; [`programs`], which are the servers of some, are there.
pub(crate) fn examples(ground: &Ground) -> Result<(), Failure> {
    build_tried(ground)?;
    for member in MEMBERS {
        let page = member.replace('-', "_");
        bind(ground, Made::Quickly, &format!("{page}.wasm"), &page)?;
    }
    build_example(ground, "dioxus", Made::Quickly).map(drop)
}

/// Builds what binds a page.
fn glue(ground: &Ground) -> Result<(), Failure> {
    run(&mut cargo(ground.root(), &["build", "--package", "glue", "--locked"]))
}

/// Makes a page's file, as cargo built it below the profile's folder, into one that a browser can load, with its JavaScript.
fn bind(ground: &Ground, made: Made, built: &str, name: &str) -> Result<(), Failure> {
    let glue = ground.target().join("debug").join("glue");
    let built = ground.target().join(TARGET).join(made.profile()).join(built);
    let mut bind = command(ground.root(), &glue.to_string_lossy(), &[]);
    run(bind.arg(built).arg(ground.path("target/wasm")).arg(name))
}

/// The examples that are pages in Rust, each with a server that has hallpass in it.
pub(crate) const EXAMPLES: [&str; 3] = ["dioxus", "leptos", "yew"];

/// Builds one of the [`EXAMPLES`] as somebody would who has nothing else of this: its page into `target/wasm`, and its server, whose
/// path this is.
pub(crate) fn example(ground: &Ground, name: &str, made: Made) -> Result<PathBuf, Failure> {
    glue(ground)?;
    build_example(ground, name, made)
}

fn build_example(ground: &Ground, name: &str, made: Made) -> Result<PathBuf, Failure> {
    needs::rust_target(ground, TARGET)?;
    let program = format!("example-{name}");
    run(in_example(ground, ground.root(), name, "build").args(["--bin", &program]))?;
    page_of_example(ground, ground.root(), name, made, "")?;
    Ok(ground.target().join("debug").join(program))
}

/// Builds the page of an example in a copy of this repository, to be weighed, as `example_NAME_without`.
pub(crate) fn example_without(ground: &Ground, copy: &Path, name: &str) -> Result<(), Failure> {
    page_of_example(ground, copy, name, Made::Small, "_without")
}

fn page_of_example(
    ground: &Ground,
    root: &Path,
    name: &str,
    made: Made,
    ending: &str,
) -> Result<(), Failure> {
    // With `rlib` beside `cdylib` cargo leaves link-time optimisation out.
    let (word, alone): (_, &[&str]) = match made {
        Made::Quickly => ("build", &[]),
        Made::Small => ("rustc", &["--crate-type", "cdylib"]),
    };
    let mut build = in_example(ground, root, name, word);
    run(build.args(["--lib", "--profile", made.profile(), "--target", TARGET]).args(alone))?;
    bind(ground, made, &format!("example_{name}.wasm"), &format!("example_{name}{ending}"))
}

/// `cargo` for an example; one that is a workspace of its own builds into the same folder.
fn in_example(ground: &Ground, root: &Path, name: &str, word: &str) -> Command {
    let mut build = cargo(root, &[word, "--locked", "--package", &format!("example-{name}")]);
    build.arg("--manifest-path").arg(root.join(format!("examples/{name}/Cargo.toml")));
    build.arg("--target-dir").arg(ground.target());
    build
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
    glue(ground)?;
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
    let folder = ground.path("target/wasm");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let built = ground.target().join("debug/examples").join(program);
    std::fs::copy(&built, folder.join(program)).map_err(|error| format!("{}: {error}", built.display()))?;
    Ok(())
}

/// What the crate adds to a page; fails where that is more than was promised.
pub(crate) fn size(ground: &Ground) -> Result<(), Failure> {
    run(&mut command(ground.root(), "node", &["e2e/rust/size.mjs"]))
}
