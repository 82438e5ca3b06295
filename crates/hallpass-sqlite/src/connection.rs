//! One connection, set up.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Result};

use crate::options::Options;

/// How much of the file a connection keeps in memory at most, in KiB.
const CACHE_KIB: i64 = 8 * 1024;

/// To what the log is cut after it was folded into the file, in bytes.
const LOG_LIMIT: i64 = 16 * 1024 * 1024;

/// The longest wait SQLite can count.
const LONGEST_WAIT: Duration = Duration::from_millis(i32::MAX as u64);

/// How long a reader waits for a lock. It waits on a thread that has other requests to serve, and in write-ahead
/// mode only the recovery after a crash, or a tool that takes the file for itself, makes it wait at all.
const READER_WAIT: Duration = Duration::from_millis(100);

/// A connection that commits.
pub(crate) fn writer(path: &Path, options: &Options) -> Result<Connection> {
    let connection = connect(path, options.busy_timeout)?;
    if let Some(bytes) = options.max_bytes {
        let page: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let pages = i64::try_from(bytes).unwrap_or(i64::MAX) / page.max(1);
        connection.pragma_update_and_check(None, "max_page_count", pages.max(1), |_| Ok(()))?;
    }
    Ok(connection)
}

/// A connection that cannot write.
pub(crate) fn reader(path: &Path, options: &Options) -> Result<Connection> {
    let connection = connect(path, options.busy_timeout.min(READER_WAIT))?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Opens a file that exists. The path is a path: no `file:` address, no `:memory:`.
fn connect(path: &Path, busy_timeout: Duration) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(busy_timeout.min(LONGEST_WAIT))?;
    connection.set_prepared_statement_cache_capacity(32);
    connection.pragma_update(None, "foreign_keys", true)?;
    // A commit is on the disk before it is acknowledged, on macOS past the disk's own cache.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    // No password hash in a temporary file.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update_and_check(None, "journal_size_limit", LOG_LIMIT, |_| Ok(()))?;
    // Without this a plan may depend on a bound value, and is then made again at every run.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // A file that somebody tampered with is met with suspicion.
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    Ok(connection)
}
