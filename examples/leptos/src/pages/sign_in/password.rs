//! With a password.

use leptos::prelude::*;

use super::form::{Hidden, Problem, Sending};
use super::whereto::sign_up;
use crate::visit::Visit;

/// Its page leads on once the session is there.
#[component]
pub(crate) fn Password(callback_url: String) -> impl IntoView {
    let form = Sending::new();
    let Visit { csrf_token, .. } = Visit::current();
    let onward = callback_url.clone();
    view! {
        <form
            class="card"
            method="post"
            action="/api/auth/callback/credentials"
            on:submit=move |event| form.submit(&event, "credentials", &["email", "password"], &onward)
        >
            <h2>"With your password"</h2>
            <Problem of=form />
            <Hidden csrf_token callback_url=callback_url.clone() />
            <label for="email">"E-mail"</label>
            <input id="email" name="email" type="email" autocomplete="username" required />
            <label for="password">"Password"</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required />
            <button disabled=move || form.busy()>"Sign in"</button>
            <p class="faint">
                "No account yet? " <a href=sign_up(&callback_url) rel="external">"Make one"</a>
            </p>
        </form>
    }
}
