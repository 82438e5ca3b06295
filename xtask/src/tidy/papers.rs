//! What the papers say.

use super::Broken;
use crate::ground::Ground;

/// Every path and every crate that ARCHITECTURE.md writes in code style exists.
pub(super) fn architecture_is_true(ground: &Ground) -> Broken {
    let text = ground.read("ARCHITECTURE.md");
    if text.is_empty() {
        return Ok(vec!["ARCHITECTURE.md is missing".to_owned()]);
    }
    let files = ground.files("", &[""]);
    let missing = |name: &&str| is_path(name) && !exists(ground, &files, name);
    Ok(code_words(&text).into_iter().filter(missing).map(|name| format!("`{name}` is not there")).collect())
}

/// What stands between single backticks.
fn code_words(text: &str) -> Vec<&str> {
    text.split("```")
        .step_by(2)
        .flat_map(|prose| prose.split('`').skip(1).step_by(2))
        .flat_map(str::split_whitespace)
        .collect()
}

fn is_path(word: &str) -> bool {
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    let ending =
        [".rs", ".md", ".toml", ".mjs", ".html", ".css", ".sql"].iter().any(|end| word.ends_with(end));
    plain
        && (ending || word.starts_with("hallpass-") || (word.contains('/') && word.ends_with('/')))
        && !word.starts_with('/')
}

/// As written from the root, or as the end of one path.
fn exists(ground: &Ground, files: &[String], name: &str) -> bool {
    let end = format!("/{}", name.trim_end_matches('/'));
    let folder = format!("{end}/");
    ground.path(name).exists()
        || ground.path("crates").join(name).exists()
        || files.iter().any(|file| {
            let file = format!("/{file}");
            file.ends_with(&end) || file.contains(&folder)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_blocks_are_left_alone_and_code_words_are_found() {
        let text = "The `router.rs` and\n```\nlet `nothing.rs`\n```\nthen `cargo xtask` and `hallpass-wire`.";
        assert_eq!(code_words(text), ["router.rs", "cargo", "xtask", "hallpass-wire"]);
    }

    #[test]
    fn urls_and_types_are_not_paths() {
        assert!(is_path("endpoints/signout.rs") && is_path("hallpass-store") && is_path("pages/"));
        assert!(!is_path("/api/auth/session") && !is_path("Auth::builder") && !is_path("commit(&[Change])"));
    }
}
