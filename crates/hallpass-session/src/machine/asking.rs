//! When to ask, and who does.

use super::knowing::HEARSAY;
use super::{LOST, Machine};
use crate::{Message, Millis, NEVER, Outputs, Settled, Status};

/// How long several messages that call for a request are collected before it is made.
const COLLECT: Millis = 50.0;

/// The shortest time between two requests that messages call for.
const SPACED: Millis = 1_000.0;

/// How often the others are told that a request is still on its way.
const REMIND: Millis = 800.0;

/// The longest wait between two attempts.
const LONGEST_WAIT: Millis = 32_000.0;

/// A request that is on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    request: u32,
    pub(super) stamp: Millis,
    /// When it started, in the machine's time.
    pub(super) begun: Millis,
    remind_at: Millis,
}

/// Who asks when. Moments are in the machine's time.
#[derive(Debug)]
pub(super) struct Asking {
    flight: Option<Flight>,
    requests: u32,
    /// This tab wants an answer, whatever others do, from this moment on.
    own_at: Millis,
    /// Some tab of the browser should ask from this moment on.
    shared_at: Millis,
    /// What is known must reach this stamp for those wishes to be fulfilled.
    wish: Millis,
    /// Another tab has it in hand until then.
    left_until: Millis,
    /// No request while a change is being sent.
    pub(super) held_until: Millis,
    /// The stamp of when that change was sent.
    pub(super) sent: Millis,
    /// After a failure, no shared request before.
    retry_at: Millis,
    pub(super) failures: u32,
    /// When any tab last asked.
    pub(super) asked: Millis,
    /// Stamps of the newest request of this tab and of the others: the newer one's tab leads.
    mine: Millis,
    theirs: Millis,
    /// Where this tab stands in the queue behind the leader, 0 to 1.
    rank: f64,
}

impl Asking {
    pub(super) const fn new(rank: f64) -> Self {
        Self {
            flight: None,
            requests: 0,
            own_at: NEVER,
            shared_at: NEVER,
            wish: 0.0,
            left_until: 0.0,
            held_until: 0.0,
            sent: 0.0,
            retry_at: 0.0,
            failures: 0,
            asked: -NEVER,
            mine: 0.0,
            theirs: 0.0,
            rank,
        }
    }

    pub(super) const fn in_flight(&self) -> bool {
        self.flight.is_some()
    }

    /// A request is on its way that will bring nothing older than this stamp.
    pub(super) fn asks_since(&self, stamp: Millis) -> bool {
        self.flight.is_some_and(|flight| flight.stamp >= stamp)
    }

    /// The request of this number has come to its end. `None` for one that was given up.
    pub(super) fn land(&mut self, request: u32) -> Option<Flight> {
        self.flight.take_if(|flight| flight.request == request)
    }

    /// The server's word as of `stamp` is known, and it can be reached. Whether that fulfils every wish.
    pub(super) fn answered(&mut self, stamp: Millis) -> bool {
        self.failures = 0;
        self.retry_at = 0.0;
        self.left_until = 0.0;
        let fulfilled = stamp >= self.wish;
        if fulfilled {
            self.wish = 0.0;
            self.own_at = NEVER;
            self.shared_at = NEVER;
        }
        fulfilled
    }

    /// Nothing is on its way or wished for.
    pub(super) fn content(&self) -> bool {
        self.flight.is_none() && self.own_at == NEVER && self.shared_at == NEVER
    }

    /// When the request on its way needs attention.
    pub(super) fn next_deadline(&self) -> Millis {
        self.flight.map_or(NEVER, |flight| flight.remind_at.min(flight.begun + LOST))
    }

