//! The machine: one step for each thing that can happen, and what follows after every step.
//!
//! `machine/knowing.rs` decides what is known, `machine/asking.rs` when to ask. `machine/numbers.rs` leads each input to its step.

mod asking;
mod knowing;
mod numbers;

use crate::clock::{Clock, sooner};
use crate::dice::Dice;
use crate::message::{Flat, kind};
use crate::options::Chosen;
use crate::who::Who;
use crate::{Input, Millis, NEVER, Options, Outputs, View};

pub use numbers::{Numbers, Rest};

use asking::Asking;
use knowing::Known;

/// How long a request, or a change at the server, may take before it counts as lost.
const LOST: Millis = 15_000.0;

// What there is to do, as bits; see the fields of `Outputs`.
const ABORT: u32 = 1;
const FETCH: u32 = 1 << 1;
const TAKE: u32 = 1 << 2;
const TELL_OLD_CLIENTS: u32 = 1 << 3;
const RENDER: u32 = 1 << 4;
const SETTLED: u32 = 1 << 5;
/// Together with [`SETTLED`].
const FRESH: u32 = 1 << 6;

/// The session machine of one tab. See the crate's page.
///
/// It holds numbers and flags only, and what it says is held as such too: in the JavaScript that is made of it each of
/// them becomes a variable.
#[derive(Debug)]
pub struct Machine {
    options: Chosen,
    clock: Clock,
    dice: Dice,
    mounted: bool,
    visible: bool,
    online: bool,
    /// What to say at the end of the `getSession()` that somebody waits for; zero if nobody does.
    awaited: u32,
    known: Known,
    asking: Asking,
    /// What is shown.
    shown: Who,
    shown_stale: bool,
    /// What there is to do, as bits.
    said: u32,
    /// The message to tell.
    tell: Flat,
    /// How long to sleep.
    wake: Millis,
}

impl Machine {
    /// A machine that knows nothing. `seed` is any number that differs between tabs; `now` is the wall clock.
    #[must_use]
    pub fn new(options: Options, seed: u32, now: Millis) -> Self {
        let mut machine = Self::blank(seed, now);
        machine.restart(seed, now);
        machine.options.choose(options);
        machine
    }

    /// Makes a new machine of this one, with the usual options.
    #[inline(always)]
    pub fn restart(&mut self, seed: u32, now: Millis) {
        *self = Self::blank(seed, now);
        self.clock.rank = self.dice.roll();
    }

    #[inline(always)]
    fn blank(seed: u32, now: Millis) -> Self {
        Self {
            options: Chosen::usual(),
            clock: Clock::new(now),
            dice: Dice::new(seed),
            mounted: false,
            visible: true,
            online: true,
            awaited: 0,
            known: Known::nothing(),
            asking: Asking::new(),
            shown: Who::UNKNOWN,
            shown_stale: false,
            said: 0,
            tell: Flat::nothing(),
            wake: NEVER,
        }
    }

    /// What to show.
    #[must_use]
    pub fn view(&self) -> View {
        View { status: self.shown.status(), version: self.shown.version(), stale: self.shown_stale }
    }

    /// Takes what happened, at the wall clock's `now`, and says what to do.
    pub fn handle(&mut self, input: Input, now: Millis) -> Outputs {
        let numbers = input.numbers();
        self.handle_numbers(numbers, now);
        self.outputs()
    }

    /// Before what happened is considered.
    fn begin(&mut self, now: Millis) {
        self.clock.advance(now);
        self.said = 0;
        self.tell.kind = 0;
    }

    /// What follows, whatever happened.
    fn end(&mut self) {
        self.give_up_lost();
        self.give_up_superseded();
        self.expire();
        self.ask_if_due();
        self.remind();
        if self.asking.content() {
            self.settle(FRESH | SETTLED);
        }
        if self.known.who != self.shown || self.known.stale != self.shown_stale {
            self.said |= RENDER;
        }
        self.shown = self.known.who;
        self.shown_stale = self.known.stale;
        self.wake = self.clock.arm(self.next_deadline());
    }

