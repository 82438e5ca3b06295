//! What people write down on the protected page.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Longer notes are cut off.
const LONGEST: usize = 200;

/// The notes of everybody, in memory until the server ends: an application has its database here.
#[derive(Debug, Default)]
pub struct Notes(Mutex<HashMap<String, String>>);

impl Notes {
    /// Those of this process.
    pub fn all() -> &'static Self {
        static NOTES: OnceLock<Notes> = OnceLock::new();
        NOTES.get_or_init(Self::default)
    }

    /// The note of the user with this id; empty until they keep one.
    pub fn of(&self, user: &str) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(user).cloned().unwrap_or_default()
    }

    /// Keeps the note of the user with this id.
    pub fn keep(&self, user: &str, note: &str) {
        let note = note.chars().take(LONGEST).collect();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(user.to_owned(), note);
    }
}
