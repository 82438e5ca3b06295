//! The one error that every question to a store may end in.

use std::fmt;

/// The store could not be asked: it is locked, gone, full or broken. Nothing was written.
#[derive(Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// What happened, for the log; never shown to a user.
    pub cause: String,
}

impl Unavailable {
    /// A fault of the store, said in its own words.
    pub fn new(cause: impl fmt::Display) -> Self {
        Self { cause: cause.to_string() }
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store is unavailable: {}", self.cause)
    }
}

impl std::error::Error for Unavailable {}
