//! The machine: one `handle`, from what happened to what to do.
//!
//! `machine/knowing.rs` decides what is known, `machine/asking.rs` when to ask; this file leads each input to them.

mod asking;
mod knowing;

use crate::clock::Clock;
use crate::dice::Dice;
use crate::{Input, Message, Millis, NEVER, Options, Outputs, Session, Settled, Status, View};

use asking::Asking;
use knowing::Known;

/// How long a request, or a change at the server, may take before it counts as lost.
const LOST: Millis = 15_000.0;

/// The session machine of one tab. See the crate's page.
#[derive(Debug)]
pub struct Machine {
    options: Options,
    clock: Clock,
    dice: Dice,
    mounted: bool,
    visible: bool,
    online: bool,
    /// Somebody waits for the end of a `getSession()`.
    awaited: bool,
    known: Known,
    asking: Asking,
    shown: View,
}

impl Machine {
    /// A machine that knows nothing. `seed` is any number that differs between tabs; `now` is the wall clock.
    #[must_use]
    pub fn new(options: Options, seed: u32, now: Millis) -> Self {
        let mut dice = Dice::new(seed);
        let asking = Asking::new(dice.roll());
        let known = Known::nothing();
        let shown = known.view();
        Self {
            options,
            clock: Clock::new(now),
            dice,
            mounted: false,
            visible: true,
            online: true,
            awaited: false,
            known,
            asking,
            shown,
        }
    }

    /// What to show.
    #[must_use]
    pub fn view(&self) -> View {
        self.shown
    }

    /// Takes what happened, at the wall clock's `now`, and says what to do.
    pub fn handle(&mut self, input: Input, now: Millis) -> Outputs {
        self.clock.advance(now);
        let mut out = Outputs::nothing();
        self.consider(input, &mut out);
        self.give_up_lost(&mut out);
        self.give_up_superseded(&mut out);
        self.expire();
        self.ask_if_due(&mut out);
        self.remind(&mut out);
        if self.asking.content() {
            self.settle(Settled::Fresh, &mut out);
        }
        let view = self.known.view();
        out.render = view != self.shown;
        self.shown = view;
        out.wake = self.clock.arm(self.next_deadline());
        out
    }

    fn consider(&mut self, input: Input, out: &mut Outputs) {
        match input {
            Input::Mounted(seed) => self.mount(seed, out),
            Input::Unmounted => self.mounted = false,
            Input::Refresh => self.refresh(),
            Input::Answered { request, session } => self.answered(request, session, out),
            Input::Failed { request } => self.failed(request, out),
            Input::Changing => self.hold(out),
            Input::Changed => self.changed(out),
            Input::Unchanged => self.asking.held_until = 0.0,
            Input::SignedOut => self.signed_out(out),
            Input::Updated(session) => self.updated(session, out),
            Input::Heard(message, payload) => self.hear(message, payload, out),
            Input::HeardOldClient => self.have_settled(),
            Input::Focused => self.noticed(),
            Input::Blurred => self.left(),
            Input::Visible => {
                self.visible = true;
                self.noticed();
            }
            Input::Hidden => self.visible = false,
            Input::Resumed => self.want_if_read(),
            Input::Online => self.back_online(),
            Input::Offline => self.online = false,
            Input::Woke => self.clock.rang(),
            Input::Configured(options) => self.options = options,
        }
    }

    fn mount(&mut self, seed: Option<Option<Session>>, out: &mut Outputs) {
        self.mounted = true;
        let Some(session) = seed else {
            if (self.known.status() == Status::Loading || self.known.stale) && !self.asking.in_flight() {
                self.want_now();
            }
            return;
        };
        if self.known.status() != Status::Loading {
            if !self.known.is(session) {
                self.want_now();
            }
            return;
        }
        let stamp = self.clock.stamp();
        // A call of `getSession()` that is on its way is to bring more than the page did.
        let as_of = if self.asking.in_flight() { 0.0 } else { stamp };
        self.known.seed(session, as_of, self.clock.time());
        // The server was asked a moment ago, for the page. Focus events that come with it are no reason to ask again.
        self.asking.asked = self.clock.time();
        if session.is_some_and(|session| session.lives <= 0.0) {
            // Rendered long ago, or a clock is wrong. Only the server can tell.
            self.known.doubt();
            self.want_now();
        }
        out.tell = Some(Message::Seeded { stamp, version: session.map(|session| session.version) });
    }

    fn refresh(&mut self) {
        self.awaited = true;
        if !self.asking.in_flight() {
            self.want_now();
        }
    }

    fn answered(&mut self, request: u32, session: Option<Session>, out: &mut Outputs) {
        let Some(flight) = self.asking.land(request) else { return };
        let news = !self.known.is(session);
        self.learn(session, flight.stamp, flight.begun);
        self.settle(Settled::Fresh, out);
        out.take = news && session.is_some();
        out.tell = Some(self.known.message(self.clock.time()));
        out.tell_old_clients = news;
    }

    fn failed(&mut self, request: u32, out: &mut Outputs) {
        if let Some(flight) = self.asking.land(request) {
            self.retry_later(flight.stamp, out);
        }
    }

    fn changed(&mut self, out: &mut Outputs) {
        let stamp = self.clock.stamp();
        self.asking.held_until = 0.0;
        self.asking.failures = 0;
        self.known.outdate(stamp);
        self.want_now();
        out.tell = Some(Message::Changed { stamp });
        out.tell_old_clients = true;
    }

    fn signed_out(&mut self, out: &mut Outputs) {
        let (stamp, version) = (self.clock.stamp(), self.known.version());
        self.end_change(None, stamp, out);
        out.tell = Some(Message::SignedOut { stamp, version });
    }

    /// The answer tells how things are, unless something else happened in the meantime: then nobody can say which of
    /// the two the server saw first.
    fn updated(&mut self, session: Option<Session>, out: &mut Outputs) {
        if self.known.stamp > self.asking.sent || !self.asking.content() {
            return self.changed(out);
        }
        let stamp = self.clock.stamp();
        out.take = !self.known.is(session) && session.is_some();
        self.end_change(session, stamp, out);
        out.tell = Some(self.known.message(self.clock.time()));
    }

    fn end_change(&mut self, session: Option<Session>, stamp: Millis, out: &mut Outputs) {
        let time = self.clock.time();
        let sent = if self.asking.held_until > 0.0 { self.asking.held_until - LOST } else { time };
        self.asking.held_until = 0.0;
        self.learn(session, stamp, sent);
        out.tell_old_clients = true;
    }

    fn settle(&mut self, settled: Settled, out: &mut Outputs) {
        if self.awaited {
            self.awaited = false;
            out.settled = Some(settled);
        }
    }

    /// The moment at which something will have to be done without an input.
    fn next_deadline(&self) -> Millis {
        let mut at = self.ask_at().min(self.asking.next_deadline());
        if self.mounted {
            at = at.min(self.known.next_deadline());
        }
        if at < NEVER { at } else { NEVER }
    }
}

#[cfg(test)]
mod tests;
