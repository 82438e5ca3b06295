//! What machines of one browser say to each other.

use crate::{Millis, Session};

/// What one tab's machine says to those of the other tabs. The shell passes it on as numbers, and adds the payload
/// to [`Message::Known`] if the way is one on which nothing is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Message {
    /// A request started or is still on its way.
    Asking {
        /// When it started.
        stamp: Millis,
    },
    /// A request failed; the sender tries again.
    Failed {
        /// When it had started.
        stamp: Millis,
        /// After how long the sender tries again.
        wait: Millis,
    },
    /// The server answered.
    Known {
        /// When the request had started.
        stamp: Millis,
        /// What it said.
        session: Option<Session>,
    },
    /// A page appeared that the server had rendered with this session. When it looked is not known, so whoever
    /// knows otherwise says so.
    Seeded {
        /// When the page appeared.
        stamp: Millis,
        /// The payload's version, if somebody was signed in.
        version: Option<u32>,
    },
    /// The sender knows otherwise than [`Message::Seeded`] or [`Message::Known`] of this stamp said. Whoever said so asks.
    Doubted {
        /// The stamp of what is doubted.
        stamp: Millis,
    },
    /// Something changed at the server, perhaps who is signed in; the sender asks.
    Changed {
        /// When.
        stamp: Millis,
    },
    /// The server answered a sign-out.
    SignedOut {
        /// When.
        stamp: Millis,
        /// What the sender had shown, if anything.
        version: Option<u32>,
    },
}

impl Message {
    /// The moment that orders it among others.
    #[must_use]
    pub const fn stamp(&self) -> Millis {
        match *self {
            Self::Asking { stamp }
            | Self::Failed { stamp, .. }
            | Self::Known { stamp, .. }
            | Self::Seeded { stamp, .. }
            | Self::Doubted { stamp }
            | Self::Changed { stamp }
            | Self::SignedOut { stamp, .. } => stamp,
        }
    }
}
