//! `glue FILE.wasm FOLDER NAME`: writes `FOLDER/NAME.js`, an ES module, and `FOLDER/NAME_bg.wasm` beside it.
//!
//! As a program of the workspace its version is the one of `wasm-bindgen` in Cargo.lock, which has to be the same, and nothing
//! has to be installed.

use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [file, folder, name] = words.as_slice() else {
        return refuse("glue takes three words: FILE.wasm FOLDER NAME");
    };
    let mut glue = Bindgen::new();
    let made = glue.input_path(file).out_name(name).typescript(false).web(true);
    let made = made.map(|glue| glue.remove_name_section(true).remove_producers_section(true));
    match made.and_then(|glue| glue.generate(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&format!("{file}: {error:#}")),
    }
}

#[allow(clippy::print_stderr, reason = "it is a program's last word")]
fn refuse(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::FAILURE
}
