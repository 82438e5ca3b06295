//! The names of `hallpass-yew` that its example uses, see nobody.rs.
#![allow(missing_docs, reason = "it is weighed, and not read")]

mod nobody;

use nobody::is_signed_in;
pub use nobody::*;
use yew::prelude::*;

#[hook]
pub fn use_session<S: 'static>() -> Known<S> {
    nobody::nobody()
}

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ProviderProps {
    #[prop_or_default]
    pub session: Rendered,
    pub children: Html,
}

#[component]
pub fn SessionProvider(props: &ProviderProps) -> Html {
    props.children.clone()
}

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct RequireSessionProps {
    pub children: Html,
}

#[component]
pub fn RequireSession(props: &RequireSessionProps) -> Html {
    if is_signed_in() { props.children.clone() } else { Html::default() }
}
