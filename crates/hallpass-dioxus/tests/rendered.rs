//! What a server renders, for each thing that it can know.
#![cfg(not(target_arch = "wasm32"))]

use dioxus::prelude::*;
use hallpass::Shown;
use hallpass_dioxus::{
    Known, Rendered, RequireSession, Session, SessionProvider, SignedIn, SignedOut, Status, server,
    use_session,
};

#[component]
fn Who() -> Element {
    let Known { status, stale } = use_session::<Session>()();
    let text = match status {
        Status::Loading => "loading".to_owned(),
        Status::Authenticated(session) => format!("user {}", session.user.name.unwrap_or_default()),
        Status::Unauthenticated => "nobody".to_owned(),
        Status::Misfit(misfit) => misfit.to_string(),
    };
    rsx! { p { "data-stale": "{stale}", "{text}" } }
}

#[component]
fn App(#[props(default)] session: Rendered) -> Element {
    rsx! {
        SessionProvider { session,
            Who {}
            SignedIn { "for members" }
            SignedOut { "for strangers" }
            RequireSession { fallback: rsx! { "a moment" }, "behind the guard" }
        }
    }
}

fn page(session: Rendered) -> String {
    dioxus_ssr::render_element(rsx! { App { session } })
}

#[test]
fn somebody_is_shown_what_is_for_them() {
    let session = r#"{"user":{"name":"Ada"},"expires":"2099-01-01T00:00:00.000Z"}"#.to_owned();
    let expected = r#"<p data-stale="false">user Ada</p>for membersbehind the guard"#;
    assert_eq!(page(Rendered::Session(session.clone())), expected);
    let handed = server::rendered(Shown(Some(session)));
    let mut dom = VirtualDom::new(|| rsx! { App {} }).with_root_context(handed);
    dom.rebuild_in_place();
    assert_eq!(dioxus_ssr::render(&dom), expected);
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
    assert_eq!(dioxus_ssr::render_element(rsx! { Who {} }), r#"<p data-stale="false">loading</p>"#);
}
