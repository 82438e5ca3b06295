//! What is around every page, and which page stands at which address.

use dioxus::prelude::*;
use hallpass_dioxus::SessionProvider;
use serde::{Deserialize, Serialize};

use crate::arrival::Arrival;
use crate::header::Header;
use crate::pages::{Home, NotFound, Protected, Server, SignIn};

#[derive(Clone, PartialEq, Routable)]
#[rustfmt::skip]
pub(crate) enum Route {
    #[layout(Layout)]
        #[route("/")]
        Home {},
        #[route("/sign-in?:..arrival")]
        SignIn { arrival: Arrival },
        #[route("/protected?:..arrival")]
        Protected { arrival: Arrival },
        #[route("/server?:..arrival")]
        Server { arrival: Arrival },
        #[route("/:..path")]
        NotFound { path: Vec<String> },
}

/// What the server knows of this request, for forms that the browser posts by itself where no script runs.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ground {
    /// The origin of this site.
    pub(crate) origin: String,
    /// The token against forgery.
    pub(crate) csrf_token: String,
}

/// The application.
#[component]
pub(crate) fn App() -> Element {
    // Found on the server, which puts it into the page.
    let ground = use_server_cached(|| try_consume_context::<Ground>().unwrap_or_default());
    use_context_provider(|| ground);
    use_effect(taken);
    rsx! { SessionProvider { Router::<Route> {} } }
}

#[component]
fn Layout() -> Element {
    rsx! {
        Header {}
        main {
            // A page that waits for the server leaves the header where it is.
            SuspenseBoundary { fallback: |_| rsx! {}, Outlet::<Route> {} }
        }
    }
}

/// Tells the tests that the page has been taken over.
fn taken() {
    #[cfg(target_arch = "wasm32")]
    if let Some(root) = web_sys::window().and_then(|window| window.document()?.document_element()) {
        let _refused = root.set_attribute("data-taken", "");
    }
}
