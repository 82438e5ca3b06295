//! What a server writes of the test page, as JSON with `head` and `body`. Its argument is a session's JSON, or `null` for nobody; without
//! one the server did not look.
#![allow(clippy::print_stdout, reason = "what it is for")]
#![allow(unreachable_pub, reason = "what Leptos writes of a component")]

#[path = "leptos/who.rs"]
mod who;

use hallpass::Shown;
use hallpass_leptos::server;
use leptos::prelude::*;

use who::App;

/// What Leptos writes of a page that waits for nothing.
const NOTHING_TO_WAIT_FOR: &str =
    "<script>__RESOLVED_RESOURCES = []; __SERIALIZED_ERRORS = []; __INCOMPLETE_CHUNKS = [];</script>";

fn main() {
    let shown = std::env::args().nth(1).map(|text| Shown((text != "null").then_some(text)));
    let (head, body) = Owner::new().with(|| {
        if let Some(shown) = shown {
            server::provide(shown);
        }
        let body = view! { <App shown=UnsyncCallback::new(|_| ()) /> };
        (server::script().to_html(), body.to_html())
    });
    println!("{}", serde_json::json!({ "head": format!("{head}{NOTHING_TO_WAIT_FOR}"), "body": body }));
}
