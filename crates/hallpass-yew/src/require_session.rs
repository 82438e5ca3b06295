//! The guard of a page that needs a session.

use hallpass_browser::lead_to_sign_in;
use serde::de::IgnoredAny;
use yew::prelude::*;

use crate::signed_in::use_signed_in;
use crate::use_session::use_session;

/// What [`RequireSession`] takes.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct RequireSessionProps {
    /// What is shown in place of the children: nothing unless set.
    #[prop_or_default]
    pub fallback: Html,
    /// What is done in place of leading to the sign-in page.
    #[prop_or_default]
    pub on_unauthenticated: Option<Callback<()>>,
    /// What is shown to whoever is signed in.
    #[prop_or_default]
    pub children: Html,
}

/// Shows its children to whoever is signed in, and leads everybody else to the sign-in page, which comes back here. Nobody is led away
/// while it is not certain that nobody is signed in.
///
/// It hides nothing, for what a page shows is in its program. What is secret is guarded on the server, by `Auth::guard()` with
/// `Guard::below` around the whole router: the pages' own router takes more for a page than a route of axum's does.
#[component]
pub fn RequireSession(props: &RequireSessionProps) -> Html {
    let nobody = use_session::<IgnoredAny>().surely_nobody();
    let instead = props.on_unauthenticated.clone();
    use_effect_with(nobody, move |nobody| {
        if *nobody {
            instead.map_or_else(lead_to_sign_in, |callback| callback.emit(()));
        }
    });
    if use_signed_in() == Some(true) { props.children.clone() } else { props.fallback.clone() }
}
