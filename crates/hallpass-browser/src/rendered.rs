//! What a page was rendered with, on its way from the server into the page's text and back out of it.
//!
//! ```
//! use hallpass_browser::{Rendered, Session, Status};
//!
//! let text = r#"{"user":{"name":"<Ada>"},"expires":"2099-01-01T00:00:00.000Z"}"#;
//! let rendered = Rendered::Session(text.into());
//! let Status::Authenticated(session) = rendered.known::<Session>().status else { unreachable!() };
//! assert_eq!(session.user.name.as_deref(), Some("<Ada>"));
//! // No tag can begin within what stands in a `<script type="application/json">`.
//! let written = rendered.script_text().unwrap_or_default();
//! assert!(written.contains("\\u003cAda>") && !written.contains('<'));
//! ```

use serde::de::DeserializeOwned;

use crate::page;
use crate::session::{Known, Rendered, Status};

/// The `id` of the `<script type="application/json">` that carries the session to the page.
pub const SCRIPT_ID: &str = "hallpass-session";

/// How the script says that nobody is signed in.
const NOBODY: &str = "null";

impl Rendered {
    /// What [`current`](crate::current) gives once the page has taken this: so a server and the first rendering of its page show
    /// the same.
    pub fn known<S: DeserializeOwned>(&self) -> Known<S> {
        let status = match self {
            Self::Unknown => Status::Loading,
            Self::Nobody => Status::Unauthenticated,
            Self::Session(text) => match page::is_somebodys(text) {
                // What is no JSON was not written by a server that looked.
                None => Status::Loading,
                Some(false) => Status::Unauthenticated,
                Some(true) => Status::Authenticated(text.clone()).read(),
            },
        };
        Known { status, stale: false }
    }

    /// This; or what `handed` gives, where this says nothing.
    #[must_use]
    pub fn or_else(self, handed: impl FnOnce() -> Self) -> Self {
        if self == Self::Unknown { handed() } else { self }
    }

    /// What a component begins with: what it is given, or else what the server has handed over. `None` where the page knows something
    /// by now: [`current`](crate::current) is newer than any text that the page came with.
    pub fn first(given: Self, handed: impl FnOnce() -> Self) -> Option<Self> {
        (page::current().status == Status::Loading).then(|| given.or_else(handed))
    }

    /// What the page's script holds: the session's JSON, or `null` for nobody, with no `<` in it. `None`: there is nothing to
    /// carry.
    pub fn script_text(&self) -> Option<String> {
        match self {
            Self::Unknown => None,
            Self::Nobody => Some(NOBODY.to_owned()),
            Self::Session(text) => Some(text.replace('<', "\\u003c")),
        }
    }

    /// What a script of [`Self::script_text`] was written from.
    pub fn from_script_text(text: &str) -> Self {
        match text.trim() {
            "" => Self::Unknown,
            NOBODY => Self::Nobody,
            text => Self::Session(text.to_owned()),
        }
    }

    /// What the page's server rendered it with, by the script with the id [`SCRIPT_ID`]. [`Self::Unknown`] if there is none.
    pub fn in_page() -> Self {
        page::script_text().map_or(Self::Unknown, |text| Self::from_script_text(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Session;
    use serde::de::IgnoredAny;

    #[test]
    fn what_is_carried_is_what_was_rendered() {
        let session =
            r#"{"user":{"name":"</script><script>alert(1)//"},"expires":"2099-01-01T00:00:00.000Z"}"#;
        for rendered in [Rendered::Nobody, Rendered::Session(session.to_owned())] {
            let text = rendered.script_text().unwrap();
            assert!(!text.contains('<'), "{text}");
            assert_eq!(Rendered::from_script_text(&text).known::<Session>(), rendered.known());
        }
        assert_eq!(Rendered::Unknown.script_text(), None);
        assert_eq!(Rendered::from_script_text(" \n"), Rendered::Unknown);
    }

    #[test]
    fn what_a_component_is_given_comes_before_what_the_server_has_handed_over() {
        let ada = || Rendered::Session("{}".to_owned());
        assert_eq!(Rendered::first(Rendered::Nobody, ada), Some(Rendered::Nobody));
        assert_eq!(Rendered::first(Rendered::Unknown, ada), Some(ada()));
        assert_eq!(Rendered::first(Rendered::Unknown, Rendered::in_page), Some(Rendered::Unknown));
    }

    #[test]
    fn a_session_that_does_not_fit_is_a_misfit_and_nothing_rendered_is_loading() {
        assert!(matches!(
            Rendered::Session(r#"{"user":7}"#.into()).known::<Session>().status,
            Status::Misfit(_)
        ));
        assert_eq!(Rendered::Unknown.known::<Session>(), Known::default());
        assert_eq!(Rendered::in_page(), Rendered::Unknown);
    }

    #[test]
    fn a_text_that_is_nobodys_session_shows_nobody_and_one_that_is_no_json_says_nothing() {
        let status = |text: &str| Rendered::Session(text.to_owned()).known::<IgnoredAny>().status;
        for nobody in ["{}", " {\n}", "null", "[]", "7", "true", r#""""#] {
            assert_eq!(status(nobody), Status::Unauthenticated, "{nobody}");
        }
        for nothing in ["", "text", "{", r#"{"user":{"na"#, "<html>a page</html>"] {
            assert_eq!(status(nothing), Status::Loading, "{nothing}");
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(status(&deep), Status::Loading);
    }
}
