//! With an account that somebody has elsewhere.

use hallpass_leptos::{SignInOptions, sign_in_with};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::form::Hidden;
use crate::visit::Visit;

/// A button that leads to the provider.
#[component]
pub(crate) fn Elsewhere(id: String, name: String, callback_url: String) -> impl IntoView {
    let Visit { csrf_token, .. } = Visit::current();
    let action = format!("/api/auth/signin/{id}");
    let onward = callback_url.clone();
    let leave = move |event: SubmitEvent| {
        event.prevent_default();
        drop(sign_in_with(&id, SignInOptions::new().callback_url(&onward)));
    };
    view! {
        <form method="post" action=action on:submit=leave>
            <Hidden csrf_token callback_url />
            <button class="quiet">"Continue with " {name}</button>
        </form>
    }
}
