//! The session as a signal.

use hallpass_browser::{Known, current, outside_of_provider};
use leptos::prelude::*;
use serde::de::DeserializeOwned;

use crate::session_provider::{Moment, Moments};

/// What is known of the session, read as `S`: a signal, which tells when that changes. Outside of a
/// [`SessionProvider`](crate::SessionProvider()) it is `Loading` for ever, and the console (on a server, the standard error) says so.
///
/// ```
/// use hallpass_leptos::{Rendered, SessionProvider, Status, use_session};
/// use leptos::prelude::*;
///
/// #[derive(Clone, PartialEq, serde::Deserialize)]
/// struct Mine {
///     role: String,
/// }
///
/// #[component]
/// fn Role() -> impl IntoView {
///     let session = use_session::<Mine>();
///     move || match session.get().status {
///         Status::Authenticated(Mine { role }) => role,
///         Status::Misfit(misfit) => misfit.to_string(),
///         Status::Loading | Status::Unauthenticated => "nobody".into(),
///     }
/// }
///
/// #[component]
/// fn App() -> impl IntoView {
///     let session = Rendered::Session(r#"{"role":"admin","expires":"2099-01-01T00:00:00.000Z"}"#.into());
///     view! { <SessionProvider session><Role /></SessionProvider> }
/// }
/// assert!(Owner::new().with(|| App().to_html()).contains("admin"));
/// ```
pub fn use_session<S>() -> Memo<Known<S>>
where
    S: DeserializeOwned + PartialEq + Send + Sync + 'static,
{
    let moments = use_context::<Moments>();
    if moments.is_none() {
        outside_of_provider("<SessionProvider>");
    }
    Memo::new(move |_| match moments.map(|Moments(moment)| moment.get()) {
        Some(Moment::Rendered(rendered)) => rendered.known(),
        Some(Moment::Live) => current(),
        None => Known::default(),
    })
}
