//! The components of the test page, for the server and for the browser.

use hallpass_yew::{ClientOptions, Known, Rendered, Session, SessionProvider, Status, use_session};
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Given {
    #[prop_or_default]
    pub(crate) session: Rendered,
    #[prop_or_default]
    pub(crate) options: ClientOptions,
    /// Called with its number after every rendering of a component that shows the session.
    #[prop_or_default]
    pub(crate) shown: Callback<usize>,
}

/// A component that shows the session, with what keeps it up to date around it.
#[component]
pub(crate) fn App(Given { session, options, shown }: &Given) -> Html {
    html! {
        <Around session={session.clone()} options={options.clone()}><Who n=0 shown={shown.clone()} /></Around>
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Keeping {
    pub(crate) session: Rendered,
    pub(crate) options: ClientOptions,
    pub(crate) children: Html,
}

/// What keeps the session up to date.
#[component]
pub(crate) fn Around(Keeping { session, options, children }: &Keeping) -> Html {
    let ClientOptions {
        base_path,
        client_max_age,
        keep_alive,
        refetch_on_window_focus,
        refetch_when_offline,
        focus_window,
    } = options.clone();
    html! {
        <SessionProvider
            session={session.clone()}
            base_path={base_path.map(AttrValue::from)}
            {client_max_age}
            {keep_alive}
            {refetch_on_window_focus}
            {refetch_when_offline}
            {focus_window}
        >
            { children.clone() }
        </SessionProvider>
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Told {
    pub(crate) n: usize,
    pub(crate) shown: Callback<usize>,
}

/// Shows what the pages in JavaScript show: a user's address, `null` for nobody, `undefined` while nothing is known.
#[component]
pub(crate) fn Who(Told { n, shown }: &Told) -> Html {
    let Known { status, .. } = use_session::<Session>();
    let (status, text) = match status {
        Status::Loading => ("loading", "undefined".to_owned()),
        Status::Unauthenticated => ("unauthenticated", "null".to_owned()),
        Status::Authenticated(session) => ("authenticated", session.user.email.unwrap_or_default()),
        Status::Misfit(misfit) => ("authenticated", misfit.to_string()),
    };
    let (n, shown) = (*n, shown.clone());
    use_effect(move || shown.emit(n));
    html! { <p id={format!("who-{n}")} data-status={status}>{ text }</p> }
}
