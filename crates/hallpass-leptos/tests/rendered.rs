//! What a server renders, for each thing that it can know.
#![cfg(not(target_arch = "wasm32"))]

use hallpass::Shown;
use hallpass_leptos::{
    Known, Rendered, RequireSession, Session, SessionProvider, SignedIn, SignedOut, Status, server,
    use_session,
};
use leptos::prelude::*;

#[component]
fn Who() -> impl IntoView {
    let session = use_session::<Session>();
    let text = move || match session.get().status {
        Status::Loading => "loading".to_owned(),
        Status::Authenticated(session) => format!("user {}", session.user.name.unwrap_or_default()),
        Status::Unauthenticated => "nobody".to_owned(),
        Status::Misfit(misfit) => misfit.to_string(),
    };
    let stale = move || {
        let Known { stale, .. } = session.get();
        stale.to_string()
    };
    view! { <p data-stale=stale>{text}</p> }
}

#[component]
fn App(#[prop(optional)] session: Rendered) -> impl IntoView {
    view! {
        <SessionProvider session>
            <Who />
            <SignedIn>"for members"</SignedIn>
            <SignedOut>"for strangers"</SignedOut>
            <RequireSession fallback=|| "a moment">"behind the guard"</RequireSession>
        </SessionProvider>
    }
}

/// Without the marks by which Leptos finds its places again.
fn plain(html: &str) -> String {
    html.replace("<!>", "").replace("<!--bo-->", "").replace("<!--bc-->", "")
}

fn page(session: Rendered) -> String {
    plain(&Owner::new().with(|| view! { <App session /> }.to_html()))
}

#[test]
fn somebody_is_shown_what_is_for_them() {
    let session = r#"{"user":{"name":"Ada"},"expires":"2099-01-01T00:00:00.000Z"}"#.to_owned();
    let expected = r#"<p data-stale="false">user Ada</p>for membersbehind the guard"#;
    assert_eq!(page(Rendered::Session(session.clone())), expected);
    let handed = Owner::new().with(|| {
        server::provide(Shown(Some(session)));
        view! { <App /> }.to_html()
    });
    assert_eq!(plain(&handed), expected);
}

#[test]
fn nobody_is_shown_what_is_for_strangers() {
    // Nobody's session as the server answers it, too.
    for nobody in [Rendered::Nobody, Rendered::Session("{}".to_owned())] {
        assert_eq!(page(nobody), r#"<p data-stale="false">nobody</p>for strangersa moment"#);
    }
}

#[test]
fn where_the_server_did_not_look_nothing_is_shown() {
    assert_eq!(page(Rendered::Unknown), r#"<p data-stale="false">loading</p>a moment"#);
}

#[test]
fn a_session_that_does_not_fit_is_told_and_is_somebodys() {
    let html = page(Rendered::Session(r#"{"user":7,"expires":"x"}"#.to_owned()));
    assert!(html.contains("invalid type: integer `7`") && html.contains("for members"), "{html}");
}

#[test]
fn without_a_provider_nothing_is_known_and_nothing_breaks() {
    assert_eq!(
        plain(&Owner::new().with(|| view! { <Who /> }.to_html())),
        r#"<p data-stale="false">loading</p>"#
    );
}

#[test]
fn a_page_may_end_on_another_thread_than_it_began_on() {
    let owner = Owner::new();
    owner.with(|| view! { <App session=Rendered::Nobody /> }.to_html());
    std::thread::spawn(move || owner.cleanup()).join().unwrap();
}
