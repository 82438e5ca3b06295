//! What must hold, checked at every step. Times are true times in milliseconds.

use hallpass_session::{Outputs, Status};

use crate::browser::{Browser, Tab};

/// Everybody agrees this long after the last change.
const AGREED: f64 = 2_000.0;
/// A request there and back in fair weather.
const ROUND_TRIP: f64 = 700.0;
/// A message takes no longer in fair weather.
const SOON: f64 = 15.0;
/// A message is not later than that.
const LATE: f64 = 1_500.0;
/// After trouble, this long without any until the laws of fair weather hold again: the longest wait between two
/// attempts, and what a lost request costs.
const CLEARED: f64 = 60_000.0;
/// Loading ends: a lost request after 15 s, and if that was given up for a change, the change and a second one as well.
const LOADED: f64 = 3.0 * 15_000.0 + 1_000.0;
/// A session whose time is up goes: 5 s while the server is asked, and what a message took to come.
const EXPIRED: f64 = 5_000.0 + LATE;
/// Attempts in a minute while the server cannot be reached: after 1, 2, 4, 8, 16 and 32 s, and half of that at worst. Tabs that
/// cannot hear each other make one more each.
const ATTEMPTS: usize = 10;
const MINUTE: f64 = 60_000.0;

pub(crate) type Broken = String;

/// What a browser's user has been told by the server, and what happened.
pub(crate) struct Record {
    /// The newest word of the server that reached a tab: when it looked, who was signed in, until when.
    pub(crate) told_at: f64,
    pub(crate) told: Option<u32>,
    pub(crate) told_expires: f64,
    /// When a tab was last told something else than what the browser knew, be it newer or older.
    pub(crate) changed_at: f64,
    /// When the server's word "nobody" last reached a tab, or a sign-out was answered.
    pub(crate) nobody_at: f64,
    /// Versions that a sign-out ended, and when it was answered.
    pub(crate) ended: Vec<(u32, f64)>,
    /// When something last went wrong: an answer, a message, a clock, a frozen tab.
    pub(crate) trouble_at: f64,
    pub(crate) jumped_at: f64,
    pub(crate) died_at: f64,
    /// When an update was last answered, which is as good as a poll.
    pub(crate) updated_at: f64,
    /// When reads were made, and when something happened that is worth one.
    pub(crate) reads: Vec<f64>,
    pub(crate) reasons: Vec<f64>,
    /// Polls and expiries that a minute may see, and the time between two polls.
    pub(crate) regular: usize,
    pub(crate) interval: f64,
}

impl Record {
    pub(crate) fn new(regular: usize, interval: f64) -> Self {
        Self {
            told_at: -1.0,
            told: None,
            told_expires: f64::INFINITY,
            changed_at: 0.0,
            nobody_at: -1.0,
            ended: Vec::new(),
            trouble_at: -CLEARED,
            jumped_at: -1.0,
            died_at: 0.0,
            updated_at: 0.0,
            reads: Vec::new(),
            reasons: Vec::new(),
            regular,
            interval,
        }
    }

    /// The server's word of `read_at` reached a tab.
    pub(crate) fn hear(&mut self, read_at: f64, told: Option<u32>, expires: f64, now: f64) {
        if told.is_none() {
            self.nobody_at = now;
        }
        if told != self.told {
            self.changed_at = now;
        }
        if read_at >= self.told_at {
            self.told_at = read_at;
            self.told_expires = expires;
            self.told = told;
        }
    }

    /// Something happened that is worth so many requests.
    pub(crate) fn reason(&mut self, now: f64, requests: usize) {
        self.reasons.extend(std::iter::repeat_n(now, requests));
    }
}

/// What must hold of one answer of one machine.
pub(crate) fn of_outputs(tab: &Tab, out: &Outputs) -> Result<(), Broken> {
    let view = tab.machine.view();
    if out.render != (view != tab.view) {
        return Err(format!("renders {} though {:?} was followed by {view:?}", out.render, tab.view));
    }
    if out.fetch.is_some() && tab.flight.is_some() && !out.abort {
        return Err("two requests are on their way".to_owned());
    }
    if view.status == Status::Loading && tab.view.status != Status::Loading {
        return Err("back to loading".to_owned());
    }
    if out.wake < 0.0 || out.wake.is_nan() {
        return Err(format!("wakes after {}", out.wake));
    }
    Ok(())
}

