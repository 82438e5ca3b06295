//! The first page: what is known of whoever looks at it.

use dioxus::prelude::*;
use hallpass_dioxus::{Session, Status, update, use_session};

use crate::header::called;

#[component]
pub(crate) fn Home() -> Element {
    match use_session::<Session>()().status {
        Status::Authenticated(session) => rsx! { Known { session } },
        Status::Unauthenticated => rsx! {
            h1 { "Hello, stranger" }
            p { "Nobody is signed in on this browser." }
            p { Link { class: "button", to: "/sign-in", "Sign in" } }
        },
        Status::Loading => rsx! { h1 { "One moment" } },
        Status::Misfit(misfit) => rsx! { p { role: "alert", "{misfit}" } },
    }
}

#[component]
fn Known(session: Session) -> Element {
    let json = serde_json::to_string_pretty(&session).unwrap_or_default();
    rsx! {
        h1 { "Hello, {called(&session)}" }
        p { "The server knew you before this page was sent. Sign out in a second tab, and this one follows." }
        section { class: "card",
            h2 { "Your session" }
            pre { id: "session", {json} }
            ReadAgain {}
        }
    }
}

#[component]
fn ReadAgain() -> Element {
    let mut busy = use_signal(|| false);
    let read = move |_| async move {
        busy.set(true);
        // What it says is shown by whoever uses the session.
        let _told = update::<Session, _>(&()).await;
        busy.set(false);
    };
    rsx! { button { class: "quiet", disabled: busy(), onclick: read, "Read it again" } }
}
