//! The Store on an embedded SQLite.
