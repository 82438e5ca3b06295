//! The names of `hallpass-dioxus` that its example uses, see nobody.rs.
#![allow(missing_docs, reason = "it is weighed, and not read")]

mod nobody;

use dioxus::prelude::*;
use nobody::is_signed_in;
pub use nobody::*;

pub fn use_session<S: PartialEq + 'static>() -> Memo<Known<S>> {
    use_memo(nobody::nobody)
}

#[component]
pub fn SessionProvider(children: Element) -> Element {
    children
}

#[component]
pub fn RequireSession(children: Element) -> Element {
    if is_signed_in() { children } else { rsx! {} }
}
