//! What an application may choose.

use crate::clock::{later, sooner};
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
        Self::USUAL
    }
}

impl Options {
    /// The defaults.
    pub const USUAL: Self =
        Self { client_max_age: 0.0, keep_alive: 0.0, burst: 2_000.0, on_focus: true, when_offline: true };
}

/// What an application chose, as the machine needs it.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) client_max_age: Millis,
    /// How long after a request the next one is due.
    pub(crate) interval: Millis,
    pub(crate) burst: Millis,
    pub(crate) on_focus: bool,
    pub(crate) when_offline: bool,
}

impl Chosen {
    /// [`Options::USUAL`].
    pub(crate) const fn usual() -> Self {
        let Options { client_max_age, burst, on_focus, when_offline, .. } = Options::USUAL;
        Self { client_max_age, interval: NEVER, burst, on_focus, when_offline }
    }

    pub(crate) fn choose(&mut self, options: Options) {
        self.client_max_age = options.client_max_age;
        self.interval = sooner(or_never(options.client_max_age), or_never(options.keep_alive));
        self.burst = options.burst;
        self.on_focus = options.on_focus;
        self.when_offline = options.when_offline;
    }
}

/// An age as the machine counts it.
fn or_never(age: Millis) -> Millis {
    if age > 0.0 { later(age, SHORTEST) } else { NEVER }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(options: Options) -> Millis {
        let mut chosen = Chosen::usual();
        chosen.choose(options);
        chosen.interval
    }

    #[test]
    fn zero_and_nonsense_mean_never() {
        for age in [0.0, -5.0, Millis::NAN, NEVER] {
            let options = Options { client_max_age: age, keep_alive: age, ..Options::default() };
            assert_eq!(interval(options), NEVER);
        }
    }

    #[test]
    fn the_shorter_interval_counts_and_none_is_under_a_second() {
        let options = Options { client_max_age: 60_000.0, keep_alive: 5_000.0, ..Options::default() };
        assert_eq!(interval(options), 5_000.0);
        assert_eq!(interval(Options { keep_alive: 1.0, ..options }), 1_000.0);
    }
}
