//! What is known, how it gives way to something newer, and what other tabs say about it.

use super::Machine;
use crate::{Message, Millis, NEVER, Outputs, Payload, Session, Status, View};

/// How long a session whose time is up is still shown, as stale, while the server is asked whether it was prolonged.
const GRACE: Millis = 5_000.0;

/// A request of another tab counts for a wish of ours if it started no more than this before: what made us wish it
/// reached the other tab a little earlier.
pub(super) const HEARSAY: Millis = 1_000.0;

/// What is known about the session.
#[derive(Debug)]
pub(super) struct Known {
    state: State,
    /// What is known is as of this stamp. Nothing older is believed.
    pub(super) stamp: Millis,
    /// When it was last confirmed, in the machine's time.
    pub(super) checked: Millis,
    /// When the session's time is up, in the machine's time.
    expires: Millis,
    pub(super) stale: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Unknown,
    Nobody,
    Somebody(u32),
}

impl State {
    const fn of(session: Option<Session>) -> Self {
        match session {
            Some(session) => Self::Somebody(session.version),
            None => Self::Nobody,
        }
    }
}

impl Known {
    pub(super) const fn nothing() -> Self {
        Self { state: State::Unknown, stamp: 0.0, checked: 0.0, expires: NEVER, stale: false }
    }

    pub(super) const fn status(&self) -> Status {
        match self.state {
            State::Unknown => Status::Loading,
            State::Nobody => Status::Unauthenticated,
            State::Somebody(_) => Status::Authenticated,
        }
    }

    pub(super) const fn view(&self) -> View {
        let version = match self.state {
            State::Somebody(version) => Some(version),
            State::Unknown | State::Nobody => None,
        };
        View { status: self.status(), version, stale: self.stale }
    }

    /// Whether this is what is known.
    pub(super) fn is(&self, session: Option<Session>) -> bool {
        self.state == State::of(session)
    }

    /// Believes what the page was rendered with, for want of anything better.
    pub(super) fn seed(&mut self, session: Option<Session>, time: Millis) {
        self.state = State::of(session);
        self.checked = time;
        self.expires = deadline(session, time);
    }

    /// Something newer exists at the server. What is shown stays, as stale.
    pub(super) fn outdate(&mut self, stamp: Millis) {
        self.stamp = stamp;
        self.doubt();
    }

    /// What is shown stays, as stale.
    pub(super) fn doubt(&mut self) {
        self.stale = self.state != State::Unknown;
    }

    /// The server could not be asked. What is known stays; where nothing is, nobody is shown.
    pub(super) fn unreachable(&mut self, time: Millis) {
        if self.state == State::Unknown || time >= self.expires {
            self.forget();
        }
        self.stale = true;
    }

    fn forget(&mut self) {
        self.state = State::Nobody;
        self.expires = NEVER;
    }

    /// When a shared request is due because the session's time is up. Never twice within a second, however short the
    /// lives are that the server gives.
    pub(super) fn expires(&self) -> Millis {
        self.expires.max(self.checked + 1_000.0)
    }

    pub(super) fn next_deadline(&self) -> Millis {
        if self.stale { self.expires + GRACE } else { self.expires }
    }
}

fn deadline(session: Option<Session>, time: Millis) -> Millis {
    match session {
        Some(session) if session.lives > 0.0 => time + session.lives,
        _ => NEVER,
    }
}

impl Machine {
    /// Believes the server's word as of `stamp`, which was asked for at `begun`.
    pub(super) fn learn(&mut self, session: Option<Session>, stamp: Millis, begun: Millis) {
        let expires = deadline(session, self.clock.time());
        self.known = Known { state: State::of(session), stamp, checked: begun, expires, stale: false };
        self.asking.answered(stamp);
    }

    /// Marks a session whose time is up, and forgets it if the server does not say that it goes on.
    pub(super) fn expire(&mut self) {
        let over = self.clock.time() - self.known.expires;
        if over < 0.0 {
            return;
        }
        self.known.stale = true;
        if over >= GRACE {
            self.known.forget();
            if !self.asking.in_flight() {
                self.want_shared(self.clock.time());
            }
        }
    }

    /// Listens to another tab.
    pub(super) fn hear(&mut self, message: Message, payload: Payload, out: &mut Outputs) {
        if !self.clock.saw(message.stamp()) {
            return;
        }
        match message {
            Message::Asking { stamp } => self.leave_it_to(stamp, 0.0),
            Message::Failed { stamp, wait } => self.heard_failure(stamp, wait),
            Message::Known { stamp, session } => self.heard_session(stamp, session, payload, out),
            Message::Seeded { version, .. } => {
                if !self.known.is(version.map(|version| Session { version, lives: 0.0 })) {
                    self.have_settled();
                }
            }
            Message::Changed { stamp } => self.heard_change(stamp, out),
            Message::SignedOut { stamp } if stamp > self.known.stamp => {
                self.learn(None, stamp, self.clock.time());
            }
            Message::SignedOut { stamp } => self.heard_change(stamp, out),
        }
    }

    fn heard_failure(&mut self, stamp: Millis, wait: Millis) {
        self.leave_it_to(stamp, wait);
        let our_turn_to_load = self.known.status() == Status::Loading && self.asking.in_flight();
        if stamp > self.known.stamp && !our_turn_to_load {
            self.known.unreachable(self.clock.time());
            self.want_shared(self.clock.time());
        }
    }

    fn heard_session(
        &mut self,
        stamp: Millis,
        session: Option<Session>,
        payload: Payload,
        out: &mut Outputs,
    ) {
        let news = !self.known.is(session);
        if stamp <= self.known.stamp {
            if news {
                self.have_settled();
            }
        } else if news && session.is_some() && payload == Payload::Absent {
            // Somebody else is signed in, or with other data, and only the server can say which.
            self.known.outdate(stamp);
            self.want_now();
        } else {
            self.learn(session, stamp, self.clock.time());
            self.asking.answered(stamp + HEARSAY);
            out.take = news && session.is_some();
        }
    }

    /// A change whose outcome the sender asks for. One that is no news can still be newer than what our request sees.
    fn heard_change(&mut self, stamp: Millis, out: &mut Outputs) {
        self.leave_it_to(stamp, 0.0);
        if stamp > self.known.stamp {
            self.known.outdate(stamp);
            self.want_shared(self.clock.time());
        } else {
            self.abandon(out);
            self.have_settled();
        }
    }
}
