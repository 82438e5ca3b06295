//! A page for people who are signed in. It is guarded on the server, in `main.rs`; here strangers are led away who come by a link, or
//! stay behind after a sign-out.

use hallpass_yew::{RequireSession, Session, Status, use_session};
use web_sys::{HtmlInputElement, RequestInit};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::page::{use_asked, use_page};
use crate::post::{ask, use_post};
use crate::words::words;

#[component]
pub(crate) fn Protected() -> Html {
    html! { <RequireSession><Inside /></RequireSession> }
}

#[component]
fn Inside() -> Html {
    let Status::Authenticated(Session { user, .. }) = use_session::<Session>().status else {
        return Html::default();
    };
    let who = user.email.or(user.name).unwrap_or_default();
    html! {
        <>
            <h1>{ "Only for you" }</h1>
            <p>
                { "You are here as " }<strong>{ &who }</strong>
                { ". Whoever is not signed in gets none of this page." }
            </p>
            // Somebody else has another note.
            <NoteForm key={who} />
        </>
    }
}

/// Works without JavaScript too.
#[component]
fn NoteForm() -> Html {
    let (note, oninput) = use_note();
    let asked = use_asked();
    let (posted, onsubmit) = use_post(asked.told, || ());
    html! {
        <form class="card" action="/note" method="post" {onsubmit}>
            <label for="note">{ "A note to yourself" }</label>
            <input id="note" name="note" maxlength="200" value={note} {oninput} />
            <button disabled={posted.busy}>{ "Keep it" }</button>
            <p class="faint" role="status">{ posted.told.as_deref().map(words) }</p>
        </form>
    }
}

/// The note: as it was sent with the page, or else asked for; and as it is typed.
#[hook]
fn use_note() -> (String, Callback<InputEvent>) {
    let given = use_page().note;
    let asks = given.is_none();
    let note = use_state(|| given.unwrap_or_default());
    let setter = note.setter();
    use_effect_with((), move |()| {
        if asks {
            spawn_local(async move {
                let kept = ask("/note", &RequestInit::new()).await.ok();
                if let Some(kept) = kept.and_then(|text| serde_json::from_str(&text).ok()) {
                    setter.set(kept);
                }
            });
        }
    });
    let setter = note.setter();
    let oninput = move |event: InputEvent| {
        setter.set(event.target_unchecked_into::<HtmlInputElement>().value());
    };
    ((*note).clone(), Callback::from(oninput))
}
