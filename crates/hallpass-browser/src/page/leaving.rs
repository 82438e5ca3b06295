//! Leaving the page, and reading where a URL leads.

use std::cell::{Cell, RefCell};

use hallpass_session::Millis;
use hallpass_session::sign_in::Next;
use hallpass_wire::{Action, CALLBACK_URL_FIELD, ErrorCode};
use js_sys::Date;
use wasm_bindgen_futures::spawn_local;
use web_sys::Url;

use super::ask::PATIENCE;
use super::signing::query;
use super::timer::Timer;
use super::{Page, current, get_session, page};

/// A sign-in or sign-out leads somewhere, and nobody is led to the sign-in page meanwhile: of two ways a browser takes the later one.
pub(super) struct Leaving {
    since: Cell<Millis>,
    /// For whoever was to be led to it, because the first way may go nowhere, as to a download.
    still_here: RefCell<Option<Timer>>,
}

impl Leaving {
    pub(super) fn new() -> Self {
        Self { since: Cell::new(Millis::NEG_INFINITY), still_here: RefCell::default() }
    }

    fn goes_on(&self) -> bool {
        (0.0..PATIENCE).contains(&(Date::now() - self.since.get()))
    }
}

pub(crate) fn lead_to_sign_in() {
    let Some(page) = page() else { return };
    let leaving = &page.world().leaving;
    if leaving.goes_on() {
        // Made here and not with the rest: a page without a guard does not carry it.
        let here = page.here();
        let timer = Timer::new(page.window.clone(), move || spawn_local(lead_who_is_nobody(here.clone())));
        timer.set(PATIENCE);
        leaving.still_here.replace(Some(timer));
    } else {
        page.lead_to_sign_in();
    }
}

/// Asks first: a page that is back may have been left for signing in. Whoever went to another page of the application within this one
/// is not before the guard any more.
async fn lead_who_is_nobody(guarded: String) {
    drop(get_session().await);
    if current().surely_nobody() && page().is_some_and(|page| page.here() == guarded) {
        lead_to_sign_in();
    }
}

impl Page {
    fn lead_to_sign_in(&self) {
        let words = [("error", ErrorCode::SessionRequired.as_str()), (CALLBACK_URL_FIELD, &self.here())];
        let query = query(&words.map(|(name, value)| (name.to_owned(), value.to_owned())));
        self.go(Next::Assign, &(self.base() + &Action::SignIn(None).path() + &query));
    }

    /// Notes that the page will be left, if that is what comes next: before anybody hears of the reason, and leads away for it.
    pub(super) fn decide(&self, next: Next) {
        if matches!(next, Next::Assign | Next::Replace) {
            self.world().leaving.since.set(Date::now());
        }
    }

    pub(super) fn here(&self) -> String {
        self.window.location().href().unwrap_or_default()
    }

    /// Where a URL of the server's leads; to this page if it is none of the web.
    pub(super) fn there(&self, url: &str) -> Option<Url> {
        let target = Url::new_with_base(url, &self.here()).ok();
        if let Some(target) =
            target.filter(|target| ["http:", "https:"].contains(&target.protocol().as_str()))
        {
            return Some(target);
        }
        self.world().ask.report(url, "not an http URL", "");
        Url::new(&self.here()).ok()
    }

    /// Leaves the page.
    pub(super) fn go(&self, way: Next, url: &str) {
        let Some(target) = self.there(url).map(|target| target.href()) else { return };
        let (location, here) = (self.window.location(), self.here());
        let went = if way == Next::Replace { location.replace(&target) } else { location.assign(&target) };
        // To another fragment of the same page nothing would load.
        let page = |url: &str| url.split('#').next().map(str::to_owned);
        let reloaded =
            if target.contains('#') && page(&target) == page(&here) { location.reload() } else { Ok(()) };
        // The browser refuses while the page is being closed.
        let _refused = went.and(reloaded);
    }

    /// What an answer's URL says that went wrong. The page to come back to may have an error of its own in its address.
    pub(super) fn fault(&self, url: Option<&str>, callback_url: &str) -> Option<String> {
        let there = self.there(url?)?;
        let found = |name: &str| there.search_params().get(name).filter(|text| !text.is_empty());
        let error = found("error").or_else(|| found("csrf").map(|_| "MissingCSRF".to_owned()))?;
        (self.there(callback_url)?.href() != there.href()).then_some(error)
    }
}
