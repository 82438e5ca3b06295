//! One test for each bug of NextAuth.js's clients that a machine can have, and for the rules of its own.
#![allow(unused_must_use, reason = "most steps of a test only lead to the one that is looked at")]

extern crate std;

use std::vec::Vec;

use super::*;
use crate::{Message, Payload, Session, Settled, Status};

const WALL: Millis = 1_700_000_000_000.0;
const HOUR: Millis = 3_600_000.0;

/// A tab whose time the test sets.
struct Tab {
    machine: Machine,
    now: Millis,
    /// When the timer fires.
    due: Millis,
}

impl Tab {
    fn with(options: Options) -> Self {
        Self { machine: Machine::new(options, 7, WALL), now: WALL, due: NEVER }
    }

    fn new() -> Self {
        Self::with(Options::default())
    }

    /// Signed in, with an hour to go, a request two minutes ago.
    fn signed_in(options: Options) -> Self {
        let mut tab = Self::with(options);
        let request = tab.on(Input::Mounted(None)).fetch.expect("the first request");
        tab.answer(request, Some(1));
        tab.later(120_000.0);
        tab
    }

    fn later(&mut self, passed: Millis) {
        self.now += passed;
    }

    fn on(&mut self, input: Input) -> Outputs {
        let out = self.machine.handle(input, self.now);
        self.due = self.now + out.wake;
        out
    }

    fn answer(&mut self, request: u32, version: Option<u32>) -> Outputs {
        self.on(Input::Answered { request, session: version.map(session) })
    }

    fn hear(&mut self, message: Message) -> Outputs {
        self.on(Input::Heard(message, Payload::Here))
    }

    /// Lets time pass, timer by timer, and returns when requests started.
    fn sleep(&mut self, span: Millis) -> Vec<Millis> {
        let (start, end) = (self.now, self.now + span);
        let mut asked = Vec::new();
        while self.due <= end {
            self.now = self.due.max(self.now);
            if self.on(Input::Woke).fetch.is_some() {
                asked.push(self.now - start);
            }
        }
        self.now = end;
        asked
    }

    fn status(&self) -> Status {
        self.machine.view().status
    }
}

fn session(version: u32) -> Session {
    Session { version, lives: HOUR }
}

fn every(keep_alive: Millis) -> Options {
    Options { keep_alive, ..Options::default() }
}

#[test]
fn a_session_prop_makes_no_request_and_no_loading() {
    let mut tab = Tab::new();
    let out = tab.on(Input::Mounted(Some(Some(session(1)))));
    assert_eq!((out.fetch, tab.status()), (None, Status::Authenticated));
    tab.later(500.0);
    assert_eq!(tab.on(Input::Focused).fetch, None, "focus that comes with the page");
}

#[test]
fn without_a_session_prop_there_is_exactly_one_request() {
    let mut tab = Tab::new();
    assert!(tab.on(Input::Mounted(None)).fetch.is_some());
    for input in [Input::Mounted(None), Input::Focused, Input::Visible, Input::Refresh] {
        assert_eq!(tab.on(input).fetch, None, "{input:?}");
    }
}

#[test]
fn get_session_updates_the_tab_that_calls_it_and_tells_the_others() {
    let mut tab = Tab::signed_in(Options::default());
    let request = tab.on(Input::Refresh).fetch.expect("a request");
    let out = tab.answer(request, Some(2));
    assert!(out.render && out.take && out.tell_old_clients);
    assert_eq!((out.settled, tab.machine.view().version), (Some(Settled::Fresh), Some(2)));
    assert!(matches!(out.tell, Some(Message::Known { session: Some(Session { version: 2, .. }), .. })));
}

#[test]
fn a_provider_that_is_mounted_again_does_not_load_for_ever() {
    let mut tab = Tab::new();
    let request = tab.on(Input::Mounted(None)).fetch.expect("a request");
    tab.on(Input::Unmounted);
    tab.on(Input::Failed { request });
    assert!(tab.on(Input::Mounted(None)).fetch.is_some());
    let mut tab = Tab::signed_in(Options::default());
    tab.on(Input::Unmounted);
    assert_eq!((tab.on(Input::Mounted(None)).fetch, tab.status()), (None, Status::Authenticated));
}

