//! `/`: who you are, to this site.

use hallpass_leptos::{Session, SignedIn, SignedOut, update};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::person::{Person, use_person};

/// Greets whoever is there.
#[component]
pub fn Home() -> impl IntoView {
    view! {
        <SignedOut>
            <h1>"Hello, stranger"</h1>
            <p>"Nobody is signed in on this browser."</p>
            <p>
                <a class="button" href="/sign-in">"Sign in"</a>
            </p>
        </SignedOut>
        <SignedIn>
            <Welcome />
        </SignedIn>
    }
}

#[component]
fn Welcome() -> impl IntoView {
    let (person, _) = use_person();
    let session = move || match person.get() {
        Person::Known(session) => serde_json::to_string_pretty(&session).unwrap_or_default(),
        Person::Unknown | Person::Stranger | Person::Misfit(_) => String::new(),
    };
    view! {
        <h1>"Hello, " {move || person.get().name()}</h1>
        <p>"The server knew you before this page was sent. Sign out in a second tab, and this one follows."</p>
        <section class="card">
            <h2>"Your session"</h2>
            <pre id="session">{session}</pre>
            <ReadAgain />
        </section>
    }
}

/// Has the server read its user anew.
#[component]
fn ReadAgain() -> impl IntoView {
    let busy = RwSignal::new(false);
    let read = move |_| {
        busy.set(true);
        spawn_local(async move {
            drop(update::<Session, _>(&()).await);
            // Whoever was signed in may have left meanwhile, and the button with them.
            busy.try_set(false);
        });
    };
    view! {
        <button class="quiet" disabled=busy on:click=read>
            "Read it again"
        </button>
    }
}
