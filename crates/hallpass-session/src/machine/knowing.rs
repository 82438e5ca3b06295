//! What is known, how it gives way to something newer, and what other tabs say about it.

use super::Machine;
use crate::{Message, Millis, NEVER, Outputs, Payload, Session, Settled, Status, View};

/// How long a session whose time is up is still shown, as stale, while the server is asked whether it was prolonged.
const GRACE: Millis = 5_000.0;

/// A request of another tab counts for a wish of ours if it started no more than this before: what made us wish it
/// reached the other tab a little earlier.
pub(super) const HEARSAY: Millis = 100.0;

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
    /// The version that another tab knows and that this one has to fetch.
    coming: Option<u32>,
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
        Self { state: State::Unknown, stamp: 0.0, checked: 0.0, expires: NEVER, stale: false, coming: None }
    }

    pub(super) const fn status(&self) -> Status {
        match self.state {
            State::Unknown => Status::Loading,
            State::Nobody => Status::Unauthenticated,
            State::Somebody(_) => Status::Authenticated,
        }
    }

    pub(super) const fn version(&self) -> Option<u32> {
        match self.state {
            State::Somebody(version) => Some(version),
            State::Unknown | State::Nobody => None,
        }
    }

    /// What to tell others: what is known, with what is left of its life.
    pub(super) fn message(&self, time: Millis) -> Message {
        let lives = if self.expires < NEVER { (self.expires - time).max(1.0) } else { 0.0 };
        let session = self.version().map(|version| Session { version, lives });
        Message::Known { stamp: self.stamp, session }
    }

    pub(super) const fn view(&self) -> View {
        View { status: self.status(), version: self.version(), stale: self.stale }
    }

    /// Whether this is what is known.
    pub(super) fn is(&self, session: Option<Session>) -> bool {
        self.state == State::of(session)
    }

    /// Believes what the page was rendered with, for want of anything better.
    pub(super) fn seed(&mut self, session: Option<Session>, stamp: Millis, time: Millis) {
        self.state = State::of(session);
        self.stamp = stamp;
        self.checked = time;
        self.expires = deadline(session, time);
    }

    /// Something newer exists at the server. What is shown stays, as stale.
    pub(super) fn outdate(&mut self, stamp: Millis) {
        self.stamp = stamp;
        self.coming = None;
        self.doubt();
    }

    /// What is shown stays, as stale.
    pub(super) fn doubt(&mut self) {
        self.stale = self.state != State::Unknown;
    }

    /// The server could not be asked. What is known stays; where nothing is, nobody is shown.
    pub(super) fn unreachable(&mut self, time: Millis) {
        if self.state == State::Unknown || time >= self.expires {
            self.state = State::Nobody;
            self.expires = NEVER;
        }
        self.stale = true;
    }

    fn forget(&mut self) {
        if self.state != State::Unknown {
            self.state = State::Nobody;
        }
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
    /// Believes the server's word as of `stamp`, which was asked for at `begun`. Its life counts from there, for nobody
    /// knows how long the answer took.
    pub(super) fn learn(&mut self, session: Option<Session>, stamp: Millis, begun: Millis) {
        let expires = deadline(session, begun);
        // An answer can take longer than the session lives, and can be older than what raised a doubt.
        let uncertain = self.known.stale || self.known.state == State::Unknown;
        let doubted = !self.asking.answered(stamp) && uncertain;
        let stale = doubted || expires <= self.clock.time();
        self.known = Known { state: State::of(session), stamp, checked: begun, expires, stale, coming: None };
    }

    /// Marks a session whose time is up, and forgets it if the server does not say that it goes on. After a sleep, or a
    /// step of the clock, the server is asked first, however long it has been over.
    pub(super) fn expire(&mut self) {
        let time = self.clock.time();
        if time < self.known.expires {
            return;
        }
        if !self.known.stale {
            self.known.stale = true;
            self.known.expires = time;
        }
        if time - self.known.expires >= GRACE {
            self.known.forget();
            if !self.asking.in_flight() {
                self.want_shared(time);
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
            Message::Failed { stamp, wait } => self.heard_failure(stamp, wait, out),
            Message::Known { stamp, session } => self.heard_session(stamp, session, payload, out),
            Message::Seeded { stamp, version } => self.heard_seed(stamp, version, out),
            Message::Doubted { stamp } => self.heard_doubt(stamp),
            Message::Changed { stamp } => self.heard_change(stamp, out),
            Message::SignedOut { stamp, version } => self.heard_sign_out(stamp, version, out),
        }
    }

    fn heard_failure(&mut self, stamp: Millis, wait: Millis, out: &mut Outputs) {
        self.leave_it_to(stamp, wait);
        let loading = self.known.status() == Status::Loading && self.asking.in_flight();
        if stamp > self.known.stamp && !loading {
            // Whoever tries next goes on with the longer waits.
            self.asking.failures = self.asking.failures.saturating_add(1);
            self.known.unreachable(self.clock.time());
            self.want_shared(self.clock.time());
            if !self.asking.in_flight() {
                self.settle(Settled::Failed, out);
            }
        }
    }

    /// A page was rendered with something else than is known here, or newer than what this tab waits for.
    fn heard_seed(&mut self, stamp: Millis, version: Option<u32>, out: &mut Outputs) {
        if self.known.status() != Status::Loading {
            if self.known.version() != version {
                self.contradict(stamp, out);
            }
        } else if !self.asking.asks_since(stamp) {
            self.have_settled();
        }
    }

    /// Another tab knows otherwise, and no stamp tells which of the two is right. That tab is told, and asks. Should it
    /// not, somebody else does.
    fn contradict(&mut self, stamp: Millis, out: &mut Outputs) {
        if self.mounted || !self.known.stale {
            out.tell = Some(Message::Doubted { stamp });
        }
        self.known.doubt();
        self.have_settled();
    }

    /// Another tab knows otherwise than this one said.
    fn heard_doubt(&mut self, stamp: Millis) {
        if stamp == self.known.stamp && !self.asking.in_flight() {
            self.known.doubt();
            self.want_if_read();
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
        if self.known.status() == Status::Loading && self.asking.asks_since(stamp) {
            // The sender may not have heard of a sign-out either. What this tab asked for itself is newer.
        } else if stamp <= self.known.stamp {
            if news && payload == Payload::Absent && self.asking.asks_since(stamp) {
                // What is shown is known to be old, and what it gives way to is on its way.
            } else if news {
                self.contradict(stamp, out);
            } else {
                // No newer, but the server may have prolonged it: the sender's clock can be behind ours.
                self.known.expires = self.known.expires.max(deadline(session, self.clock.time()));
            }
        } else if let (true, Some(session), Payload::Absent) = (news, session, payload) {
            self.fetch_too(stamp, session.version);
        } else {
            self.known.stale &= !self.asking.answered(stamp + HEARSAY);
            self.learn(session, stamp, self.clock.time());
            out.take = news && session.is_some();
        }
    }

    /// Somebody else is signed in, or with other data, and this tab has to ask the server for it. One request is enough,
    /// however many tabs say so.
    fn fetch_too(&mut self, stamp: Millis, version: u32) {
        if self.known.coming == Some(version) && self.asking.in_flight() {
            return;
        }
        self.known.outdate(stamp);
        self.known.coming = Some(version);
        if !self.asking.asks_since(stamp) {
            self.want_if_read();
        }
    }

    /// What was signed out goes at once, even if a clock that was set back makes it look old.
    fn heard_sign_out(&mut self, stamp: Millis, version: Option<u32>, out: &mut Outputs) {
        if stamp > self.known.stamp {
            return self.learn(None, stamp, self.clock.time());
        }
        if self.known.version() == version {
            self.known.forget();
        }
        self.heard_change(stamp, out);
    }

    /// A change whose outcome the sender asks for. One that is no news can still be newer than what our request sees.
    fn heard_change(&mut self, stamp: Millis, out: &mut Outputs) {
        self.leave_it_to(stamp, 0.0);
        if stamp > self.known.stamp {
            self.known.outdate(stamp);
            self.want_shared(self.clock.time());
        } else {
            self.abandon(out);
            self.known.doubt();
            self.have_settled();
            if self.asking.sent > 0.0 && stamp >= self.asking.sent {
                // It happened while a change of ours was on its way, whose answer everybody took for the newer one.
                self.want_if_read();
            }
        }
    }
}
