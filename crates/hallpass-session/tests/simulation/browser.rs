//! A browser: one cookie jar and one wall clock, shared by its tabs.

use hallpass_session::{Machine, Options, Status, View};

use crate::incoming::Incoming;
use crate::laws::Record;
use crate::server::Cookie;

pub(crate) struct Browser {
    pub(crate) jar: Option<Cookie>,
    /// What the wall clock shows beyond the true time.
    pub(crate) skew: f64,
    pub(crate) online: bool,
    pub(crate) options: Options,
    /// Whether messages between tabs can carry a payload (`BroadcastChannel`) or not (`localStorage`).
    pub(crate) carries_payload: bool,
    /// Hidden tabs' timers fire at whole multiples of this.
    pub(crate) throttle: f64,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) record: Record,
}

impl Browser {
    /// Tabs that run.
    pub(crate) fn awake(&self) -> impl Iterator<Item = &Tab> {
        self.tabs.iter().filter(|tab| tab.alive && !tab.frozen)
    }
}

pub(crate) struct Tab {
    pub(crate) machine: Machine,
    pub(crate) alive: bool,
    pub(crate) frozen: bool,
    pub(crate) mounted: bool,
    pub(crate) visible: bool,
    /// A sign-in, sign-out or update is on its way.
    pub(crate) changing: bool,
    /// What came while it was frozen.
    pub(crate) backlog: Vec<Incoming>,
    /// The timer that counts; others were replaced.
    pub(crate) timer: u64,
    /// The request that was not given up.
    pub(crate) flight: Option<u32>,
    /// When its newest request started.
    pub(crate) asked_at: f64,
    /// What the shell keeps; a payload is as good as its version here.
    pub(crate) payload: Option<u32>,
    pub(crate) view: View,
    pub(crate) view_since: f64,
    /// Since when it runs and is mounted.
    pub(crate) awake_since: f64,
    pub(crate) visible_since: f64,
    /// When a message to it was lost, so that nobody can expect it to know until it asks again.
    pub(crate) deaf: Option<f64>,
    /// What its page was rendered with, while no request of its own was answered.
    pub(crate) rendered: Option<u32>,
    /// It believes what its page was rendered with, and there is nobody to tell it otherwise.
    pub(crate) on_its_own: bool,
    /// Since when a `getSession()` waits.
    pub(crate) waiting: Option<f64>,
    /// When the session that it shows ends, by the true time: the latest that it was told, and the earliest
    /// that it can think, since it does not know when in the course of a request the server looked.
    pub(crate) expires: f64,
    pub(crate) expires_at_least: f64,
}

impl Tab {
    pub(crate) fn new(machine: Machine, now: f64) -> Self {
        let view = machine.view();
        Self {
            machine,
            alive: true,
            frozen: false,
            mounted: true,
            visible: true,
            changing: false,
            backlog: Vec::new(),
            timer: 0,
            flight: None,
            asked_at: 0.0,
            payload: None,
            view,
            view_since: now,
            awake_since: now,
            visible_since: now,
            deaf: None,
            rendered: None,
            on_its_own: false,
            waiting: None,
            expires: 0.0,
            expires_at_least: 0.0,
        }
    }

    pub(crate) fn shows_somebody(&self) -> bool {
        self.view.status == Status::Authenticated
    }
}
