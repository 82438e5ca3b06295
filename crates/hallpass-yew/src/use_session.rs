//! The session as a hook.

use hallpass_browser::{Known, current, outside_of_provider};
use serde::de::DeserializeOwned;
use yew::prelude::*;

use crate::session_provider::Moment;

/// What is known of the session, read as `S`; the component is rendered anew when that changes. Outside of a
/// [`SessionProvider`](crate::SessionProvider) it is `Loading` for ever, and the console (on a server, the standard error) says so.
///
/// ```
/// use hallpass_yew::{Rendered, SessionProvider, Status, use_session};
/// use yew::prelude::*;
///
/// #[derive(Clone, PartialEq, serde::Deserialize)]
/// struct Mine {
///     role: String,
/// }
///
/// #[component]
/// fn Role() -> Html {
///     match use_session::<Mine>().status {
///         Status::Authenticated(Mine { role }) => role.into(),
///         Status::Misfit(misfit) => misfit.to_string().into(),
///         Status::Loading | Status::Unauthenticated => "nobody".into(),
///     }
/// }
///
/// #[component]
/// fn App() -> Html {
///     let session = Rendered::Session(r#"{"role":"admin","expires":"2099-01-01T00:00:00.000Z"}"#.into());
///     html! { <SessionProvider {session}><Role /></SessionProvider> }
/// }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// assert!(yew::LocalServerRenderer::<App>::new().render().await.contains("admin"));
/// # }
/// ```
#[hook]
pub fn use_session<S: DeserializeOwned + 'static>() -> Known<S> {
    match use_context::<Moment>() {
        Some(Moment::Rendered(rendered)) => rendered.known(),
        Some(Moment::Live(_)) => current(),
        None => {
            outside_of_provider("<SessionProvider>");
            Known::default()
        }
    }
}
