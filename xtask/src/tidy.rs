//! `cargo xtask tidy`: the invariants of the architecture as checks. Each is one sentence that ARCHITECTURE.md
//! promises; what breaks it is listed by file and line.

mod chapters;
mod edges;
mod files;
mod papers;
mod promises;
mod source;

use crate::Failure;
use crate::count::Count;
use crate::ground::Ground;

/// What breaks an invariant: nothing, or one line each. `Err` if it could not be looked at.
type Broken = Result<Vec<String>, Failure>;

struct Invariant {
    says: &'static str,
    check: fn(&Ground) -> Broken,
}

const INVARIANTS: [Invariant; 19] = [
    Invariant { says: "crate edges only point down", check: edges::point_down },
    Invariant { says: "the vocabulary knows no runtime and no network", check: edges::vocabulary_is_pure },
    Invariant { says: "a page in Rust needs no runtime", check: edges::page_has_no_runtime },
    Invariant { says: "the wire compiles for browsers", check: edges::wire_compiles_for_wasm },
    Invariant { says: "nothing that deny.toml bans is built", check: edges::nothing_banned_is_built },
    Invariant { says: "no async in the vocabulary outside the store", check: source::no_async_in_vocabulary },
    Invariant { says: "providers are named in hallpass-providers only", check: source::providers_stay_home },
    Invariant { says: "the environment is read in one place", check: source::environment_in_one_place },
    Invariant { says: "nothing is left for later", check: source::nothing_for_later },
    Invariant { says: "every test runs", check: source::every_test_runs },
    Invariant { says: "no room is named after nothing", check: files::named_after_something },
    Invariant { says: "no file is longer than 500 lines", check: files::short },
    Invariant { says: "the lock files name no registry", check: files::locks_name_no_registry },
    Invariant { says: "ARCHITECTURE.md names what is there", check: papers::architecture_is_true },
    Invariant { says: "ARCHITECTURE.md says every invariant", check: promises::invariants_are_said },
    Invariant { says: "README.md shows the example as it is", check: promises::readme_shows_the_example },
    Invariant {
        says: "SECURITY.md names tests that exist",
        check: promises::security_names_tests_that_exist,
    },
    Invariant { says: "every link in a paper leads somewhere", check: promises::links_lead_somewhere },
    Invariant { says: "the book's chapters about frameworks are the code", check: chapters::are_the_code },
];

/// Checks everything and prints what is broken.
pub(crate) fn run(ground: &Ground) -> Result<(), Failure> {
    let count = check_all(ground);
    if count.failed == 0 { Ok(()) } else { Err(format!("{} invariants are broken.", count.failed)) }
}

/// Checks everything, prints a line for each invariant, and counts.
pub(crate) fn check_all(ground: &Ground) -> Count {
    let mut count = Count::default();
    for invariant in &INVARIANTS {
        let broken = (invariant.check)(ground).unwrap_or_else(|failure| vec![failure]);
        if broken.is_empty() {
            println!("ok      {}", invariant.says);
            count.add(Count { passed: 1, failed: 0 });
        } else {
            println!("BROKEN  {}", invariant.says);
            broken.iter().for_each(|line| println!("          {line}"));
            count.add(Count { passed: 0, failed: 1 });
        }
    }
    count
}

/// The part of a Rust file before its tests.
fn without_tests(text: &str) -> &str {
    text.find("#[cfg(test)]").map_or(text, |at| &text[..at])
}

/// Whether a line is nothing but a comment.
fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// `file:line` of each line of code, tests and comments aside, that `wrong` says yes to.
fn lines_where(ground: &Ground, files: &[String], wrong: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        for (number, line) in without_tests(&ground.read(file)).lines().enumerate() {
            if !is_comment(line) && wrong(line) {
                found.push(format!("{file}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    found
}
