//! What is shown to some.

use hallpass_browser::Known;
use leptos::prelude::*;
use serde::de::IgnoredAny;

use crate::use_session::use_session;

/// Whether somebody is signed in, whatever their session holds; `None` while nobody knows.
pub(crate) fn use_signed_in() -> Memo<Option<bool>> {
    // Everything fits this type.
    let session = use_session::<IgnoredAny>();
    Memo::new(move |_| session.with(Known::signed_in))
}

/// Shows its children while somebody is signed in, also if their session does not fit the application's type.
#[component]
pub fn SignedIn(
    /// What is shown.
    children: ChildrenFn,
) -> impl IntoView {
    let signed_in = use_signed_in();
    move || (signed_in.get() == Some(true)).then(|| children())
}

/// Shows its children while nobody is signed in, and not before that is known.
#[component]
pub fn SignedOut(
    /// What is shown.
    children: ChildrenFn,
) -> impl IntoView {
    let signed_in = use_signed_in();
    move || (signed_in.get() == Some(false)).then(|| children())
}
