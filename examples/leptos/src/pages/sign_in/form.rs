//! What the forms have in common: they post to hallpass, and with JavaScript the page sends them and says what went wrong.

use hallpass_leptos::{SignInOptions, SignInResponse, sign_in_with};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{FormData, HtmlFormElement};

use super::words;

/// A form that is sent without leaving the page.
#[derive(Clone, Copy)]
pub(crate) struct Sending {
    busy: RwSignal<bool>,
    answer: RwSignal<Option<SignInResponse>>,
}

impl Sending {
    /// One that was not sent yet.
    pub(crate) fn new() -> Self {
        Self { busy: RwSignal::new(false), answer: RwSignal::new(None) }
    }

    /// Signs in with this provider, by these fields of the form that is submitted.
    pub(crate) fn submit(self, event: &SubmitEvent, provider: &str, names: &[&str], callback_url: &str) {
        event.prevent_default();
        let options = SignInOptions::new().stay().callback_url(callback_url);
        let options = names.iter().fold(options, |options, name| options.field(name, &field(event, name)));
        let answer = sign_in_with(provider, options);
        self.busy.set(true);
        spawn_local(async move {
            let answer = answer.await;
            // Whoever is signed in has been led on meanwhile.
            self.busy.try_set(false);
            self.answer.try_set(answer);
        });
    }

    /// Whether an answer is awaited.
    pub(crate) fn busy(self) -> bool {
        self.busy.get()
    }

    /// What went wrong, in words.
    pub(crate) fn problem(self) -> Option<&'static str> {
        self.answer.get()?.error.map(|code| words(&code))
    }

    /// Whether nothing went wrong.
    pub(crate) fn succeeded(self) -> bool {
        self.answer.get().is_some_and(|answer| answer.ok && answer.error.is_none())
    }
}

fn field(event: &SubmitEvent, name: &str) -> String {
    let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
    let filled = form.and_then(|form| FormData::new_with_form(&form).ok());
    filled.and_then(|filled| filled.get(name).as_string()).unwrap_or_default()
}

/// What hallpass needs of every form that is posted to it.
#[component]
pub(crate) fn Hidden(csrf_token: String, callback_url: String) -> impl IntoView {
    view! {
        <input type="hidden" name="csrfToken" value=csrf_token />
        <input type="hidden" name="callbackUrl" value=callback_url />
    }
}

/// What went wrong, in a form.
#[component]
pub(crate) fn Problem(of: Sending) -> impl IntoView {
    move || of.problem().map(|words| view! { <p role="alert">{words}</p> })
}
