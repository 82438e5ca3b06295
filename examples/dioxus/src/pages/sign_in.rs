//! A sign-in page of the application's own, with the ways in that the server has.

mod forms;

use dioxus::prelude::*;
use hallpass_dioxus::{ProviderBody, Status, use_session};
use serde::de::IgnoredAny;
#[cfg(feature = "server")]
use {axum::Extension, hallpass::Auth};

use crate::app::Ground;
use crate::arrival::{Arrival, words};
use forms::{Elsewhere, Mail, Password};

/// The ways to sign in, in the order of the server.
#[get("/fn/ways", Extension(auth): Extension<Auth>)]
async fn ways() -> Result<Vec<ProviderBody>> {
    Ok(auth.providers().to_vec())
}

#[component]
pub(crate) fn SignIn(arrival: Arrival) -> Element {
    let callback_url = arrival.callback_url(&use_context::<Ground>().origin);
    use_lead_on(callback_url.clone());
    let ways = use_server_future(ways)?;
    let Some(Ok(ways)) = ways() else {
        return rsx! { p { role: "alert", {words("FetchError")} } };
    };
    let of = |kind: &'static str| ways.iter().filter(move |way| way.kind == kind);
    let problem_of = |codes: &[&str]| arrival.error.clone().filter(|code| codes.contains(&code.as_str()));
    // Whoever was led here by a page that needs a session has done nothing wrong.
    let theirs = ["CredentialsSignin", "EmailSignin", "SessionRequired"];
    rsx! {
        h1 { "Sign in" }
        if let Some(code) = arrival.error.as_deref().filter(|code| !theirs.contains(code)) {
            p { role: "alert", {words(code)} }
        }
        if of("credentials").next().is_some() {
            Password { callback_url: callback_url.clone(), problem: problem_of(&["CredentialsSignin"]) }
        }
        for way in of("email") {
            Mail {
                key: "{way.id}",
                id: way.id.clone(),
                callback_url: callback_url.clone(),
                problem: problem_of(&["EmailSignin"]),
            }
        }
        for way in of("oauth").chain(of("oidc")) {
            Elsewhere {
                key: "{way.id}",
                id: way.id.clone(),
                name: way.name.clone(),
                callback_url: callback_url.clone(),
            }
        }
    }
}

/// Leads on whoever is signed in, here or in another tab, without loading a page.
fn use_lead_on(to: String) {
    let session = use_session::<IgnoredAny>();
    use_effect(move || {
        if matches!(session.read().status, Status::Authenticated(_) | Status::Misfit(_)) {
            navigator().replace(to.as_str());
        }
    });
}
