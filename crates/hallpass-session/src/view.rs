//! What the user interface shows.

/// Whether somebody is signed in, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing is known yet. Ends with the first answer or the first failure, and does not come back.
    Loading,
    /// Somebody is signed in.
    Authenticated,
    /// Nobody is signed in, or nobody could be asked.
    Unauthenticated,
}

/// What the user interface shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Whether somebody is signed in.
    pub status: Status,
    /// The payload's version while somebody is signed in.
    pub version: Option<u32>,
    /// What is shown may be out of date: the last request failed, a change is being read, or the session's time is up
    /// and the server has not been heard yet.
    pub stale: bool,
}
