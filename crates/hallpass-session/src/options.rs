//! What an application may choose.

use crate::{Millis, NEVER};

/// A shorter interval between polls is taken as this one.
const SHORTEST: Millis = 1_000.0;

/// What an application may choose. The defaults are those of the documented Client API.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// `clientMaxAge`: how old a session may be on the client before it is fetched anew, also while nobody touches
    /// anything. Zero, or what is no positive number: never, and gaining or losing the focus updates instead. Below a
    /// second counts as a second. No effect while nobody is signed in.
    pub client_max_age: Millis,
    /// `keepAlive`, `refetchInterval`: the longest time between two requests, made by one tab of the browser.
    /// Zero, or what is no positive number: never. Below a second counts as a second. No effect while nobody is
    /// signed in.
    pub keep_alive: Millis,
    /// Changes of focus and visibility this close to the last request, of whichever tab, share it. Zero: each of
    /// them asks, unless a request of this tab is on its way.
    pub burst: Millis,
    /// `refetchOnWindowFocus`: whether focus and visibility update at all.
    pub on_focus: bool,
    /// `refetchWhenOffline`: whether polls go on while the browser says that it is offline.
    pub when_offline: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { client_max_age: 0.0, keep_alive: 0.0, burst: 2_000.0, on_focus: true, when_offline: true }
    }
}

impl Options {
    /// How long after a request the next one is due.
    pub(crate) fn interval(&self) -> Millis {
        let or_never = |age: Millis| if age > 0.0 { age.max(SHORTEST) } else { NEVER };
        or_never(self.client_max_age).min(or_never(self.keep_alive))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_and_nonsense_mean_never() {
        for age in [0.0, -5.0, Millis::NAN, NEVER] {
            let options = Options { client_max_age: age, keep_alive: age, ..Options::default() };
            assert_eq!(options.interval(), NEVER);
        }
    }

    #[test]
    fn the_shorter_interval_counts_and_none_is_under_a_second() {
        let options = Options { client_max_age: 60_000.0, keep_alive: 5_000.0, ..Options::default() };
        assert_eq!(options.interval(), 5_000.0);
        assert_eq!(Options { keep_alive: 1.0, ..options }.interval(), 1_000.0);
    }
}
