//! The header of every page.

use hallpass_leptos::{SignOutOptions, sign_out_with};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::person::{Person, use_person};
use crate::visit::Visit;

/// Who is signed in, on every page; and a notice while nobody can be asked.
#[component]
pub fn Header() -> impl IntoView {
    let (person, stale) = use_person();
    // A session that is only prolonged leaves the header as it stands.
    let name = Memo::new(move |_| match person.get() {
        Person::Unknown => None,
        Person::Stranger => Some(None),
        person @ (Person::Known(_) | Person::Misfit(_)) => Some(Some(person.name())),
    });
    view! {
        <header>
            <a class="mark" href="/">
                <img src="/icon.svg" alt="" width="28" height="28" />
                "Leptos example"
            </a>
            <nav>
                <a href="/protected">"Protected"</a>
                <a href="/server">"Server"</a>
                {move || match name.get() {
                    None => ().into_any(),
                    Some(None) => view! { <a href="/sign-in">"Sign in"</a> }.into_any(),
                    Some(Some(name)) => view! {
                        <span class="who">{name}</span>
                        <SignOut />
                    }
                    .into_any(),
                }}
            </nav>
        </header>
        {move || {
            stale.get().then(|| view! {
                <p class="notice" role="status">
                    "The server cannot be reached. What you see may be out of date."
                </p>
            })
        }}
    }
}

/// A form that posts to hallpass; where there is JavaScript the page stays, and every tab follows.
#[component]
fn SignOut() -> impl IntoView {
    let sign_out = |event: SubmitEvent| {
        event.prevent_default();
        drop(sign_out_with(SignOutOptions::new().stay()));
    };
    view! {
        <form method="post" action="/api/auth/signout" on:submit=sign_out>
            <input type="hidden" name="csrfToken" value=Visit::current().csrf_token />
            <input type="hidden" name="callbackUrl" value="/" />
            <button class="quiet small">"Sign out"</button>
        </form>
    }
}
