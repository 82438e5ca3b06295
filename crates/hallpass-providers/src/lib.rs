//! OAuth providers, one entry each.
//!
//! ```
//! let google = hallpass_providers::find("google").unwrap();
//! assert_eq!(google.issuer.as_deref(), Some("https://accounts.google.com"));
//! assert!(hallpass_providers::find("Google").is_none(), "an id is exact");
//! ```
//!
//! To add a provider, write its file and put one word into [`ALL`]. No code asks which provider it deals with: a quirk
//! is a value in the entry.
//!
//! The marks are drawn for this crate and inherit the text's colour unless a brand asks for its own.

#![forbid(unsafe_code)]

use hallpass_oauth::Provider;

mod github;
mod google;
mod oauth;
mod oidc;

pub use github::GITHUB;
pub use google::GOOGLE;
pub use oauth::OAUTH;
pub use oidc::OIDC;

/// Every provider, in the order of the alphabet, then the templates.
pub static ALL: &[Provider] = &[GITHUB, GOOGLE, OAUTH, OIDC];

/// The provider of exactly this id.
pub fn find(id: &str) -> Option<&'static Provider> {
    ALL.iter().find(|provider| provider.id == id)
}
