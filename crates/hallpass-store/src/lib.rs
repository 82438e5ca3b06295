//! What hallpass remembers, and the one trait that remembers it.
//!
//! [`Store`] has four reads and one write. A write is data: [`Store::commit`] takes a list of [`Change`]s and
//! applies all of them or none. This crate knows users, accounts, sessions and one-time tokens; it knows no
//! cookie, no OAuth and no SQL.

mod change;
mod model;
mod store;

pub use change::{Change, CommitError};
pub use model::{
    Account, AccountKind, OneTimeToken, PasswordHash, Purpose, Session, Timestamp, TokenHash, User, UserId,
};
pub use store::{Answer, Store, Unavailable, UserBy};
