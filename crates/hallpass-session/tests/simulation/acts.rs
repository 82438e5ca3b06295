//! What people, browsers and bad luck do.

use hallpass_session::Input;

use crate::incoming::{Asked, Incoming};
use crate::laws::Broken;
use crate::server::Verb;
use crate::world::{What, World};

impl World {
    /// Something happens in a browser.
    pub(crate) fn act(&mut self, browser: usize) -> Result<(), Broken> {
        let awake: Vec<usize> = self.awake_tabs(browser);
        let Some(tab) = (!awake.is_empty()).then(|| self.chance.pick(&awake)) else {
            return self.open_soon(browser);
        };
        match self.chance.below(100) {
            0..12 => self.open_soon(browser),
            12..20 => {
                self.close(browser, tab);
                Ok(())
            }
            20..34 => self.switch(browser, tab),
            34..42 => self.flutter(browser, tab),
            42..54 => self.change(browser, tab, Verb::SignIn),
            54..64 => self.change(browser, tab, Verb::SignOut),
            64..68 => self.change(browser, tab, Verb::Update),
            68..76 => self.get_session(browser, tab),
            76..81 => self.old_client(browser),
            81..84 => {
                self.server.revoke(self.browsers[browser].jar);
                self.note(|| format!("{browser} session ended elsewhere"));
                Ok(())
            }
            84..90 => self.remount(browser, tab),
            _ if self.weather.storms => self.storm(browser, tab),
            _ => self.flutter(browser, tab),
        }
    }

    fn awake_tabs(&self, browser: usize) -> Vec<usize> {
        let tabs = &self.browsers[browser].tabs;
        (0..tabs.len()).filter(|tab| tabs[*tab].alive && !tabs[*tab].frozen).collect()
    }

    fn open_soon(&mut self, browser: usize) -> Result<(), Broken> {
        if self.browsers[browser].tabs.iter().filter(|tab| tab.alive).count() < 6 {
            let seed = self.render(browser);
            let wait = self.chance.millis(20, 400);
            self.after(wait, What::Open { browser, seed });
        }
        Ok(())
    }

    /// Another tab comes to the front; two windows may both be in front.
    fn switch(&mut self, browser: usize, to: usize) -> Result<(), Broken> {
        let now = self.now;
        self.browsers[browser].record.reason(now, 1);
        for tab in self.awake_tabs(browser) {
            let hides = tab != to && self.browsers[browser].tabs[tab].visible && self.chance.percent(80);
            if hides {
                self.browsers[browser].tabs[tab].visible = false;
                self.drive(browser, tab, Input::Blurred, None)?;
                self.drive(browser, tab, Input::Hidden, None)?;
            }
        }
        let here = &mut self.browsers[browser].tabs[to];
        if !here.visible {
            here.visible = true;
            here.visible_since = now;
        }
        self.drive(browser, to, Input::Visible, None)?;
        self.drive(browser, to, Input::Focused, None)
    }

    /// The focus goes to and fro: one reason to ask, however often.
    fn flutter(&mut self, browser: usize, tab: usize) -> Result<(), Broken> {
        let now = self.now;
        self.browsers[browser].record.reason(now, 1);
        for turn in 0..self.chance.below(10) + 1 {
            let input = if turn % 2 == 0 { Input::Blurred } else { Input::Focused };
            self.drive(browser, tab, input, None)?;
        }
        Ok(())
    }

    fn change(&mut self, browser: usize, tab: usize, verb: Verb) -> Result<(), Broken> {
        let now = self.now;
        let here = &mut self.browsers[browser];
        if here.tabs[tab].changing || !here.tabs[tab].mounted {
            return Ok(());
        }
        here.tabs[tab].changing = true;
        here.record.reason(now, 1);
        let leave = verb != Verb::Update && self.chance.percent(40);
        let number = self.number();
        self.note(|| format!("{browser}.{tab} sends {verb:?}, leaves: {leave}"));
        self.drive(browser, tab, Input::Changing, None)?;
        self.send(browser, tab, Asked { verb, number, leave });
        Ok(())
    }

    fn get_session(&mut self, browser: usize, tab: usize) -> Result<(), Broken> {
        let now = self.now;
        for _ in 0..self.chance.below(3) + 1 {
            let here = &mut self.browsers[browser];
            here.record.reason(now, 1);
            here.tabs[tab].waiting = here.tabs[tab].waiting.or(Some(now));
            self.drive(browser, tab, Input::Refresh, None)?;
        }
        Ok(())
    }

    /// A tab that runs the old client changes something and says so, or says something for no reason, several times.
    fn old_client(&mut self, browser: usize) -> Result<(), Broken> {
        let (now, jar) = (self.now, self.browsers[browser].jar);
        let verb = self.chance.pick(&[Verb::Read, Verb::Read, Verb::SignIn, Verb::SignOut]);
        let word = self.server.answer(verb, jar, now);
        let here = &mut self.browsers[browser];
        here.jar = word.cookie.unwrap_or(jar);
        here.record.reason(now, 2);
        if !here.carries_payload {
            let tabs = here.awake().count();
            here.record.reason(now, tabs);
        }
        self.note(|| format!("{browser} old client: {verb:?}"));
        for _ in 0..self.chance.below(4) + 1 {
            self.happen_to_all(browser, Input::HeardOldClient);
        }
        Ok(())
    }

    fn remount(&mut self, browser: usize, tab: usize) -> Result<(), Broken> {
        let now = self.now;
        let here = &mut self.browsers[browser].tabs[tab];
        here.mounted = !here.mounted;
        here.awake_since = now;
        let input = if here.mounted { Input::Mounted(None) } else { Input::Unmounted };
        self.browsers[browser].record.reason(now, 1);
        self.drive(browser, tab, input, None)
    }

    fn storm(&mut self, browser: usize, tab: usize) -> Result<(), Broken> {
        self.trouble(browser);
        let now = self.now;
        let wait = self.chance.pick(&[1_000.0, 5_000.0, 20_000.0, 60_000.0]);
        match self.chance.below(4) {
            0 => {
                self.note(|| format!("{browser}.{tab} freezes"));
                self.browsers[browser].tabs[tab].frozen = true;
                self.after(wait, What::Thaw { browser, tab });
            }
            1 => {
                let by =
                    self.chance.pick(&[-86_400_000.0, -60_000.0, -1_500.0, 3_000.0, 600_000.0, 86_400_000.0]);
                self.note(|| format!("{browser} clock jumps by {by}"));
                self.browsers[browser].skew += by;
                self.browsers[browser].record.jumped_at = now;
            }
            2 => {
                self.note(|| "the server is down".to_owned());
                self.down = true;
                self.after(wait, What::Better);
            }
            _ => {
                self.note(|| format!("{browser} offline"));
                self.browsers[browser].online = false;
                self.happen_to_all(browser, Input::Offline);
                self.after(wait, What::Better);
            }
        }
        Ok(())
    }

    /// A frozen tab runs again: first everything that it missed, then the news that it runs.
    pub(crate) fn thaw(&mut self, browser: usize, tab: usize) -> Result<(), Broken> {
        let now = self.now;
        self.trouble(browser);
        let here = &mut self.browsers[browser].tabs[tab];
        if !here.alive {
            return Ok(());
        }
        here.frozen = false;
        here.awake_since = now;
        here.visible_since = now;
        for incoming in std::mem::take(&mut here.backlog) {
            self.reach(browser, tab, incoming)?;
        }
        self.reach(browser, tab, Incoming::Just(Input::Resumed))
    }
}
