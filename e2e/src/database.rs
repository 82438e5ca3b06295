//! The database of a server, seen from outside.

use std::path::PathBuf;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

/// Reads a SQLite file beside the server that writes it.
#[derive(Clone, Debug)]
pub struct Database(PathBuf);

impl Database {
    /// The file need not exist yet.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where the file is.
    pub fn path(&self) -> &PathBuf {
        &self.0
    }

    /// A connection to it, to read or to hold it locked.
    pub fn open(&self) -> Connection {
        Connection::open_with_flags(&self.0, OpenFlags::SQLITE_OPEN_READ_WRITE)
            .unwrap_or_else(|error| panic!("{}: {error}", self.0.display()))
    }

    fn tables(&self) -> Vec<String> {
        let connection = self.open();
        let mut query = connection
            .prepare(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
            )
            .expect("the schema can be read");
        let names = query.query_map([], |row| row.get(0)).expect("the schema can be read");
        names.map(|name| name.expect("a table has a name")).collect()
    }

    /// Every row of every table as text: two of these are equal exactly if nothing changed between them.
    pub fn everything(&self) -> Vec<String> {
        let connection = self.open();
        let mut rows = Vec::new();
        for table in self.tables() {
            let mut query =
                connection.prepare(&format!("SELECT * FROM \"{table}\"")).expect("a table can be read");
            let columns: Vec<String> = query.column_names().map(str::to_owned).collect();
            let mut found = query.query([]).expect("a table can be read");
            while let Some(row) = found.next().expect("a row can be read") {
                let cells = columns.iter().enumerate().map(|(at, name)| {
                    format!("{name}={}", shown(row.get_ref(at).expect("a column that was named")))
                });
                rows.push(format!("{table}: {}", cells.collect::<Vec<_>>().join(" ")));
            }
        }
        rows.sort();
        rows
    }

    /// The rows of the tables whose name holds this word.
    pub fn rows(&self, word: &str) -> Vec<String> {
        let of_table = |row: &String| row.split(':').next().is_some_and(|table| table.contains(word));
        self.everything().into_iter().filter(of_table).collect()
    }

    /// Whether some value anywhere is, or holds, this text or these bytes.
    pub fn holds(&self, text: &str) -> bool {
        self.everything().iter().any(|row| row.contains(text))
    }

    /// What SQLite says of the file's health: `ok`.
    pub fn integrity(&self) -> String {
        self.open()
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap_or_else(|error| error.to_string())
    }
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