    /// The first reader came, knowing this or nothing (`Who::UNKNOWN`).
    fn mount(&mut self, who: Who, lives: Millis) {
        self.mounted = true;
        if self.known.who.is_known() || !who.is_known() {
            let waits = !self.known.who.is_known() || self.known.stale;
            let asks = if who.is_known() { self.known.who != who } else { waits && !self.asking.in_flight() };
            if asks {
                self.want_now();
            }
            return;
        }
        let stamp = self.clock.stamp();
        // A call of `getSession()` that is on its way is to bring more than the page did.
        let as_of = if self.asking.in_flight() { 0.0 } else { stamp };
        self.known.set(who, lives, as_of, self.clock.time());
        // The server was asked a moment ago, for the page. Focus events that come with it are no reason to ask again.
        self.asking.asked = self.clock.time();
        if who.is_somebody() && lives <= 0.0 {
            // Rendered long ago, or a clock is wrong. Only the server can tell.
            self.known.doubt();
            self.want_now();
        }
        self.say(kind::SEEDED, stamp, who, 0.0);
    }

    fn refresh(&mut self) {
        self.awaited = FRESH | SETTLED;
        if !self.asking.in_flight() {
            self.want_now();
        }
    }

    fn answered(&mut self, request: f64, who: Who, lives: Millis) {
        let stamp = self.asking.land(request);
        if stamp > 0.0 {
            if self.known.who != who {
                self.said |= TELL_OLD_CLIENTS;
            }
            self.take(who);
            self.learn(who, lives, stamp, self.asking.begun);
            self.settle(FRESH | SETTLED);
            self.spread();
        }
    }

    fn failed(&mut self, request: f64) {
        let stamp = self.asking.land(request);
        if stamp > 0.0 {
            self.retry_later(stamp);
        }
    }

    fn changed(&mut self) {
        let stamp = self.clock.stamp();
        self.asking.held_until = 0.0;
        self.asking.reset();
        self.known.outdate(stamp);
        self.want_now();
        self.say(kind::CHANGED, stamp, Who::NOBODY, 0.0);
        self.said |= TELL_OLD_CLIENTS;
    }

    fn signed_out(&mut self) {
        let (stamp, who) = (self.clock.stamp(), self.known.who);
        self.end_change(Who::NOBODY, 0.0, stamp);
        self.say(kind::SIGNED_OUT, stamp, who, 0.0);
    }

    /// The answer tells how things are, unless something else happened in the meantime: then nobody can say which of
    /// the two the server saw first. Nor what happened if it took too long, perhaps because the page was frozen.
    fn updated(&mut self, who: Who, lives: Millis) {
        let late = self.clock.time() >= self.asking.held_until;
        if late || self.known.stamp > self.asking.sent || !self.asking.content() {
            return self.changed();
        }
        self.take(who);
        let stamp = self.clock.stamp();
        self.end_change(who, lives, stamp);
        self.spread();
    }

    fn end_change(&mut self, who: Who, lives: Millis, stamp: Millis) {
        self.asking.held_until = 0.0;
        self.learn(who, lives, stamp, self.asking.begun);
        self.said |= TELL_OLD_CLIENTS;
    }

    /// Who waits for the end of a `getSession()` hears how it ended.
    fn settle(&mut self, how: u32) {
        self.said |= self.awaited & how;
        self.awaited = 0;
    }

    /// Has the other tabs told, in place of what they were to be told before.
    #[inline(never)]
    fn say(&mut self, kind: u32, stamp: Millis, who: Who, span: Millis) {
        self.tell = Flat { kind, stamp, who, span };
    }

    /// The moment at which something will have to be done without an input.
    fn next_deadline(&self) -> Millis {
        let at = sooner(self.ask_at(), self.asking.next_deadline());
        if self.mounted { sooner(at, self.known.next_deadline()) } else { at }
    }
}

#[cfg(test)]
mod tests;
