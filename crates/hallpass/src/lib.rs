//! Sign-in and sessions for web apps: one request in, one reply out.
//!
//! [`Auth`] is configured once, with the public URL, a secret, and a [`World`](world::World) that hands it clock,
//! randomness, network, mail and store. From there it is a tower [service](AuthService), an axum router
//! ([`Auth::router`]) and an extractor ([`Session`]). It speaks NextAuth.js's protocol under `/api/auth`.
//!
//! A request falls straight down: service → router → endpoint → read, decide, commit, answer.
//!
//! It names no provider, opens no socket and reads no clock: see `hallpass-providers` and `hallpass-world`.

#![forbid(unsafe_code)]

mod address;
#[cfg(feature = "axum")]
mod axum;
#[cfg(test)]
mod browser;
mod callback_url;
mod config;
mod cookies;
mod credentials;
mod endpoints;
mod error;
mod exchange;
mod pages;
mod params;
mod proofs;
mod relying_party;
mod router;
mod secret;
mod service;
mod session;
mod sign_in;
mod users;
pub mod world;

#[cfg(feature = "axum")]
pub use self::axum::NotSignedIn;
pub use config::{
    Auth, AuthBuilder, ConfigError, EmailOptions, PasswordOptions, SessionOptions, SignUp, Strategy,
};
pub use credentials::{Authorize, AuthorizeError, Credentials, Identity, Input};
pub use hallpass_wire::Wire;
pub use pages::Theme;
pub use secret::Secret;
pub use service::{AuthService, ClientAddr};
pub use session::{Session, SessionUser};
pub use users::UserError;
pub use world::Pending;
