//! `cargo xtask test`: every test, one step after the other, each with its name, its time and its count.
//!
//! A failed step does not stop the next one: a run tells everything that is wrong. The last line is
//! `N passed, N failed`, summed over all steps; a check without tests of its own (formatting, lints, documentation,
//! one invariant of the architecture) counts as one.

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use crate::command::{cargo, command, run as finish, run_by_line};
use crate::count::Count;
use crate::ground::Ground;
use crate::{Failure, apart, demo, faults, needs, tidy, wasm};

/// The npm package.
const PACKAGE: &str = "packages/hallpass";

/// The examples that run beside hallpass.
const APPS: [&str; 3] = ["examples/nextjs", "examples/nextjs-app", "examples/vite-react"];

/// The folders of `e2e` that play the scenarios of `e2e/client` with another library.
const LIBRARIES: [(&str, &str); 4] = [
    ("rust", "hallpass-browser"),
    ("dioxus", "hallpass-dioxus"),
    ("leptos", "hallpass-leptos"),
    ("yew", "hallpass-yew"),
];

/// What a run was asked for.
struct Asked {
    step: Option<String>,
    filter: Option<String>,
}

struct Step {
    name: &'static str,
    what: &'static str,
    run: fn(&Ground, &Asked) -> Result<Count, Failure>,
}

const STEPS: [Step; 15] = [
    Step { name: "fmt", what: "the formatting", run: fmt },
    Step { name: "tidy", what: "what the architecture promises", run: tidy_step },
    Step { name: "clippy", what: "the lints, warnings refused", run: clippy },
    Step { name: "docs", what: "the documentation, warnings refused", run: docs },
    Step {
        name: "unit",
        what: "the tests beside the code, and the examples in the documentation",
        run: unit,
    },
    Step { name: "otel", what: "the binary with OpenTelemetry, and a collector", run: otel },
    Step { name: "faults", what: "planted faults, which the simulation must notice", run: faults_step },
    Step {
        name: "package",
        what: "the npm package: types, the machine as it was built, its size, its tests",
        run: package,
    },
    Step { name: "http", what: "the black box over HTTP, with real peers", run: http },
    Step { name: "api", what: "signed tokens in other languages, OpenAPI, schemathesis", run: api },
    Step { name: "demo", what: "the demo, started and ended", run: demo },
    Step { name: "browser", what: "the black box in Chromium, with the real next-auth client", run: browser },
    Step { name: "client", what: "the npm package in Chromium, beside the real ones", run: client },
    Step { name: "rust", what: "the client in Rust, as WebAssembly in Chromium, beside React", run: rust },
    Step { name: "apps", what: "the examples in Chromium, as people run them", run: apps },
];

/// Runs the steps that were asked for, all of them without arguments, and ends with the closing line.
pub(crate) fn run(ground: &Ground, arguments: &[&str]) -> Result<ExitCode, Failure> {
    let asked = asked(arguments)?;
    let chosen = |step: &&Step| asked.step.as_deref().is_none_or(|name| name == step.name);
    let mut total = Count::default();
    let mut report = Vec::new();
    for step in STEPS.iter().filter(chosen) {
        println!("\n── {}: {}", step.name, step.what);
        let start = Instant::now();
        let count = (step.run)(ground, &asked).unwrap_or_else(|failure| Count::of(&Err(failure)));
        let line = line(step.name, count, start.elapsed());
        println!("── {line}");
        report.push(line);
        total.add(count);
    }
    println!("\n{}\n", report.join("\n"));
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn asked(arguments: &[&str]) -> Result<Asked, Failure> {
    let mut asked = Asked { step: None, filter: None };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let value = words.next().map(|value| (*value).to_owned());
        match (*word, value) {
            ("--step", Some(name)) if STEPS.iter().any(|step| step.name == name) => asked.step = Some(name),
            ("--filter", Some(text)) => asked.filter = Some(text),
            _ => {
                let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
                return Err(format!("`test` takes --step NAME ({}) and --filter TEXT.", names.join(", ")));
            }
        }
    }
    Ok(asked)
}

fn line(name: &str, count: Count, took: Duration) -> String {
    let verdict = if count.failed == 0 { "ok    " } else { "FAILED" };
    let seconds = took.as_secs_f32();
    format!("{verdict} {name:8} {:5} passed {:3} failed  {seconds:6.1} s", count.passed, count.failed)
}

fn fmt(ground: &Ground, _: &Asked) -> Result<Count, Failure> {
    let mut count = Count::of(&finish(&mut cargo(ground.root(), &["fmt", "--all", "--check"])));
    count.add(Count::of(&apart::fmt(ground)));
    Ok(count)
}

