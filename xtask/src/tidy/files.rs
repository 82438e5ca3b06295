//! What files are called and how long they are.

use std::path::Path;

use super::{Broken, without_tests};
use crate::ground::Ground;

const CODE: [&str; 6] = [".rs", ".mjs", ".js", ".jsx", ".ts", ".tsx"];
const LONGEST: usize = 500;
const NOTHING: [&str; 13] = [
    "util", "utils", "helper", "helpers", "common", "misc", "shared", "core", "types", "manager", "managers",
    "handler", "handlers",
];

pub(super) fn named_after_something(ground: &Ground) -> Broken {
    let mut files = ground.files("", &CODE);
    files.retain(|file| {
        Path::new(file)
            .components()
            .filter_map(|part| Path::new(part.as_os_str()).file_stem()?.to_str().map(str::to_owned))
            .any(|part| NOTHING.contains(&part.as_str()))
    });
    Ok(files)
}

pub(super) fn short(ground: &Ground) -> Broken {
    let long = |file: String| {
        let text = ground.read(&file);
        let lines = without_tests(&text).lines().count();
        (lines > LONGEST).then(|| format!("{file}: {lines} lines"))
    };
    Ok(ground.files("", &CODE).into_iter().filter_map(long).collect())
}

/// npm writes the address it fetched from unless told not to; whoever installs uses their own registry.
pub(super) fn locks_name_no_registry(ground: &Ground) -> Broken {
    let resolved = |file: &String| ground.read(file).contains("\"resolved\": \"http");
    Ok(ground.files("", &["package-lock.json"]).into_iter().filter(resolved).collect())
}
