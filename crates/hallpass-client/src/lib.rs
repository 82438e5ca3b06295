//! The Client API of NextAuth.js for Rust services, command line programs and tests: who is signed in, signing in and out,
//! over HTTP.
//!
//! ```no_run
//! use hallpass_client::{Client, Session, SignIn, SignInOptions};
//!
//! # async fn run(password: &str) -> Result<(), hallpass_client::Error> {
//! let client = Client::new("https://app.example/api/auth")?;
//! let options = SignInOptions::new().field("email", "ada@example.com").field("password", password);
//! let came = client.sign_in_with("credentials", options).await?;
//! assert!(matches!(came, SignIn::SignedIn { .. }));
//! let session = client.get_session::<Session>().await?.expect("somebody is signed in");
//! assert_eq!(session.user.email.as_deref(), Some("ada@example.com"));
//! client.sign_out().await?;
//! # Ok(())
//! # }
//! ```
//!
//! `Ok(None)` is "nobody", said by the server. That the server could not be asked is an [`Error`], and leaves the cookies as
//! they are.
//!
//! It opens no browser, so a sign-in at a provider ends with the URL where a person has to go ([`SignIn::Go`]). It caches
//! nothing, follows no redirect, and repeats nothing but a form that was refused for its anti-forgery token. It runs in an
//! application that has a `tokio` runtime.

mod address;
mod ask;
mod client;
mod error;
mod keys;
mod providers;
mod session;
mod sign_in;
mod sign_out;
mod token;

pub use client::{Builder, Client};
pub use error::Error;
pub use hallpass_wire::{ErrorCode, ProviderBody};
pub use session::{Session, User};
pub use sign_in::{SignIn, SignInOptions};
pub use sign_out::SignOutOptions;
pub use token::{SignedToken, Token};
