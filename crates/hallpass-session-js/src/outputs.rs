//! Outputs become numbers.

use hallpass_session::{Message, Outputs, Settled, Status, View};

/// How many numbers [`crate::read`] knows: wake, request, the stamp, span and version of the message to tell.
pub(crate) const COUNT: usize = 5;

/// Bits 0 to 6: abort, fetch, take, tell old clients, render, settled, settled fresh. Bits 8 and 9: the status. Bit 10:
/// stale. Bits 12 to 14: a message's number, 0 for none. Bit 15: that message names somebody.
pub(crate) fn write(out: &Outputs, view: View, numbers: &mut [f64; COUNT]) -> u32 {
    let (kind, stamp, version, span) = out.tell.map_or((0, 0.0, None, 0.0), message);
    *numbers = [
        out.wake,
        out.fetch.map_or(0.0, f64::from),
        stamp,
        span,
        version.map_or(0.0, |it| f64::from(it as i32)),
    ];
    let bit = |on: bool, place: u32| u32::from(on) << place;
    bit(out.abort, 0)
        | bit(out.fetch.is_some(), 1)
        | bit(out.take, 2)
        | bit(out.tell_old_clients, 3)
        | bit(out.render, 4)
        | bit(out.settled.is_some(), 5)
        | bit(out.settled == Some(Settled::Fresh), 6)
        | status(view.status) << 8
        | bit(view.stale, 10)
        | kind << 12
        | bit(version.is_some(), 15)
}

fn status(status: Status) -> u32 {
    match status {
        Status::Loading => 0,
        Status::Authenticated => 1,
        Status::Unauthenticated => 2,
    }
}

fn message(message: Message) -> (u32, f64, Option<u32>, f64) {
    let stamp = message.stamp();
    match message {
        Message::Asking { .. } => (1, stamp, None, 0.0),
        Message::Failed { wait, .. } => (2, stamp, None, wait),
        Message::Known { session, .. } => match session {
            Some(session) => (3, stamp, Some(session.version), session.lives),
            None => (3, stamp, None, 0.0),
        },
        Message::Seeded { version, .. } => (4, stamp, version, 0.0),
        Message::Doubted { .. } => (5, stamp, None, 0.0),
        Message::Changed { .. } => (6, stamp, None, 0.0),
        Message::SignedOut { version, .. } => (7, stamp, version, 0.0),
    }
}
