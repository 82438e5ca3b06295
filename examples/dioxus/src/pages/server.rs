//! Signing in and out by server functions. The page asks again afterwards, and every tab follows.

use dioxus::fullstack::Form;
use dioxus::prelude::*;
use hallpass_dioxus::refresh;
use serde::{Deserialize, Serialize};
#[cfg(feature = "server")]
use {crate::serve::lead_to, hallpass::Visitor, hallpass_dioxus::server::FromAuth};

use crate::arrival::{Arrival, words};
use crate::fields::taken_over;

/// What the form sends.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Credentials {
    email: String,
    password: String,
}

/// Signs in; says why not. Refused where another site asks.
#[post("/fn/enter", FromAuth(visitor): FromAuth<Visitor>)]
async fn enter(form: Form<Credentials>) -> Result<Option<String>> {
    let Form(Credentials { email, password }) = form;
    let fields = [("email", email.as_str()), ("password", password.as_str())];
    let refused = visitor.sign_in("credentials", &fields, "/server").await.err();
    Ok(told(refused))
}

/// Signs out; says why not. Refused where another site asks.
#[post("/fn/leave", FromAuth(visitor): FromAuth<Visitor>)]
async fn leave() -> Result<Option<String>> {
    Ok(told(visitor.sign_out("/server").await.err()))
}

/// The code for the page that asked, which is led back where no script runs.
#[cfg(feature = "server")]
fn told(refused: Option<hallpass::VisitorError>) -> Option<String> {
    let code = refused.map(|error| error.code().to_owned());
    lead_to(&Arrival::after(code.clone()).of("/server"));
    code
}

#[component]
pub(crate) fn Server(arrival: Arrival) -> Element {
    let problem = use_signal(|| arrival.error);
    rsx! {
        h1 { "On the server" }
        p { "These forms call server functions, which sign in and out in the same process." }
        Enter { problem }
        Leave { problem }
    }
}

#[component]
fn Enter(problem: Signal<Option<String>>) -> Element {
    let send = move |event: FormEvent| {
        let [email, password] = taken_over(&event, ["email", "password"]);
        async move { follow(enter(Form(Credentials { email, password })).await, problem) }
    };
    rsx! {
        form { class: "card", method: "post", action: "/fn/enter", onsubmit: send,
            h2 { "Sign in" }
            if let Some(code) = problem() {
                p { role: "alert", {words(&code)} }
            }
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
            button { "Sign in on the server" }
        }
    }
}

#[component]
fn Leave(problem: Signal<Option<String>>) -> Element {
    let send = move |event: FormEvent| {
        let [] = taken_over(&event, []);
        async move { follow(leave().await, problem) }
    };
    rsx! {
        form { class: "card", method: "post", action: "/fn/leave", onsubmit: send,
            h2 { "Sign out" }
            button { class: "quiet", "Sign out on the server" }
        }
    }
}

/// Shows what was said, and has every tab ask who is signed in.
fn follow(answer: Result<Option<String>>, mut problem: Signal<Option<String>>) {
    problem.set(answer.unwrap_or_else(|_| Some("FetchError".to_owned())));
    if problem.peek().is_none() {
        refresh();
    }
}