    /// Whoever asked last. Two that asked at the same moment both step back, or they would do so for ever.
    fn leads(&self) -> bool {
        self.mine > self.theirs || self.theirs == 0.0
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
    pub(super) fn want_shared(&mut self, at: Millis) {
        self.asking.wish = self.clock.stamp();
        self.asking.shared_at = self.asking.shared_at.min(at);
    }

    /// Messages call for a request: one for all that come together.
    pub(super) fn have_settled(&mut self) {
        let at = (self.clock.time() + COLLECT).max(self.asking.asked + SPACED);
        self.want_shared(at);
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
        if !self.mounted || !self.options.on_focus || self.asking.in_flight() {
            return false;
        }
        let cached = self.known.status() == Status::Authenticated
            && !self.known.stale
            && time - self.known.checked < self.options.client_max_age;
        let shares = time - self.asking.asked < self.options.burst;
        if shares && !cached && self.asking.theirs > self.known.stamp {
            // The request that this shares is another tab's. If that tab dies, somebody has to ask all the same.
            self.asking.shared_at = self.asking.shared_at.min(time);
        }
        !cached && !shares
    }

    /// The network is back: what failed is tried at once, by one tab for all.
    pub(super) fn back_online(&mut self) {
        self.online = true;
        if self.known.stale && !self.asking.in_flight() {
            self.asking.failures = 0;
            self.asking.retry_at = 0.0;
            self.asking.left_until = 0.0;
            self.want_shared(self.clock.time());
        }
    }

    /// Reads are to wait for a change; one that is on its way could bring back what the change ends.
    pub(super) fn hold(&mut self, out: &mut Outputs) {
        self.asking.held_until = self.clock.time() + LOST;
        self.abandon(out);
        self.asking.sent = self.clock.stamp();
    }

    /// Gives the request up, to be made again.
    pub(super) fn abandon(&mut self, out: &mut Outputs) {
        if self.asking.flight.take().is_some() {
            out.abort = true;
            self.want_now();
        }
    }

    /// Another tab's request or change, of this stamp, is in that tab's hands, which does nothing for `wait`.
    pub(super) fn leave_it_to(&mut self, stamp: Millis, wait: Millis) {
        self.asking.theirs = self.asking.theirs.max(stamp);
        if stamp <= self.known.stamp || stamp + HEARSAY < self.asking.wish {
            return;
        }
        let time = self.clock.time();
        let patience = if self.visible {
            1_500.0 + 400.0 * self.asking.rank
        } else {
            3_000.0 + 2_000.0 * self.asking.rank
        };
        let wait = if wait > 0.0 { wait.min(LONGEST_WAIT) } else { 0.0 };
        self.asking.left_until = time + wait + patience;
        self.asking.asked = time;
    }

    /// When to ask next.
    pub(super) fn ask_at(&self) -> Millis {
        let asking = &self.asking;
        if asking.in_flight() {
            return NEVER;
        }
        let needed = self.mounted || self.awaited;
        let mut shared = if needed { asking.shared_at.min(self.poll_at()) } else { NEVER };
        if !asking.leads() {
            let step = if self.visible { 500.0 } else { 1_500.0 };
            shared = (shared + step + step * asking.rank).max(asking.left_until);
        }
        asking.own_at.min(shared.max(asking.retry_at)).max(asking.held_until)
    }

    /// When what is known gets too old, or the session's time is up.
    fn poll_at(&self) -> Millis {
        if self.known.status() != Status::Authenticated {
            return NEVER;
        }
        let paused = !self.online && !self.options.when_offline;
        let poll = if paused { NEVER } else { self.known.checked + self.options.interval() };
        poll.min(self.known.expires())
    }

    pub(super) fn ask_if_due(&mut self, out: &mut Outputs) {
        let time = self.clock.time();
        if time < self.ask_at() {
            return;
        }
        let stamp = self.clock.stamp();
        let asking = &mut self.asking;
        asking.requests = asking.requests.wrapping_add(1);
        asking.flight =
            Some(Flight { request: asking.requests, stamp, begun: time, remind_at: time + REMIND });
        asking.own_at = NEVER;
        asking.shared_at = NEVER;
        asking.asked = time;
        asking.mine = stamp;
        out.fetch = Some(asking.requests);
        // A change that is told in the same breath says that we ask.
        out.tell = out.tell.or(Some(Message::Asking { stamp }));
    }

    /// Tells the others now and then that a slow request is not a dead tab.
    pub(super) fn remind(&mut self, out: &mut Outputs) {
        let time = self.clock.time();
        if let Some(flight) = &mut self.asking.flight
            && time >= flight.remind_at
        {
            flight.remind_at = time + REMIND;
            out.tell = out.tell.or(Some(Message::Asking { stamp: flight.stamp }));
        }
    }

    /// Something newer than the request on its way is known: its answer can only be older.
    pub(super) fn give_up_superseded(&mut self, out: &mut Outputs) {
        let newest = self.known.stamp;
        out.abort |= self.asking.flight.take_if(|flight| flight.stamp < newest).is_some();
    }

    /// A request without an answer for too long is a failed one.
    pub(super) fn give_up_lost(&mut self, out: &mut Outputs) {
        let time = self.clock.time();
        if let Some(flight) = self.asking.flight.take_if(|flight| time - flight.begun >= LOST) {
            out.abort = true;
            self.retry_later(flight.stamp, out);
        }
    }

    /// Some tab tries again after 1 s, 2 s, 4 s … 32 s, each shortened by up to half: this one if it lives and no other
    /// asks before.
    pub(super) fn retry_later(&mut self, stamp: Millis, out: &mut Outputs) {
        let time = self.clock.time();
        let wait = f64::from(1_000_u32 << self.asking.failures.min(5)) * (1.0 - self.dice.roll() / 2.0);
        self.asking.failures = self.asking.failures.saturating_add(1);
        self.asking.retry_at = time + wait;
        self.asking.shared_at = self.asking.shared_at.min(time + wait);
        self.known.unreachable(time);
        self.settle(Settled::Failed, out);
        out.tell = Some(Message::Failed { stamp, wait });
    }
}
