//! Who is signed in, in Leptos: `use_session()`, `<SessionProvider>`, `sign_in()` and `sign_out()`, the functions of NextAuth.js's
//! Client API on the session machine that React uses too.
//!
//! ```
//! use hallpass_leptos::{Session, SessionProvider, SignOutOptions, Status, sign_in, sign_out_with, use_session};
//! use leptos::prelude::*;
//!
//! #[component]
//! fn App() -> impl IntoView {
//!     view! { <SessionProvider><Header /></SessionProvider> }
//! }
//!
//! #[component]
//! fn Header() -> impl IntoView {
//!     let session = use_session::<Session>();
//!     move || match session.get().status {
//!         Status::Loading => ().into_any(),
//!         Status::Authenticated(session) => view! {
//!             {session.user.name}
//!             <button on:click=|_| drop(sign_out_with(SignOutOptions::new().stay()))>"Sign out"</button>
//!         }
//!         .into_any(),
//!         Status::Unauthenticated => view! { <button on:click=|_| drop(sign_in("google"))>"Sign in"</button> }.into_any(),
//!         Status::Misfit(misfit) => misfit.to_string().into_any(),
//!     }
//! }
//! // On a server that did not look nothing is known, and nothing is shown.
//! let html = Owner::new().with(|| App().to_html());
//! assert!(!html.contains("button"), "{html}");
//! ```
//!
//! A session of the application's own shape is any `S: Deserialize`; one that does not fit it is [`Status::Misfit`], which is told
//! and never a panic.
//!
//! # Rendered on the server
//!
//! With the feature `ssr`, the module `server` hands a request's session to the components and to the page's text. The page takes it
//! from there: nothing is asked, and the first rendering in the browser shows what the server showed.
//!
//! # Islands
//!
//! An island has a provider of its own: `#[island] fn Header() -> impl IntoView { view! { <SessionProvider><Who /></SessionProvider> } }`.
//! All of a page's providers share one store, so ten islands ask once, and are in step.
//!
//! # Options
//!
//! They are props of `SessionProvider`. Before there is one, and where no component is at hand, [`set_options`] sets them all; those that
//! were set last hold.
//!
//! ```
//! use hallpass_leptos::{ClientOptions, set_options};
//!
//! set_options(&ClientOptions { base_path: Some("/auth".into()), ..ClientOptions::default() });
//! ```
//!
//! # Features
//!
//! `csr`, `hydrate`, `islands` and `ssr` are those of Leptos. No rule about sessions stands here: see `hallpass_browser`.
#![forbid(unsafe_code)]
#![allow(unreachable_pub, reason = "what Leptos writes of a component hides that it is exported")]

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
