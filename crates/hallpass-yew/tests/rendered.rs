//! What a server renders, for each thing that it can know.
#![cfg(not(target_arch = "wasm32"))]

use hallpass_yew::{
    Known, Rendered, RequireSession, Session, SessionProvider, SignedIn, SignedOut, Status, use_session,
};
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
struct Given {
    session: Rendered,
}

#[component]
fn Who() -> Html {
    let Known { status, stale } = use_session::<Session>();
    let text = match status {
        Status::Loading => "loading".to_owned(),
        Status::Authenticated(session) => format!("user {}", session.user.name.unwrap_or_default()),
        Status::Unauthenticated => "nobody".to_owned(),
        Status::Misfit(misfit) => misfit.to_string(),
    };
    html! { <p data-stale={stale.to_string()}>{ text }</p> }
}

#[component]
fn App(Given { session }: &Given) -> Html {
    html! {
        <SessionProvider session={session.clone()}>
            <Who />
            <SignedIn>{ "for members" }</SignedIn>
            <SignedOut>{ "for strangers" }</SignedOut>
            <RequireSession fallback={html! { "a moment" }}>{ "behind the guard" }</RequireSession>
        </SessionProvider>
    }
}

async fn page(session: Rendered) -> String {
    yew::LocalServerRenderer::<App>::with_props(Given { session }).hydratable(false).render().await
}

#[tokio::test(flavor = "current_thread")]
async fn somebody_is_shown_what_is_for_them() {
    let session = r#"{"user":{"name":"Ada"},"expires":"2099-01-01T00:00:00.000Z"}"#;
    assert_eq!(
        page(Rendered::Session(session.to_owned())).await,
        r#"<p data-stale="false">user Ada</p>for membersbehind the guard"#
    );
}

/// The application without a session of its own, in a context that has one.
#[component]
fn Handed(Given { session }: &Given) -> Html {
    html! {
        <ContextProvider<Rendered> context={session.clone()}>
            <App session={Rendered::Unknown} />
        </ContextProvider<Rendered>>
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_provider_finds_the_session_in_a_context_too() {
    let session =
        Rendered::Session(r#"{"user":{"name":"Ada"},"expires":"2099-01-01T00:00:00.000Z"}"#.to_owned());
    let given = Given { session: session.clone() };
    let html = yew::LocalServerRenderer::<Handed>::with_props(given).hydratable(false).render().await;
    assert_eq!(html, page(session).await);
}

#[tokio::test(flavor = "current_thread")]
async fn nobody_is_shown_what_is_for_strangers() {
    // Nobody's session as the server answers it, too.
    for nobody in [Rendered::Nobody, Rendered::Session("{}".to_owned())] {
        assert_eq!(page(nobody).await, r#"<p data-stale="false">nobody</p>for strangersa moment"#);
    }
}

#[tokio::test(flavor = "current_thread")]
async fn where_the_server_did_not_look_nothing_is_shown() {
    assert_eq!(page(Rendered::Unknown).await, r#"<p data-stale="false">loading</p>a moment"#);
}

#[tokio::test(flavor = "current_thread")]
async fn a_session_that_does_not_fit_is_told_and_is_somebodys() {
    let html = page(Rendered::Session(r#"{"user":7,"expires":"x"}"#.to_owned())).await;
    assert!(html.contains("invalid type: integer `7`") && html.contains("for members"), "{html}");
}

#[tokio::test(flavor = "current_thread")]
async fn without_a_provider_nothing_is_known_and_nothing_breaks() {
    let html = yew::LocalServerRenderer::<Who>::new().hydratable(false).render().await;
    assert_eq!(html, r#"<p data-stale="false">loading</p>"#);
}
