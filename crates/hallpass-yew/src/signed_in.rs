//! What is shown to some.

use serde::de::IgnoredAny;
use yew::prelude::*;

use crate::use_session::use_session;

/// What [`SignedIn`] takes.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SignedInProps {
    /// What is shown.
    #[prop_or_default]
    pub children: Html,
}

/// What [`SignedOut`] takes.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SignedOutProps {
    /// What is shown.
    #[prop_or_default]
    pub children: Html,
}

/// Whether somebody is signed in, whatever their session holds; `None` while nobody knows.
#[hook]
pub(crate) fn use_signed_in() -> Option<bool> {
    // Everything fits this type.
    use_session::<IgnoredAny>().signed_in()
}

/// Shows its children while somebody is signed in, also if their session does not fit the application's type.
#[component]
pub fn SignedIn(props: &SignedInProps) -> Html {
    if use_signed_in() == Some(true) { props.children.clone() } else { Html::default() }
}

/// Shows its children while nobody is signed in, and not before that is known.
#[component]
pub fn SignedOut(props: &SignedOutProps) -> Html {
    if use_signed_in() == Some(false) { props.children.clone() } else { Html::default() }
}
