//! The book's chapters about frameworks, held against the code that is compiled.

use super::Broken;
use crate::ground::Ground;

const CHAPTERS: [&str; 3] = ["dioxus", "leptos", "yew"];

/// A chapter begins with the code of its crate's documentation, which is run, and its diff leads from the smallest page without the crate
/// to the one with it.
pub(super) fn are_the_code(ground: &Ground) -> Broken {
    let mut broken = Vec::new();
    for name in CHAPTERS {
        let chapter = ground.read(&format!("book/{name}.md"));
        let file = |path: &str| ground.read(&format!("crates/hallpass-{name}/{path}"));
        let documented = documentation(&file("src/lib.rs"));
        if !block(&chapter, "rust").is_some_and(|code| documented.contains(code)) {
            broken.push(format!("book/{name}.md does not begin with the code of the crate's documentation"));
        }
        let (with, without) = (file("examples/hello.rs"), file("examples/hello_without.rs"));
        let wrong = wrong(block(&chapter, "diff").unwrap_or_default(), &without, &with);
        broken.extend(wrong.into_iter().map(|line| format!("the diff of book/{name}.md: {line}")));
    }
    Ok(broken)
}

/// The first block of a language.
fn block<'a>(text: &'a str, language: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("```{language}\n"))?;
    rest.split("```").next()
}

/// What stands in a file's first comment.
fn documentation(code: &str) -> String {
    let lines = code.lines().filter_map(|line| line.strip_prefix("//!"));
    lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
}

/// What a diff says that its files do not, and the other way round.
fn wrong(diff: &str, from: &str, to: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (sign, this, other) in [('-', from, to), ('+', to, from)] {
        let told: Vec<&str> = diff.lines().filter_map(|line| line.strip_prefix([sign, ' '])).collect();
        let mut here = code(this);
        for line in told.iter().filter(|line| !line.trim().is_empty()) {
            if !here.any(|one| one == *line) {
                wrong.push(format!("`{sign}{line}` is not there"));
                break;
            }
        }
        let new = code(this).filter(|line| !code(other).any(|one| one == *line));
        wrong.extend(
            new.filter(|line| !told.contains(line)).map(|line| format!("`{sign}{line}` is left out")),
        );
    }
    wrong
}

fn code(file: &str) -> impl Iterator<Item = &str> {
    file.lines().filter(|line| !line.starts_with("//") && !line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_is_held_against_both_of_its_files() {
        let (from, to) = ("//! One.\nfn a() {\n    one();\n}\n", "//! Two.\nfn a() {\n    two();\n}\n");
        assert_eq!(wrong(" fn a() {\n-    one();\n+    two();\n }\n", from, to), [""; 0]);
        assert_eq!(wrong(" fn a() {\n+    two();\n }\n", from, to), ["`-    one();` is left out"]);
        assert_eq!(
            wrong(" fn a() {\n-    one();\n+    two();\n+    three();\n }\n", from, to),
            ["`+    three();` is not there"]
        );
    }

    #[test]
    fn the_code_of_a_documentation_is_found_whole() {
        let documented =
            documentation("//! Words.\n//!\n//! ```\n//! let a = 1;\n//!\n//! a;\n//! ```\nfn b() {}\n");
        assert!(documented.contains(block("```rust\nlet a = 1;\n\na;\n```", "rust").unwrap()));
    }
}
