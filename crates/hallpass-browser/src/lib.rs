//! Who is signed in, in a page made with WebAssembly: the functions of NextAuth.js's Client API, on the session machine that
//! React uses too.
//!
//! The crates for Leptos, Dioxus and Yew stand on this one; a page without a framework, or with another one, uses it as it is:
//!
//! ```
//! use hallpass_browser::{Rendered, Session, Status, current, subscribe};
//!
//! let subscription = subscribe(
//!     || match current::<Session>().status {
//!         Status::Loading => { /* nothing is known yet */ }
//!         Status::Authenticated(session) => drop(session.user.email),
//!         Status::Misfit(misfit) => eprintln!("{misfit}"),
//!         Status::Unauthenticated => { /* show the button */ }
//!     },
//!     Rendered::Unknown,
//! );
//! // On a server nothing is known, and nothing is asked.
//! assert!(matches!(current::<Session>().status, Status::Loading));
//! drop(subscription);
//! ```
//!
//! # How it goes on
//!
//! One store stands behind a page, whatever asks for it: many components, many subscriptions, one request. It speaks with the
//! page's other tabs as the npm package does, so a tab in Rust and a tab in React of one site are in step.
//!
//! What asks the server starts at once, and gives a [`Pending`]: a future that may be awaited, or dropped. Dropping one stops
//! nothing: a sign-out that was begun is carried through, and a read that others wait for too goes on.
//!
//! # On a server
//!
//! For every target but `wasm32-unknown-unknown`, and in a worker, there is no page: the same functions compile and do
//! nothing. [`current`] is [`Status::Loading`], a [`Pending`] is ready at once and says that nothing could be asked. A server
//! reads its request's session by `hallpass`'s extractor, and hands it to the page, which takes it as [`Rendered`].
//!
//! # What it does not do
//!
//! It does not decide when to ask, whom to tell and what is known: that is `hallpass_session`'s, and [`driver`] is all that stands between.
//! What a component makes of it is said by [`Known`] and [`Rendered`], for every framework. It renders nothing, stores no session
//! outside of memory, and needs no `tokio`.
#![forbid(unsafe_code)]

pub mod driver;
mod options;
mod outside;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod page;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
#[path = "no_page.rs"]
mod page;
mod pending;
mod reading;
mod rendered;
mod session;
mod signing;

pub use hallpass_wire::ProviderBody;
pub use options::ClientOptions;
#[doc(hidden)]
pub use outside::outside_of_provider;
pub use pending::Pending;
pub use reading::{
    Subscription, current, get_csrf_token, get_providers, get_session, refresh, set_options, subscribe,
    update,
};
pub use rendered::SCRIPT_ID;
pub use session::{Known, Misfit, Rendered, Session, Status, Unread, User};
pub use signing::{
    SignInOptions, SignInResponse, SignOutOptions, SignOutResponse, lead_to_sign_in, sign_in, sign_in_with,
    sign_out, sign_out_with,
};
