//! The places where the generations of NextAuth.js differ.

use std::fmt;
use std::str::FromStr;

use crate::cookie::CookieNames;
use crate::error::ErrorCode;

/// Which generation of the protocol is spoken. Every difference between them is a method here, so that no
/// endpoint asks which one it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wire {
    /// As `next-auth` 4 speaks it.
    #[default]
    V4,
}

/// `{"alg":"dir","enc":"A256GCM"}`.
const DIR_A256GCM: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0";

impl Wire {
    /// The names of every generation, as they stand in a configuration.
    pub const NAMES: &'static [&'static str] = &["v4"];

    /// Every generation, oldest first.
    pub const ALL: &'static [Self] = &[Self::V4];

    /// As it stands in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V4 => "v4",
        }
    }

    /// The names of all cookies; `secure` says that the public URL is https.
    pub fn cookie_names(self, secure: bool) -> CookieNames {
        match self {
            Self::V4 => CookieNames::new("next-auth", secure),
        }
    }

    /// The longest value a session cookie may have before it is cut into chunks: with name and attributes a
    /// cookie may have 4096 bytes (RFC 6265 §6.1).
    pub const fn chunk_size(self) -> usize {
        match self {
            Self::V4 => 3933,
        }
    }

    /// The body of `GET /session` when nobody is signed in.
    pub const fn no_session(self) -> &'static str {
        match self {
            Self::V4 => "{}",
        }
    }

    /// The status of failed credentials where the redirect is asked for as JSON: a client that asks by the field looks
    /// at the status, one that asks by the header looks into the URL (wire §0.2).
    pub const fn rejected_credentials_status(self, asked: AskedBy) -> u16 {
        match (self, asked) {
            (Self::V4, AskedBy::Field) => 401,
            (Self::V4, AskedBy::Header) => 200,
        }
    }

    /// Where failed credentials lead, below the base path.
    pub fn rejected_credentials_path(self, provider: &str) -> String {
        match self {
            Self::V4 => format!("/error?error=CredentialsSignin&provider={provider}"),
        }
    }

    /// Where a person is sent with words of the application's own, percent-encoded already, below the base path.
    pub fn words_path(self, encoded: &str) -> String {
        match self {
            Self::V4 => format!("/error?error={encoded}"),
        }
    }

    /// The status of an error where the redirect is asked for as JSON.
    pub const fn error_json_status(self, code: ErrorCode) -> u16 {
        match (self, code) {
            (Self::V4, ErrorCode::AccessDenied) => 403,
            (Self::V4, _) => 200,
        }
    }

    /// The status for a path or method that there is not.
    pub const fn unknown_action_status(self) -> u16 {
        match self {
            Self::V4 => 400,
        }
    }

    /// The status of a report to `/_log`.
    pub const fn log_status(self) -> u16 {
        match self {
            Self::V4 => 200,
        }
    }

    /// How the key of a sealed value comes from the secret (HKDF-SHA256): the salt names the purpose.
    pub fn key_derivation(self, salt: &str) -> KeyDerivation {
        const INFO: &str = "NextAuth.js Generated Encryption Key";
        match self {
            Self::V4 if salt.is_empty() => {
                KeyDerivation { header: DIR_A256GCM, salt: String::new(), info: INFO.into() }
            }
            Self::V4 => {
                KeyDerivation { header: DIR_A256GCM, salt: salt.into(), info: format!("{INFO} ({salt})") }
            }
        }
    }

    /// How the key of the session token comes from the secret.
    pub fn session_key(self, _names: &CookieNames) -> KeyDerivation {
        match self {
            Self::V4 => self.key_derivation(""),
        }
    }

    /// Where any other error leads, below the base path.
    pub fn error_path(self, code: ErrorCode) -> String {
        match self {
            Self::V4 => format!("/error?error={}", code.as_str()),
        }
    }

    /// Where a POST without a valid anti-forgery token leads, below the base path.
    pub const fn missing_csrf_path(self, signing_out: SigningOut) -> &'static str {
        match (self, signing_out) {
            (Self::V4, SigningOut::Yes) => "/signout?csrf=true",
            (Self::V4, SigningOut::No) => "/signin?csrf=true",
        }
    }

    /// Whether `GET /error` with this code sends the person on to the sign-in page.
    pub const fn is_shown_at_sign_in(self, code: ErrorCode) -> bool {
        match self {
            Self::V4 => !matches!(
                code,
                ErrorCode::Configuration
                    | ErrorCode::AccessDenied
                    | ErrorCode::Verification
                    | ErrorCode::Default
            ),
        }
    }

    /// The status of the error page.
    pub const fn error_status(self, code: ErrorCode) -> u16 {
        match (self, code) {
            (Self::V4, ErrorCode::Configuration) => 500,
            (Self::V4, ErrorCode::AccessDenied | ErrorCode::Verification) => 403,
            (Self::V4, _) => 200,
        }
    }

    /// What `GET /providers` calls an OpenID Connect provider.
    pub const fn oidc_kind(self) -> &'static str {
        match self {
            Self::V4 => "oauth",
        }
    }
}

/// How values are sealed: the header, and the inputs of HKDF (RFC 5869 §2) beside the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDerivation {
    /// The protected header of what is sealed with the key (RFC 7516 §4), base64url: the one that is written and the
    /// one that is read. Whatever else a header could ask for (another algorithm, compression, an iteration count) is
    /// refused by not being this.
    pub header: &'static str,
    /// The salt; next-auth uses a cookie's name, or nothing.
    pub salt: String,
    /// The info.
    pub info: String,
}

/// How a client asks for redirects as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedBy {
    /// By `json=true` in the body: next-auth 3 and 4.
    Field,
    /// By the header `X-Auth-Return-Redirect`: Auth.js 5.
    Header,
}

/// Whether a refused request asked to sign out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningOut {
    /// It did: the sign-out page asks again.
    Yes,
    /// It did not.
    No,
}

/// A configuration names a generation that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWire(pub String);

impl fmt::Display for UnknownWire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<_> = Wire::ALL.iter().map(|wire| wire.as_str()).collect();
        write!(f, "unknown wire {:?}: known are {}", self.0, known.join(", "))
    }
}

impl std::error::Error for UnknownWire {}

impl FromStr for Wire {
    type Err = UnknownWire;

    fn from_str(name: &str) -> Result<Self, UnknownWire> {
        Self::ALL
            .iter()
            .copied()
            .find(|wire| wire.as_str() == name)
            .ok_or_else(|| UnknownWire(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_generation_has_its_name() {
        let names: Vec<_> = Wire::ALL.iter().map(|wire| wire.as_str()).collect();
        assert_eq!(names, Wire::NAMES);
    }

    #[test]
    fn an_unknown_generation_is_refused_and_the_known_ones_are_named() {
        let error = "v2".parse::<Wire>().unwrap_err();
        assert_eq!(error.to_string(), "unknown wire \"v2\": known are v4");
        assert_eq!("v4".parse(), Ok(Wire::V4));
    }

    #[test]
    fn secure_names_carry_the_prefixes_of_rfc_6265bis() {
        let names = Wire::V4.cookie_names(true);
        assert_eq!(names.csrf, "__Host-next-auth.csrf-token");
        assert_eq!(names.state, "__Secure-next-auth.state");
        assert_eq!(Wire::V4.cookie_names(false).session, "next-auth.session-token");
    }
}
