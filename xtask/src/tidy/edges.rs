//! What depends on what.

use serde_json::Value;

use super::Broken;
use crate::command::{cargo, output};
use crate::ground::Ground;
use crate::needs;

/// The floors of the house, lowest first. A crate may use those of the floors below it.
const FLOORS: [(&str, u8); 22] = [
    ("hallpass-wire", 1),
    ("hallpass-oauth", 1),
    ("hallpass-store", 1),
    ("hallpass-session", 1),
    ("hallpass", 2),
    ("hallpass-providers", 2),
    ("hallpass-sqlite", 2),
    ("hallpass-session-js", 2),
    ("hallpass-browser", 3),
    ("hallpass-world", 3),
    ("hallpass-client", 3),
    ("hallpass-cli", 4),
    ("hallpass-dioxus", 4),
    ("hallpass-leptos", 4),
    ("hallpass-yew", 4),
    ("example-site", 4),
    ("example-leptos", 5),
    ("hello-axum", 5),
    ("bench", 5),
    ("e2e", 5),
    ("glue", 5),
    ("xtask", 5),
];

/// What the vocabulary may not reach, not even through others.
const OUTSIDE: [&str; 6] = ["tokio", "reqwest", "web-sys", "hyper", "axum", "async-std"];

fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}

pub(super) fn point_down(ground: &Ground) -> Broken {
    let text =
        output(&mut cargo(ground.root(), &["metadata", "--no-deps", "--format-version=1", "--locked"]))?;
    let metadata: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let mut broken = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(from) = floor(name) else {
            broken.push(format!("{name} stands on no floor: give it one in xtask/src/tidy/edges.rs"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let to = dependency["name"].as_str().unwrap_or_default();
            // What only a test or an example in the documentation uses is no edge of the house.
            if dependency["kind"] == "dev" {
                continue;
            }
            if dependency["path"].is_string() && floor(to).is_none_or(|floor| floor >= from) {
                broken.push(format!("{name} uses {to}, which does not stand below it"));
            }
        }
    }
    Ok(broken)
}

pub(super) fn vocabulary_is_pure(ground: &Ground) -> Broken {
    let mut broken = Vec::new();
    for (name, _) in FLOORS.iter().filter(|(_, floor)| *floor == 1) {
        let words =
            ["tree", "--package", name, "--edges=normal", "--prefix=none", "--format={p}", "--locked"];
        let tree = output(&mut cargo(ground.root(), &words))?;
        for line in tree.lines() {
            let used = line.split(' ').next().unwrap_or_default();
            if OUTSIDE.contains(&used) {
                broken.push(format!("{name} reaches {used}"));
            }
        }
    }
    broken.dedup();
    Ok(broken)
}

/// Looked at without `cargo deny`, which not every machine has; for every target.
pub(super) fn nothing_banned_is_built(ground: &Ground) -> Broken {
    let deny = ground.read("deny.toml");
    let banned = banned(&deny);
    if banned.is_empty() {
        return Err("deny.toml bans nothing".to_owned());
    }
    let words = [
        "tree",
        "--workspace",
        "--edges=normal,build",
        "--target=all",
        "--prefix=none",
        "--format={p}",
        "--locked",
    ];
    let tree = output(&mut cargo(ground.root(), &words))?;
    let built = |name: &&str| tree.lines().any(|line| line.split(' ').next() == Some(name));
    Ok(banned.into_iter().filter(built).map(|name| format!("{name} is built")).collect())
}

/// The crates in `deny = [{ crate = "…", … }, …]`, one a line.
fn banned(deny: &str) -> Vec<&str> {
    let names = deny.lines().filter_map(|line| line.trim().strip_prefix("{ crate = \""));
    names.filter_map(|rest| rest.split('"').next()).collect()
}

pub(super) fn wire_compiles_for_wasm(ground: &Ground) -> Broken {
    if let Err(missing) = needs::wasm_target(ground) {
        println!("skipped here: {missing}.");
        return Ok(Vec::new());
    }
    let words = [
        "check",
        "--package",
        "hallpass-wire",
        "--package",
        "hallpass-session",
        "--target",
        "wasm32-unknown-unknown",
        "--quiet",
        "--locked",
    ];
    Ok(output(&mut cargo(ground.root(), &words)).err().into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banned_crates_are_read_from_their_lines() {
        let deny = "allow = [\"MIT\"]\ndeny = [\n  { crate = \"ring\", reason = \"one\" },\n]";
        assert_eq!(banned(deny), ["ring"]);
    }
}
