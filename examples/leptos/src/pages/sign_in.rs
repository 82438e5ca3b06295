//! `/sign-in`: a sign-in page of the application's own, with the ways in that the server has. Its forms post to hallpass, and where
//! there is JavaScript the page stays.

mod elsewhere;
mod form;
mod mail;
mod password;
mod whereto;

use hallpass_leptos::SignedIn;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

use crate::visit::Visit;
use elsewhere::Elsewhere;
use mail::Mail;
use password::Password;

/// What to say about an error code of hallpass's.
pub(crate) fn words(code: &str) -> &'static str {
    match code {
        "CredentialsSignin" => "No account has this address and this password.",
        "EmailSignin" => "The mail could not be sent. Is the address right?",
        "FetchError" => "The sign-in server cannot be reached. Try again in a moment.",
        "SessionRequired" => "That page is only for people who are signed in.",
        _ => "That did not work. Try again.",
    }
}

/// The ways in; whoever is in already is led on, by the server or in the page.
#[component]
pub fn SignIn() -> impl IntoView {
    let Visit { site, mut providers, .. } = Visit::current();
    providers.sort_by_key(|provider| {
        ["credentials", "email"].iter().position(|kind| provider.kind == *kind).unwrap_or(2)
    });
    let query = use_query_map();
    // For as long as this page stands: while it is left, the address is another one's already.
    let callback_url =
        query.with_untracked(|query| whereto::local(&site, query.get("callbackUrl").as_deref()));
    let problem = move || query.read().get("error");
    let onward = callback_url.clone();
    let ways = providers.into_iter().map(move |provider| {
        let callback_url = callback_url.clone();
        match provider.kind.as_str() {
            "credentials" => view! { <Password callback_url /> }.into_any(),
            "email" => view! { <Mail id=provider.id callback_url /> }.into_any(),
            _ => view! { <Elsewhere id=provider.id name=provider.name callback_url /> }.into_any(),
        }
    });
    view! {
        <SignedIn>
            <Redirect path=onward.clone() options=NavigateOptions { replace: true, ..NavigateOptions::default() } />
        </SignedIn>
        <h1>"Sign in"</h1>
        {move || problem().map(|code| view! { <p role="alert">{words(&code)}</p> })}
        {ways.collect_view()}
    }
}
