//! Plays one transcript: its words to the machine's inputs, the machine's outputs to words. Natively, and in `WebAssembly` by an
//! example of `hallpass-browser`.

use hallpass_session::{Input, Machine, Message, Options, Outputs, Payload, Session, Settled, Status, View};
use serde_json::{Map, Value, json};

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
pub(crate) fn played(transcript: &Value) -> Value {
    let mut played = transcript.clone();
    let seed = number(transcript, "seed") as u32;
    let mut machine = Machine::new(options(&transcript["options"]), seed, number(transcript, "now"));
    for step in played["steps"].as_array_mut().expect("a transcript has steps") {
        let out = machine.handle(input(&step["input"]), number(step, "at"));
        step["outputs"] = given(&out, machine.view());
    }
    played
}
