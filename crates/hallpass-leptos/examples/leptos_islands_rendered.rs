//! What a server writes of the page of islands, as JSON with `head` and `body`. Its argument is a session's JSON, or `null` for nobody;
//! without one the server did not look.
#![allow(
    missing_docs,
    clippy::print_stdout,
    unreachable_pub,
    reason = "it writes a page, and has no callers"
)]

#[path = "islands/page.rs"]
mod page;

use hallpass::Shown;
use hallpass_leptos::server;
use leptos::prelude::*;

use page::Page;

fn main() {
    let shown = std::env::args().nth(1).map(|text| Shown((text != "null").then_some(text)));
    let (head, body) = Owner::new().with(|| {
        if let Some(shown) = shown {
            server::provide(shown);
        }
        (server::script().to_html(), view! { <Page /> }.to_html())
    });
    println!("{}", serde_json::json!({ "head": head, "body": body }));
}
