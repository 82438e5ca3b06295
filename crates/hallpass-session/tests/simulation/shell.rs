//! What a shell does: it hands inputs to its machine, and carries out what the machine says.

use hallpass_session::{Input, Message, Outputs};

use crate::incoming::{Asked, Incoming};
use crate::laws::{self, Broken};
use crate::server::Verb;
use crate::world::{What, World};

impl World {
    /// Hands an input to the machine and carries out the answer.
    pub(crate) fn drive(
        &mut self,
        browser: usize,
        tab: usize,
        input: Input,
        payload: Option<u32>,
    ) -> Result<(), Broken> {
        self.inputs += 1;
        let now = self.now;
        let here = &mut self.browsers[browser];
        let skew = here.skew;
        let out = here.tabs[tab].machine.handle(input, now + skew);
        self.note(|| format!("{browser}.{tab} {input:?} → {}", brief(&out)));
        let here = &self.browsers[browser];
        let broken = |broken| format!("at {now} ms, {browser}.{tab} on {input:?}: {broken}");
        laws::of_outputs(&here.tabs[tab], &out).map_err(broken)?;
        laws::of_change(here, &here.tabs[tab], now).map_err(broken)?;
        self.carry_out(browser, tab, out, payload);
        Ok(())
    }

    fn carry_out(&mut self, browser: usize, number: usize, out: Outputs, payload: Option<u32>) {
        let now = self.now;
        let throttle = self.browsers[browser].throttle;
        let tab = &mut self.browsers[browser].tabs[number];
        if out.abort {
            tab.flight = None;
        }
        if out.take {
            tab.payload = payload;
        }
        if out.settled.is_some() {
            tab.waiting = None;
        }
        if out.render {
            let view = tab.machine.view();
            if view.version != tab.view.version {
                tab.view_since = now;
            }
            tab.view = view;
        }
        tab.timer += 1;
        let timer = tab.timer;
        let due = if tab.visible { now + out.wake } else { ((now + out.wake) / throttle).ceil() * throttle };
        if out.wake.is_finite() {
            let incoming = Incoming::Timer(timer);
            self.after(due - now, What::ToTab { browser, tab: number, incoming });
        }
        if let Some(request) = out.fetch {
            self.browsers[browser].tabs[number].flight = Some(request);
            self.browsers[browser].tabs[number].asked_at = now;
            self.browsers[browser].record.reads.push(now);
            self.send(browser, number, Asked { verb: Verb::Read, number: request, leave: false });
        }
        if let Some(message) = out.tell {
            self.tell(browser, number, message);
        }
    }

    fn tell(&mut self, browser: usize, from: usize, message: Message) {
        for tab in 0..self.browsers[browser].tabs.len() {
            let there = &self.browsers[browser].tabs[tab];
            if tab == from || !there.alive {
                continue;
            }
            let mut wait = self.chance.millis(1, 15);
            if self.chance.percent(self.weather.lost_messages) {
                self.browsers[browser].tabs[tab].deaf = Some(self.now);
                self.trouble(browser);
                continue;
            }
            if self.chance.percent(self.weather.late_messages) {
                wait = self.chance.millis(100, 1_500);
                self.trouble(browser);
            }
            self.after(wait, What::ToTab { browser, tab, incoming: Incoming::Said(message) });
        }
    }
}

fn brief(out: &Outputs) -> String {
    let flag = |on: bool, name: &str| if on { format!("{name} ") } else { String::new() };
    format!(
        "{}{}{}{}{}{}wake {}",
        flag(out.abort, "abort"),
        out.fetch.map_or(String::new(), |request| format!("fetch {request} ")),
        flag(out.take, "take"),
        out.tell.map_or(String::new(), |message| format!("tell {message:?} ")),
        flag(out.render, "render"),
        out.settled.map_or(String::new(), |settled| format!("settled {settled:?} ")),
        out.wake,
    )
}
