//! Values that open something: kept out of logs, wiped when dropped.
//!
//! ```
//! use hallpass_oauth::ClientSecret;
//!
//! let secret = ClientSecret::new("hunter2".to_owned());
//! assert_eq!(format!("{secret:?}"), "ClientSecret([redacted])");
//! assert_eq!(secret.expose(), "hunter2");
//! ```
//!
//! There is no `Display` and no `PartialEq`: a secret is written out by [`expose`](ClientSecret::expose) alone, so
//! that every such place can be found by that word.

use std::fmt;

use zeroize::Zeroizing;

macro_rules! secrets {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Takes the value over; it is wiped from memory when this is dropped.
            pub fn new(value: String) -> Self {
                Self(Zeroizing::new(value))
            }

            /// The value itself, for the one place that has to write it out.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    )*};
}

secrets! {
    /// The password by which the application proves itself to the provider (RFC 6749 §2.3.1).
    ClientSecret;
    /// The authorization code of one sign-in (RFC 6749 §4.1.2).
    Code;
    /// What reads the user's data at the provider (RFC 6749 §1.4).
    AccessToken;
    /// What fetches the next access token (RFC 6749 §1.5).
    RefreshToken;
    /// The provider's signed statement about who signed in, as it came: unchecked (OpenID Connect Core §2).
    IdToken;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_shows_itself_in_a_debug_print() {
        let shown = format!(
            "{:?}{:?}{:?}{:?}{:?}",
            ClientSecret::new("s3cr3t".into()),
            Code::new("s3cr3t".into()),
            AccessToken::new("s3cr3t".into()),
            RefreshToken::new("s3cr3t".into()),
            IdToken::new("s3cr3t".into())
        );
        assert!(!shown.contains("s3cr3t"), "{shown}");
        assert_eq!(shown.matches("[redacted]").count(), 5);
    }
}
