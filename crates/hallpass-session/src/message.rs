//! What machines of one browser say to each other.

use crate::who::Who;
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

/// The messages' numbers; zero is none.
pub(crate) mod kind {
    pub(crate) const ASKING: u32 = 1;
    pub(crate) const FAILED: u32 = 2;
    pub(crate) const KNOWN: u32 = 3;
    pub(crate) const SEEDED: u32 = 4;
    pub(crate) const DOUBTED: u32 = 5;
    pub(crate) const CHANGED: u32 = 6;
    pub(crate) const SIGNED_OUT: u32 = 7;
}

/// A message as the machine has it: four numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flat {
    pub(crate) kind: u32,
    pub(crate) stamp: Millis,
    pub(crate) who: Who,
    pub(crate) span: Millis,
}

impl Flat {
    pub(crate) const fn nothing() -> Self {
        Self { kind: 0, stamp: 0.0, who: Who::NOBODY, span: 0.0 }
    }

    pub(crate) fn message(self) -> Option<Message> {
        let Self { kind, stamp, who, span } = self;
        Some(match kind {
            kind::ASKING => Message::Asking { stamp },
            kind::FAILED => Message::Failed { stamp, wait: span },
            kind::KNOWN => Message::Known {
                stamp,
                session: who.version().map(|version| Session { version, lives: span }),
            },
            kind::SEEDED => Message::Seeded { stamp, version: who.version() },
            kind::DOUBTED => Message::Doubted { stamp },
            kind::CHANGED => Message::Changed { stamp },
            kind::SIGNED_OUT => Message::SignedOut { stamp, version: who.version() },
            _ => return None,
        })
    }
}

impl Message {
    /// As it crosses to the other tabs, whatever they are written in: which message, whether it names somebody (1) or not (0),
    /// its stamp, its time span, and the version of whom it names, as a signed number with the same bits.
    ///
    /// ```
    /// use hallpass_session::{Message, Session};
    ///
    /// let session = Some(Session { version: u32::MAX, lives: 60_000.0 });
    /// let message = Message::Known { stamp: 7.0, session };
    /// assert_eq!(message.numbers(), [3.0, 1.0, 7.0, 60_000.0, -1.0]);
    /// assert_eq!(Message::from_numbers(message.numbers()), Some(message));
    /// ```
    #[must_use]
    pub fn numbers(self) -> [f64; 5] {
        let Flat { kind, stamp, who, span } = self.flat();
        let version = who.version().map_or(0.0, |version| f64::from(version.cast_signed()));
        [f64::from(kind), f64::from(u8::from(who.is_somebody())), stamp, span, version]
    }

    /// Reads what [`Self::numbers`] wrote, in this tab or another one. `None` if no machine wrote it.
    #[must_use]
    pub fn from_numbers([kind, who, stamp, span, version]: [f64; 5]) -> Option<Self> {
        // What is no number, or too large for one of these types, becomes zero or the largest there is: no message.
        let version = (who == 1.0).then_some((version as i32).cast_unsigned());
        Flat { kind: kind as u32, stamp, who: Who::of(version), span }.message()
    }

    /// The moment that orders it among others.
    #[must_use]
    pub fn stamp(&self) -> Millis {
        self.flat().stamp
    }

    pub(crate) fn flat(self) -> Flat {
        let (kind, stamp, who, span) = match self {
            Self::Asking { stamp } => (kind::ASKING, stamp, Who::NOBODY, 0.0),
            Self::Failed { stamp, wait } => (kind::FAILED, stamp, Who::NOBODY, wait),
            Self::Known { stamp, session } => {
                (kind::KNOWN, stamp, Who::in_session(session), session.map_or(0.0, |session| session.lives))
            }
            Self::Seeded { stamp, version } => (kind::SEEDED, stamp, Who::of(version), 0.0),
            Self::Doubted { stamp } => (kind::DOUBTED, stamp, Who::NOBODY, 0.0),
            Self::Changed { stamp } => (kind::CHANGED, stamp, Who::NOBODY, 0.0),
            Self::SignedOut { stamp, version } => (kind::SIGNED_OUT, stamp, Who::of(version), 0.0),
        };
        Flat { kind, stamp, who, span }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_comes_back_from_its_numbers() {
        let session = Some(Session { version: 0x8000_0001, lives: 5.0 });
        for message in [
            Message::Asking { stamp: 1.5 },
            Message::Failed { stamp: 2.0, wait: 400.0 },
            Message::Known { stamp: 3.0, session },
            Message::Known { stamp: 3.0, session: None },
            Message::Seeded { stamp: 4.0, version: Some(0) },
            Message::Seeded { stamp: 4.0, version: None },
            Message::Doubted { stamp: 5.0 },
            Message::Changed { stamp: 6.0 },
            Message::SignedOut { stamp: 7.0, version: Some(9) },
        ] {
            assert_eq!(Message::from_numbers(message.numbers()), Some(message));
        }
    }

    #[test]
    fn numbers_that_no_machine_writes_are_no_message() {
        for kind in [0.0, 8.0, -1.0, 1e300, f64::NAN] {
            assert_eq!(Message::from_numbers([kind, 1.0, 1.0, 1.0, 1.0]), None);
        }
    }
}
