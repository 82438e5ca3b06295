//! When to ask, and who does.

use super::knowing::HEARSAY;
use super::{ABORT, FETCH, LOST, Machine, SETTLED};
use crate::clock::{later, sooner};
use crate::message::kind;
use crate::who::Who;
use crate::{Millis, NEVER};

/// How long several messages that call for a request are collected before it is made.
const COLLECT: Millis = 50.0;

/// The shortest time between two requests that messages call for.
const SPACED: Millis = 1_000.0;

/// How often the others are told that a request is still on its way.
const REMIND: Millis = LOST / 20.0;

/// The longest waits before the first and before every other attempt.
const FIRST_WAIT: Millis = 1_000.0;
const LONGEST_WAIT: Millis = 32_000.0;

/// Who asks when. Moments are in the machine's time.
#[derive(Debug)]
pub(super) struct Asking {
    /// The stamp of the request that is on its way; zero, which no stamp is, if there is none.
    flight: Millis,
    /// Its number, or that of the one before.
    pub(super) requests: f64,
    /// When the request on its way started, or when the change was sent that is.
    pub(super) begun: Millis,
    remind_at: Millis,
    /// This tab wants an answer, whatever others do, from this moment on.
    own_at: Millis,
    /// Some tab of the browser should ask from this moment on.
    shared_at: Millis,
    /// What is known must reach this stamp for those wishes to be fulfilled.
    wish: Millis,
    /// No request while a change is being sent.
    pub(super) held_until: Millis,
    /// The stamp of when that change was sent.
    pub(super) sent: Millis,
    /// No shared request before: one failed, or another tab has it in hand. Zero if neither.
    wait_until: Millis,
    /// The longest wait after the next failure.
    wait: Millis,
    /// When any tab last asked.
    pub(super) asked: Millis,
    /// No other tab asked since this one did.
    leads: bool,
}

impl Asking {
    pub(super) const fn new() -> Self {
        Self {
            flight: 0.0,
            requests: 0.0,
            begun: 0.0,
            remind_at: 0.0,
            own_at: NEVER,
            shared_at: NEVER,
            wish: 0.0,
            held_until: 0.0,
            sent: 0.0,
            wait_until: 0.0,
            wait: FIRST_WAIT,
            asked: -NEVER,
            leads: true,
        }
    }

    pub(super) fn in_flight(&self) -> bool {
        self.flight > 0.0
    }

    /// A request is on its way that will bring nothing older than this stamp.
    pub(super) fn asks_since(&self, stamp: Millis) -> bool {
        self.flight >= stamp
    }

    /// The request of this number has come to its end: its stamp. Zero for one that was given up.
    pub(super) fn land(&mut self, request: f64) -> Millis {
        if request != self.requests {
            return 0.0;
        }
        core::mem::take(&mut self.flight)
    }

    /// The server can be reached again.
    pub(super) fn reset(&mut self) {
        self.wait = FIRST_WAIT;
        self.wait_until = 0.0;
    }

    /// The next failure is waited for twice as long.
    pub(super) fn double(&mut self) {
        self.wait = sooner(self.wait * 2.0, LONGEST_WAIT);
    }

    /// The server's word as of `stamp` is known, and it can be reached. Whether that fulfils every wish.
    #[inline(never)]
    pub(super) fn answered(&mut self, stamp: Millis) -> bool {
        self.reset();
        let fulfilled = stamp >= self.wish;
        if fulfilled {
            self.own_at = NEVER;
            self.shared_at = NEVER;
        }
        fulfilled
    }

    /// Nothing is on its way or wished for.
    pub(super) fn content(&self) -> bool {
        !self.in_flight() && self.own_at >= NEVER && self.shared_at >= NEVER
    }

    /// What a tab says that started somewhat before what made us wish it counts all the same.
    pub(super) fn accept_hearsay(&mut self, stamp: Millis) {
        if stamp + HEARSAY >= self.wish {
            self.wish = 0.0;
        }
    }

    /// When the request on its way needs attention.
    pub(super) fn next_deadline(&self) -> Millis {
        if self.in_flight() { self.remind_at } else { NEVER }
    }

    /// Some tab asks from `at` on, if not before.
    #[inline(never)]
    fn share(&mut self, at: Millis) {
        self.shared_at = sooner(self.shared_at, at);
    }
}

impl Machine {
    /// This tab wants to know at once, if anybody reads what it knows.
    pub(super) fn want_if_read(&mut self) {
        if self.mounted {
            self.want_now();
        }
    }

    /// This tab wants to know, at once.
    pub(super) fn want_now(&mut self) {
        self.asking.wish = self.clock.stamp();
        self.asking.own_at = self.clock.time();
    }

    /// Some tab should ask, from `at` on.
    #[inline(never)]
    pub(super) fn want_shared(&mut self, at: Millis) {
        self.asking.wish = self.clock.stamp();
        self.asking.share(at);
    }

    /// Messages call for a request: one for all that come together.
    pub(super) fn have_settled(&mut self) {
        self.want_shared(later(self.clock.time() + COLLECT, self.asking.asked + SPACED));
    }

    /// The window gained the focus, or the page became visible.
    pub(super) fn noticed(&mut self) {
        if self.attends() {
            self.want_now();
        }
    }

    /// The window lost the focus, perhaps to another tab, which will ask. If not, this one does.
    pub(super) fn left(&mut self) {
        if self.attends() {
            self.want_shared(self.clock.time() + COLLECT);
        }
    }

