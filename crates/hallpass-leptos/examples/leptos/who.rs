//! The components of the test page, for the server and for the browser.

use hallpass_leptos::{ClientOptions, Rendered, Session, SessionProvider, Status, use_session};
use leptos::prelude::*;

/// A component that shows the session, with what keeps it up to date around it.
#[component]
pub(crate) fn App(
    #[prop(optional)] options: ClientOptions,
    /// Called with its number after every rendering of a component that shows the session.
    shown: UnsyncCallback<usize>,
) -> impl IntoView {
    view! { <Around session=Rendered::Unknown options><Who n=0 shown /></Around> }
}

/// What keeps the session up to date.
#[component]
pub(crate) fn Around(session: Rendered, options: ClientOptions, children: Children) -> impl IntoView {
    let ClientOptions {
        base_path,
        client_max_age,
        keep_alive,
        refetch_on_window_focus,
        refetch_when_offline,
        focus_window,
    } = options;
    view! {
        <SessionProvider
            session
            base_path=base_path.unwrap_or_default()
            client_max_age
            keep_alive
            refetch_on_window_focus
            refetch_when_offline
            focus_window
        >
            {children()}
        </SessionProvider>
    }
}

/// Shows what the pages in JavaScript show: a user's address, `null` for nobody, `undefined` while nothing is known.
#[component]
pub(crate) fn Who(n: usize, shown: UnsyncCallback<usize>) -> impl IntoView {
    let session = use_session::<Session>();
    let told = Memo::new(move |_| match session.get().status {
        Status::Loading => ("loading", "undefined".to_owned()),
        Status::Unauthenticated => ("unauthenticated", "null".to_owned()),
        Status::Authenticated(session) => ("authenticated", session.user.email.unwrap_or_default()),
        Status::Misfit(misfit) => ("authenticated", misfit.to_string()),
    });
    Effect::new(move |_| {
        session.track();
        shown.run(n);
    });
    view! { <p id=format!("who-{n}") data-status=move || told.get().0>{move || told.get().1}</p> }
}
