//! What is shown to some.

use hallpass_browser::Status;
use serde::de::IgnoredAny;
use yew::prelude::*;

use crate::use_session::use_session;

/// What [`SignedIn`] and [`SignedOut`] take.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SignedProps {
    /// What is shown.
    #[prop_or_default]
    pub children: Html,
}

/// Whether somebody is signed in, whatever their session holds; `None` while nobody knows.
#[hook]
pub(crate) fn use_signed_in() -> Option<bool> {
    // Everything fits this type.
    match use_session::<IgnoredAny>().status {
        Status::Loading => None,
        Status::Authenticated(_) | Status::Misfit(_) => Some(true),
        Status::Unauthenticated => Some(false),
    }
}

/// Shows its children while somebody is signed in, also if their session does not fit the application's type.
#[component]
pub fn SignedIn(props: &SignedProps) -> Html {
    if use_signed_in() == Some(true) { props.children.clone() } else { Html::default() }
}

/// Shows its children while nobody is signed in, and not before that is known.
#[component]
pub fn SignedOut(props: &SignedProps) -> Html {
    if use_signed_in() == Some(false) { props.children.clone() } else { Html::default() }
}
