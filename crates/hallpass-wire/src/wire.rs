//! The places where the generations of NextAuth.js differ.

use std::fmt;
use std::str::FromStr;

use crate::cookie::CookieNames;
use crate::error::ErrorCode;
use crate::token::TokenFormat;

/// Which generation of the protocol is spoken. Every difference between them is a method here, so that no
/// endpoint asks which one it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wire {
    /// As `next-auth` 3 speaks it.
    V3,
    /// As `next-auth` 4 speaks it.
    #[default]
    V4,
    /// As Auth.js 5 (`next-auth` 5) speaks it.
    V5,
}

impl Wire {
    /// The names of every generation, as they stand in a configuration.
    pub const NAMES: &'static [&'static str] = &["v3", "v4", "v5"];

    /// Every generation, oldest first.
    pub const ALL: &'static [Self] = &[Self::V3, Self::V4, Self::V5];

    /// As it stands in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V3 => "v3",
            Self::V4 => "v4",
            Self::V5 => "v5",
        }
    }

    /// The names of all cookies; `secure` says that the public URL is https.
    pub fn cookie_names(self, secure: bool) -> CookieNames {
        match self {
            Self::V3 | Self::V4 => CookieNames::new("next-auth", secure),
            Self::V5 => CookieNames::new("authjs", secure),
        }
    }

    /// The longest value a session cookie may have before it is cut into chunks: with name and attributes a
    /// cookie may have 4096 bytes (RFC 6265 §6.1). next-auth 3 cuts nothing, and its browsers lose what is longer.
    pub const fn chunk_size(self) -> usize {
        match self {
            Self::V3 | Self::V4 => 3933,
            Self::V5 => 3936,
        }
    }

    /// The body of `GET /session` when nobody is signed in.
    pub const fn no_session(self) -> &'static str {
        match self {
            Self::V3 | Self::V4 => "{}",
            Self::V5 => "null",
        }
    }

    /// Whether a session of the database shows an `accessToken` (wire §6).
    pub const fn has_access_token(self) -> bool {
        match self {
            Self::V3 => true,
            Self::V4 | Self::V5 => false,
        }
    }

    /// Whether a session says `null` for what is not known of its user (wire §6).
    pub const fn says_null(self) -> bool {
        match self {
            Self::V3 => true,
            Self::V4 | Self::V5 => false,
        }
    }

    /// The status of failed credentials where the redirect is asked for as JSON: a client that asks by the field looks
    /// at the status, one that asks by the header looks into the URL (wire §0.2).
    pub const fn rejected_credentials_status(self, asked: AskedBy) -> u16 {
        match asked {
            AskedBy::Field => 401,
            AskedBy::Header => 200,
        }
    }

    /// The status where [`Self::words_path`] is asked for as JSON (wire §7.2).
    pub const fn words_status(self, asked: AskedBy) -> u16 {
        match self {
            Self::V3 => 200,
            Self::V4 | Self::V5 => self.rejected_credentials_status(asked),
        }
    }

    /// Where failed credentials lead, below the base path.
    pub fn rejected_credentials_path(self, provider: &str) -> String {
        match self {
            Self::V3 | Self::V4 => format!("/error?error=CredentialsSignin&provider={provider}"),
            Self::V5 => "/signin?error=CredentialsSignin&code=credentials".into(),
        }
    }

    /// Where a person is sent with words of the application's own, percent-encoded already, below the base path. Auth.js 5
    /// has a place for them beside the code.
    pub fn words_path(self, encoded: &str) -> String {
        match self {
            Self::V3 | Self::V4 => format!("/error?error={encoded}"),
            Self::V5 => format!("/signin?error=CredentialsSignin&code={encoded}"),
        }
    }

    /// The status of an error where the redirect is asked for as JSON.
    pub const fn error_json_status(self, code: ErrorCode) -> u16 {
        match (self, code) {
            (Self::V3 | Self::V4, ErrorCode::AccessDenied) => 403,
            (Self::V3 | Self::V4 | Self::V5, _) => 200,
        }
    }

    /// The status for a path or method that there is not.
    pub const fn unknown_action_status(self) -> u16 {
        match self {
            Self::V3 | Self::V4 | Self::V5 => 400,
        }
    }

    /// The status of a report to `/_log`. Auth.js 5 has no such endpoint, and our own client reports under every wire.
    pub const fn log_status(self) -> u16 {
        match self {
            Self::V3 | Self::V4 | Self::V5 => 200,
        }
    }

    /// What a session token is written as. Those of every generation are read.
    pub const fn session_format(self) -> TokenFormat {
        match self {
            Self::V3 => TokenFormat::Hs512,
            Self::V4 => TokenFormat::A256Gcm,
            Self::V5 => TokenFormat::A256CbcHs512,
        }
    }

    /// Where any other error leads, below the base path.
    pub fn error_path(self, code: ErrorCode) -> String {
        match (self, code) {
            (Self::V3 | Self::V4, _) => format!("/error?error={}", code.as_str()),
            (Self::V5, ErrorCode::AccessDenied | ErrorCode::Verification) => {
                format!("/error?error={}", code.as_str())
            }
            (Self::V5, ErrorCode::OAuthAccountNotLinked) => "/signin?error=OAuthAccountNotLinked".into(),
            (Self::V5, ErrorCode::Callback) => "/signin?error=OAuthCallbackError".into(),
            (Self::V5, ErrorCode::CredentialsSignin) => self.rejected_credentials_path(""),
            // A client of Auth.js 5 is told of no other.
            (Self::V5, _) => "/error?error=Configuration".into(),
        }
    }

    /// Where a sign-in leads that could not be started, because the provider or the mail server did not do its part, below
    /// the base path. Auth.js 5 takes the sign-in page for it, and says no more than `Configuration` (wire §9.1).
    pub fn not_started_path(self, code: ErrorCode) -> String {
        match self {
            Self::V3 | Self::V4 => self.error_path(code),
            Self::V5 => "/signin?error=Configuration".into(),
        }
    }

    /// Where a POST without a valid anti-forgery token leads, below the base path.
    pub const fn missing_csrf_path(self, signing_out: SigningOut) -> &'static str {
        match (self, signing_out) {
            (Self::V3 | Self::V4, SigningOut::Yes) => "/signout?csrf=true",
            (Self::V3 | Self::V4, SigningOut::No) => "/signin?csrf=true",
            (Self::V5, _) => "/signin?error=MissingCSRF",
        }
    }

    /// Where a POST for a provider that there is not leads, below the base path.
    pub const fn unknown_provider_path(self) -> &'static str {
        match self {
            Self::V3 | Self::V4 => "/signin?csrf=true",
            Self::V5 => "/error?error=Configuration",
        }
    }

    /// Whether `GET /error` with this code sends the person on to the sign-in page.
    pub const fn is_shown_at_sign_in(self, code: ErrorCode) -> bool {
        match self {
            Self::V3 if matches!(code, ErrorCode::SessionRequired) => false,
            Self::V3 | Self::V4 => !matches!(
                code,
                ErrorCode::Configuration
                    | ErrorCode::AccessDenied
                    | ErrorCode::Verification
                    | ErrorCode::Default
            ),
            Self::V5 => false,
        }
    }

    /// Whether an error page of the application's own is told of every error, also of those that [the sign-in page
    /// shows](Self::is_shown_at_sign_in) (wire §4.3).
    pub const fn asks_own_error_page_first(self) -> bool {
        match self {
            Self::V3 => true,
            Self::V4 | Self::V5 => false,
        }
    }

    /// Whether the application's own page that tells to look for a mail gets the query (wire §4.3).
    pub const fn passes_query_of_verify_request(self) -> bool {
        match self {
            Self::V3 | Self::V4 => false,
            Self::V5 => true,
        }
    }

    /// The status of the error page.
    pub const fn error_status(self, code: ErrorCode) -> u16 {
        match (self, code) {
            (_, ErrorCode::Configuration) => 500,
            (_, ErrorCode::AccessDenied | ErrorCode::Verification) => 403,
            (Self::V3 | Self::V4 | Self::V5, _) => 200,
        }
    }

    /// What `GET /providers` calls an OpenID Connect provider.
    pub const fn oidc_kind(self) -> &'static str {
        match self {
            Self::V3 | Self::V4 => "oauth",
            Self::V5 => "oidc",
        }
    }
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
        assert_eq!(error.to_string(), "unknown wire \"v2\": known are v3, v4, v5");
        assert_eq!("v4".parse(), Ok(Wire::V4));
        assert_eq!("v5".parse(), Ok(Wire::V5));
    }

    /// The levers of wire §0.2 and the notes of §4 and §9, a row for each generation.
    #[test]
    fn each_generation_is_told_what_its_clients_expect() {
        let told = |wire: Wire| {
            let (field, header) = (AskedBy::Field, AskedBy::Header);
            (
                (wire.no_session(), wire.says_null(), wire.oidc_kind()),
                (wire.rejected_credentials_status(field), wire.rejected_credentials_status(header)),
                (wire.words_status(field), wire.error_json_status(ErrorCode::AccessDenied)),
                (wire.rejected_credentials_path("pw"), wire.words_path("Boom%20%26%20co")),
                (wire.missing_csrf_path(SigningOut::Yes), wire.missing_csrf_path(SigningOut::No)),
                (wire.unknown_provider_path(), wire.is_shown_at_sign_in(ErrorCode::OAuthCallback)),
            )
        };
        let older = (
            ("/error?error=CredentialsSignin&provider=pw".into(), "/error?error=Boom%20%26%20co".into()),
            ("/signout?csrf=true", "/signin?csrf=true"),
            ("/signin?csrf=true", true),
        );
        let v3 = (("{}", true, "oauth"), (401, 200), (200, 403), older.0.clone(), older.1, older.2);
        assert_eq!(told(Wire::V3), v3);
        let v4 = (("{}", false, "oauth"), (401, 200), (401, 403), older.0, older.1, older.2);
        assert_eq!(told(Wire::V4), v4);
        let signin = "/signin?error=CredentialsSignin&code=";
        let v5 = (
            ("null", false, "oidc"),
            (401, 200),
            (401, 200),
            (format!("{signin}credentials"), format!("{signin}Boom%20%26%20co")),
            ("/signin?error=MissingCSRF", "/signin?error=MissingCSRF"),
            ("/error?error=Configuration", false),
        );
        assert_eq!(told(Wire::V5), v5);
    }

    #[test]
    fn an_applications_own_pages_are_told_what_those_of_its_generation_are() {
        let told = |wire: Wire| (wire.asks_own_error_page_first(), wire.passes_query_of_verify_request());
        assert_eq!([Wire::V3, Wire::V4, Wire::V5].map(told), [(true, false), (false, false), (false, true)]);
    }

    #[test]
    fn a_client_of_auth_js_5_hears_only_of_errors_that_it_knows() {
        for code in ErrorCode::ALL {
            let expected = match code {
                ErrorCode::AccessDenied => "/error?error=AccessDenied",
                ErrorCode::Verification => "/error?error=Verification",
                ErrorCode::OAuthAccountNotLinked => "/signin?error=OAuthAccountNotLinked",
                ErrorCode::Callback => "/signin?error=OAuthCallbackError",
                ErrorCode::CredentialsSignin => "/signin?error=CredentialsSignin&code=credentials",
                _ => "/error?error=Configuration",
            };
            assert_eq!(Wire::V5.error_path(code), expected);
            assert_eq!(Wire::V3.error_path(code), format!("/error?error={}", code.as_str()));
        }
    }

    #[test]
    fn secure_names_carry_the_prefixes_of_rfc_6265bis() {
        let names = Wire::V4.cookie_names(true);
        assert_eq!(names.csrf, "__Host-next-auth.csrf-token");
        assert_eq!(names.state, "__Secure-next-auth.state");
        assert_eq!(Wire::V4.cookie_names(false).session, "next-auth.session-token");
        assert_eq!(Wire::V3.cookie_names(true), names);
        assert_eq!(Wire::V5.cookie_names(true).csrf, "__Host-authjs.csrf-token");
        assert_eq!(Wire::V5.cookie_names(false).session, "authjs.session-token");
    }
}
