//! The world: what happens when, and what a shell does with what its machine says.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use hallpass_session::{Input, Machine, Message, Options, Payload, Session};

use crate::browser::{Browser, Tab};
use crate::chance::Chance;
use crate::incoming::{Asked, Incoming};
use crate::laws::{self, Broken, Record};
use crate::server::{Cookie, Server, Verb, Word};

/// How long a run is, in milliseconds of its own time.
const LENGTH: f64 = 240_000.0;

/// How much time lies between two things that people do: in most worlds little, in some so much that polls are all
/// there is.
const BUSY: [f64; 5] = [300.0, 2_000.0, 5_000.0, 8_000.0, 30_000.0];
const LAZY: [f64; 5] = [300.0, 1_000.0, 2_000.0, 45_000.0, 90_000.0];

/// What can go wrong, in percent.
#[derive(Clone, Copy)]
pub(crate) struct Weather {
    pub(crate) lost_answers: usize,
    pub(crate) failed_answers: usize,
    pub(crate) late_answers: usize,
    pub(crate) lost_messages: usize,
    pub(crate) late_messages: usize,
    /// Freezing, clocks that jump, outages.
    pub(crate) storms: bool,
}

pub(crate) enum What {
    ToTab { browser: usize, tab: usize, incoming: Incoming },
    AtServer { browser: usize, tab: usize, asked: Asked, cookie: Option<Cookie>, sent: f64 },
    Open { browser: usize, seed: Option<Word> },
    Act { browser: usize },
    Thaw { browser: usize, tab: usize },
    Look,
    Better,
}

struct Event {
    at: f64,
    order: u64,
    what: What,
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Event {}
impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Event {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.total_cmp(&other.at).then(self.order.cmp(&other.order))
    }
}

pub(crate) struct World {
    pub(crate) now: f64,
    pub(crate) chance: Chance,
    pub(crate) server: Server,
    pub(crate) browsers: Vec<Browser>,
    pub(crate) weather: Weather,
    /// How long until the next thing happens, in one browser.
    pace: &'static [f64],
    /// The server answers nothing but errors.
    pub(crate) down: bool,
    events: BinaryHeap<Reverse<Event>>,
    order: u64,
    numbers: u32,
    pub(crate) inputs: u64,
    /// What happened, if somebody wants to read it.
    pub(crate) diary: Option<Vec<String>>,
}

impl World {
    pub(crate) fn new(seed: u64, diary: bool) -> Self {
        let mut chance = Chance::new(seed);
        let calm = chance.percent(40);
        let rate = |chance: &mut Chance, up_to: usize| if calm { 0 } else { chance.below(up_to) };
        let weather = Weather {
            lost_answers: rate(&mut chance, 12),
            failed_answers: rate(&mut chance, 25),
            late_answers: rate(&mut chance, 25),
            lost_messages: rate(&mut chance, 12),
            late_messages: rate(&mut chance, 25),
            storms: !calm,
        };
        let life = chance.pick(&[20_000.0, 90_000.0, 3_600_000.0, 3_600_000.0, 2_592_000_000.0]);
        let server = Server::new(life, chance.percent(50));
        let browsers = (0..chance.pick(&[1, 1, 2])).map(|_| browser(&mut chance, life)).collect();
        let pace: &[f64] = if chance.percent(30) { &LAZY } else { &BUSY };
        let mut world = Self {
            pace,
            now: 0.0,
            chance,
            server,
            browsers,
            weather,
            down: false,
            events: BinaryHeap::new(),
            order: 0,
            numbers: 0,
            inputs: 0,
            diary: diary.then(Vec::new),
        };
        for browser in 0..world.browsers.len() {
            world.after(0.0, What::Open { browser, seed: None });
            world.after(500.0, What::Act { browser });
        }
        world.after(500.0, What::Look);
        world
    }

    pub(crate) fn run(&mut self) -> Result<(), Broken> {
        while let Some(Reverse(event)) = self.events.pop() {
            if event.at > LENGTH {
                return Ok(());
            }
            self.now = event.at;
            self.happen(event.what)?;
            for number in 0..self.browsers.len() {
                laws::of_browser(&self.browsers[number], self.now)
                    .map_err(|broken| format!("at {} ms, browser {number}: {broken}", self.now))?;
            }
            if self.inputs > 200_000 {
                return Err(format!("at {} ms: it never rests", self.now));
            }
        }
        Ok(())
    }

