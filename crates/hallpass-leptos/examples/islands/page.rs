//! A page of two islands, for the server and for the browser.

use hallpass_leptos::{Session, SessionProvider, Status, use_session};
use leptos::prelude::*;

/// The text around them stays the server's.
#[component]
pub fn Page() -> impl IntoView {
    view! {
        <p>"Above"</p>
        <Account place=0 />
        <p>"Between"</p>
        <Account place=1 />
    }
}

/// One with a provider of its own.
#[island]
pub fn Account(place: u8) -> impl IntoView {
    view! {
        <SessionProvider>
            <Who place />
        </SessionProvider>
    }
}

/// Shows what the pages in JavaScript show: a user's address, `null` for nobody, `undefined` while nothing is known.
#[component]
fn Who(place: u8) -> impl IntoView {
    let session = use_session::<Session>();
    let told = Memo::new(move |_| match session.get().status {
        Status::Loading => ("loading", "undefined".to_owned()),
        Status::Unauthenticated => ("unauthenticated", "null".to_owned()),
        Status::Authenticated(session) => ("authenticated", session.user.email.unwrap_or_default()),
        Status::Misfit(misfit) => ("misfit", misfit.to_string()),
    });
    view! { <p id=format!("who-{place}") data-status=move || told.get().0>{move || told.get().1}</p> }
}