fn tidy_step(ground: &Ground, _: &Asked) -> Result<Count, Failure> {
    Ok(tidy::check_all(ground))
}

fn clippy(ground: &Ground, _: &Asked) -> Result<Count, Failure> {
    needs::c_compiler(ground)?;
    // The black box's tests are no target of the usual ones.
    let mut clippy = cargo(ground.root(), &["clippy", "--workspace", "--all-targets", "--test", "e2e"]);
    let mut count = Count::of(&finish(clippy.args(["--locked", "--", "-D", "warnings"])));
    count.add(Count::of(&apart::clippy(ground)));
    Ok(count)
}

fn docs(ground: &Ground, _: &Asked) -> Result<Count, Failure> {
    needs::c_compiler(ground)?;
    let mut doc = cargo(ground.root(), &["doc", "--workspace", "--no-deps", "--locked"]);
    Ok(Count::of(&finish(doc.env("RUSTDOCFLAGS", "-D warnings"))))
}

fn unit(ground: &Ground, asked: &Asked) -> Result<Count, Failure> {
    needs::c_compiler(ground)?;
    let mut test = cargo(ground.root(), &["test", "--workspace", "--no-fail-fast", "--locked"]);
    test.args(&asked.filter);
    let mut count = counted(&mut test, "test result:")?;
    let mut test = apart::cargo_apart(ground, "test");
    test.args(["--no-fail-fast", "--locked"]).args(&asked.filter);
    count.add(counted(&mut test, "test result:")?);
    Ok(count)
}

/// The one feature that no other step builds: its lints and its tests.
fn otel(ground: &Ground, asked: &Asked) -> Result<Count, Failure> {
    needs::c_compiler(ground)?;
    let with = ["--workspace", "--features", "hallpass-cli/otel", "--locked"];
    let mut clippy = cargo(ground.root(), &["clippy", "--all-targets"]);
    finish(clippy.args(with).args(["--", "-D", "warnings"]))?;
    let mut test = cargo(ground.root(), &["test", "--test", "otel", "--no-fail-fast"]);
    counted(test.args(with).args(&asked.filter), "test result:")
}

fn faults_step(ground: &Ground, _: &Asked) -> Result<Count, Failure> {
    faults::run(ground)
}

fn http(ground: &Ground, asked: &Asked) -> Result<Count, Failure> {
    needs::c_compiler(ground)?;
    needs::npm_packages(ground)?;
    needs::openssl(ground)?;
    build(ground)?;
    wasm::programs(ground)?;
    let words = ["test", "--workspace", "--test", "e2e", "--no-fail-fast", "--locked"];
    let mut test = cargo(ground.root(), &words);
    test.env("HALLPASS_BIN", ground.hallpass());
    test.env("HELLO_AXUM_BIN", ground.target().join("debug").join("hello-axum")).args(&asked.filter);
    counted(&mut test, "test result:")
}

fn api(ground: &Ground, asked: &Asked) -> Result<Count, Failure> {
    needs::c_compiler(ground)?;
    needs::npm_packages(ground)?;
    needs::openssl(ground)?;
    let python = needs::python_packages(ground, "e2e/api/requirements.txt")?;
    build(ground)?;
    let mut test = command(&ground.path("e2e"), "node", &["browser/run.mjs", "api"]);
    test.env("HALLPASS_BIN", ground.hallpass()).env("HALLPASS_PYTHON", python).args(&asked.filter);
    counted(&mut test, "played:")
}

fn demo(ground: &Ground, _: &Asked) -> Result<Count, Failure> {
    needs::c_compiler(ground)?;
    needs::npm_packages(ground)?;
    build(ground)?;
    Ok(Count::of(&demo::trial(ground)))
}

fn browser(ground: &Ground, asked: &Asked) -> Result<Count, Failure> {
    in_chromium(ground, asked, "browser")
}

/// The checks of the package count one each; its tests count for themselves.
fn package(ground: &Ground, asked: &Asked) -> Result<Count, Failure> {
    needs::c_compiler(ground)?;
    needs::node_packages(ground, PACKAGE)?;
    // The code in the book is compiled with Next.js's types.
    needs::node_packages(ground, "examples/nextjs-app")?;
    needs::rust_target(ground, "wasm32v1-none")?;
    build(ground)?;
    let folder = ground.path(PACKAGE);
    let mut count = Count::default();
    for script in ["check", "build", "size"] {
        count.add(Count::of(&finish(&mut command(&folder, "npm", &["run", "--silent", script]))));
    }
    let mut test = command(&folder, "node", &["test/run.mjs"]);
    test.env("HALLPASS_BIN", ground.hallpass()).args(&asked.filter);
    count.add(counted(&mut test, "ℹ ")?);
    Ok(count)
}

