//! Who is signed in.

use hallpass_yew::{Session, Status, update, use_session};
use yew::platform::spawn_local;
use yew::prelude::*;
use yew_router::components::Link;

use crate::route::Route;

#[component]
pub(crate) fn Home() -> Html {
    match use_session::<Session>().status {
        Status::Loading => html! { <h1>{ "One moment" }</h1> },
        Status::Unauthenticated => html! {
            <>
                <h1>{ "Hello, stranger" }</h1>
                <p>{ "Nobody is signed in on this browser." }</p>
                <p><Link<Route> classes="button" to={Route::SignIn}>{ "Sign in" }</Link<Route>></p>
            </>
        },
        Status::Authenticated(session) => known(&session),
        Status::Misfit(misfit) => html! { <p role="alert">{ misfit.to_string() }</p> },
    }
}

fn known(session: &Session) -> Html {
    let name = session.user.name.as_ref().or(session.user.email.as_ref());
    let name = name.cloned().unwrap_or_default();
    html! {
        <>
            <h1>{ format!("Hello, {name}") }</h1>
            <p>
                { "The server knew you before this page was sent. Sign out in a second tab, and this one follows." }
            </p>
            <section class="card">
                <h2>{ "Your session" }</h2>
                <pre id="session">{ serde_json::to_string_pretty(session).unwrap_or_default() }</pre>
                <ReadAgain />
            </section>
        </>
    }
}

#[component]
fn ReadAgain() -> Html {
    let busy = use_state(|| false);
    let setter = busy.setter();
    let onclick = move |_| {
        setter.set(true);
        let setter = setter.clone();
        spawn_local(async move {
            // Whoever shows the session is told; a server that cannot be asked shows as a notice.
            let _session = update::<Session, _>(&()).await;
            setter.set(false);
        });
    };
    html! { <button class="quiet" type="button" disabled={*busy} {onclick}>{ "Read it again" }</button> }
}