#[test]
fn a_failure_keeps_the_session_and_is_tried_again() {
    let mut tab = Tab::signed_in(Options::default());
    let request = tab.on(Input::Focused).fetch.expect("a request");
    let out = tab.on(Input::Failed { request });
    assert_eq!((tab.status(), tab.machine.view().stale), (Status::Authenticated, true));
    assert!((500.0..=1_000.0).contains(&out.wake), "{}", out.wake);
    assert_eq!(tab.sleep(1_000.0).len(), 1);
}

#[test]
fn attempts_get_rarer_up_to_half_a_minute() {
    let mut tab = Tab::signed_in(Options::default());
    let mut request = tab.on(Input::Focused).fetch.expect("a request");
    for longest in [1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0, 32_000.0, 32_000.0] {
        let wait = tab.on(Input::Failed { request }).wake;
        assert!(wait >= longest / 2.0 && wait <= longest, "{wait} of {longest}");
        tab.later(wait);
        request = tab.on(Input::Woke).fetch.expect("the next attempt");
    }
}

#[test]
fn the_network_coming_back_ends_the_wait() {
    let mut tab = Tab::new();
    let request = tab.on(Input::Mounted(None)).fetch.expect("a request");
    tab.on(Input::Offline);
    tab.on(Input::Failed { request });
    assert_eq!(tab.status(), Status::Unauthenticated, "loading ends");
    let request = tab.on(Input::Online).fetch.expect("a request at once");
    tab.answer(request, Some(1));
    assert_eq!((tab.status(), tab.machine.view().stale), (Status::Authenticated, false));
    assert_eq!(tab.on(Input::Online).fetch, None, "nothing to make up for");
}

#[test]
fn keep_alive_is_an_interval_that_failures_and_renders_do_not_end() {
    let mut tab = Tab::signed_in(every(10_000.0));
    let request = tab.on(Input::Woke).fetch.expect("the poll");
    tab.on(Input::Failed { request });
    let asked = tab.sleep(1_000.0);
    assert_eq!(asked.len(), 1, "{asked:?}");
    tab.answer(3, Some(1));
    for _ in 0..30 {
        tab.later(300.0);
        assert_eq!(tab.on(Input::Configured(every(10_000.0))).fetch, None);
    }
    assert_eq!(tab.sleep(1_000.0).len(), 1);
}

#[test]
fn keep_alive_works_beside_a_longer_client_max_age() {
    let options = Options { client_max_age: 20_000.0, ..every(10_000.0) };
    let mut tab = Tab::signed_in(options);
    assert!(tab.on(Input::Woke).fetch.is_some());
    tab.answer(2, Some(1));
    assert_eq!(tab.sleep(10_000.0), [10_000.0]);
}

#[test]
fn client_max_age_fetches_while_nobody_touches_anything_and_not_before() {
    let options = Options { client_max_age: 60_000.0, ..Options::default() };
    let mut tab = Tab::with(options);
    let request = tab.on(Input::Mounted(None)).fetch.expect("a request");
    tab.answer(request, Some(1));
    tab.later(30_000.0);
    assert_eq!(tab.on(Input::Focused).fetch, None, "half as old as it may be");
    assert_eq!(tab.sleep(30_000.0), [30_000.0]);
}

#[test]
fn neither_option_has_an_effect_while_nobody_is_signed_in() {
    let options = Options { client_max_age: 60_000.0, ..every(10_000.0) };
    let mut tab = Tab::with(options);
    let request = tab.on(Input::Mounted(None)).fetch.expect("a request");
    tab.answer(request, None);
    assert_eq!(tab.sleep(HOUR), [] as [Millis; 0]);
    assert!(tab.on(Input::Focused).fetch.is_some(), "focus updates as if there were no options");
}

#[test]
fn options_can_be_unset() {
    let mut tab = Tab::signed_in(every(300_000.0));
    assert_eq!(tab.on(Input::Configured(Options::default())).wake, HOUR - 120_000.0);
}

#[test]
fn an_answer_to_a_request_that_was_given_up_is_ignored() {
    let mut tab = Tab::signed_in(Options::default());
    let request = tab.on(Input::Focused).fetch.expect("a request");
    assert!(tab.on(Input::SignedOut).abort);
    let out = tab.answer(request, Some(1));
    assert_eq!((out.render, out.take, tab.status()), (false, false, Status::Unauthenticated));
}

#[test]
fn no_read_is_on_its_way_while_somebody_signs_out() {
    let mut tab = Tab::signed_in(Options::default());
    tab.on(Input::Focused).fetch.expect("a request");
    let out = tab.on(Input::Changing);
    assert!(out.abort && out.fetch.is_none());
    tab.later(3_000.0);
    assert_eq!(tab.on(Input::Refresh).fetch, None);
    assert!(tab.on(Input::Unchanged).fetch.is_some(), "what was given up is made up for");
}