fn client(ground: &Ground, asked: &Asked) -> Result<Count, Failure> {
    build_package(ground)?;
    in_chromium(ground, asked, "client")
}

/// The pages in Rust play what the npm package plays, see `e2e/rust`.
fn rust(ground: &Ground, asked: &Asked) -> Result<Count, Failure> {
    needs::c_compiler(ground)?;
    needs::npm_packages(ground)?;
    build_package(ground)?;
    wasm::lints(ground)?;
    wasm::programs(ground)?;
    wasm::pages(ground)?;
    let mut tests = Count::of(&wasm::size(ground));
    tests.add(counted(&mut wasm::in_page(ground)?, "test result:")?);
    for (folder, _) in LIBRARIES {
        tests.add(in_chromium(ground, asked, folder)?);
    }
    Ok(tests)
}

fn apps(ground: &Ground, asked: &Asked) -> Result<Count, Failure> {
    build_package(ground)?;
    for example in APPS {
        needs::node_packages(ground, example)?;
    }
    needs::c_compiler(ground)?;
    wasm::programs(ground)?;
    wasm::examples(ground)?;
    in_chromium(ground, asked, "apps")
}

/// The tests of one folder of `e2e` that drive Chromium.
fn in_chromium(ground: &Ground, asked: &Asked, folder: &str) -> Result<Count, Failure> {
    needs::c_compiler(ground)?;
    needs::npm_packages(ground)?;
    needs::chromium(ground)?;
    build(ground)?;
    let mut test = command(&ground.path("e2e"), "node", &["browser/run.mjs", folder]);
    test.env("HALLPASS_BIN", ground.hallpass()).args(&asked.filter);
    if let Some((_, library)) = LIBRARIES.iter().find(|(its, _)| *its == folder) {
        test.env("HALLPASS_LIBRARY", library);
    }
    counted(&mut test, "played:")
}

/// Builds `dist/` of the npm package, which the examples and the tests of the client load.
pub(crate) fn build_package(ground: &Ground) -> Result<(), Failure> {
    needs::node_packages(ground, PACKAGE)?;
    finish(&mut command(&ground.path(PACKAGE), "npm", &["run", "--silent", "build"]))
}

/// Builds the binary that the black box starts.
pub(crate) fn build(ground: &Ground) -> Result<(), Failure> {
    finish(&mut cargo(
        ground.root(),
        &["build", "--package", "hallpass-cli", "--bin", "hallpass", "--locked"],
    ))
}

/// Runs a test program, shows what it prints, and adds up the numbers that stand before or after the words "passed"
/// and "failed" (cargo) or "pass" and "fail" (Node's reporter) in the lines that start with `summary`.
fn counted(test: &mut Command, summary: &str) -> Result<Count, Failure> {
    let mut count = Count::default();
    let succeeded = run_by_line(test, |line| {
        println!("{line}");
        if let Some(rest) = line.strip_prefix(summary) {
            count.add(numbers(rest));
        }
    })?;
    // A program that did not compile, or died, has no line of its own.
    if !succeeded && count.failed == 0 {
        count.failed = 1;
    }
    if count.passed + count.failed == 0 {
        return Err("no test ran".to_owned());
    }
    Ok(count)
}

fn numbers(text: &str) -> Count {
    let words: Vec<&str> = text.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
    let mut count = Count::default();
    for pair in words.windows(2) {
        match (pair[0].parse::<u32>(), pair[1].parse::<u32>(), pair[0], pair[1]) {
            (Ok(n), _, _, "passed") | (_, Ok(n), "pass", _) => count.passed += n,
            (Ok(n), _, _, "failed") | (_, Ok(n), "fail" | "cancelled", _) => count.failed += n,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_test_programs_are_counted() {
        let cargo =
            numbers(" FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.1s");
        assert_eq!((cargo.passed, cargo.failed), (12, 3));
        assert_eq!(numbers("pass 7").passed, 7);
        assert_eq!((numbers("fail 2").failed, numbers("cancelled 1").failed), (2, 1));
        assert_eq!(numbers("tests 9").passed + numbers("duration_ms 17").failed, 0);
    }

    #[test]
    fn an_unknown_step_is_refused_with_the_list() {
        assert!(asked(&["--step", "fnt"]).is_err_and(|text| text.contains("clippy")));
        assert!(asked(&["--step"]).is_err());
    }
}
