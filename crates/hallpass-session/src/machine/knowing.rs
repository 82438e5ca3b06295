//! What is known, how it gives way to something newer, and what other tabs say about it.

use super::{Machine, SETTLED, TAKE};
use crate::clock::later;
use crate::message::{Flat, kind};
use crate::who::Who;
use crate::{Millis, NEVER};

/// How long a session whose time is up is still shown, as stale, while the server is asked whether it was prolonged.
const GRACE: Millis = 5_000.0;

/// A request of another tab counts for a wish of ours if it started no more than this before: what made us wish it
/// reached the other tab a little earlier.
pub(super) const HEARSAY: Millis = 100.0;

/// What is known about the session.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) who: Who,
    /// What is known is as of this stamp. Nothing older is believed.
    pub(super) stamp: Millis,
    /// When it was last confirmed, in the machine's time.
    pub(super) checked: Millis,
    /// When the session's time is up, in the machine's time.
    pub(super) expires: Millis,
    pub(super) stale: bool,
    /// Whom another tab knows and this one has to fetch.
    coming: Who,
}

impl Known {
    pub(super) const fn nothing() -> Self {
        Self {
            who: Who::UNKNOWN,
            stamp: 0.0,
            checked: 0.0,
            expires: NEVER,
            stale: false,
            coming: Who::NOBODY,
        }
    }

    /// Believes what the page was rendered with, for want of anything better.
    #[inline(never)]
    pub(super) fn set(&mut self, who: Who, lives: Millis, stamp: Millis, time: Millis) {
        self.who = who;
        self.stamp = stamp;
        self.checked = time;
        self.expires = deadline(lives, time);
    }

    /// Something newer exists at the server. What is shown stays, as stale.
    pub(super) fn outdate(&mut self, stamp: Millis) {
        self.stamp = stamp;
        self.coming = Who::NOBODY;
        self.doubt();
    }

    /// What is shown stays, as stale.
    pub(super) fn doubt(&mut self) {
        self.stale = self.who.is_known();
    }

    /// The server could not be asked. What is known stays, also what its time is up for a while; where nothing is known,
    /// nobody is shown.
    pub(super) fn unreachable(&mut self) {
        if !self.who.is_known() {
            self.who = Who::NOBODY;
        }
        self.stale = true;
    }

    fn forget(&mut self) {
        self.who = Who::NOBODY;
        self.expires = NEVER;
    }

    /// When a shared request is due because the session's time is up. Never twice within a second, however short the
    /// lives are that the server gives.
    pub(super) fn expires(&self) -> Millis {
        later(self.expires, self.checked + 1_000.0)
    }

    pub(super) fn next_deadline(&self) -> Millis {
        if self.stale { self.expires + GRACE } else { self.expires }
    }
}

fn deadline(lives: Millis, time: Millis) -> Millis {
    if lives > 0.0 { time + lives } else { NEVER }
}

impl Machine {
    /// Believes the server's word as of `stamp`, which was asked for at `begun`. Its life counts from there, for nobody
    /// knows how long the answer took.
    pub(super) fn learn(&mut self, who: Who, lives: Millis, stamp: Millis, begun: Millis) {
        // An answer can take longer than the session lives, and can be older than what raised a doubt.
        let certain = self.known.who.is_known() && !self.known.stale;
        let believed = self.asking.answered(stamp) || certain;
        self.known.set(who, lives, stamp, begun);
        self.known.stale = !believed || self.known.expires <= self.clock.time();
        self.known.coming = Who::NOBODY;
    }

    /// Has the shell take the payload, if it brings news. Before the machine itself does.
    pub(super) fn take(&mut self, who: Who) {
        if self.known.who != who && who.is_somebody() {
            self.said |= TAKE;
        }
    }