/// What must hold when a tab shows something else than before (`tab.view`).
pub(crate) fn of_change(browser: &Browser, tab: &Tab, now: f64) -> Result<(), Broken> {
    let record = &browser.record;
    let view = tab.machine.view();
    let on_its_way = if now - record.trouble_at > CLEARED { SOON } else { LATE };
    if let Some(version) = view.version
        && view.version != tab.view.version
        && record.ended.iter().any(|(ended, at)| *ended == version && now - at > on_its_way)
        && !tab.on_its_own
        && tab.deaf.is_none()
        && now - tab.awake_since > AGREED
    {
        return Err(format!("a session that was signed out is shown again: {version}"));
    }
    let left = tab.shows_somebody() && view.status == Status::Unauthenticated;
    let reason = record.nobody_at + LATE >= tab.view_since
        // A message that came late made it look longer from here.
        || now + ROUND_TRIP + LATE >= tab.expires.min(tab.expires_at_least)
        || record.jumped_at >= tab.view_since
        || record.told.is_none()
        // What came while it was frozen is lived through at once, long after it was true.
        || now == tab.awake_since;
    if left && !reason {
        return Err("signed out though nobody said so".to_owned());
    }
    Ok(())
}

/// What must hold of a browser at any time.
pub(crate) fn of_browser(browser: &Browser, now: f64) -> Result<(), Broken> {
    for (number, tab) in browser.tabs.iter().enumerate() {
        if tab.alive && !tab.frozen && tab.mounted {
            of_tab(browser, tab, now).map_err(|broken| format!("tab {number}: {broken}"))?;
        }
    }
    few_requests(browser, now)?;
    somebody_polls(browser, now)
}

fn of_tab(browser: &Browser, tab: &Tab, now: f64) -> Result<(), Broken> {
    let record = &browser.record;
    let awake = now - tab.awake_since;
    // Browsers let a hidden tab's timer wait, and it needs two.
    let slow = if tab.visible && now - tab.visible_since > LOADED { 0.0 } else { 2.0 * browser.throttle };
    if tab.view.status == Status::Loading && awake > LOADED + slow {
        return Err("loads for ever".to_owned());
    }
    if tab.waiting.is_some_and(|since| now - since.max(tab.awake_since) > LOADED + slow) {
        return Err("getSession() waits for ever".to_owned());
    }
    if tab.view.version != tab.payload && tab.view.version.is_some() {
        return Err(format!("shows {:?} and keeps {:?}", tab.view.version, tab.payload));
    }
    let fair = now - record.trouble_at > CLEARED;
    let window = AGREED + if fair { 0.0 } else { LATE + ROUND_TRIP };
    let gone = |(ended, at): &(u32, f64)| Some(*ended) == tab.view.version && now - at > window;
    // A page that was rendered before the sign-out says that it is stale, and can only wait for the server. So does one
    // that knows something newer, by a clock that was wrong, than a sign-out that does not say whose it was: until it
    // hears how the request or the change ended that one of them made.
    let asks = tab.view.version == tab.rendered
        || browser.awake().any(|tab| tab.flight.is_some() || tab.changing)
        || now - record.nobody_at < window;
    let waits = !fair && tab.view.stale && asks;
    let excused = tab.deaf.is_some() || tab.on_its_own || waits;
    if record.ended.iter().any(gone) && awake > window && !excused {
        return Err("still shows a session that was signed out".to_owned());
    }
    let steady = record.jumped_at < 0.0;
    let over = (now - tab.expires).min(awake).min(now - tab.visible_since);
    if tab.shows_somebody() && steady && over > EXPIRED + slow {
        return Err("shows a session whose time is up".to_owned());
    }
    agrees(browser, tab, now)
}

