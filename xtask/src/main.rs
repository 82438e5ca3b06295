//! `cargo xtask …`: what a contributor runs. `cargo xtask` alone lists the commands.
//!
//! It builds in seconds, so that the first thing a newcomer sees is not a progress bar: the standard library and
//! `serde_json`, nothing else.
#![allow(clippy::disallowed_methods, reason = "a build script reads the real clock and environment")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to a person")]

mod apart;
mod bench;
mod command;
mod count;
mod demo;
mod faults;
mod ground;
mod matrix;
mod needs;
mod pictures;
mod steps;
mod tidy;
mod wasm;
mod without;

use std::process::ExitCode;

use ground::Ground;

/// Why a command could not be carried out, in one sentence for a person.
type Failure = String;

const USAGE: &str = "\
cargo xtask demo              run hallpass with a demo page and a real OpenID Connect provider
cargo xtask demo leptos       …or an example in Rust in the demo page's place (leptos, dioxus, yew)
cargo xtask test              run every test (--step NAME runs one step; a name that is none lists them)
cargo xtask test --filter X   …only the unit, http and browser tests whose name contains X
cargo xtask bench             measure what a request costs and write bench/FIGURES.md (--quick: without LTO, no file)
cargo xtask bench client      measure the client beside its peers, in Chromium, into the same file
cargo xtask bench rust        measure pages in Rust beside those with React, in Chromium, into the same file
cargo xtask faults            plant faults in the session machine; its simulation must notice each
cargo xtask matrix            build an application with each supported version of Leptos, Dioxus and Yew
cargo xtask tidy              check what the architecture promises
cargo xtask pictures          take the screenshots of the built-in pages for the book
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ground = Ground::here();
    let result = match words.as_slice() {
        ["demo", rest @ ..] => demo::run(&ground, rest).map(done),
        ["test", rest @ ..] => steps::run(&ground, rest),
        ["bench", rest @ ..] => bench::run(&ground, rest).map(done),
        ["faults"] => faults::run(&ground)
            .map(|count| if count.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }),
        ["tidy"] => tidy::run(&ground).map(done),
        ["matrix"] => matrix::run_all(&ground).map(done),
        ["pictures"] => pictures::run(&ground).map(done),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        [other, ..] => Err(format!("there is no command {other:?}.\n{USAGE}")),
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn done((): ()) -> ExitCode {
    ExitCode::SUCCESS
}
