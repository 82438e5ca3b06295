//! The session as a hook.

use dioxus::prelude::*;
use hallpass_browser::{Known, current, outside_of_provider};
use serde::de::DeserializeOwned;

use crate::session_provider::{Moment, Moments};

/// What is known of the session, read as `S`: a memo, which renders a component anew that reads it when that changes. Outside of a
/// [`SessionProvider`](crate::SessionProvider()) it is `Loading` for ever, and the console (on a server, the standard error) says so.
///
/// ```
/// use dioxus::prelude::*;
/// use hallpass_dioxus::{Rendered, SessionProvider, Status, use_session};
///
/// #[derive(Clone, PartialEq, serde::Deserialize)]
/// struct Mine {
///     role: String,
/// }
///
/// #[component]
/// fn Role() -> Element {
///     match use_session::<Mine>()().status {
///         Status::Authenticated(Mine { role }) => rsx! { "{role}" },
///         Status::Misfit(misfit) => rsx! { "{misfit}" },
///         Status::Loading | Status::Unauthenticated => rsx! { "nobody" },
///     }
/// }
///
/// #[component]
/// fn App() -> Element {
///     let session = Rendered::Session(r#"{"role":"admin","expires":"2099-01-01T00:00:00.000Z"}"#.into());
///     rsx! { SessionProvider { session, Role {} } }
/// }
/// assert!(dioxus_ssr::render_element(rsx! { App {} }).contains("admin"));
/// ```
pub fn use_session<S>() -> Memo<Known<S>>
where
    S: DeserializeOwned + PartialEq + 'static,
{
    let moments = use_hook(try_consume_context::<Moments>);
    if moments.is_none() {
        outside_of_provider("SessionProvider");
    }
    use_memo(move || match moments.map(|Moments(moment)| moment()) {
        Some(Moment::Rendered(rendered)) => rendered.known(),
        Some(Moment::Live) => current(),
        None => Known::default(),
    })
}
