//! A sign-in page of one's own, with the ways in that the server has.

mod forms;

use hallpass_yew::{ProviderBody, Session, Status, use_session};
use yew::prelude::*;
use yew_router::hooks::use_navigator;

use crate::local::local;
use crate::page::{Page, use_asked, use_page};
use crate::route::lead;
use crate::words::words;
use forms::{Elsewhere, Mail, Password};

#[component]
pub(crate) fn SignIn() -> Html {
    let page = use_page();
    let asked = use_asked();
    let callback_url = local(asked.callback_url.as_deref(), &page.origin);
    let known = use_session::<Session>();
    let signed_in = matches!(known.status, Status::Authenticated(_) | Status::Misfit(_));
    let navigator = use_navigator();
    // Whoever signs in, here or in another tab, goes on. Who comes signed in was led on by the server.
    use_effect_with((signed_in, callback_url.clone()), move |(signed_in, callback_url)| {
        if let Some(navigator) = navigator.filter(|_| *signed_in) {
            lead(&navigator, callback_url);
        }
    });
    if signed_in {
        return Html::default();
    }
    html! { <>{ problem(asked.error.as_deref()) }{ ways(&page, &callback_url, asked.error) }</> }
}

/// What was wrong, unless one of the forms says it.
fn problem(error: Option<&str>) -> Html {
    let error = error.filter(|code| !["CredentialsSignin", "EmailSignin"].contains(code));
    html! {
        <>
            <h1>{ "Sign in" }</h1>
            if let Some(code) = error {
                <p role="alert">{ words(code) }</p>
            }
        </>
    }
}

fn ways(page: &Page, callback_url: &str, error: Option<String>) -> Html {
    let error = error.unwrap_or_default();
    let form = |provider: &ProviderBody| {
        let (id, name) = (provider.id.clone(), provider.name.clone());
        let (callback_url, error) = (callback_url.to_owned(), error.clone());
        match provider.kind.as_str() {
            "credentials" => html! { <Password {id} {callback_url} {error} /> },
            "email" => html! { <Mail {id} {callback_url} {error} /> },
            _ => html! { <Elsewhere {id} {name} {callback_url} /> },
        }
    };
    let of = |kinds: &'static [&str]| {
        page.providers.iter().filter(|provider| kinds.contains(&provider.kind.as_str())).map(form)
    };
    of(&["credentials"]).chain(of(&["email"])).chain(of(&["oauth", "oidc"])).collect()
}
