//! What can be chosen when a database is opened.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Duration;

/// How to open a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long a commit, and opening, waits for another process's lock. Default: 5 s.
    pub busy_timeout: Duration,
    /// How many connections read at once. Default: as many as there are processors.
    pub readers: NonZeroUsize,
    /// How large the database file may grow, in bytes, rounded down to whole pages of 4096. A commit beyond it fails
    /// as on a full disk. Default: as large as the disk lets it.
    pub max_bytes: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(5),
            readers: available_parallelism().unwrap_or(NonZeroUsize::MIN),
            max_bytes: None,
        }
    }
}
