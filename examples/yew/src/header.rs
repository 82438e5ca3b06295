//! Who is signed in, on every page; and a notice while nobody can be asked.

use hallpass_yew::{Known, Session, SignOutOptions, Status, sign_out_with, use_session};
use yew::prelude::*;
use yew_router::components::Link;

use crate::page::use_page;
use crate::route::Route;

#[component]
pub(crate) fn Header() -> Html {
    let Known { status, stale } = use_session::<Session>();
    let who = match status {
        Status::Loading => Html::default(),
        Status::Authenticated(Session { user, .. }) => html! { <Account name={user.name.or(user.email)} /> },
        Status::Unauthenticated => html! { <Link<Route> to={Route::SignIn}>{ "Sign in" }</Link<Route>> },
        Status::Misfit(misfit) => misfit.to_string().into(),
    };
    html! {
        <>
            <header>
                <Link<Route> classes="mark" to={Route::Home}>
                    <img src="/icon.svg" alt="" width="28" height="28" />
                    { "Yew example" }
                </Link<Route>>
                <nav>
                    <Link<Route> to={Route::Protected}>{ "Protected" }</Link<Route>>
                    <Link<Route> to={Route::Server}>{ "Server" }</Link<Route>>
                    { who }
                </nav>
            </header>
            if stale {
                <p class="notice" role="status">
                    { "The server cannot be reached. What you see may be out of date." }
                </p>
            }
        </>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct AccountProps {
    name: Option<String>,
}

/// Works without JavaScript too.
#[component]
fn Account(AccountProps { name }: &AccountProps) -> Html {
    let page = use_page();
    let onsubmit = |event: SubmitEvent| {
        event.prevent_default();
        drop(sign_out_with(SignOutOptions::new().stay()));
    };
    html! {
        <>
            <span class="who">{ name.clone() }</span>
            <form action="/api/auth/signout" method="post" {onsubmit}>
                { page.fields("/") }
                <button class="quiet small">{ "Sign out" }</button>
            </form>
        </>
    }
}
