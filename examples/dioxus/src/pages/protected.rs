//! A page, a form and server functions for people who are signed in. The server guards the address (`serve.rs`), `RequireSession` the
//! page in the browser, and each function looks for itself, for anybody can call it.

use dioxus::fullstack::Form;
use dioxus::prelude::*;
use hallpass_dioxus::{RequireSession, Session, Status, use_session};
use serde::{Deserialize, Serialize};
#[cfg(feature = "server")]
use {crate::serve::lead_to, example_site::Notes, hallpass_dioxus::server::FromAuth};

use crate::arrival::Arrival;
use crate::fields::taken_over;

/// What the form sends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Note {
    note: String,
}

/// The note of whoever asks.
#[get("/fn/note", FromAuth(session): FromAuth<Option<hallpass::Session>>)]
async fn note() -> Result<String> {
    Ok(session.map(|session| Notes::all().of(&session.user.id.0)).unwrap_or_default())
}

/// Keeps the note of whoever asks; says whether it did.
#[post("/fn/keep-note", FromAuth(session): FromAuth<Option<hallpass::Session>>)]
async fn keep_note(form: Form<Note>) -> Result<bool> {
    let Some(session) = session else {
        lead_to("/protected");
        return Ok(false);
    };
    Notes::all().keep(&session.user.id.0, &form.0.note);
    lead_to("/protected?told=Kept");
    Ok(true)
}

#[component]
pub(crate) fn Protected(arrival: Arrival) -> Element {
    rsx! { RequireSession { Yours { arrival } } }
}

#[component]
fn Yours(arrival: Arrival) -> Element {
    let Status::Authenticated(Session { user, .. }) = use_session::<Session>()().status else {
        return rsx! {};
    };
    rsx! {
        h1 { "Only for you" }
        p {
            "You are here as "
            strong { {user.email.or(user.name)} }
            ". Whoever is not signed in gets none of this page."
        }
        KeepNote { arrival }
    }
}

/// Works without JavaScript too.
#[component]
fn KeepNote(arrival: Arrival) -> Element {
    let kept = use_server_future(note)?;
    // Dioxus sets an input's value anew whenever its component is rendered.
    let mut text = use_signal(|| kept().and_then(Result::ok).unwrap_or_default());
    // What the form came to, if the browser posted it by itself.
    let mut said = use_signal(|| if arrival.told.as_deref() == Some("Kept") { "Kept." } else { "" });
    let mut busy = use_signal(|| false);
    let keep = move |event: FormEvent| {
        let [note] = taken_over(&event, ["note"]);
        async move {
            busy.set(true);
            let answer = keep_note(Form(Note { note })).await;
            busy.set(false);
            said.set(match answer {
                Ok(true) => "Kept.",
                Ok(false) => "You are not signed in any more. Nothing was kept.",
                Err(_) => "The server cannot be reached. Nothing was kept.",
            });
        }
    };
    rsx! {
        form { class: "card", method: "post", action: "/fn/keep-note", onsubmit: keep,
            label { r#for: "note", "A note to yourself" }
            input {
                id: "note",
                name: "note",
                maxlength: "200",
                value: text(),
                oninput: move |event| text.set(event.value()),
            }
            button { disabled: busy(), "Keep it" }
            p { class: "faint", role: "status", {said()} }
        }
    }
}
