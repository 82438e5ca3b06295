//! The pages and their addresses.

use yew_router::prelude::{Navigator, Routable};
use yew_router::query::Raw;

/// A page of this app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Routable)]
pub enum Route {
    /// Who is signed in.
    #[at("/")]
    Home,
    /// The ways in.
    #[at("/sign-in")]
    SignIn,
    /// For people who are signed in.
    #[at("/protected")]
    Protected,
    /// Signing in and out on the server.
    #[at("/server")]
    Server,
    /// Every other address.
    #[not_found]
    #[at("/404")]
    NotFound,
}

/// Goes to an address of this site, as [`local`](crate::local) gives it, in place of the page that is shown. Only what is no page of
/// this app is loaded.
pub(crate) fn lead(navigator: &Navigator, address: &str) {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    match Route::recognize(path) {
        None | Some(Route::NotFound) => {
            let location = web_sys::window().map(|window| window.location());
            // The browser refuses while the page is being closed.
            let _refused = location.map(|location| location.replace(address));
        }
        Some(route) if query.is_empty() => navigator.replace(&route),
        Some(route) => {
            let Ok(()) = navigator.replace_with_query(&route, Raw(query));
        }
    }
}
