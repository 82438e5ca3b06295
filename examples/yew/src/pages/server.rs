//! Signing in and out on the server, in the handlers of `answers/session.rs`; every tab follows.

use hallpass_yew::refresh;
use yew::prelude::*;

use crate::page::use_asked;
use crate::post::use_post;
use crate::words::words;

/// Both forms work without JavaScript too.
#[component]
pub(crate) fn Server() -> Html {
    html! {
        <>
            <h1>{ "On the server" }</h1>
            <p>{ "These forms go to handlers of this app, which sign in and out by themselves. Every tab follows." }</p>
            <Enter />
            <Leave />
        </>
    }
}

#[component]
fn Enter() -> Html {
    let asked = use_asked();
    let (posted, onsubmit) = use_post(asked.told, refresh);
    html! {
        <form class="card" action="/server/sign-in" method="post" {onsubmit}>
            if let Some(code) = posted.told {
                <p role="alert">{ words(&code) }</p>
            }
            <label for="email">{ "E-mail" }</label>
            <input id="email" name="email" type="email" autocomplete="username" required=true />
            <label for="password">{ "Password" }</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required=true />
            <button disabled={posted.busy}>{ "Sign in on the server" }</button>
        </form>
    }
}

#[component]
fn Leave() -> Html {
    let (posted, onsubmit) = use_post(None, refresh);
    html! {
        <form class="card" action="/server/sign-out" method="post" {onsubmit}>
            if let Some(code) = posted.told {
                <p role="alert">{ words(&code) }</p>
            }
            <button class="quiet" disabled={posted.busy}>{ "Sign out on the server" }</button>
        </form>
    }
}
