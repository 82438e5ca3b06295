//! What a test has mounted: the words that `e2e/client/pages/tree.jsx` knows too.

use hallpass_browser::{ClientOptions, Rendered};
use serde_json::Value;

use super::page::{options, rendered};

/// How components that show the session and the ones that keep it up to date stand together.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    One,
    Two,
    Nested,
    Bare,
    Empty,
}

#[derive(Clone, PartialEq)]
pub(crate) struct Plan {
    pub(crate) session: Rendered,
    pub(crate) options: ClientOptions,
    pub(crate) shape: Shape,
    /// How many components show the session, for each that keeps it up to date.
    pub(crate) count: usize,
    /// Whether a guard stands there too, with something in place of the way to the sign-in page.
    pub(crate) guarded: bool,
    /// Whether one stands there that leads to the sign-in page.
    pub(crate) leads: bool,
}

impl Plan {
    /// From JSON; `text` is a session's JSON, `null` for nobody, or nothing.
    pub(crate) fn read(text: &str) -> Self {
        let given: Value = serde_json::from_str(text).unwrap_or_default();
        let shape = match given["shape"].as_str() {
            Some("two") => Shape::Two,
            Some("nested") => Shape::Nested,
            Some("none") => Shape::Bare,
            Some("empty") => Shape::Empty,
            _ => Shape::One,
        };
        Self {
            session: rendered(given["text"].as_str().map(str::to_owned)),
            options: options(&given["options"].to_string()),
            shape,
            count: given["count"].as_u64().map_or(1, |count| count as usize),
            guarded: given["hook"]["call"] == true,
            leads: given["hook"]["required"] == true,
        }
    }
}
