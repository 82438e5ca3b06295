//! Opening: make the file, see whose it is, switch the log on, migrate, start the threads.

use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use crate::fault::is_busy;
use crate::options::Options;
use crate::place::Place;
use crate::read::Readers;
use crate::schema::{self, Standing};
use crate::writer::Writer;
use crate::{Sqlite, connection};

/// Why a database is not opened. Nothing was changed in it.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The directory the file is to lie in does not exist.
    NoDirectory(PathBuf),
    /// The system does not let the file be made or opened.
    File {
        /// Which file.
        path: PathBuf,
        /// The system's reason.
        cause: io::Error,
    },
    /// The file is no SQLite database, or it is damaged.
    NotADatabase(PathBuf),
    /// The file is a database of another program.
    Foreign(PathBuf),
    /// A later version of hallpass has migrated the database.
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its schema's version.
        found: i64,
        /// The latest version known here.
        known: usize,
    },
    /// Another process kept the database locked for the whole of [`Options::busy_timeout`].
    Locked(PathBuf),
    /// The file system has no shared memory for the write-ahead log, as network file systems.
    NoLog(PathBuf),
    /// Something else, in SQLite's words.
    Sqlite {
        /// Which file.
        path: PathBuf,
        /// The reason.
        cause: String,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDirectory(path) => {
                write!(
                    f,
                    "the directory {} does not exist; make it, or name another database",
                    path.display()
                )
            }
            Self::File { path, cause } => {
                write!(f, "the database {} cannot be opened: {cause}", path.display())
            }
            Self::NotADatabase(path) => write!(
                f,
                "{} is no SQLite database, or it is damaged; restore it from a backup, or name another file",
                path.display()
            ),
            Self::Foreign(path) => write!(
                f,
                "{} is the database of another program; hallpass needs a file of its own",
                path.display()
            ),
            Self::Newer { path, found, known } => write!(
                f,
                "{} has schema version {found}, and this hallpass knows versions up to {known}; \
                 run the later hallpass again, or restore the backup from before its migration",
                path.display()
            ),
            Self::Locked(path) => write!(
                f,
                "another process keeps the database {} locked; end it, or try again",
                path.display()
            ),
            Self::NoLog(path) => write!(
                f,
                "the file system of {} cannot share memory, which the write-ahead log needs; use a local disk",
                path.display()
            ),
            Self::Sqlite { path, cause } => {
                write!(f, "the database {} cannot be opened: {cause}", path.display())
            }
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File { cause, .. } => Some(cause),
            _ => None,
        }
    }
}

/// How far the schema of a database is from the one that this version knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// There is no database at this path; opening makes it.
    Absent,
    /// It has seen so many of the migrations; opening applies the rest.
    Behind {
        /// How many.
        applied: usize,
        /// Of how many.
        known: usize,
    },
    /// It is the one that this version knows.
    Current,
}

/// Looks at the schema of a database and makes, migrates and changes nothing.
///
/// # Errors
///
/// [`OpenError`] where [`Sqlite::open`] would refuse the file too.
pub fn schema_of(path: impl AsRef<Path>) -> Result<Schema, OpenError> {
    let path = path.as_ref();
    let path = std::path::absolute(path).map_err(|cause| OpenError::File { path: path.to_owned(), cause })?;
    if let Some(directory) = path.parent().filter(|directory| !directory.is_dir()) {
        return Err(OpenError::NoDirectory(directory.to_owned()));
    }
    if !path.try_exists().map_err(|cause| OpenError::File { path: path.clone(), cause })? {
        return Ok(Schema::Absent);
    }
    let explain = |error| explain(&path, &error);
    let mut connection = connection::reader(&path, &Options::default()).map_err(explain)?;
    match schema::standing(&mut connection).map_err(explain)? {
        Standing::Current => Ok(Schema::Current),
        Standing::Behind(applied) => Ok(Schema::Behind { applied, known: schema::known() }),
        refused => refuse(&path, refused).map(|()| Schema::Current),
    }
}

pub(crate) fn open(path: &Path, options: Options) -> Result<Sqlite, OpenError> {
    let path = make_file(path)?;
    let explain = |error| explain(&path, &error);
    let mut first = connection::writer(&path, &options).map_err(explain)?;
    first.busy_timeout(Duration::ZERO).map_err(explain)?;
    let standing = patiently(&options, || schema::standing(&mut first)).map_err(explain)?;
    // Refused before anything is written: another program's database keeps even its journal mode.
    refuse(&path, standing)?;
    let mode = patiently(&options, || switch_log_on(&first)).map_err(explain)?;
    if mode != "wal" {
        return Err(OpenError::NoLog(path));
    }
    let standing = patiently(&options, || schema::migrate(&mut first)).map_err(explain)?;
    refuse(&path, standing)?;
    let readers = Readers::open(&path, &options).map_err(explain)?;
    drop(first);
    let place = Place::of(path.clone());
    let writer = Writer::start(place.clone(), options).map_err(|cause| OpenError::File { path, cause })?;
    Ok(Sqlite { place, readers, writer })
}

/// Makes the file where there is none, for its owner's eyes only. SQLite gives the files beside it the same mode.
fn make_file(path: &Path) -> Result<PathBuf, OpenError> {
    let path = std::path::absolute(path).map_err(|cause| OpenError::File { path: path.to_owned(), cause })?;
    if let Some(directory) = path.parent().filter(|directory| !directory.is_dir()) {
        return Err(OpenError::NoDirectory(directory.to_owned()));
    }
    let mut file = OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    match file.open(&path) {
        Ok(_) => Ok(path),
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
            warn_where_others_can_read(&path);
            Ok(path)
        }
        Err(cause) => Err(OpenError::File { path, cause }),
    }
}

fn warn_where_others_can_read(path: &Path) {
    #[cfg(unix)]
    if let Ok(found) = std::fs::metadata(path)
        && std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o077 != 0
    {
        tracing::warn!(path = %path.display(), "other users can read the database; chmod 600 it");
    }
    #[cfg(not(unix))]
    let _ = path;
}

fn refuse(path: &Path, standing: Standing) -> Result<(), OpenError> {
    match standing {
        Standing::Current | Standing::Behind(_) => Ok(()),
        Standing::Foreign => Err(OpenError::Foreign(path.to_owned())),
        Standing::Ahead(found) => {
            Err(OpenError::Newer { path: path.to_owned(), found, known: schema::known() })
        }
    }
}

fn switch_log_on(connection: &Connection) -> rusqlite::Result<String> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
}

/// Tries again while another process holds a lock. SQLite's own waiting does not cover the switch of the log.
fn patiently<T>(options: &Options, mut step: impl FnMut() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    const PAUSE: Duration = Duration::from_millis(10);
    let mut waited = Duration::ZERO;
    loop {
        match step() {
            Err(error) if is_busy(&error) && waited < options.busy_timeout => {
                std::thread::sleep(PAUSE);
                waited += PAUSE;
            }
            done => return done,
        }
    }
}

fn explain(path: &Path, error: &rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Locked(path),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => OpenError::NotADatabase(path),
        _ => OpenError::Sqlite { path, cause: crate::fault::unavailable(error).cause },
    }
}
