//! The components of the test page, for the server and for the browser.

use hallpass_yew::{
    ClientOptions, Known, Rendered, RequireSession, Session, SessionProvider, Status, use_session,
};
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Given {
    #[prop_or_default]
    pub(crate) session: Rendered,
    #[prop_or_default]
    pub(crate) options: ClientOptions,
    /// Called after every rendering of the component that shows the session.
    #[prop_or_default]
    pub(crate) shown: Callback<()>,
    /// Called for whoever would be led to the sign-in page; without it there is no guard.
    #[prop_or_default]
    pub(crate) led: Option<Callback<()>>,
}

#[component]
pub(crate) fn App(Given { session, options, shown, led }: &Given) -> Html {
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
            <Who shown={shown.clone()} />
            if let Some(led) = led {
                <RequireSession on_unauthenticated={led.clone()}><p id="guarded">{ "For members" }</p></RequireSession>
            }
        </SessionProvider>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct Told {
    shown: Callback<()>,
}

/// Shows what the pages in JavaScript show: a user's address, `null` for nobody, `undefined` while nothing is known.
#[component]
fn Who(Told { shown }: &Told) -> Html {
    let Known { status, .. } = use_session::<Session>();
    let (status, text) = match status {
        Status::Loading => ("loading", "undefined".to_owned()),
        Status::Unauthenticated => ("unauthenticated", "null".to_owned()),
        Status::Authenticated(session) => ("authenticated", session.user.email.unwrap_or_default()),
        Status::Misfit(_) => ("authenticated", "null".to_owned()),
    };
    let shown = shown.clone();
    use_effect(move || shown.emit(()));
    html! { <p id="who-0" data-status={status}>{ text }</p> }
}
