//! The wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use hallpass::world::Clock;
use hallpass_store::Timestamp;

/// The clock of the machine. A clock that stands before 1970 reads as 1970.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // The one place of the project where a clock is read.
        #[allow(clippy::disallowed_methods)]
        let now = SystemTime::now();
        let millis = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        Timestamp::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_counts_milliseconds_since_1970() {
        // 2026-01-01 and 2100-01-01: a clock in seconds or nanoseconds falls outside.
        let now = SystemClock.now().secs();
        assert!((1_767_225_600..4_102_444_800).contains(&now), "{now}");
    }
}