#[test]
fn a_sign_in_without_redirect_reaches_the_other_tabs() {
    let mut tab = Tab::new();
    let request = tab.on(Input::Mounted(None)).fetch.expect("a request");
    tab.answer(request, None);
    tab.on(Input::Changing);
    let out = tab.on(Input::Changed);
    assert!(out.fetch.is_some() && out.tell_old_clients);
    assert!(matches!(out.tell, Some(Message::Changed { .. })));
}

#[test]
fn an_equal_session_renders_nothing() {
    let mut tab = Tab::signed_in(Options::default());
    let request = tab.on(Input::Focused).fetch.expect("a request");
    let out = tab.answer(request, Some(1));
    assert!(!out.render && !out.take && !out.tell_old_clients);
}

#[test]
fn ten_changes_of_focus_make_one_request() {
    let mut tab = Tab::signed_in(Options::default());
    let mut requests = 0;
    for turn in 0..10 {
        let out = tab.on(if turn % 2 == 0 { Input::Focused } else { Input::Blurred });
        if let Some(request) = out.fetch {
            requests += 1;
            tab.answer(request, Some(1));
        }
        tab.later(150.0);
    }
    assert_eq!(requests + tab.sleep(1_000.0).len(), 1);
}

#[test]
fn losing_the_focus_updates_too() {
    let mut tab = Tab::signed_in(Options::default());
    tab.on(Input::Blurred);
    assert_eq!(tab.sleep(1_000.0), [50.0]);
}

#[test]
fn a_session_is_asked_for_when_its_time_is_up_and_goes_if_nobody_prolongs_it() {
    let mut tab = Tab::signed_in(Options::default());
    assert_eq!(tab.sleep(HOUR - 120_000.0).len(), 1);
    assert_eq!((tab.status(), tab.machine.view().stale), (Status::Authenticated, true));
    tab.sleep(5_000.0);
    assert_eq!(tab.status(), Status::Unauthenticated);
    let out = tab.answer(2, Some(1));
    assert!(out.render && out.take, "it was prolonged after all");
}

#[test]
fn a_session_that_looks_over_at_once_is_shown_and_not_asked_for_again_and_again() {
    let mut tab = Tab::new();
    let request = tab.on(Input::Mounted(None)).fetch.expect("a request");
    let dead = Session { version: 1, lives: -86_400_000.0 };
    let out = tab.on(Input::Answered { request, session: Some(dead) });
    assert_eq!((tab.status(), out.wake), (Status::Authenticated, NEVER));
}

#[test]
fn a_sign_out_elsewhere_shows_without_a_request() {
    let mut tab = Tab::signed_in(Options::default());
    let out = tab.hear(Message::SignedOut { stamp: tab.now, version: Some(1) });
    assert_eq!((out.fetch, out.render, tab.status()), (None, true, Status::Unauthenticated));
    assert_eq!(out.wake, NEVER);
}

#[test]
fn what_is_older_than_a_sign_out_does_not_undo_it() {
    let mut tab = Tab::signed_in(Options::default());
    tab.hear(Message::SignedOut { stamp: tab.now, version: Some(1) });
    let out = tab.hear(Message::Known { stamp: tab.now - 1.0, session: Some(session(1)) });
    assert_eq!((out.take, tab.status()), (false, Status::Unauthenticated));
    assert!(matches!(out.tell, Some(Message::Doubted { .. })), "and its sender is told");
}

#[test]
fn news_from_another_tab_costs_no_request_here() {
    let mut tab = Tab::signed_in(Options::default());
    let out = tab.hear(Message::Known { stamp: tab.now, session: Some(session(2)) });
    assert!(out.take && out.render && out.fetch.is_none() && out.tell.is_none());
    assert_eq!(tab.sleep(60_000.0), [] as [Millis; 0]);
}

#[test]
fn news_without_a_payload_cost_one_request_however_many_tabs_tell_them() {
    let mut tab = Tab::signed_in(Options::default());
    let mut requests = 0;
    for later in 0..5 {
        let message = Message::Known { stamp: tab.now + f64::from(later), session: Some(session(2)) };
        requests += u32::from(tab.on(Input::Heard(message, Payload::Absent)).fetch.is_some());
    }
    assert_eq!(requests, 1);
}

