//! The guard of a page that needs a session.

use dioxus::prelude::*;
use hallpass_browser::lead_to_sign_in;
use serde::de::IgnoredAny;

use crate::signed_in::use_signed_in;
use crate::use_session::use_session;

/// Shows its children to whoever is signed in, and leads everybody else to the sign-in page, which comes back here. Nobody is led away
/// while it is not certain that nobody is signed in.
///
/// It hides nothing, for what a page shows is in its program. What is secret is guarded on the server, by `Auth::guard()` with
/// `Guard::below` around the whole router: the pages' own router takes more for a page than a route of axum's does.
#[component]
pub fn RequireSession(
    /// What is shown in place of the children: nothing unless set.
    fallback: Option<Element>,
    /// What is done in place of leading to the sign-in page.
    on_unauthenticated: Option<EventHandler<()>>,
    /// What is shown to whoever is signed in.
    children: Element,
) -> Element {
    let session = use_session::<IgnoredAny>();
    let nobody = use_memo(move || session.read().surely_nobody());
    use_effect(move || {
        if nobody() {
            on_unauthenticated.map_or_else(lead_to_sign_in, |handler| handler.call(()));
        }
    });
    if use_signed_in()() == Some(true) { children } else { fallback.unwrap_or_else(|| rsx! {}) }
}
