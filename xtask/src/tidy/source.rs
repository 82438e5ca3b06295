//! What may not stand in the code.

use super::{Broken, lines_where};
use crate::ground::Ground;

const CODE: [&str; 6] = [".rs", ".mjs", ".js", ".jsx", ".ts", ".tsx"];

fn library(ground: &Ground) -> Vec<String> {
    let mut files = ground.files("crates", &[".rs"]);
    files.retain(|file| {
        !file.contains("/tests/") && !file.ends_with("/tests.rs") && !file.contains("/benches/")
    });
    files
}

pub(super) fn no_async_in_vocabulary(ground: &Ground) -> Broken {
    let mut files = library(ground);
    files.retain(|file| {
        file.starts_with("crates/hallpass-wire/") || file.starts_with("crates/hallpass-oauth/")
    });
    Ok(lines_where(ground, &files, |line| line.contains("async fn") || line.contains(".await")))
}

/// A provider is one file of `hallpass-providers`; its id, the file's name, is quoted nowhere else.
pub(super) fn providers_stay_home(ground: &Ground) -> Broken {
    let home = "crates/hallpass-providers/";
    let ids: Vec<String> = ground
        .files("crates/hallpass-providers/src", &[".rs"])
        .iter()
        .filter_map(|file| file.rsplit('/').next()?.strip_suffix(".rs").map(str::to_owned))
        .filter(|id| !["lib", "oidc", "oauth", "generic", "table"].contains(&id.as_str()))
        .map(|id| format!("\"{id}\""))
        .collect();
    let mut files = library(ground);
    files.retain(|file| !file.starts_with(home));
    Ok(lines_where(ground, &files, |line| ids.iter().any(|id| line.contains(id))))
}

/// `config.rs` of the binary, or a room below it.
pub(super) fn environment_in_one_place(ground: &Ground) -> Broken {
    let mut files = library(ground);
    files.extend(ground.files("examples", &[".rs"]));
    files
        .retain(|file| !file.starts_with("crates/hallpass-cli/src/config") && !file.starts_with("examples/"));
    Ok(lines_where(ground, &files, |line| line.contains("env::var")))
}

pub(super) fn nothing_for_later(ground: &Ground) -> Broken {
    let words = [["TO", "DO"], ["FIX", "ME"], ["XX", "X:"], ["HA", "CK"]].map(|parts| parts.concat());
    let mut broken = Vec::new();
    for file in ground.files("", &CODE) {
        for (number, line) in ground.read(&file).lines().enumerate() {
            if words.iter().any(|word| has_word(line, word)) {
                broken.push(format!("{file}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    Ok(broken)
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let around = [line[..at].chars().next_back(), line[at + word.len()..].chars().next()];
        !around.iter().flatten().any(|c| c.is_alphanumeric() || *c == '_')
    })
}

pub(super) fn every_test_runs(ground: &Ground) -> Broken {
    let words = [["#[ign", "ore"], [".sk", "ip("], [".on", "ly("]].map(|parts| parts.concat());
    let rust = |file: &str, line: &str| file.ends_with(".rs") && line.trim_start().starts_with(&words[0]);
    let script = |file: &str, line: &str| {
        !file.ends_with(".rs")
            && ["test", "describe", "it"]
                .iter()
                .any(|name| words[1..].iter().any(|word| line.contains(&format!("{name}{word}"))))
    };
    let mut broken = Vec::new();
    for file in ground.files("", &CODE) {
        for (number, line) in ground.read(&file).lines().enumerate() {
            if rust(&file, line) || script(&file, line) {
                broken.push(format!("{file}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    Ok(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_inside_another_is_not_that_word() {
        assert!(has_word("// HELP: me", "HELP"));
        assert!(!has_word("HELPER and SHELP", "HELP"));
    }
}
