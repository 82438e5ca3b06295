//! The session as a hook.

use dioxus::prelude::*;
use hallpass_browser::{Known, current};
use serde::de::DeserializeOwned;

use crate::session_provider::{Moment, Moments};

const OUTSIDE: &str = "[hallpass] use_session() is used outside of SessionProvider, so it knows nothing: put \
                       SessionProvider around the components that ask for the session.";

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
        told_once();
    }
    use_memo(move || match moments.map(|Moments(moment)| moment()) {
        Some(Moment::Rendered(rendered)) => rendered.known(),
        Some(Moment::Live) => current(),
        None => Known::default(),
    })
}

fn told_once() {
    static TOLD: std::sync::Once = std::sync::Once::new();
    TOLD.call_once(tell);
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
fn tell() {
    web_sys::console::error_1(&OUTSIDE.into());
}

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
#[allow(clippy::print_stderr, reason = "a mistake of the application, told to who runs it")]
fn tell() {
    eprintln!("{OUTSIDE}");
}
