//! Where the project stands on disk, and walking over its files.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the checkout.
pub(crate) struct Ground {
    root: PathBuf,
}

/// Folders that hold nothing written by hand.
const NOT_OURS: [&str; 8] =
    ["target", "node_modules", ".git", ".next", "dist", ".hallpass", "pictures", "generated"];

impl Ground {
    /// The checkout this program was built from.
    pub(crate) fn here() -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: manifest.parent().unwrap_or(manifest).to_path_buf() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The folder where cargo puts what it builds.
    pub(crate) fn target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.path("target"), |dir| self.root.join(dir))
    }

    /// The `hallpass` binary of an ordinary build.
    pub(crate) fn hallpass(&self) -> PathBuf {
        self.target().join("debug").join("hallpass")
    }

    /// Every file below `folder` with one of these endings, as paths from the root, sorted.
    pub(crate) fn files(&self, folder: &str, endings: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        self.walk(&self.path(folder), &mut found);
        found.retain(|file| endings.iter().any(|ending| file.ends_with(ending)));
        found.sort();
        found
    }

    pub(crate) fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap_or_default()
    }

    fn walk(&self, folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name();
            if path.is_dir() {
                if !NOT_OURS.iter().any(|skip| name == *skip) {
                    self.walk(&path, found);
                }
            } else if let Ok(relative) = path.strip_prefix(&self.root) {
                found.push(relative.to_string_lossy().into_owned());
            }
        }
    }
}
