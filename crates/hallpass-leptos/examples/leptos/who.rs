//! The components of the test page, for the server and for the browser.

use hallpass_leptos::{
    ClientOptions, Rendered, RequireSession, Session, SessionProvider, Status, use_session,
};
use leptos::prelude::*;

/// What is around the component that shows the session.
#[component]
pub(crate) fn App(
    #[prop(optional)] session: Rendered,
    #[prop(optional)] options: ClientOptions,
    /// Called after every rendering of the component that shows the session.
    shown: UnsyncCallback<()>,
    /// Called for whoever would be led to the sign-in page; without it there is no guard.
    #[prop(optional_no_strip)]
    led: Option<Callback<()>>,
) -> impl IntoView {
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
            <Who shown />
            {led.map(|led| view! {
                <RequireSession on_unauthenticated=led><p id="guarded">"For members"</p></RequireSession>
            })}
        </SessionProvider>
    }
}

/// Shows what the pages in JavaScript show: a user's address, `null` for nobody, `undefined` while nothing is known.
#[component]
fn Who(shown: UnsyncCallback<()>) -> impl IntoView {
    let session = use_session::<Session>();
    let told = Memo::new(move |_| match session.get().status {
        Status::Loading => ("loading", "undefined".to_owned()),
        Status::Unauthenticated => ("unauthenticated", "null".to_owned()),
        Status::Authenticated(session) => ("authenticated", session.user.email.unwrap_or_default()),
        Status::Misfit(_) => ("authenticated", "null".to_owned()),
    });
    Effect::new(move |_| {
        session.track();
        shown.run(());
    });
    view! { <p id="who-0" data-status=move || told.get().0>{move || told.get().1}</p> }
}
