//! The machine's own time, which never runs backwards, and the stamps that order what tabs do.
//!
//! The wall clock is what tabs share and what goes on while a computer sleeps, but people and time servers set it.
//! Durations are therefore counted in a time of the machine's own: it adds up what passed between inputs, leaves out
//! steps backwards, and trusts a timer that it asked for more than the clock.

use crate::{Millis, NEVER};

/// Stamps are milliseconds that a float holds exactly; anything else was not written by a machine.
const HIGHEST: Millis = 4_503_599_627_370_496.0;

/// Browsers fire a longer timeout at once.
const LONGEST_TIMER: Millis = 86_400_000.0;

/// Two readings of time: `time` for durations, stamps for the order between tabs.
#[derive(Debug)]
pub(crate) struct Clock {
    wall: Millis,
    time: Millis,
    /// When the timer fires; not after `time` if there is none.
    alarm: Millis,
    stamp: Millis,
    /// Where this tab stands among others, 0 to 1: as part of a millisecond it makes stamps differ.
    pub(crate) rank: f64,
}

impl Clock {
    pub(crate) const fn new(now: Millis) -> Self {
        Self { wall: now, time: 0.0, alarm: 0.0, stamp: 0.0, rank: 0.0 }
    }

    /// Milliseconds since the machine was made, as far as it can tell. Never goes back.
    pub(crate) const fn time(&self) -> Millis {
        self.time
    }

    /// Reads the wall clock. A step backwards, or a reading that is no moment, passes no time.
    pub(crate) fn advance(&mut self, now: Millis) {
        if now.abs() < HIGHEST {
            if now > self.wall {
                self.time += now - self.wall;
            }
            self.wall = now;
        }
    }

    /// The timer that was asked for fired, so at least that much time passed, whatever the wall says.
    pub(crate) fn rang(&mut self) {
        self.time = later(self.time, self.alarm);
    }

    /// How long to sleep until `at`; remembered for [`Self::rang`].
    pub(crate) fn arm(&mut self, at: Millis) -> Millis {
        self.alarm = self.time;
        if at >= NEVER {
            return NEVER;
        }
        let sleep = sooner(later(at - self.time, 0.0), LONGEST_TIMER);
        self.alarm += sleep;
        sleep
    }

    /// The stamp of something that happens at this moment: newer than every stamp made or seen.
    #[inline(never)]
    pub(crate) fn stamp(&mut self) -> Millis {
        self.stamp = later(self.wall + self.rank, self.stamp + 1.0);
        self.stamp
    }

    /// Takes note of another tab's stamp. False for what no machine writes.
    pub(crate) fn saw(&mut self, stamp: Millis) -> bool {
        let sane = stamp > 0.0 && stamp < HIGHEST;
        if sane {
            self.stamp = later(self.stamp, stamp);
        }
        sane
    }
}

/// The later of two moments, neither of which is NaN: what `f64::max` does about NaN would be a third of the JavaScript.
// Not inlined, nor are some other small steps: in JavaScript a call is the shortest way to say it.
#[inline(never)]
pub(crate) const fn later(one: Millis, other: Millis) -> Millis {
    if one > other { one } else { other }
}

/// The sooner of two moments, neither of which is NaN.
#[inline(never)]
pub(crate) const fn sooner(one: Millis, other: Millis) -> Millis {
    if one < other { one } else { other }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_never_goes_back_and_a_timer_is_believed() {
        let mut clock = Clock::new(1_000.0);
        assert_eq!(clock.arm(5_000.0), 5_000.0);
        clock.advance(-86_400_000.0);
        assert_eq!(clock.time(), 0.0);
        clock.rang();
        assert_eq!(clock.time(), 5_000.0);
        clock.advance(Millis::NAN);
        clock.advance(NEVER);
        clock.advance(-86_400_000.0 + 7.0);
        assert_eq!(clock.time(), 5_007.0);
    }

    #[test]
    fn a_stamp_is_newer_than_every_stamp_seen_even_after_the_clock_was_set_back() {
        let mut clock = Clock::new(1_000.0);
        assert_eq!(clock.stamp(), 1_000.0);
        assert_eq!(clock.stamp(), 1_001.0);
        assert!(clock.saw(9_000.0));
        clock.advance(500.0);
        assert_eq!(clock.stamp(), 9_001.0);
    }

    #[test]
    fn a_stamp_that_no_machine_writes_is_refused() {
        let mut clock = Clock::new(1_000.0);
        for stamp in [-1.0, 0.0, Millis::NAN, NEVER, 1e300, HIGHEST] {
            assert!(!clock.saw(stamp));
        }
        assert_eq!(clock.stamp(), 1_000.0);
    }

    #[test]
    fn a_timer_is_never_longer_than_browsers_can_count() {
        let mut clock = Clock::new(0.0);
        assert_eq!(clock.arm(1e12), LONGEST_TIMER);
        assert_eq!(clock.arm(NEVER), NEVER);
        clock.rang();
        assert_eq!(clock.time(), 0.0);
    }
}
