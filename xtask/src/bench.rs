//! `cargo xtask bench`: builds what is shipped, and measures what a request costs; `cargo xtask bench client`: what the
//! client costs a page, and the server; `cargo xtask bench rust`: what it costs a page in Rust. Each writes its own part of the same page.

use std::fs;

use crate::command::{self, cargo, command};
use crate::ground::Ground;
use crate::{Failure, needs, steps, wasm, without};

/// Where the figures stand in the repository.
const FIGURES: &str = "bench/FIGURES.md";

/// Where the client's part of them begins.
const CLIENT: &str = "\n# The client\n";

/// Where the part begins about pages in Rust; it goes on to the end.
const RUST: &str = "\n# A page in Rust\n";

/// The examples in JavaScript that those in Rust are held against.
const IN_JAVASCRIPT: [&str; 2] = ["examples/vite-react", "examples/nextjs-app"];

const USAGE: &str = "`cargo xtask bench` takes `client`: only the client, in Chromium; or `rust`: only pages in Rust, there \
                     too; and `--quick`: no figures written; the server without LTO, the others with few rounds.";

pub(crate) fn run(ground: &Ground, rest: &[&str]) -> Result<(), Failure> {
    match rest {
        [] => server(ground, false),
        ["--quick"] => server(ground, true),
        ["client"] => client(ground, false),
        ["client", "--quick"] => client(ground, true),
        ["rust"] => rust(ground, &["--figures", FIGURES]),
        ["rust", "--quick"] => rust(ground, &["--quick"]),
        _ => Err(USAGE.to_owned()),
    }
}

fn server(ground: &Ground, quick: bool) -> Result<(), Failure> {
    let (profile, build) = if quick {
        ("release", "profile `release`, without LTO")
    } else {
        ("dist", "profile `dist`: thin LTO, one codegen unit")
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
    if quick {
        return command::run(&mut bench);
    }
    let of_client = from(CLIENT, &ground.read(FIGURES)).to_owned();
    command::run(bench.arg("--figures").arg(ground.path(FIGURES)))?;
    append(ground, &of_client)
}

/// The page of figures from this heading on, the empty line before it included.
fn from<'a>(heading: &str, page: &'a str) -> &'a str {
    page.find(heading).and_then(|begin| page.get(begin..)).unwrap_or_default()
}

fn append(ground: &Ground, part: &str) -> Result<(), Failure> {
    let page = ground.read(FIGURES) + part;
    fs::write(ground.path(FIGURES), page).map_err(|error| format!("{FIGURES}: {error}"))
}

fn client(ground: &Ground, quick: bool) -> Result<(), Failure> {
    println!(
        "This needs Node.js with npm, Chromium, and {} minutes of a machine that does nothing else.",
        if quick { "three" } else { "twenty" }
    );
    needs::c_compiler(ground)?;
    needs::npm_packages(ground)?;
    needs::chromium(ground)?;
    steps::build_package(ground)?;
    steps::build(ground)?;
    let mut bench = command(ground.root(), "node", &["bench/client/run.mjs"]);
    bench.env("HALLPASS_BIN", ground.hallpass());
    if quick {
        return command::run(bench.arg("--quick"));
    }
    let of_rust = from(RUST, &ground.read(FIGURES)).to_owned();
    command::run(bench.arg("--figures").arg(ground.path(FIGURES)))?;
    append(ground, &of_rust)
}

/// Measures the examples that are there.
fn rust(ground: &Ground, words: &[&str]) -> Result<(), Failure> {
    println!("This needs Node.js with npm, Chromium, and ten minutes of a machine that does nothing else.");
    needs::c_compiler(ground)?;
    needs::npm_packages(ground)?;
    needs::chromium(ground)?;
    steps::build_package(ground)?;
    steps::build(ground)?;
    IN_JAVASCRIPT.iter().try_for_each(|example| needs::node_packages(ground, example))?;
    for example in wasm::EXAMPLES {
        if ground.path(&format!("examples/{example}/Cargo.toml")).exists() {
            wasm::example(ground, example, wasm::Made::Small)?;
        }
    }
    wasm::weighed(ground)?;
    without::pages(ground)?;
    let mut bench = command(ground.root(), "node", &["bench/rust/run.mjs"]);
    command::run(bench.env("HALLPASS_BIN", ground.hallpass()).args(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clients_part_of_the_figures_is_kept_whole() {
        let page = "# What a request costs\n\nfigures\n\n# The client\n\nmore\n";
        assert_eq!(from(CLIENT, page), "\n# The client\n\nmore\n");
        assert_eq!(from(CLIENT, "# What a request costs\n"), "");
    }

    #[test]
    fn what_is_not_to_be_measured_is_refused_with_what_is() {
        let nowhere = Ground::here();
        assert!(run(&nowhere, &["clients"]).is_err_and(|text| text.contains("`client`")));
        assert!(run(&nowhere, &["client", "--slow"]).is_err());
    }
}
