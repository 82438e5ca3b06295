//! What the real servers of next-auth 3, 4 and Auth.js 5 answered, played against this one.
//!
//! `transcripts/wire` holds the recordings: requests and answers as they went over the wire, pages left out. Each request
//! is made here under the wire of its generation, and status, `Location`, JSON, and cookies with their attributes are
//! compared, and the URL that one of them holds. Where they differ, `transcripts/wire/differences.txt` says so, one line
//! for each, with a reason; a line that is no longer true fails as well.

mod differences;
mod recording;
mod server;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use differences::{Difference, List};
use recording::{Exchange, recording};
use server::Server;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../transcripts/wire")
}

/// Plays one recording.
async fn play(name: &str) -> Vec<Difference> {
    let text = std::fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap();
    let mut server = Server::like(name, &text);
    let mut found = Vec::new();
    for (number, exchange) in (1..).zip(recording(&text)) {
        let ours = server.answer(&exchange).await;
        found.extend(compared(name, number, &exchange, &ours));
    }
    found
}

fn compared(
    name: &str,
    number: usize,
    exchange: &Exchange,
    ours: &BTreeMap<String, String>,
) -> Vec<Difference> {
    let facts: std::collections::BTreeSet<&String> = exchange.answer.keys().chain(ours.keys()).collect();
    let of =
        |all: &BTreeMap<String, String>, fact: &String| all.get(fact).map_or("-", String::as_str).to_owned();
    facts
        .into_iter()
        .filter(|fact| exchange.answer.get(*fact) != ours.get(*fact))
        .map(|fact| Difference {
            place: format!("{name} {number}"),
            request: exchange.request(),
            fact: fact.clone(),
            recorded: of(&exchange.answer, fact),
            here: of(ours, fact),
        })
        .collect()
}

#[tokio::test]
async fn the_recorded_exchanges_are_answered_alike_or_the_difference_has_a_reason() {
    let mut found = Vec::new();
    for name in server::RECORDINGS {
        found.extend(play(name).await);
    }
    let list = std::fs::read_to_string(folder().join("differences.txt")).unwrap();
    List::read(&list).check(&found);
}
