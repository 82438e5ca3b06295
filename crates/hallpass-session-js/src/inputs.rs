//! Numbers become inputs.

use hallpass_session::{Input, Message, Millis, Options, Payload, Session};

/// Who is signed in: the lowest two bits.
const WHO: u32 = 3;
const SOMEBODY: u32 = 1;
const NOT_KNOWN: u32 = 2;
/// A message brings the payload.
const WITH_PAYLOAD: u32 = 4;
/// Where the message's number begins.
const KIND: u32 = 3;

fn version(bits: u32, version: u32) -> Option<u32> {
    (bits & WHO == SOMEBODY).then_some(version)
}

fn session(bits: u32, given: u32, lives: Millis) -> Option<Session> {
    version(bits, given).map(|version| Session { version, lives })
}

fn message(bits: u32, about: u32, stamp: Millis, span: Millis) -> Option<Message> {
    Some(match bits >> KIND {
        1 => Message::Asking { stamp },
        2 => Message::Failed { stamp, wait: span },
        3 => Message::Known { stamp, session: session(bits, about, span) },
        4 => Message::Seeded { stamp, version: version(bits, about) },
        5 => Message::Doubted { stamp },
        6 => Message::Changed { stamp },
        7 => Message::SignedOut { stamp, version: version(bits, about) },
        _ => return None,
    })
}

/// `None` for what is no input.
pub(crate) fn read(kind: u32, bits: u32, about: u32, a: f64, b: f64) -> Option<Input> {
    Some(match kind {
        0 => Input::Mounted((bits & WHO != NOT_KNOWN).then(|| session(bits, about, b))),
        1 => Input::Unmounted,
        2 => Input::Refresh,
        3 => Input::Answered { request: a as u32, session: session(bits, about, b) },
        4 => Input::Failed { request: a as u32 },
        5 => Input::Changing,
        6 => Input::Changed,
        7 => Input::Unchanged,
        8 => Input::SignedOut,
        9 => Input::Updated(session(bits, about, b)),
        10 => {
            let payload = if bits & WITH_PAYLOAD == 0 { Payload::Absent } else { Payload::Here };
            Input::Heard(message(bits, about, a, b)?, payload)
        }
        11 => Input::HeardOldClient,
        12 => Input::Focused,
        13 => Input::Blurred,
        14 => Input::Visible,
        15 => Input::Hidden,
        16 => Input::Resumed,
        17 => Input::Online,
        18 => Input::Offline,
        19 => Input::Woke,
        20 => Input::Configured(Options {
            client_max_age: a,
            keep_alive: b,
            burst: f64::from(about),
            on_focus: bits & 1 != 0,
            when_offline: bits & 2 != 0,
        }),
        _ => return None,
    })
}
