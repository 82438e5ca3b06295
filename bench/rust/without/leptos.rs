//! The names of `hallpass-leptos` that its example uses, see nobody.rs.
#![allow(missing_docs, reason = "it is weighed, and not read")]

mod nobody;

use leptos::prelude::*;
use nobody::is_signed_in;
pub use nobody::*;

pub fn use_session<S: PartialEq + Send + Sync + 'static>() -> Memo<Known<S>> {
    Memo::new(|_| nobody::nobody())
}

#[component]
pub fn SessionProvider(children: Children) -> impl IntoView {
    children()
}

#[component]
pub fn SignedIn(children: ChildrenFn) -> impl IntoView {
    move || is_signed_in().then(|| children())
}

#[component]
pub fn SignedOut(children: ChildrenFn) -> impl IntoView {
    move || (!is_signed_in()).then(|| children())
}

#[component]
pub fn RequireSession(children: ChildrenFn) -> impl IntoView {
    move || is_signed_in().then(|| children())
}
