//! The guard of a page that needs a session.

use hallpass_browser::{Known, lead_to_sign_in};
use leptos::prelude::*;
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
    #[prop(optional, into)]
    fallback: ViewFn,
    /// What is done in place of leading to the sign-in page.
    #[prop(optional, into)]
    on_unauthenticated: Option<Callback<()>>,
    /// What is shown to whoever is signed in.
    children: ChildrenFn,
) -> impl IntoView {
    let session = use_session::<IgnoredAny>();
    let nobody = Memo::new(move |_| session.with(Known::surely_nobody));
    Effect::new(move |_| {
        if nobody.get() {
            on_unauthenticated.map_or_else(lead_to_sign_in, |callback| callback.run(()));
        }
    });
    let signed_in = use_signed_in();
    move || if signed_in.get() == Some(true) { children() } else { fallback.run() }
}