/// In fair weather all tabs show what the server last told any of them, two seconds after it was told. Otherwise those do
/// that do not say that they are stale. A tab that a message was kept from is left alone until it asks again.
fn agrees(browser: &Browser, tab: &Tab, now: f64) -> Result<(), Broken> {
    let record = &browser.record;
    let fair = now - record.trouble_at > CLEARED + 2.0 * browser.throttle;
    if tab.changing
        || tab.deaf.is_some()
        || tab.on_its_own
        || record.told_at < 0.0
        || now + ROUND_TRIP >= record.told_expires.min(tab.expires)
    {
        return Ok(());
    }
    if !fair && (tab.view.stale || tab.view.status == Status::Loading) {
        return Ok(());
    }
    // A page that was opened after the clock was set back stamps lower than an answer that is late. The next request
    // of anybody makes up for it.
    if !fair && record.jumped_at >= 0.0 {
        return Ok(());
    }
    // Nobody visible: timers of hidden tabs wait for whole seconds, and patience is longer.
    let seen = browser.awake().any(|tab| tab.visible && tab.mounted && now - tab.visible_since > AGREED);
    // Where messages carry no payload each tab has a request of its own to make, and perhaps a second.
    let own = if browser.carries_payload { 0.0 } else { 2.0 * ROUND_TRIP };
    let window = own + if seen { AGREED } else { 4.0 * AGREED } + if fair { 0.0 } else { LATE + ROUND_TRIP };
    let deadline =
        (record.changed_at + window).max(record.died_at + window + ROUND_TRIP).max(tab.awake_since + window);
    // A clock that went forward makes a session look over until somebody asks; and a hidden tab may take its time to
    // find out that it was right.
    let asked_for = record.reasons.last().is_some_and(|at| now - at < window);
    let fresh = !tab.view.stale || !tab.visible || !fair || record.jumped_at >= 0.0 || asked_for;
    let right = tab.view.version == record.told && fresh;
    if now > deadline && !right {
        return Err(format!("shows {:?} and not {:?}", tab.view, record.told));
    }
    Ok(())
}

/// In any minute there are as many reads as there were reasons, polls and expiries, however many tabs there are.
fn few_requests(browser: &Browser, now: f64) -> Result<(), Broken> {
    let record = &browser.record;
    let within = |times: &[f64], span: f64| times.iter().rev().take_while(|at| now - **at < span).count();
    let reads = within(&record.reads, MINUTE);
    let troubled = now - record.trouble_at < 2.0 * MINUTE;
    let attempts = if troubled { ATTEMPTS + browser.awake().count() } else { 0 };
    let allowed = within(&record.reasons, MINUTE + 20_000.0) + record.regular + attempts + 2;
    if reads > allowed {
        return Err(format!("{reads} requests in a minute, {allowed} allowed"));
    }
    // When nothing happens but polls, there is one poller. Only those who take over from a dead one may do so in the
    // same moment, once.
    let span = record.interval.min(MINUTE / 2.0);
    let quiet = within(&record.reasons, 2.0 * span + 20_000.0) == 0
        && attempts == 0
        && record.told_expires > now + MINUTE
        && record.changed_at < now - MINUTE;
    if quiet && within(&record.reads, 2.0 * span - ROUND_TRIP) > 3 {
        return Err("two tabs poll".to_owned());
    }
    Ok(())
}

/// With `keepAlive` or `clientMaxAge`, nothing is asked later than two seconds after it is due while a tab is visible,
/// whoever died.
fn somebody_polls(browser: &Browser, now: f64) -> Result<(), Broken> {
    let record = &browser.record;
    let signed_in = record.told.is_some() && now - record.trouble_at > CLEARED;
    let watch = |tab: &&Tab| tab.mounted && tab.visible && tab.shows_somebody() && !tab.changing;
    let Some((awake, seen)) = browser
        .awake()
        .filter(watch)
        .map(|tab| (tab.awake_since, tab.visible_since))
        .reduce(|one, other| (one.0.min(other.0), one.1.min(other.1)))
    else {
        return Ok(());
    };
    let last = record.reads.last().copied().unwrap_or(0.0).max(record.updated_at);
    // Those who hear an answer count from there, and one can have been late by 20 s.
    let last = last.max(record.trouble_at + 20_000.0);
    let due = (last.max(awake) + record.interval).max(record.died_at).max(seen).max(record.changed_at);
    if signed_in && now > due + AGREED {
        return Err(format!("nobody asked since {last}"));
    }
    Ok(())
}
