//! A page that says one thing, and leads on.

use askama::Template;

use super::look::Look;

/// A heading, a sentence, and ways on.
#[derive(Template)]
#[template(path = "notice.html")]
pub(crate) struct Notice<'a> {
    /// Theme and site.
    pub look: Look<'a>,
    /// What the browser's tab is called.
    pub title: &'a str,
    /// What it is.
    pub heading: &'a str,
    /// What that means.
    pub text: &'a str,
    /// The code of a link that this browser asked for.
    pub code: Option<&'a str>,
    /// What to do if it is not so.
    pub note: Option<&'a str>,
    /// Where to go from here.
    pub onward: &'a [Onward<'a>],
}

/// A link that looks like a button.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Onward<'a> {
    /// What it says.
    pub label: &'a str,
    /// Where it leads.
    pub url: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::demands::{HOSTILE, HOSTILE_LOOK, LOOK, is_inert, is_sound};

    #[test]
    fn no_value_can_bring_markup_or_a_script_address() {
        let onward = [Onward { label: HOSTILE, url: "javascript:alert(1)" }];
        let (title, heading, text, note) = (HOSTILE, HOSTILE, HOSTILE, Some(HOSTILE));
        is_inert(
            &Notice { look: HOSTILE_LOOK, title, heading, text, note, code: note, onward: &onward }
                .render()
                .unwrap(),
        );
    }

    #[test]
    fn the_page_is_sound_and_leads_on() {
        let onward = [Onward { label: "Continue", url: "/after" }];
        let page = Notice {
            look: LOOK,
            title: "T",
            heading: "H",
            text: "S",
            code: None,
            note: None,
            onward: &onward,
        };
        let html = page.render().unwrap();
        is_sound(&html);
        assert!(html.contains("<a class=\"button\" href=\"/after\">Continue</a>") && !html.contains("<form"));
    }
}
