//! What a server writes of the test page, as JSON with `head` and `body`. Its argument is a session's JSON, or `null` for nobody; without
//! one the server did not look.
#![allow(clippy::print_stdout, reason = "what it is for")]

#[path = "yew/who.rs"]
mod who;

use hallpass::Shown;
use hallpass_yew::{ClientOptions, Rendered, server};
use yew::{Callback, LocalServerRenderer};

use who::{App, Given};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let session = std::env::args()
        .nth(1)
        .map_or(Rendered::Unknown, |text| server::rendered(Shown((text != "null").then_some(text))));
    let head = server::script(&session);
    let given = Given { session, options: ClientOptions::default(), shown: Callback::noop() };
    let body = LocalServerRenderer::<App>::with_props(given).render().await;
    println!("{}", serde_json::json!({ "head": head, "body": body }));
}
