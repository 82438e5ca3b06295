//! Leaving the page, and reading where a URL leads.

use hallpass_session::sign_in::Next;
use web_sys::Url;

use super::Page;

impl Page {
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
