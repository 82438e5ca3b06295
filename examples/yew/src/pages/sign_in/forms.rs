//! A form for each way in. They post to hallpass itself, and so work without JavaScript; with it, the page stays where it can.

use hallpass_yew::{SignInOptions, sign_in_with};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::page::use_page;
use crate::post::{field, form_of};
use crate::words::words;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct WayProps {
    pub(crate) id: String,
    #[prop_or_default]
    pub(crate) name: String,
    pub(crate) callback_url: String,
    /// Why it failed, without JavaScript.
    #[prop_or_default]
    pub(crate) error: String,
}

#[component]
pub(crate) fn Password(WayProps { id, callback_url, error, .. }: &WayProps) -> Html {
    let page = use_page();
    let first = (error == "CredentialsSignin").then(|| error.clone());
    let (Sending { problem, busy, .. }, onsubmit) = use_sign_in(id, callback_url, first);
    let make_one = format!("/api/auth/signup?callbackUrl={}", encoded(callback_url));
    html! {
        <form class="card" action={format!("/api/auth/callback/{id}")} method="post" {onsubmit}>
            <h2>{ "With your password" }</h2>
            { alert(problem) }
            { page.fields(callback_url) }
            <label for="email">{ "E-mail" }</label>
            <input id="email" name="email" type="email" autocomplete="username" required=true />
            <label for="password">{ "Password" }</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required=true />
            <button disabled={busy}>{ "Sign in" }</button>
            <p class="faint">{ "No account yet? " }<a href={make_one}>{ "Make one" }</a></p>
        </form>
    }
}

#[component]
pub(crate) fn Mail(WayProps { id, callback_url, error, .. }: &WayProps) -> Html {
    let page = use_page();
    let first = (error == "EmailSignin").then(|| error.clone());
    let (Sending { problem, busy, sent }, onsubmit) = use_sign_in(id, callback_url, first);
    if sent {
        return html! {
            <p class="card" role="status">{ "Look at your mail: the link in it signs you in." }</p>
        };
    }
    html! {
        <form class="card" action={format!("/api/auth/signin/{id}")} method="post" {onsubmit}>
            <h2>{ "With a link by mail" }</h2>
            { alert(problem) }
            { page.fields(callback_url) }
            <label for="mail">{ "E-mail" }</label>
            <input id="mail" name="email" type="email" autocomplete="email" required=true />
            <button class="quiet" disabled={busy}>{ "Send me a link" }</button>
        </form>
    }
}

#[component]
pub(crate) fn Elsewhere(WayProps { id, name, callback_url, .. }: &WayProps) -> Html {
    let page = use_page();
    let (to, back) = (id.clone(), callback_url.clone());
    let onsubmit = move |event: SubmitEvent| {
        event.prevent_default();
        drop(sign_in_with(&to, SignInOptions::new().callback_url(&back)));
    };
    html! {
        <form action={format!("/api/auth/signin/{id}")} method="post" {onsubmit}>
            { page.fields(callback_url) }
            <button class="quiet">{ format!("Continue with {name}") }</button>
        </form>
    }
}

fn alert(problem: Option<String>) -> Html {
    problem.map(|code| html! { <p role="alert">{ words(&code) }</p> }).unwrap_or_default()
}

/// A sign-in that stays on the page.
#[derive(Clone, Default, PartialEq, Eq)]
struct Sending {
    problem: Option<String>,
    busy: bool,
    sent: bool,
}

/// The form's `onsubmit`, and what it came to. Where to go then is the page's business.
#[hook]
fn use_sign_in(id: &str, callback_url: &str, first: Option<String>) -> (Sending, Callback<SubmitEvent>) {
    let sending = use_state(|| Sending { problem: first, ..Sending::default() });
    let setter = sending.setter();
    let (id, callback_url) = (id.to_owned(), callback_url.to_owned());
    let onsubmit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(form) = form_of(&event) else { return };
        let mut options = SignInOptions::new().stay().callback_url(&callback_url);
        for name in ["email", "password"] {
            if let Some(value) = field(&form, name) {
                options = options.field(name, &value);
            }
        }
        setter.set(Sending { busy: true, ..Sending::default() });
        let (setter, answer) = (setter.clone(), sign_in_with(&id, options));
        spawn_local(async move {
            // No answer: the page is being left.
            if let Some(answer) = answer.await {
                let sent = answer.ok && answer.error.is_none();
                setter.set(Sending { sent, problem: answer.error, busy: false });
            }
        });
    };
    ((*sending).clone(), Callback::from(onsubmit))
}

/// As a part of a query.
fn encoded(text: &str) -> String {
    const PLAIN: &[u8] = b"-._~";
    let letter = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() || PLAIN.contains(&byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(letter).collect()
}
