//! Runs `transcripts/session/*.json`: inputs and the outputs that every build of the machine gives, natively, as
//! JavaScript and as `WebAssembly`.
//!
//! A transcript starts with `seed`, `now` and `options`. Each step has the wall clock's `at`, an `input`, and the
//! `outputs` that are not as usual: no word about an output means that there is none of it. `wake` is a number of
//! milliseconds, rounded, and missing if no timer is wanted; `view` is given when it changed.
//! `HALLPASS_BLESS=1` writes what the machine gives into the files; read the difference before you commit it.
#![allow(clippy::disallowed_methods, reason = "blessing is asked for in the environment")]
#![allow(clippy::expect_used, clippy::panic, reason = "it is a test")]

#[path = "transcripts/playing.rs"]
mod playing;

use std::path::{Path, PathBuf};

use hallpass_session::sign_in::{Api, Lookup, Next, Redirect, Start, Way};
use hallpass_session::sign_out::Answer;
use hallpass_session::{Input, sign_in, sign_out};
use playing::played;
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../transcripts/session")
}

#[test]
fn every_transcript_plays_as_it_is_written() {
    let bless = std::env::var("HALLPASS_BLESS").is_ok();
    let mut count = 0;
    for entry in std::fs::read_dir(folder()).expect("the transcripts") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a readable transcript");
        let transcript: Value = serde_json::from_str(&text).expect("JSON");
        if transcript.get("steps").is_none() {
            continue;
        }
        count += 1;
        let played = played(&transcript);
        if bless {
            std::fs::write(&path, written(&played)).expect("a writable transcript");
            continue;
        }
        let pairs = played["steps"].as_array().into_iter().flatten();
        for (played, written) in pairs.zip(transcript["steps"].as_array().into_iter().flatten()) {
            assert_eq!(played, written, "{}", path.display());
        }
    }
    assert!(count >= 8, "only {count} transcripts");
}

/// One line for each step.
fn written(transcript: &Value) -> String {
    let mut text = String::from("{\n");
    for name in ["about", "seed", "now", "options"] {
        if let Some(value) = transcript.get(name) {
            text += &format!("  \"{name}\": {value},\n");
        }
    }
    let steps = transcript["steps"].as_array().into_iter().flatten();
    let lines: Vec<String> = steps
        .map(|step| {
            let (at, input, outputs) = (&step["at"], &step["input"], &step["outputs"]);
            format!("    {{ \"at\": {at}, \"input\": {input},\n      \"outputs\": {outputs} }}")
        })
        .collect();
    text + "  \"steps\": [\n" + &lines.join(",\n") + "\n  ]\n}\n"
}

fn words<T: Copy + std::fmt::Debug>(all: &[T], word: &Value) -> T {
    let word = word.as_str().expect("a word");
    let same = |one: &&T| format!("{one:?}") == word;
    *all.iter().find(same).unwrap_or_else(|| panic!("{word} is none of {all:?}"))
}

const APIS: [Api; 3] = [Api::V3, Api::V4, Api::V5];
const REDIRECTS: [Redirect; 2] = [Redirect::Yes, Redirect::No];
const WAYS: [Way; 3] = [Way::OAuth, Way::Email, Way::Credentials];

#[test]
fn sign_in_and_sign_out_follow_the_tables() {
    let text = std::fs::read_to_string(folder().join("navigation.json")).expect("the tables");
    let tables: Value = serde_json::from_str(&text).expect("JSON");
    let rows = |name: &str| tables[name].as_array().cloned().expect("a table");
    let lookups = [
        Lookup::Unreachable,
        Lookup::Unknown,
        Lookup::Listed(Way::OAuth),
        Lookup::Listed(Way::Email),
        Lookup::Listed(Way::Credentials),
    ];
    let starts = [Start::ErrorPage, Start::SignInPage, Start::PostToSignIn, Start::PostToCallback];
    assert_eq!(rows("signInStart").len(), lookups.len());
    for row in rows("signInStart") {
        assert_eq!(sign_in::start(words(&lookups, &row[0])), words(&starts, &row[1]), "{row}");
    }
    let nexts = [Next::Replace, Next::Assign, Next::Tell, Next::Fail];
    assert_eq!(rows("signInAfter").len(), APIS.len() * WAYS.len() * REDIRECTS.len());
    for row in rows("signInAfter") {
        let after = sign_in::after(words(&APIS, &row[0]), words(&WAYS, &row[1]), words(&REDIRECTS, &row[2]));
        assert_eq!(after, words(&nexts, &row[3]), "{row}");
    }
    let answers = [Answer::SignedOut, Answer::Unconfirmed, Answer::Lost];
    let inputs = [Input::SignedOut, Input::Unchanged, Input::Changed];
    assert_eq!(rows("signOutMeans").len(), answers.len());
    for row in rows("signOutMeans") {
        assert_eq!(sign_out::means(words(&answers, &row[0])), words(&inputs, &row[1]), "{row}");
    }
    assert_eq!(rows("signOutThen").len(), APIS.len() * answers.len() * REDIRECTS.len());
    for row in rows("signOutThen") {
        let then =
            sign_out::then(words(&APIS, &row[0]), words(&answers, &row[1]), words(&REDIRECTS, &row[2]));
        assert_eq!(then, words(&nexts, &row[3]), "{row}");
    }
}
