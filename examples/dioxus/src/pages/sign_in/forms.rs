//! The forms. The browser posts them to hallpass by itself where no script runs.

use dioxus::prelude::*;
use hallpass_dioxus::{SignInOptions, sign_in_with};

use crate::app::Ground;
use crate::arrival::words;
use crate::fields::taken_over;

/// What became of a form that was sent from here.
#[derive(Clone, Copy)]
struct Sending {
    problem: Signal<Option<String>>,
    busy: Signal<bool>,
    sent: Signal<bool>,
}

fn use_sending(problem: Option<String>) -> Sending {
    Sending { problem: use_signal(|| problem), busy: use_signal(|| false), sent: use_signal(|| false) }
}

impl Sending {
    /// Signs in, and stays on the page.
    async fn send(mut self, id: String, options: SignInOptions) {
        self.busy.set(true);
        let told = sign_in_with(&id, options.stay()).await;
        self.busy.set(false);
        self.problem.set(told.as_ref().and_then(|told| told.error.clone()));
        self.sent.set(told.is_some_and(|told| told.ok && told.error.is_none()));
    }
}

#[component]
pub(super) fn Password(callback_url: String, problem: Option<String>) -> Element {
    let sending = use_sending(problem);
    let sign_up = format!("/api/auth/signup?{}", query(&callback_url));
    let to = callback_url.clone();
    let send = move |event: FormEvent| {
        let [email, password] = taken_over(&event, ["email", "password"]);
        let options = SignInOptions::new().callback_url(&to).field("email", &email);
        sending.send("credentials".to_owned(), options.field("password", &password))
    };
    rsx! {
        form { class: "card", method: "post", action: "/api/auth/callback/credentials", onsubmit: send,
            h2 { "With your password" }
            Problem { code: sending.problem }
            Hidden { callback_url }
            label { r#for: "email", "E-mail" }
            input { id: "email", name: "email", r#type: "email", autocomplete: "username", required: true }
            label { r#for: "password", "Password" }
            input {
                id: "password",
                name: "password",
                r#type: "password",
                autocomplete: "current-password",
                required: true,
            }
            button { disabled: (sending.busy)(), "Sign in" }
            p { class: "faint",
                "No account yet? "
                a { href: sign_up, "Make one" }
            }
        }
    }
}

#[component]
pub(super) fn Mail(id: String, callback_url: String, problem: Option<String>) -> Element {
    let sending = use_sending(problem);
    if (sending.sent)() {
        return rsx! { p { class: "card", role: "status", "Look at your mail: the link in it signs you in." } };
    }
    let action = format!("/api/auth/signin/{id}");
    let to = callback_url.clone();
    let send = move |event: FormEvent| {
        let [email] = taken_over(&event, ["email"]);
        sending.send(id.clone(), SignInOptions::new().callback_url(&to).field("email", &email))
    };
    rsx! {
        form { class: "card", method: "post", action, onsubmit: send,
            h2 { "With a link by mail" }
            Problem { code: sending.problem }
            Hidden { callback_url }
            label { r#for: "mail", "E-mail" }
            input { id: "mail", name: "email", r#type: "email", autocomplete: "email", required: true }
            button { class: "quiet", disabled: (sending.busy)(), "Send me a link" }
        }
    }
}

#[component]
pub(super) fn Elsewhere(id: String, name: String, callback_url: String) -> Element {
    let action = format!("/api/auth/signin/{id}");
    let to = callback_url.clone();
    let leave = move |event: FormEvent| {
        let [] = taken_over(&event, []);
        drop(sign_in_with(&id, SignInOptions::new().callback_url(&to)));
    };
    rsx! {
        form { method: "post", action, onsubmit: leave,
            Hidden { callback_url }
            button { class: "quiet", "Continue with {name}" }
        }
    }
}

#[component]
fn Problem(code: Signal<Option<String>>) -> Element {
    rsx! {
        if let Some(code) = code() {
            p { role: "alert", {words(&code)} }
        }
    }
}

/// What hallpass asks of every form.
#[component]
fn Hidden(callback_url: String) -> Element {
    let Ground { csrf_token, .. } = use_context();
    rsx! {
        input { r#type: "hidden", name: "csrfToken", value: csrf_token }
        input { r#type: "hidden", name: "callbackUrl", value: callback_url }
    }
}

fn query(callback_url: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair("callbackUrl", callback_url).finish()
}
