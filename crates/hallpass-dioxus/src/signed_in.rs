//! What is shown to some.

use dioxus::prelude::*;
use serde::de::IgnoredAny;

use crate::use_session::use_session;

/// Whether somebody is signed in, whatever their session holds; `None` while nobody knows.
pub(crate) fn use_signed_in() -> Memo<Option<bool>> {
    // Everything fits this type.
    let session = use_session::<IgnoredAny>();
    use_memo(move || session.read().signed_in())
}

/// Shows its children while somebody is signed in, also if their session does not fit the application's type.
#[component]
pub fn SignedIn(
    /// What is shown.
    children: Element,
) -> Element {
    if use_signed_in()() == Some(true) {
        children
    } else {
        rsx! {}
    }
}

/// Shows its children while nobody is signed in, and not before that is known.
#[component]
pub fn SignedOut(
    /// What is shown.
    children: Element,
) -> Element {
    if use_signed_in()() == Some(false) {
        children
    } else {
        rsx! {}
    }
}
