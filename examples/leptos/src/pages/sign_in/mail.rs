//! With a link by mail.

use leptos::either::Either;
use leptos::prelude::*;

use super::form::{Hidden, Problem, Sending};
use crate::visit::Visit;

/// Says where to look once it is sent.
#[component]
pub(crate) fn Mail(id: String, callback_url: String) -> impl IntoView {
    let form = Sending::new();
    move || {
        if form.succeeded() {
            Either::Left(view! {
                <p class="card" role="status">"Look at your mail: the link in it signs you in."</p>
            })
        } else {
            Either::Right(view! { <Address form id=id.clone() callback_url=callback_url.clone() /> })
        }
    }
}

#[component]
fn Address(form: Sending, id: String, callback_url: String) -> impl IntoView {
    let Visit { csrf_token, .. } = Visit::current();
    let onward = callback_url.clone();
    let action = format!("/api/auth/signin/{id}");
    view! {
        <form
            class="card"
            method="post"
            action=action
            on:submit=move |event| form.submit(&event, &id, &["email"], &onward)
        >
            <h2>"With a link by mail"</h2>
            <Problem of=form />
            <Hidden csrf_token callback_url />
            <label for="mail">"E-mail"</label>
            <input id="mail" name="email" type="email" autocomplete="email" required />
            <button class="quiet" disabled=move || form.busy()>"Send me a link"</button>
        </form>
    }
}
