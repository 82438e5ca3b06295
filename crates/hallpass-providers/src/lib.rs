//! OAuth providers, one entry each.
//!
//! ```
//! let google = hallpass_providers::find("google").unwrap();
//! assert_eq!(google.issuer.as_deref(), Some("https://accounts.google.com"));
//! assert!(hallpass_providers::find("Google").is_none(), "an id is exact");
//! ```
//!
//! To add a provider, write its file and put its name into the one list below; the test that walks the list says what
//! the file has to hold. No code asks which provider it deals with: a quirk is a value in the entry.
//!
//! The marks are drawn for this crate. They take the colour of the text unless a brand asks for its own.

#![forbid(unsafe_code)]

use hallpass_oauth::Provider;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod walk;

/// Makes a module of each file's name, and the list of their entries. An id is the file's name, with `-` for `_`.
macro_rules! providers {
    ($($file:ident),* $(,)?) => {
        $( pub mod $file; )*

        /// Every provider, in the order of the alphabet; `oauth` and `oidc` are templates that the configuration
        /// fills in.
        pub static ALL: &[Provider] = &[$( $file::ENTRY ),*];

        #[cfg(test)]
        const SAMPLES: &[(&str, sample::Sample)] = &[$( (stringify!($file), $file::SAMPLE) ),*];
    };
}

providers!(
    apple,
    auth0,
    cognito,
    discord,
    facebook,
    github,
    gitlab,
    google,
    keycloak,
    linkedin,
    microsoft_entra_id,
    oauth,
    oidc,
    okta,
    slack,
    spotify,
    twitch,
    twitter,
);

/// The provider of exactly this id.
pub fn find(id: &str) -> Option<&'static Provider> {
    ALL.iter().find(|provider| provider.id == id)
}
