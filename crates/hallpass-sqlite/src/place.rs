//! Where the database lies, and whether it still lies there.
//!
//! SQLite goes on writing into a file that was removed or replaced under it, and would acknowledge what nobody finds
//! again. So the writer looks before each batch.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use hallpass_store::Unavailable;

/// The files of an open database.
#[derive(Clone)]
pub(crate) struct Place {
    path: PathBuf,
    files: [(PathBuf, Option<Identity>); 2],
}

/// What tells a file from another of the same name: device and inode.
type Identity = (u64, u64);

impl Place {
    /// Remembers which files these are. The database has to be open, in write-ahead mode.
    pub(crate) fn of(path: PathBuf) -> Self {
        let mut log = OsString::from(&path);
        log.push("-wal");
        let files = [path.clone(), PathBuf::from(log)].map(|file| {
            let identity = identity(&file);
            (file, identity)
        });
        Self { path, files }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the files are the ones that were opened.
    pub(crate) fn check(&self) -> Result<(), Unavailable> {
        match self.files.iter().find(|(file, opened)| identity(file) != *opened) {
            None => Ok(()),
            Some((file, _)) => Err(Unavailable::new(format_args!(
                "{} was removed or replaced while it was open; put it back, or restart to use what is there",
                file.display()
            ))),
        }
    }
}

#[cfg(unix)]
fn identity(file: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(file).ok().map(|found| (found.dev(), found.ino()))
}

/// Windows does not let an open file be removed or replaced.
#[cfg(not(unix))]
fn identity(file: &Path) -> Option<Identity> {
    std::fs::metadata(file).ok().map(|_| (0, 0))
}