    /// Whether a change of focus is a reason to ask.
    fn attends(&mut self) -> bool {
        let time = self.clock.time();
        let cached = self.known.who.is_somebody()
            && !self.known.stale
            && time - self.known.checked < self.options.client_max_age;
        if !self.mounted || !self.options.on_focus || self.asking.in_flight() || cached {
            return false;
        }
        let shares = time - self.asking.asked < self.options.burst;
        if shares && !self.asking.leads && self.asking.wait_until > 0.0 {
            // The request that this shares is another tab's. If that tab dies, somebody has to ask all the same.
            self.asking.share(time);
        }
        !shares
    }

    /// The network is back: what failed is tried at once, by one tab for all.
    pub(super) fn back_online(&mut self) {
        self.online = true;
        if self.known.stale && !self.asking.in_flight() {
            self.asking.reset();
            self.want_shared(self.clock.time());
        }
    }

    /// Reads are to wait for a change; one that is on its way could bring back what the change ends.
    pub(super) fn hold(&mut self) {
        self.abandon();
        self.asking.begun = self.clock.time();
        self.asking.held_until = self.asking.begun + LOST;
        self.asking.sent = self.clock.stamp();
    }

    /// Gives the request up, to be made again.
    pub(super) fn abandon(&mut self) {
        if self.asking.in_flight() {
            self.give_up();
            self.want_now();
        }
    }

    /// Another tab's request or change, of this stamp, is in that tab's hands, which does nothing for `wait`.
    pub(super) fn leave_it_to(&mut self, stamp: Millis, wait: Millis) {
        if stamp <= self.known.stamp || stamp + HEARSAY < self.asking.wish {
            return;
        }
        let wait = if wait > 0.0 { sooner(wait, LONGEST_WAIT) } else { 0.0 };
        // Of two that ask at the same moment the one with the newer stamp goes on leading, or both would do so for ever.
        self.asking.leads &= self.asking.flight > stamp;
        self.asking.asked = self.clock.time();
        self.asking.wait_until = self.asking.asked + wait + self.patience(3.0);
    }

    /// How long to wait for another tab: so many steps, and up to one more, so that not all lose their patience at once.
    fn patience(&self, steps: f64) -> Millis {
        let step = if self.visible { 450.0 } else { 1_500.0 };
        step * (steps + self.clock.rank)
    }

    /// When to ask next.
    pub(super) fn ask_at(&self) -> Millis {
        let asking = &self.asking;
        if asking.in_flight() {
            return NEVER;
        }
        let needed = self.mounted || self.awaited != 0;
        let mut shared = if needed { sooner(asking.shared_at, self.poll_at()) } else { NEVER };
        if !asking.leads {
            shared += self.patience(1.0);
        }
        later(sooner(asking.own_at, later(shared, asking.wait_until)), asking.held_until)
    }

    /// When what is known gets too old, or the session's time is up.
    fn poll_at(&self) -> Millis {
        if !self.known.who.is_somebody() {
            return NEVER;
        }
        let expires = self.known.expires();
        if self.online || self.options.when_offline {
            return sooner(self.known.checked + self.options.interval, expires);
        }
        expires
    }

    pub(super) fn ask_if_due(&mut self) {
        let time = self.clock.time();
        if time < self.ask_at() {
            return;
        }
        let stamp = self.clock.stamp();
        let asking = &mut self.asking;
        asking.requests += 1.0;
        asking.flight = stamp;
        asking.leads = true;
        asking.begun = time;
        asking.asked = time;
        asking.remind_at = time;
        asking.own_at = NEVER;
        asking.shared_at = NEVER;
        self.said |= FETCH;
    }

    /// Tells the others now and then that a request is on its way, so that a slow one is not taken for a dead tab.
    pub(super) fn remind(&mut self) {
        let time = self.clock.time();
        if self.asking.in_flight() && time >= self.asking.remind_at {
            self.asking.remind_at = time + REMIND;
            // A change that is told in the same breath says that we ask.
            if self.tell.kind == 0 {
                self.say(kind::ASKING, self.asking.flight, Who::NOBODY, 0.0);
            }
        }
    }

    pub(super) fn give_up(&mut self) {
        self.asking.flight = 0.0;
        self.said |= ABORT;
    }

    /// A request without an answer for too long is a failed one.
    pub(super) fn give_up_lost(&mut self) {
        if self.asking.in_flight() && self.clock.time() - self.asking.begun >= LOST {
            let stamp = self.asking.flight;
            self.give_up();
            self.retry_later(stamp);
        }
    }

    /// Something newer than the request on its way is known: its answer can only be older.
    pub(super) fn give_up_superseded(&mut self) {
        if self.asking.in_flight() && self.asking.flight < self.known.stamp {
            self.give_up();
        }
    }

    /// Some tab tries again after 1 s, 2 s, 4 s … 32 s, each shortened by up to half: this one if it lives and no other
    /// asks before.
    pub(super) fn retry_later(&mut self, stamp: Millis) {
        let wait = self.asking.wait * (1.0 - self.dice.roll() / 2.0);
        let at = self.clock.time() + wait;
        self.asking.double();
        self.asking.wait_until = at;
        self.asking.share(at);
        self.known.unreachable();
        self.settle(SETTLED);
        self.say(kind::FAILED, stamp, Who::NOBODY, wait);
    }
}