    /// Says what is known, with what is left of its life.
    pub(super) fn spread(&mut self) {
        let left =
            if self.known.expires < NEVER { later(self.known.expires - self.clock.time(), 1.0) } else { 0.0 };
        self.say(kind::KNOWN, self.known.stamp, self.known.who, left);
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

    /// Listens to another tab; `here` if the message brought the payload.
    pub(super) fn hear(&mut self, message: Flat, here: bool) {
        let Flat { kind: heard, stamp, who, span } = message;
        if !self.clock.saw(stamp) {
            return;
        }
        match heard {
            kind::ASKING => self.leave_it_to(stamp, 0.0),
            kind::FAILED => self.heard_failure(stamp, span),
            kind::KNOWN => self.heard_session(stamp, who, span, here),
            kind::SEEDED => self.heard_seed(stamp, who),
            kind::DOUBTED => self.heard_doubt(stamp),
            kind::CHANGED => self.heard_change(stamp),
            kind::SIGNED_OUT => self.heard_sign_out(stamp, who),
            _ => {}
        }
    }

    fn heard_failure(&mut self, stamp: Millis, wait: Millis) {
        self.leave_it_to(stamp, wait);
        let loading = !self.known.who.is_known() && self.asking.in_flight();
        if stamp > self.known.stamp && !loading {
            // Whoever tries next goes on with the longer waits.
            self.asking.double();
            self.known.unreachable();
            self.want_shared(self.clock.time());
            if !self.asking.in_flight() {
                self.settle(SETTLED);
            }
        }
    }

    /// A page was rendered with something else than is known here, or newer than what this tab waits for.
    fn heard_seed(&mut self, stamp: Millis, who: Who) {
        if self.known.who.is_known() {
            if self.known.who != who {
                self.contradict(stamp);
            }
        } else if !self.asking.asks_since(stamp) {
            self.have_settled();
        }
    }

    /// Another tab knows otherwise, and no stamp tells which of the two is right. That tab is told, and asks. Should it
    /// not, somebody else does.
    fn contradict(&mut self, stamp: Millis) {
        if self.mounted || !self.known.stale {
            self.say(kind::DOUBTED, stamp, Who::NOBODY, 0.0);
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

    fn heard_session(&mut self, stamp: Millis, who: Who, lives: Millis, here: bool) {
        let news = self.known.who != who;
        let asks = self.asking.asks_since(stamp);
        if !self.known.who.is_known() && asks {
            // The sender may not have heard of a sign-out either. What this tab asked for itself is newer.
        } else if stamp <= self.known.stamp {
            if !news {
                // No newer, but the server may have prolonged it: the sender's clock can be behind ours.
                self.known.expires = later(self.known.expires, deadline(lives, self.clock.time()));
            } else if here || !asks {
                // Without the payload, what is shown can be known to be old, and what it gives way to on its way.
                self.contradict(stamp);
            }
        } else if news && who.is_somebody() && !here {
            self.fetch_too(stamp, who);
        } else {
            self.asking.accept_hearsay(stamp);
            self.take(who);
            self.learn(who, lives, stamp, self.clock.time());
        }
    }

    /// Somebody else is signed in, or with other data, and this tab has to ask the server for it. One request is enough,
    /// however many tabs say so.
    fn fetch_too(&mut self, stamp: Millis, who: Who) {
        if self.known.coming == who && self.asking.in_flight() {
            return;
        }
        self.known.outdate(stamp);
        self.known.coming = who;
        if !self.asking.asks_since(stamp) {
            self.want_if_read();
        }
    }

    /// What was signed out goes at once, even if a clock that was set back makes it look old.
    fn heard_sign_out(&mut self, stamp: Millis, who: Who) {
        if stamp > self.known.stamp {
            return self.learn(Who::NOBODY, 0.0, stamp, self.clock.time());
        }
        if self.known.who == who {
            self.known.forget();
        }
        self.heard_change(stamp);
    }

    /// A change whose outcome the sender asks for. One that is no news can still be newer than what our request sees.
    fn heard_change(&mut self, stamp: Millis) {
        self.leave_it_to(stamp, 0.0);
        if stamp > self.known.stamp {
            self.known.outdate(stamp);
            self.want_shared(self.clock.time());
        } else {
            self.abandon();
            self.known.doubt();
            self.have_settled();
            if self.asking.sent > 0.0 && stamp >= self.asking.sent {
                // It happened while a change of ours was on its way, whose answer everybody took for the newer one.
                self.want_now();
            }
        }
    }
}
