//! What went wrong in SQLite, in words for the log.

use hallpass_store::Unavailable;
use rusqlite::{Error, ErrorCode};

/// Says what happened and, where there is one, the way out. SQLite's own words follow; they name columns and
/// files, never values.
pub(crate) fn unavailable(error: &Error) -> Unavailable {
    let what = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "another connection keeps it locked",
        Some(ErrorCode::DiskFull) => "there is no space left on the disk or below the size limit",
        Some(ErrorCode::ReadOnly) => "the database or its directory is read-only",
        Some(ErrorCode::SystemIoFailure) => "the disk does not read or write",
        Some(ErrorCode::CannotOpen) => "the database or a file beside it cannot be opened",
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            "the database is damaged; restore it from a backup"
        }
        Some(ErrorCode::OutOfMemory) => "there is no memory left",
        _ => "the database does not answer as it should",
    };
    Unavailable::new(format_args!("{what} ({error})"))
}

pub(crate) fn is_busy(error: &Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
