//! Whose fault an error is, so that the page can tell the person what to do and the log whom to call.
//!
//! ```
//! use hallpass_oauth::fault::{Fault, ProviderError};
//!
//! let error = ProviderError::parse("access_denied");
//! assert_eq!((error.as_str(), error.fault()), ("access_denied", Fault::Visitor));
//! assert_eq!(ProviderError::parse("<script>").as_str(), "unreadable");
//! ```
//!
//! It keeps no words of a provider's own: those are free text that anybody can write into a callback's URL.

use std::fmt;

/// Who has to act before the same sign-in can succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The request that reached the callback: a stale tab, a tampered link, or a refusal by the person.
    Visitor,
    /// The provider answered with something it may not answer with.
    Provider,
    /// The operator: the client's registration or this server's configuration does not fit the provider.
    Configuration,
}

/// Declares an error: each variant with its stable reason, whose fault it is, and one sentence.
macro_rules! faults {
    ($(#[$meta:meta])* pub enum $name:ident {$(
        $(#[$doc:meta])* $variant:ident $(($field:ident: $ty:ty))? = $reason:literal, $fault:expr, $text:literal;
    )*}) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {$( $(#[$doc])* $variant $(($ty))?, )*}

        impl $name {
            /// A stable name of the reason, for logs and tests: lower-case words joined by `_`.
            pub fn reason(&self) -> &'static str {
                match self {$( Self::$variant { .. } => $reason, )*}
            }

            /// Who has to act.
            pub fn fault(&self) -> $crate::fault::Fault {
                match self {$(
                    Self::$variant $(($field))? => { $( let _ = $field; )? $fault }
                )*}
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {$(
                    Self::$variant $(($field))? => {
                        f.write_str($text)?;
                        $( write!(f, ": {}", $field)?; )?
                        Ok(())
                    }
                )*}
            }
        }

        impl std::error::Error for $name {}
    };
}
pub(crate) use faults;

/// An error or refusal in the words of RFC 6749 §4.1.2.1 and §5.2 and OpenID Connect Core §3.1.2.6.
///
/// Nothing else of what a provider writes about an error is kept: a description is free text that anybody can put
/// into a callback's URL.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProviderError {
    /// The person, or the provider on their behalf, said no.
    AccessDenied,
    /// A parameter is missing, repeated or malformed.
    InvalidRequest,
    /// The client did not prove itself: wrong identifier, secret or method.
    InvalidClient,
    /// The code or refresh token is spent, expired or somebody else's.
    InvalidGrant,
    /// The client may not use this flow.
    UnauthorizedClient,
    /// The provider does not do the code flow.
    UnsupportedResponseType,
    /// The provider does not know the grant.
    UnsupportedGrantType,
    /// A scope is unknown or not allowed.
    InvalidScope,
    /// The provider broke.
    ServerError,
    /// The provider is overloaded or being maintained.
    TemporarilyUnavailable,
    /// `prompt=none` was asked for and the person is not signed in at the provider.
    LoginRequired,
    /// `prompt=none` was asked for and the person has to act.
    InteractionRequired,
    /// `prompt=none` was asked for and the person has to agree.
    ConsentRequired,
    /// `prompt=none` was asked for and the person has to pick an account.
    AccountSelectionRequired,
    /// Any other code of at most 64 letters, digits, `_`, `-` and `.`; `unreadable` for everything else.
    Other(String),
}

const KNOWN: &[(&str, ProviderError)] = &[
    ("access_denied", ProviderError::AccessDenied),
    ("invalid_request", ProviderError::InvalidRequest),
    ("invalid_client", ProviderError::InvalidClient),
    ("invalid_grant", ProviderError::InvalidGrant),
    ("unauthorized_client", ProviderError::UnauthorizedClient),
    ("unsupported_response_type", ProviderError::UnsupportedResponseType),
    ("unsupported_grant_type", ProviderError::UnsupportedGrantType),
    ("invalid_scope", ProviderError::InvalidScope),
    ("server_error", ProviderError::ServerError),
    ("temporarily_unavailable", ProviderError::TemporarilyUnavailable),
    ("login_required", ProviderError::LoginRequired),
    ("interaction_required", ProviderError::InteractionRequired),
    ("consent_required", ProviderError::ConsentRequired),
    ("account_selection_required", ProviderError::AccountSelectionRequired),
];

impl ProviderError {
    /// Reads the value of an `error` parameter or member.
    pub fn parse(code: &str) -> Self {
        if let Some((_, known)) = KNOWN.iter().find(|(text, _)| *text == code) {
            return known.clone();
        }
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        if code.is_empty() || code.len() > 64 || !code.bytes().all(plain) {
            return Self::Other("unreadable".to_owned());
        }
        Self::Other(code.to_owned())
    }

    /// The code as RFC 6749 or OpenID Connect spells it; safe to log and to show.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(code) => code,
            known => KNOWN.iter().find(|(_, error)| error == known).map_or("unreadable", |(text, _)| text),
        }
    }

    /// Who has to act.
    pub fn fault(&self) -> Fault {
        match self {
            Self::AccessDenied
            | Self::InvalidGrant
            | Self::LoginRequired
            | Self::InteractionRequired
            | Self::ConsentRequired
            | Self::AccountSelectionRequired => Fault::Visitor,
            Self::ServerError | Self::TemporarilyUnavailable | Self::Other(_) => Fault::Provider,
            _ => Fault::Configuration,
        }
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_no_code_is_not_kept() {
        for text in ["", "<script>alert(1)</script>", "a b", "ä", "access_denied\n", &"x".repeat(65)] {
            assert_eq!(ProviderError::parse(text), ProviderError::Other("unreadable".into()), "{text:?}");
        }
    }

    #[test]
    fn every_known_code_reads_back_as_it_is_written() {
        for (text, error) in KNOWN {
            assert_eq!(ProviderError::parse(text), *error);
            assert_eq!(error.as_str(), *text);
        }
        assert_eq!(ProviderError::parse("bad_verification_code").as_str(), "bad_verification_code");
    }
}