    pub(crate) fn after(&mut self, wait: f64, what: What) {
        self.order += 1;
        self.events.push(Reverse(Event { at: self.now + wait, order: self.order, what }));
    }

    pub(crate) fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(diary) = &mut self.diary {
            diary.push(format!("{:>9.1}  {}", self.now, line()));
        }
    }

    fn happen(&mut self, what: What) -> Result<(), Broken> {
        match what {
            What::ToTab { browser, tab, incoming } => self.reach(browser, tab, incoming),
            What::AtServer { browser, tab, asked, cookie, sent } => {
                let mut word = self.server.answer(asked.verb, cookie, self.now);
                // It speaks of the cookie that was sent, which may have been replaced since.
                word.read_at = sent;
                let failed = self.down || !self.browsers[browser].online;
                self.reply(browser, tab, Incoming::Reply { asked, word: (!failed).then_some(word) });
                Ok(())
            }
            What::Open { browser, seed } => self.open(browser, seed),
            What::Act { browser } => {
                let wait = self.chance.pick(self.pace);
                self.after(wait, What::Act { browser });
                self.act(browser)
            }
            What::Thaw { browser, tab } => self.thaw(browser, tab),
            What::Look => {
                self.after(500.0, What::Look);
                Ok(())
            }
            What::Better => {
                self.down = false;
                for browser in 0..self.browsers.len() {
                    self.trouble(browser);
                    if !self.browsers[browser].online {
                        self.browsers[browser].online = true;
                        self.happen_to_all(browser, Input::Online);
                    }
                }
                Ok(())
            }
        }
    }

    /// Something went wrong. What is asked in vain is asked again.
    pub(crate) fn trouble(&mut self, browser: usize) {
        let now = self.now;
        let tabs = self.browsers[browser].awake().count();
        let record = &mut self.browsers[browser].record;
        record.trouble_at = now;
        record.reason(now, 1 + tabs);
    }

    /// Sends a request on its way.
    pub(crate) fn send(&mut self, browser: usize, tab: usize, asked: Asked) {
        let cookie = self.browsers[browser].jar;
        let (wait, sent) = (self.chance.millis(10, 200), self.now);
        self.after(wait, What::AtServer { browser, tab, asked, cookie, sent });
    }

    fn reply(&mut self, browser: usize, tab: usize, mut incoming: Incoming) {
        let Incoming::Reply { word, .. } = &mut incoming else { return };
        let mut wait = self.chance.millis(10, 250);
        if word.is_none() {
            // No reason for another request: that the server is down, or the network gone, was one already.
            self.browsers[browser].record.trouble_at = self.now;
        } else if self.chance.percent(self.weather.failed_answers) {
            *word = None;
            self.trouble(browser);
        } else if self.chance.percent(self.weather.late_answers) {
            wait = self.chance.millis(1_000, 20_000);
            self.trouble(browser);
        } else if self.chance.percent(self.weather.lost_answers) {
            // For a change, the shell gives up at last; for a read, the machine does.
            self.trouble(browser);
            *word = None;
            wait = 15_000.0;
            if matches!(incoming, Incoming::Reply { asked, .. } if asked.verb == Verb::Read) {
                return;
            }
        }
        self.after(wait, What::ToTab { browser, tab, incoming });
    }

    fn open(&mut self, browser: usize, seed: Option<Word>) -> Result<(), Broken> {
        let (now, random) = (self.now, self.chance.seed());
        let here = &mut self.browsers[browser];
        let alone = here.awake().all(|tab| !tab.mounted || tab.deaf.is_some() || tab.on_its_own);
        let machine = Machine::new(here.options, random, now + here.skew);
        let mut tab = Tab::new(machine, now);
        let known = seed.as_ref().map(|word| word.session.map(|session| (session, word.expires)));
        if let Some(known) = known {
            tab.payload = known.map(|(session, _)| session.version);
            tab.expires = known.map_or(0.0, |(_, expires)| expires);
            tab.expires_at_least = tab.expires;
            let told = tab.payload;
            tab.rendered = told;
            tab.on_its_own = alone || here.record.told_at < 0.0;
            if told != here.record.told {
                here.record.changed_at = now;
            }
            if let Some(word) = &seed {
                here.record.hear(word.read_at, told, word.expires, now);
            }
        }
        here.record.reason(now, 1);
        here.tabs.push(tab);
        let number = here.tabs.len() - 1;
        let session =
            known.map(|known| known.map(|(session, expires)| Session { lives: expires - now, ..session }));
        self.drive(browser, number, Input::Mounted(session), None)
    }

    pub(crate) fn reach(&mut self, browser: usize, tab: usize, incoming: Incoming) -> Result<(), Broken> {
        // The browser keeps a cookie whether or not the page that asked still runs.
        if let Incoming::Reply { word: Some(word), .. } = &incoming
            && let Some(cookie) = word.cookie
        {
            self.browsers[browser].jar = cookie;
        }
        let here = &mut self.browsers[browser].tabs[tab];
        if !here.alive {
            return Ok(());
        }
        if here.frozen {
            here.backlog.push(incoming);
            return Ok(());
        }
        match incoming {
            Incoming::Just(input) => self.drive(browser, tab, input, None),
            Incoming::Timer(timer) if timer == here.timer => self.drive(browser, tab, Input::Woke, None),
            Incoming::Timer(_) => Ok(()),
            Incoming::Said(message) => self.hear(browser, tab, message),
            Incoming::Reply { asked, word } if asked.verb == Verb::Read => {
                self.answer(browser, tab, asked.number, word)
            }
            Incoming::Reply { asked, word } => self.end_change(browser, tab, asked, word),
        }
    }

    fn hear(&mut self, browser: usize, tab: usize, message: Message) -> Result<(), Broken> {
        let now = self.now;
        let here = &mut self.browsers[browser];
        let carries = here.carries_payload;
        let said = if let Message::Known { session, .. } = message { session } else { None };
        if matches!(message, Message::Known { .. }) {
            here.tabs[tab].on_its_own = false;
        }
        let (payload, before) =
            (if carries { Payload::Here } else { Payload::Absent }, here.tabs[tab].payload);
        let version = said.map(|session| session.version);
        self.drive(browser, tab, Input::Heard(message, payload), version.filter(|_| carries))?;
        let here = &mut self.browsers[browser].tabs[tab];
        if let Some(session) = said
            && here.payload == version
        {
            let expires = now + session.lives;
            here.expires = if before == version { here.expires.max(expires) } else { expires };
            here.expires_at_least = expires;
        }
        Ok(())
    }

    fn answer(&mut self, browser: usize, tab: usize, number: u32, word: Option<Word>) -> Result<(), Broken> {
        let now = self.now;
        let here = &mut self.browsers[browser];
        let awaited = here.tabs[tab].flight == Some(number);
        let Some(word) = word else {
            here.tabs[tab].flight = here.tabs[tab].flight.filter(|flight| *flight != number);
            return self.drive(browser, tab, Input::Failed { request: number }, None);
        };
        let session = word.session;
        let version = session.map(|session| session.version);
        if awaited {
            let told = here.record.told;
            here.record.hear(word.read_at, version, word.expires, now);
            here.tabs[tab].flight = None;
            here.tabs[tab].on_its_own = false;
            here.tabs[tab].rendered = None;
            here.tabs[tab].expires = if version.is_some() { word.expires } else { 0.0 };
            let lives = session.map_or(0.0, |session| session.lives);
            here.tabs[tab].expires_at_least = here.tabs[tab].asked_at + lives;
            if told != version && !here.carries_payload {
                let tabs = here.awake().count();
                here.record.reason(now, tabs);
            }
        }
        self.drive(browser, tab, Input::Answered { request: number, session }, version)?;
        let here = &mut self.browsers[browser].tabs[tab];
        here.deaf = here.deaf.filter(|at| !awaited || *at > word.read_at);
        Ok(())
    }

    /// A sign-in, sign-out or update was answered or given up.
    fn end_change(
        &mut self,
        browser: usize,
        tab: usize,
        asked: Asked,
        word: Option<Word>,
    ) -> Result<(), Broken> {
        let now = self.now;
        let jar = self.browsers[browser].jar;
        let truth = self.server.peek(jar, now);
        let here = &mut self.browsers[browser];
        let tabs = here.awake().count();
        here.record.reason(now, if here.carries_payload { 1 } else { tabs });
        here.tabs[tab].changing = false;
        let Some(word) = word else { return self.drive(browser, tab, Input::Changed, None) };
        if asked.leave && asked.verb == Verb::SignIn {
            // Like a sign-in elsewhere: the page that comes back is the first to know.
            self.navigate(browser, tab);
            return Ok(());
        }
        if asked.verb == Verb::Update {
            here.record.hear(now, word.session.map(|session| session.version), word.expires, now);
        } else {
            let (told, expires) = truth.map_or((None, f64::INFINITY), |(version, at)| (Some(version), at));
            here.record.hear(now, told, expires, now);
        }
        here.record.changed_at = now;
        let session = word.session;
        let version = session.map(|session| session.version);
        match asked.verb {
            Verb::SignOut => {
                here.record.nobody_at = now;
                here.record.ended.extend(word.ended.iter().map(|version| (*version, now)));
                self.drive(browser, tab, Input::SignedOut, None)?;
            }
            Verb::Update => {
                here.record.updated_at = now;
                if version.is_none() {
                    here.record.nobody_at = now;
                }
                let before = self.browsers[browser].tabs[tab].payload;
                self.drive(browser, tab, Input::Updated(session), version)?;
                let here = &mut self.browsers[browser].tabs[tab];
                if version.is_some() && here.payload == version {
                    // An answer that a newer one overtook has the same session end sooner.
                    here.expires =
                        if before == version { here.expires.max(word.expires) } else { word.expires };
                    here.expires_at_least = word.expires;
                }
            }
            _ => self.drive(browser, tab, Input::Changed, None)?,
        }
        if asked.leave {
            self.navigate(browser, tab);
        }
        Ok(())
    }

    /// The page goes, and another comes in its place.
    pub(crate) fn navigate(&mut self, browser: usize, tab: usize) {
        self.close(browser, tab);
        let seed = self.render(browser);
        let wait = self.chance.millis(50, 300);
        self.after(wait, What::Open { browser, seed });
    }

    /// The server renders a page, with the session in it or without.
    pub(crate) fn render(&mut self, browser: usize) -> Option<Word> {
        let jar = self.browsers[browser].jar;
        self.chance.percent(50).then(|| self.server.answer(Verb::Read, jar, self.now))
    }

    pub(crate) fn close(&mut self, browser: usize, tab: usize) {
        let now = self.now;
        let here = &mut self.browsers[browser];
        here.tabs[tab].alive = false;
        here.record.died_at = now;
        here.record.reason(now, 1);
        self.note(|| format!("{browser}.{tab} closes"));
    }

    pub(crate) fn happen_to_all(&mut self, browser: usize, input: Input) {
        for tab in 0..self.browsers[browser].tabs.len() {
            let wait = self.chance.millis(0, 5);
            self.after(wait, What::ToTab { browser, tab, incoming: Incoming::Just(input) });
        }
    }

    /// A number for a request that is not the machine's.
    pub(crate) fn number(&mut self) -> u32 {
        self.numbers += 1;
        self.numbers
    }
}

fn browser(chance: &mut Chance, life: f64) -> Browser {
    let options = Options {
        client_max_age: chance.pick(&[0.0, 0.0, 0.0, 10_000.0, 60_000.0]),
        keep_alive: chance.pick(&[0.0, 0.0, 5_000.0, 30_000.0]),
        ..Options::default()
    };
    let or_never = |age: f64| if age > 0.0 { age } else { f64::INFINITY };
    let interval = or_never(options.client_max_age).min(or_never(options.keep_alive));
    let regular = (60_000.0 / interval).ceil() + (60_000.0 / life).ceil();
    Browser {
        jar: None,
        skew: chance.pick(&[1_700_000_000_000.0, 0.0, 86_400_000.0]),
        online: true,
        options,
        carries_payload: chance.percent(85),
        throttle: chance.pick(&[1.0, 1_000.0, 1_000.0, 60_000.0]),
        tabs: Vec::new(),
        record: Record::new(regular as usize, interval),
    }
}
