//! OAuth 2 and OpenID Connect relying party as values: request out, response in.
//!
//! A sign-in is six steps, each a function: [`discovery`] finds the provider's endpoints, [`authorization`] makes the
//! URL the browser is sent to, [`callback`] reads what it brings back, [`token`] exchanges the code, [`id_token`]
//! checks who signed in with the keys from [`jwks`], [`userinfo`] asks for more about them.
//!
//! ```
//! use hallpass_oauth::{Client, ClientSecret, Provider, authorization, discovery, pkce::Verifier};
//!
//! let entry = Provider {
//!     id: "acme".into(),
//!     name: "Acme".into(),
//!     issuer: Some("https://id.acme.example".into()),
//!     ..Provider::OIDC
//! };
//! let client = Client::builder(entry, "my-client").secret(ClientSecret::new("s3cret".into())).build().unwrap();
//!
//! // Send `discovery::request(&client)`; this came back.
//! let answer = http::Response::builder()
//!     .header("content-type", "application/json")
//!     .body(
//!         r#"{"issuer":"https://id.acme.example",
//!             "authorization_endpoint":"https://id.acme.example/authorize",
//!             "token_endpoint":"https://id.acme.example/token",
//!             "jwks_uri":"https://id.acme.example/keys"}"#,
//!     )
//!     .unwrap();
//! let metadata = discovery::response(&client, &answer).unwrap();
//!
//! let start = authorization::Start {
//!     redirect_uri: "https://app.example/api/auth/callback/acme",
//!     state: "af0ifjsldkj",
//!     nonce: Some("n-0S6_WzA2Mj"),
//!     verifier: &Verifier::from_random(&[7; 32]),
//!     extra: &[],
//! };
//! let url = authorization::url(&client, &metadata, &start).unwrap();
//! assert!(url.starts_with("https://id.acme.example/authorize?response_type=code&client_id=my-client"));
//! ```
//!
//! The crate sends nothing, waits for nothing, draws no random bytes and reads no clock. It follows no redirect and
//! bounds what it reads, but the bytes are fetched by the caller: bound time and size there too. It keeps no state:
//! that a state or nonce is used once is the caller's to see to.

#![forbid(unsafe_code)]

pub mod algorithm;
pub mod assertion;
pub mod authorization;
pub mod callback;
pub mod client;
mod client_auth;
pub mod discovery;
pub mod endpoint;
pub mod fault;
pub mod id_token;
pub mod issuer;
mod json;
pub mod jwks;
mod jws;
pub mod metadata;
pub mod pkce;
pub mod private_key;
pub mod profile;
pub mod provider;
pub mod secret;
#[cfg(test)]
mod signer;
pub mod token;
pub mod userinfo;

pub use client::{Client, ClientError, EmailLinking};
pub use fault::{Fault, ProviderError};
pub use metadata::Metadata;
pub use private_key::PrivateKey;
pub use profile::Profile;
pub use provider::{Kind, Mapping, Pkce, Provider, ResponseMode, TokenAuth, UserInfo};
pub use secret::ClientSecret;
