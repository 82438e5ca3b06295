//! `in-page FILE.wasm …`: what cargo runs the tests of a page with, in Chromium: wasm-bindgen's own runner, of the version in
//! Cargo.lock.

use std::process::ExitCode;

use wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args;

#[allow(clippy::print_stderr, reason = "it is a program's last word")]
fn main() -> ExitCode {
    match run_cli_with_args(std::env::args_os()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
