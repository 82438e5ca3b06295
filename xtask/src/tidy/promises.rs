//! What the papers promise beside ARCHITECTURE.md: each promise is held against the files it speaks of.

use super::{Broken, INVARIANTS};
use crate::ground::Ground;

const EXAMPLE: &str = "examples/hello-axum/src/main.rs";

/// How many lines a first app may need; those without code do not count.
const EXAMPLE_LINES: usize = 40;

/// README.md shows the example as it is compiled, without its first comment, and it is short.
pub(super) fn readme_shows_the_example(ground: &Ground) -> Broken {
    let code: Vec<String> = ground
        .read(EXAMPLE)
        .lines()
        .skip_while(|line| line.starts_with("//!") || line.is_empty())
        .map(str::to_owned)
        .collect();
    let shown = format!("```rust\n{}\n```", code.join("\n"));
    let is_there = !code.is_empty() && ground.read("README.md").contains(&shown);
    let lines = code.iter().filter(|line| !line.trim().is_empty()).count();
    let mut broken = Vec::new();
    if !is_there {
        broken.push(format!("the code in README.md is not {EXAMPLE}"));
    }
    if lines >= EXAMPLE_LINES {
        broken.push(format!(
            "{EXAMPLE} has {lines} lines of code, and fewer than {EXAMPLE_LINES} are promised"
        ));
    }
    Ok(broken)
}

/// Every test that SECURITY.md names, a word of at least four parts in code style, is a function.
pub(super) fn security_names_tests_that_exist(ground: &Ground) -> Broken {
    let mut code = String::new();
    for folder in ["crates", "e2e"] {
        for file in ground.files(folder, &[".rs"]) {
            code.push_str(&ground.read(&file));
        }
    }
    let text = ground.read("SECURITY.md");
    let named = text.split('`').skip(1).step_by(2).filter(|word| is_sentence(word));
    let missing: Vec<String> = named
        .filter(|name| !code.contains(&format!("fn {name}(")))
        .map(|name| format!("SECURITY.md: `{name}` is no test"))
        .collect();
    Ok(missing)
}

/// Every link of a paper to a file of ours leads to one.
pub(super) fn links_lead_somewhere(ground: &Ground) -> Broken {
    let mut broken = Vec::new();
    for paper in ground.files("", &[".md"]) {
        let folder = paper.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in links(&ground.read(&paper)) {
            let file = link.split('#').next().unwrap_or_default();
            if !file.is_empty() && !file.contains("://") && !ground.path(folder).join(file).exists() {
                broken.push(format!("{paper}: {link}"));
            }
        }
    }
    Ok(broken)
}

/// ARCHITECTURE.md says each invariant in the words of its check.
pub(super) fn invariants_are_said(ground: &Ground) -> Broken {
    let text = ground.read("ARCHITECTURE.md").split_whitespace().collect::<Vec<_>>().join(" ");
    let unsaid = INVARIANTS.iter().filter(|invariant| !text.contains(invariant.says));
    Ok(unsaid.map(|invariant| format!("ARCHITECTURE.md does not say: {}", invariant.says)).collect())
}

fn is_sentence(word: &str) -> bool {
    word.matches('_').count() >= 3
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// What stands between `](` and `)`, code blocks aside.
fn links(text: &str) -> Vec<String> {
    let prose = text.split("```").step_by(2);
    prose
        .flat_map(|part| part.split("](").skip(1))
        .filter_map(|rest| rest.split(')').next().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_test_is_told_from_a_setting() {
        assert!(is_sentence("a_callback_is_good_once"));
        assert!(
            !is_sentence("update_age")
                && !is_sentence("session.update_age")
                && !is_sentence("HALLPASS_A_B_C")
        );
    }

    #[test]
    fn links_are_found_outside_of_code() {
        assert_eq!(links("[a](b.md) ![p](x.png#y)\n```\n[c](d.md)\n```"), ["b.md", "x.png#y"]);
    }
}
