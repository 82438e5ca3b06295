//! The demo page: who am I, sign in, sign out, over the wire alone.

use askama::Template;
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::Full;

use crate::reply::{content, page};

const SCRIPT: &str = include_str!("../assets/demo.js");
pub(crate) const STYLE: &str = include_str!("../assets/demo.css");
/// Browsers ask for it by themselves, on the built-in pages too.
const ICON: &str = include_str!("../assets/icon.svg");
const ICON_PATH: &str = "/favicon.ico";
pub(crate) const STYLE_PATH: &str = "/demo.css";

/// Nothing from elsewhere, nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page, rendered once.
pub(crate) struct Demo {
    page: Bytes,
}

#[derive(Template)]
#[template(path = "demo.html")]
struct Page<'a> {
    base_path: &'a str,
    mailbox: bool,
    sign_up: bool,
    version: &'a str,
}

/// What the page offers beside the ways to sign in.
#[derive(Clone, Copy, Default)]
pub(crate) struct Offers {
    /// A link to the mailbox page.
    pub(crate) mailbox: bool,
    /// A link to sign-up.
    pub(crate) sign_up: bool,
}

impl Demo {
    /// The page for endpoints at this base path.
    pub(crate) fn new(base_path: &str, offers: Offers) -> Result<Self, askama::Error> {
        let Offers { mailbox, sign_up } = offers;
        let page = Page { base_path, mailbox, sign_up, version: env!("CARGO_PKG_VERSION") };
        Ok(Self { page: page.render()?.into() })
    }

    /// Whether the path is one of the demo's.
    pub(crate) fn has(&self, path: &str) -> bool {
        matches!(path, "/" | "/demo.js" | STYLE_PATH | ICON_PATH)
    }

    /// The page, its script or its style.
    pub(crate) fn answer(&self, path: &str) -> Response<Full<Bytes>> {
        match path {
            "/demo.js" => content(StatusCode::OK, "text/javascript; charset=utf-8", SCRIPT),
            STYLE_PATH => style(),
            ICON_PATH => content(StatusCode::OK, "image/svg+xml", ICON),
            _ => page(self.page.clone(), POLICY),
        }
    }
}

/// The style of the demo and the mailbox.
pub(crate) fn style() -> Response<Full<Bytes>> {
    content(StatusCode::OK, "text/css; charset=utf-8", STYLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_holds_nothing_inline() {
        let demo = Demo::new("/api/auth", Offers { mailbox: true, sign_up: true }).unwrap();
        let html = String::from_utf8(demo.page.to_vec()).unwrap();
        assert!(html.contains("data-base-path=\"/api/auth\""));
        assert!(!html.contains("<style") && !html.contains(" style=") && !html.contains(" onclick"));
        assert_eq!(html.matches("<script").count(), html.matches("<script src=").count());
        assert!(html.contains("href=\"/mailbox\"") && html.contains("/api/auth/signup"));
    }

    #[test]
    fn nothing_is_offered_that_is_not_there() {
        let demo = Demo::new("/auth", Offers::default()).unwrap();
        let html = String::from_utf8(demo.page.to_vec()).unwrap();
        assert!(!html.contains("/mailbox") && !html.contains("signup"));
    }

    #[test]
    fn the_script_never_writes_markup() {
        for danger in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            assert!(!SCRIPT.contains(danger), "{danger}");
        }
    }
}
