//! Runs `transcripts/session/*.json`: inputs and the outputs that every build of the machine gives, natively and as
//! JavaScript.
//!
//! A transcript starts with `seed`, `now` and `options`. Each step has the wall clock's `at`, an `input`, and the
//! `outputs` that are not as usual: no word about an output means that there is none of it. `wake` is a number of
//! milliseconds, rounded, and missing if no timer is wanted; `view` is given when it changed.
//! `HALLPASS_BLESS=1` writes what the machine gives into the files; read the difference before you commit it.
#![allow(clippy::disallowed_methods, reason = "blessing is asked for in the environment")]
#![allow(clippy::expect_used, clippy::panic, reason = "it is a test")]

use std::path::{Path, PathBuf};

use hallpass_session::sign_in::{Api, Lookup, Next, Redirect, Start, Way};
use hallpass_session::sign_out::Answer;
use hallpass_session::{
    Input, Machine, Message, Options, Outputs, Payload, Session, Settled, Status, View, sign_in, sign_out,
};
use serde_json::{Map, Value, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../transcripts/session")
}

fn number(value: &Value, name: &str) -> f64 {
    value[name].as_f64().unwrap_or_default()
}

fn version(value: &Value) -> Option<u32> {
    value["version"].as_u64().map(|version| version as u32)
}

fn session(value: &Value) -> Option<Session> {
    Some(Session { version: version(value)?, lives: number(value, "lives") })
}

fn options(value: &Value) -> Options {
    let usual = Options::default();
    let or = |name: &str, usual: f64| value[name].as_f64().unwrap_or(usual);
    Options {
        client_max_age: or("clientMaxAge", usual.client_max_age),
        keep_alive: or("keepAlive", usual.keep_alive),
        burst: or("burst", usual.burst),
        on_focus: value["onFocus"].as_bool().unwrap_or(usual.on_focus),
        when_offline: value["whenOffline"].as_bool().unwrap_or(usual.when_offline),
    }
}

fn message(value: &Value) -> Message {
    let stamp = number(value, "stamp");
    match value["kind"].as_str().expect("a message has a kind") {
        "asking" => Message::Asking { stamp },
        "failed" => Message::Failed { stamp, wait: number(value, "wait") },
        "known" => Message::Known { stamp, session: session(&value["session"]) },
        "seeded" => Message::Seeded { stamp, version: version(value) },
        "doubted" => Message::Doubted { stamp },
        "changed" => Message::Changed { stamp },
        "signedOut" => Message::SignedOut { stamp, version: version(value) },
        other => panic!("{other} is no message"),
    }
}

fn input(value: &Value) -> Input {
    let request = value["request"].as_u64().unwrap_or_default() as u32;
    match value["kind"].as_str().expect("an input has a kind") {
        "mounted" => Input::Mounted(value.get("session").map(session)),
        "unmounted" => Input::Unmounted,
        "refresh" => Input::Refresh,
        "answered" => Input::Answered { request, session: session(&value["session"]) },
        "failed" => Input::Failed { request },
        "changing" => Input::Changing,
        "changed" => Input::Changed,
        "unchanged" => Input::Unchanged,
        "signedOut" => Input::SignedOut,
        "updated" => Input::Updated(session(&value["session"])),
        "heard" => {
            let here = value["payload"].as_bool().unwrap_or(true);
            Input::Heard(message(&value["message"]), if here { Payload::Here } else { Payload::Absent })
        }
        "heardOldClient" => Input::HeardOldClient,
        "focused" => Input::Focused,
        "blurred" => Input::Blurred,
        "visible" => Input::Visible,
        "hidden" => Input::Hidden,
        "resumed" => Input::Resumed,
        "online" => Input::Online,
        "offline" => Input::Offline,
        "woke" => Input::Woke,
        "configured" => Input::Configured(options(&value["options"])),
        other => panic!("{other} is no input"),
    }
}

fn told(message: Message) -> Value {
    let kind = match message {
        Message::Asking { .. } => "asking",
        Message::Failed { .. } => "failed",
        Message::Known { .. } => "known",
        Message::Seeded { .. } => "seeded",
        Message::Doubted { .. } => "doubted",
        Message::Changed { .. } => "changed",
        Message::SignedOut { .. } => "signedOut",
    };
    let mut told = json!({ "kind": kind, "stamp": message.stamp() });
    match message {
        Message::Failed { wait, .. } => told["wait"] = json!(wait.round()),
        Message::Known { session: Some(session), .. } => {
            told["session"] = json!({ "version": session.version, "lives": session.lives.round() });
        }
        Message::Seeded { version: Some(version), .. }
        | Message::SignedOut { version: Some(version), .. } => {
            told["version"] = json!(version);
        }
        _ => {}
    }
    told
}

fn given(out: &Outputs, view: View) -> Value {
    let mut given = Map::new();
    let mut say = |name: &str, said: bool, value: Value| {
        if said {
            given.insert(name.to_owned(), value);
        }
    };
    say("abort", out.abort, json!(true));
    say("fetch", out.fetch.is_some(), json!(out.fetch));
    say("take", out.take, json!(true));
    say("tell", out.tell.is_some(), out.tell.map_or(Value::Null, told));
    say("tellOldClients", out.tell_old_clients, json!(true));
    let settled = out.settled.map(|settled| if settled == Settled::Fresh { "fresh" } else { "failed" });
    say("settled", settled.is_some(), json!(settled));
    say("wake", out.wake.is_finite(), json!(out.wake.round()));
    let status = match view.status {
        Status::Loading => "loading",
        Status::Authenticated => "authenticated",
        Status::Unauthenticated => "unauthenticated",
    };
    say("view", out.render, json!({ "status": status, "version": view.version, "stale": view.stale }));
    Value::Object(given)
}

/// The transcript with the outputs that the machine gives.
fn played(transcript: &Value) -> Value {
    let mut played = transcript.clone();
    let seed = number(transcript, "seed") as u32;
    let mut machine = Machine::new(options(&transcript["options"]), seed, number(transcript, "now"));
    for step in played["steps"].as_array_mut().expect("a transcript has steps") {
        let out = machine.handle(input(&step["input"]), number(step, "at"));
        step["outputs"] = given(&out, machine.view());
    }
    played
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
