//! `/protected`: for whoever is signed in. `Auth::guard` keeps it on the server, [`RequireSession`] in the page.

use hallpass_leptos::RequireSession;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use crate::person::use_person;

/// Only for you.
#[component]
pub fn Protected() -> impl IntoView {
    let (person, _) = use_person();
    view! {
        <RequireSession>
            <h1>"Only for you"</h1>
            <p>
                "You are here as " <strong>{move || person.get().address()}</strong>
                ". Whoever is not signed in gets none of this page."
            </p>
            <Note />
        </RequireSession>
    }
}

/// What became of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It is kept.
    Kept,
    /// Nobody is signed in.
    NobodysNote,
}

/// The note of whoever asks; empty if they have none, and for nobody.
///
/// # Errors
///
/// hallpass cannot be asked who it is.
#[server(prefix = "/fn", endpoint = "my-note")]
pub async fn my_note() -> Result<String, ServerFnError> {
    let session: Option<hallpass::Session> = hallpass_leptos::server::extract().await?;
    Ok(session.map(|session| example_site::Notes::all().of(&session.user.id.0)).unwrap_or_default())
}

/// Keeps a note. Anybody can call a server function, whatever page its form is on: it looks for itself who asks.
///
/// # Errors
///
/// hallpass cannot be asked who it is.
#[server(prefix = "/fn", endpoint = "keep-note")]
pub async fn keep_note(note: String) -> Result<Outcome, ServerFnError> {
    let session: Option<hallpass::Session> = hallpass_leptos::server::extract().await?;
    let Some(session) = session else { return Ok(Outcome::NobodysNote) };
    example_site::Notes::all().keep(&session.user.id.0, &note);
    lead_to("/protected?told=Kept");
    Ok(Outcome::Kept)
}

/// Where a form leads that the browser posted by itself: nobody would read the function's answer then.
#[cfg(not(target_arch = "wasm32"))]
fn lead_to(path: &str) {
    let parts = use_context::<axum::http::request::Parts>();
    let accept =
        parts.as_ref().and_then(|parts| parts.headers.get(axum::http::header::ACCEPT)?.to_str().ok());
    if accept.is_some_and(|accept| accept.contains("text/html")) {
        leptos_axum::redirect(path);
    }
}

/// Works without JavaScript too.
#[component]
fn Note() -> impl IntoView {
    let note = Resource::new(|| (), |()| my_note());
    let form = move || {
        Suspend::new(async move {
            match note.await {
                Ok(note) => view! { <NoteForm note /> }.into_any(),
                Err(_) => view! { <p role="alert">"Your note cannot be read. Try again in a moment."</p> }
                    .into_any(),
            }
        })
    };
    view! { <Suspense>{form}</Suspense> }
}

#[component]
fn NoteForm(note: String) -> impl IntoView {
    let keep = ServerAction::<KeepNote>::new();
    let query = use_query_map();
    let said = move || match keep.value().get() {
        // What a form without JavaScript came to.
        None => query.read().get("told").filter(|told| told == "Kept").map(|_| "Kept."),
        Some(Ok(Outcome::Kept)) => Some("Kept."),
        Some(Ok(Outcome::NobodysNote)) => Some("You are not signed in any more. Nothing was kept."),
        Some(Err(_)) => Some("The server cannot be reached. Try again in a moment."),
    };
    view! {
        <ActionForm action=keep attr:class="card">
            <label for="note">"A note to yourself"</label>
            <input id="note" name="note" value=note maxlength="200" />
            <button disabled=keep.pending()>"Keep it"</button>
            <p class="faint" role="status">{said}</p>
        </ActionForm>
    }
}