#[test]
fn a_burst_of_old_clients_messages_costs_one_request() {
    let mut tab = Tab::signed_in(Options::default());
    for _ in 0..9 {
        assert_eq!(tab.on(Input::HeardOldClient).fetch, None);
        tab.later(2.0);
    }
    assert_eq!(tab.sleep(10_000.0).len(), 1);
}

#[test]
fn a_follower_polls_only_when_the_leader_is_silent_and_within_two_seconds() {
    let mut tab = Tab::signed_in(every(300_000.0));
    tab.hear(Message::Asking { stamp: tab.now });
    tab.hear(Message::Known { stamp: tab.now, session: Some(session(1)) });
    let asked = tab.sleep(302_000.0);
    assert_eq!(asked.len(), 1);
    assert!(asked[0] > 300_000.0, "{asked:?}");
}

#[test]
fn a_request_of_a_tab_that_died_is_made_within_two_seconds() {
    let mut tab = Tab::signed_in(Options::default());
    tab.hear(Message::Changed { stamp: tab.now });
    assert!(tab.machine.view().stale);
    assert_eq!(tab.sleep(2_000.0).len(), 1);
}

#[test]
fn two_that_ask_at_the_same_moment_do_not_both_lead() {
    let mut tab = Tab::signed_in(every(120_000.0));
    let out = tab.on(Input::Woke);
    let Some(Message::Asking { stamp }) = out.tell else { panic!("{out:?}") };
    tab.hear(Message::Asking { stamp });
    tab.answer(2, Some(1));
    let asked = tab.sleep(122_000.0);
    assert!(asked.len() == 1 && asked[0] > 120_000.0, "{asked:?}");
}

#[test]
fn a_page_from_a_cache_asks_when_another_tab_knows_better() {
    let mut tab = Tab::new();
    let out = tab.on(Input::Mounted(Some(Some(session(1)))));
    let Some(Message::Seeded { stamp, .. }) = out.tell else { panic!("{out:?}") };
    assert_eq!(out.fetch, None);
    assert!(tab.hear(Message::Doubted { stamp }).fetch.is_some());
}

#[test]
fn messages_that_no_machine_writes_change_nothing() {
    let mut tab = Tab::signed_in(Options::default());
    for stamp in [Millis::NAN, NEVER, -1.0, 1e300] {
        for message in [
            Message::SignedOut { stamp, version: Some(1) },
            Message::Changed { stamp },
            Message::Known { stamp, session: None },
            Message::Failed { stamp, wait: NEVER },
        ] {
            let out = tab.hear(message);
            assert!(!out.render && out.fetch.is_none(), "{message:?}");
        }
    }
    tab.hear(Message::Failed { stamp: tab.now, wait: NEVER });
    assert_eq!(tab.sleep(40_000.0).len(), 1, "nobody waits for ever for somebody else");
}

#[test]
fn a_clock_that_is_set_back_by_a_day_stops_nothing() {
    let mut tab = Tab::signed_in(every(300_000.0));
    tab.now -= 86_400_000.0;
    tab.due -= 86_400_000.0;
    assert_eq!(tab.sleep(190_000.0), [180_000.0]);
}

#[test]
fn a_sleep_past_the_end_of_the_session_asks_before_it_signs_out() {
    let mut tab = Tab::signed_in(Options::default());
    tab.later(8.0 * HOUR);
    let out = tab.on(Input::Woke);
    assert!(out.fetch.is_some());
    assert_eq!((tab.status(), tab.machine.view().stale), (Status::Authenticated, true));
}

#[test]
fn an_update_shows_at_once_and_never_loads() {
    let mut tab = Tab::signed_in(Options::default());
    tab.on(Input::Changing);
    tab.later(90.0);
    let out = tab.on(Input::Updated(Some(session(2))));
    assert!(out.take && out.render && out.fetch.is_none());
    let mut tab = Tab::new();
    let request = tab.on(Input::Mounted(None)).fetch.expect("a request");
    tab.answer(request, None);
    tab.on(Input::Changing);
    assert!(tab.on(Input::Updated(Some(session(3)))).take, "also for somebody who was signed out");
}

#[test]
fn polls_pause_offline_if_the_application_wants_it() {
    let mut tab = Tab::signed_in(Options { when_offline: false, ..every(300_000.0) });
    tab.on(Input::Offline);
    assert_eq!(tab.sleep(1_000_000.0), [] as [Millis; 0]);
    assert!(tab.on(Input::Online).fetch.is_some());
}
