//! Sign-in and sessions for web apps: one request in, one reply out.
//!
//! [`Auth`] is configured once, with the public URL, a secret, and a [`World`](world::World) that hands it clock,
//! randomness, network, mail and store. From there it is a tower [service](AuthService), an axum router
//! ([`Auth::router`]) and an extractor ([`Session`]). It speaks NextAuth.js's protocol under `/api/auth`.
//!
//! ```
//! use std::sync::Arc;
//! use hallpass::{Auth, PasswordOptions, Secret};
//!
//! let store = Arc::new(hallpass_store::Memory::new());
//! let world = hallpass_world::real(store, hallpass_world::Options::default());
//! let secret = Secret::new("32 random bytes; `hallpass secret` prints them");
//! let auth = Auth::builder("https://app.example.com", vec![secret], world)
//!     .passwords(PasswordOptions::default())
//!     .build()?;
//!
//! let app: axum::Router = axum::Router::new().merge(auth.router()).layer(auth.layer());
//! # drop(app);
//! assert_eq!(auth.base_path(), "/api/auth");
//! # Ok::<(), hallpass::ConfigError>(())
//! ```
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
mod csrf_token;
mod ended;
mod endpoints;
mod error;
mod exchange;
pub mod hooks;
mod jose;
mod openapi;
mod own_pages;
mod pages;
mod params;
mod password;
mod password_change;
mod proofs;
mod provider_tokens;
mod refusal;
mod relying_party;
#[cfg(test)]
mod replay;
mod router;
mod secret;
mod service;
mod session;
mod sign_in;
mod signing;
mod signing_key;
mod trace;
mod users;
pub mod verify;
pub mod world;

#[cfg(feature = "axum")]
pub use self::axum::{
    BadPath, Guard, Guarded, NotSameOrigin, NotSignedIn, NotVerified, SameOrigin, SessionLayer,
    SessionService, Shown, Verified, Visitor, VisitorError,
};
pub use config::builder::AuthBuilder;
pub use config::{
    Assurance, Auth, BadCallbackUrl, Bearer, ConfigError, EmailOptions, Endings, OtherBrowser,
    PasswordOptions, Profile, SessionOptions, SignUp, Strategy, UnknownProfile,
};
pub use credentials::{Authorize, AuthorizeError, Credentials, Identity, Input};
pub use hallpass_wire::{ProviderBody, Wire};
pub use hooks::Hooks;
pub use own_pages::OwnPages;
pub use pages::{BadColor, Brand, BrandColor, Theme};
pub use provider_tokens::{ProviderToken, ProviderTokenError};
pub use secret::Secret;
pub use service::AuthService;
pub use session::{BadClaims, Claims, Session, SessionUser};
pub use signing::{SignedToken, SignedTokenError, SigningOptions};
pub use signing_key::{SigningAlgorithm, SigningKey, SigningKeyError};
pub use trace::{ClientAddr, Outcome};
pub use users::UserError;
pub use world::Pending;
