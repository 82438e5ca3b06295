//! What stands around every page.

use hallpass_yew::{Rendered, SessionProvider};
use yew::prelude::*;
use yew_router::history::AnyHistory;
use yew_router::{Router, Switch};

use crate::header::Header;
use crate::page::Page;
use crate::pages::{Home, Protected, Server, SignIn};
use crate::route::Route;

/// What a page is rendered with.
#[derive(Clone, PartialEq, Properties)]
pub struct AppProps {
    /// The browser's history; on the server, one with the page that was asked for.
    pub history: AnyHistory,
    /// Who is signed in, on the server; the browser finds it in the page's text.
    pub session: Rendered,
    /// What else the server knows.
    pub page: Page,
}

/// The application.
#[component]
pub fn App(props: &AppProps) -> Html {
    let page = use_state(|| props.page.clone());
    let setter = page.setter();
    use_effect_with(props.page.clone(), move |page| {
        // The note was for the page that was sent, and for whoever was signed in then.
        setter.set(Page { note: None, ..page.clone() });
        tell_taken();
    });
    html! {
        <SessionProvider session={props.session.clone()}>
            <ContextProvider<Page> context={(*page).clone()}>
                <Router history={props.history.clone()}>
                    <Header />
                    <main><Switch<Route> render={shown} /></main>
                </Router>
            </ContextProvider<Page>>
        </SessionProvider>
    }
}

fn shown(route: Route) -> Html {
    match route {
        Route::Home => html! { <Home /> },
        Route::SignIn => html! { <SignIn /> },
        Route::Protected => html! { <Protected /> },
        Route::Server => html! { <Server /> },
        Route::NotFound => html! { <h1>{ "There is no such page" }</h1> },
    }
}

/// Says on `<html>` that scripts have taken the page over: the tests wait for it.
fn tell_taken() {
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(root) = document.and_then(|document| document.document_element()) {
        let _refused = root.set_attribute("data-taken", "");
    }
}
