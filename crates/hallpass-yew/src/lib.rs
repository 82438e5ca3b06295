//! Who is signed in, in Yew: `use_session()`, `<SessionProvider>`, `sign_in()` and `sign_out()`, the functions of NextAuth.js's
//! Client API on the session machine that React uses too.
//!
//! ```
//! use hallpass_yew::{Session, SessionProvider, SignOutOptions, Status, sign_in, sign_out_with, use_session};
//! use yew::prelude::*;
//!
//! #[component]
//! fn App() -> Html {
//!     html! { <SessionProvider><Header /></SessionProvider> }
//! }
//!
//! #[component]
//! fn Header() -> Html {
//!     let session = use_session::<Session>();
//!     match session.status {
//!         Status::Loading => html! {},
//!         Status::Authenticated(session) => html! {
//!             <>
//!                 { session.user.name }
//!                 <button onclick={|_| drop(sign_out_with(SignOutOptions::new().stay()))}>{ "Sign out" }</button>
//!             </>
//!         },
//!         Status::Unauthenticated => html! { <button onclick={|_| drop(sign_in("google"))}>{ "Sign in" }</button> },
//!         Status::Misfit(misfit) => misfit.to_string().into(),
//!     }
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! // On a server that did not look nothing is known, and nothing is shown.
//! let html = yew::LocalServerRenderer::<App>::new().render().await;
//! assert!(!html.contains("button"), "{html}");
//! # }
//! ```
//!
//! A session of the application's own shape is any `S: Deserialize`; one that does not fit it is [`Status::Misfit`], which is told
//! and never a panic.
//!
//! # Rendered on the server
//!
//! With the feature `ssr`, the module `server` makes of a request's session what the provider is given and what the page's text carries.
//! The page takes it from there: nothing is asked, and the first rendering in the browser shows what the server showed.
//!
//! # Options
//!
//! They are props of `SessionProvider`. Before there is one, and where no component is at hand, [`set_options`] sets them all; those that
//! were set last hold.
//!
//! ```
//! use hallpass_yew::{ClientOptions, set_options};
//!
//! set_options(&ClientOptions { base_path: Some("/auth".into()), ..ClientOptions::default() });
//! ```
//!
//! # Features
//!
//! `csr`, `hydration` and `ssr` are those of Yew. No rule about sessions stands here: see `hallpass_browser`.
#![forbid(unsafe_code)]

mod require_session;
#[cfg(feature = "ssr")]
pub mod server;
mod session_provider;
mod signed_in;
mod use_session;

pub use hallpass_browser::{
    ClientOptions, Known, Misfit, Pending, ProviderBody, Rendered, Session, SignInOptions, SignInResponse,
    SignOutOptions, SignOutResponse, Status, Unread, User, get_csrf_token, get_providers, get_session,
    lead_to_sign_in, refresh, set_options, sign_in, sign_in_with, sign_out, sign_out_with, update,
};
pub use require_session::{RequireSession, RequireSessionProps};
pub use session_provider::{SessionProvider, SessionProviderProps};
pub use signed_in::{SignedIn, SignedInProps, SignedOut, SignedOutProps};
pub use use_session::use_session;
