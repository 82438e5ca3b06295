//! The authorization response: what the browser brings back (RFC 6749 §4.1.2, RFC 9207).
//!
//! ```
//! use hallpass_oauth::callback::{self, CallbackError, Outcome};
//!
//! let parameters = |query: &str| -> Vec<(String, String)> {
//!     url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
//! };
//! let callback = callback::parse(&parameters("code=SplxlOBeZQQYbYS6WxSbIA&state=xyz")).unwrap();
//! assert_eq!(callback.state, "xyz");
//! assert!(matches!(callback.outcome, Outcome::Code(_)));
//!
//! let twice = callback::parse(&parameters("code=a&code=b&state=xyz"));
//! assert_eq!(twice.unwrap_err(), CallbackError::Repeated("code"));
//! ```
//!
//! It does not know whether the state is the browser's: compare it with the one that was kept, in constant time,
//! before anything else.

use std::fmt;

use crate::fault::{Fault, ProviderError, faults};
use crate::metadata::Metadata;
use crate::secret::Code;

faults! {
    /// Why a callback is refused before any request leaves.
    pub enum CallbackError {
        /// The named parameter is there more than once, or as a list (`code[]`).
        Repeated(parameter: &'static str) = "callback_parameter_repeated", Fault::Visitor, "a parameter of the callback is repeated";
        /// The named parameter is longer than any real one.
        TooLong(parameter: &'static str) = "callback_parameter_too_long", Fault::Visitor, "a parameter of the callback is too long";
        /// The named parameter holds control characters.
        Malformed(parameter: &'static str) = "callback_parameter_malformed", Fault::Visitor, "a parameter of the callback is malformed";
        /// There is no state.
        MissingState = "callback_state_missing", Fault::Visitor, "the callback has no state";
        /// There is neither a code nor an error.
        MissingCode = "callback_code_missing", Fault::Visitor, "the callback has neither a code nor an error";
        /// The provider names the issuer in every response, and this one does not (RFC 9207 §2.4).
        MissingIssuer = "callback_iss_missing", Fault::Provider, "the callback does not name the issuer";
        /// The response comes from another issuer (RFC 9207 §2.4).
        IssuerMismatched = "callback_iss_mismatched", Fault::Visitor, "the callback names another issuer";
    }
}

/// An authorization response of sound form.
#[derive(Clone)]
pub struct Callback {
    /// Names the transaction: 1 to 512 bytes, not compared with anything yet.
    pub state: String,
    /// What the provider says.
    pub outcome: Outcome,
    /// Who says so (RFC 9207); give it to [`check_iss`].
    pub iss: Option<String>,
}

/// What the provider says.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The person agreed; this exchanges for tokens.
    Code(Code),
    /// There will be no sign-in. An error beside a code counts as an error.
    Denied(ProviderError),
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

/// Reads the parameters, decoded, in whichever way they came: query or form.
///
/// # Errors
/// [`CallbackError`] says why no sign-in can come of them.
pub fn parse(parameters: &[(String, String)]) -> Result<Callback, CallbackError> {
    let state = single(parameters, "state", 512)?;
    let code = single(parameters, "code", 4096)?;
    let error = single(parameters, "error", 256)?;
    let iss = single(parameters, "iss", 2048)?;
    let state = state.filter(|state| !state.is_empty()).ok_or(CallbackError::MissingState)?;
    let outcome = match (error, code) {
        (Some(error), _) => Outcome::Denied(ProviderError::parse(error)),
        (None, Some(code)) if !code.is_empty() => Outcome::Code(Code::new(code.to_owned())),
        (None, _) => return Err(CallbackError::MissingCode),
    };
    Ok(Callback { state: state.to_owned(), outcome, iss: iss.map(str::to_owned) })
}

/// Compares the issuer of a response, also of an error response, with the one the browser was sent to: by simple
/// string comparison, before any token request (RFC 9207 §2.4).
///
/// A response without `iss` from a provider that does not promise one is let pass. What keeps the responses of two
/// such providers apart is the redirect URI of each provider's own (RFC 9700 §4.4.2.2), to which the caller binds the
/// state.
///
/// # Errors
/// [`CallbackError::MissingIssuer`] or [`CallbackError::IssuerMismatched`].
pub fn check_iss(metadata: &Metadata, iss: Option<&str>) -> Result<(), CallbackError> {
    let admits = |issuer: &str, iss: &str| match metadata.tenants {
        None => iss == issuer,
        Some(tenants) => tenants.admits(issuer, iss),
    };
    match (iss, metadata.issuer.as_deref()) {
        (Some(iss), Some(issuer)) if admits(issuer, iss) => Ok(()),
        (Some(_), Some(_)) => Err(CallbackError::IssuerMismatched),
        (None, _) if metadata.authorization_response_iss_parameter_supported => {
            Err(CallbackError::MissingIssuer)
        }
        _ => Ok(()),
    }
}

/// The one value of a parameter.
fn single<'a>(
    parameters: &'a [(String, String)],
    name: &'static str,
    longest: usize,
) -> Result<Option<&'a str>, CallbackError> {
    let mut found = None;
    for (key, value) in parameters {
        if key.strip_prefix(name).is_some_and(|rest| rest.starts_with(['[', '.'])) {
            return Err(CallbackError::Repeated(name));
        }
        if key == name && found.replace(value.as_str()).is_some() {
            return Err(CallbackError::Repeated(name));
        }
    }
    match found {
        Some(value) if value.len() > longest => Err(CallbackError::TooLong(name)),
        Some(value) if value.chars().any(char::is_control) => Err(CallbackError::Malformed(name)),
        found => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Client;
    use crate::provider::{Provider, UserInfo};
    use crate::secret::ClientSecret;

    fn read(query: &str) -> Result<Callback, CallbackError> {
        parse(&url::form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<_>>())
    }

    fn metadata(issuer: Option<&str>, promised: bool) -> Metadata {
        let entry = Provider {
            id: "acme".into(),
            name: "Acme".into(),
            issuer: issuer.map(|issuer| issuer.to_owned().into()),
            authorization: Some("https://acme.example/authorize".into()),
            token: Some("https://acme.example/token".into()),
            userinfo: UserInfo::Endpoint("https://acme.example/me".into()),
            ..Provider::OAUTH2
        };
        let client = Client::builder(entry, "id").secret(ClientSecret::new("s".into())).build().unwrap();
        let authorization_response_iss_parameter_supported = promised;
        Metadata {
            authorization_response_iss_parameter_supported,
            ..client.fixed_metadata().unwrap().clone()
        }
    }

    // A40
    #[test]
    fn a_repeated_parameter_is_refused() {
        for (query, parameter) in [
            ("code=a&code=a&state=s", "code"),
            ("code=a&%63ode=b&state=s", "code"),
            ("code[]=a&state=s", "code"),
            ("code%5B%5D=a&code=a&state=s", "code"),
            ("code=a&code[0]=b&state=s", "code"),
            ("code=a&code.x=b&state=s", "code"),
            ("code=a&state=s&state=t", "state"),
            ("code=a&state=s&state[]=t", "state"),
            ("code=a&state=s&iss=x&iss=y", "iss"),
            ("error=a&error=b&state=s", "error"),
        ] {
            assert_eq!(read(query).unwrap_err(), CallbackError::Repeated(parameter), "{query}");
        }
        assert!(read("code=a&state=s&codes=b&error_description=x&session_state=y").is_ok());
    }

    // A17
    #[test]
    fn a_callback_without_state_or_code_is_refused() {
        for query in ["", "code=a", "code=a&state=", "code=a&State=s", "error=access_denied"] {
            assert_eq!(read(query).unwrap_err(), CallbackError::MissingState, "{query}");
        }
        for query in ["state=s", "state=s&code="] {
            assert_eq!(read(query).unwrap_err(), CallbackError::MissingCode, "{query}");
        }
    }

    // A39
    #[test]
    fn an_error_wins_over_a_code_and_its_text_is_not_kept() {
        for (query, error) in [
            ("error=access_denied&state=s", "access_denied"),
            ("error=access_denied&code=a&state=s", "access_denied"),
            ("error=&code=a&state=s", "unreadable"),
            ("error=%3Cscript%3E&error_description=%3Cscript%3E&state=s", "unreadable"),
            ("error=login_required&state=s", "login_required"),
            ("error=own_code&state=s", "own_code"),
        ] {
            let Outcome::Denied(denied) = read(query).unwrap().outcome else { panic!("{query}") };
            assert_eq!(denied.as_str(), error, "{query}");
        }
        assert_eq!(
            read(&format!("error={}&state=s", "x".repeat(257))).unwrap_err(),
            CallbackError::TooLong("error")
        );
    }

    #[test]
    fn values_are_bounded_and_plain() {
        assert_eq!(
            read(&format!("code={}&state=s", "x".repeat(4097))).unwrap_err(),
            CallbackError::TooLong("code")
        );
        assert_eq!(
            read(&format!("code=a&state={}", "x".repeat(513))).unwrap_err(),
            CallbackError::TooLong("state")
        );
        assert_eq!(
            read(&format!("code=a&state=s&iss={}", "x".repeat(2049))).unwrap_err(),
            CallbackError::TooLong("iss")
        );
        assert_eq!(read("code=a%00&state=s").unwrap_err(), CallbackError::Malformed("code"));
        assert_eq!(read("code=a&state=s%0d%0aSet-Cookie:x").unwrap_err(), CallbackError::Malformed("state"));
        assert!(read(&format!("code={}&state={}", "x".repeat(4096), "y".repeat(512))).is_ok());
    }

    #[test]
    fn a_callback_never_shows_its_code_or_state() {
        let shown = format!("{:?}", read("code=s3cr3t&state=s3cr3t").unwrap());
        assert!(!shown.contains("s3cr3t"), "{shown}");
    }

    // A24
    #[test]
    fn an_issuer_that_is_nearly_right_is_refused() {
        let metadata = metadata(Some("https://acme.example"), true);
        for near in [
            "https://acme.example/",
            "https://ACME.example",
            "https://acme.example:443",
            "http://acme.example",
            "https%3A%2F%2Facme.example",
            "",
        ] {
            assert_eq!(check_iss(&metadata, Some(near)), Err(CallbackError::IssuerMismatched), "{near}");
        }
        assert_eq!(check_iss(&metadata, Some("https://acme.example")), Ok(()));
        assert_eq!(check_iss(&metadata, None), Err(CallbackError::MissingIssuer));
    }

    // A24
    #[test]
    fn an_issuer_of_a_tenant_is_one_of_a_tenant_and_nothing_else() {
        let tenants = crate::issuer::Tenants { shared: &["common"], placeholder: "{tid}", claim: "tid" };
        let issuer = Some("https://acme.example/{tid}/".to_owned());
        let metadata = Metadata { issuer, tenants: Some(tenants), ..metadata(None, false) };
        let one = "https://acme.example/9122040d-6c67-4c5b-b112-36a304b66dad/";
        assert_eq!(check_iss(&metadata, Some(one)), Ok(()));
        for other in
            ["https://acme.example/common/", "https://acme.example/{tid}/", &one.replace("acme", "evil")]
        {
            assert_eq!(check_iss(&metadata, Some(other)), Err(CallbackError::IssuerMismatched), "{other}");
        }
    }

    // A24
    #[test]
    fn an_issuer_that_was_not_promised_is_compared_all_the_same() {
        let metadata = metadata(Some("https://acme.example"), false);
        assert_eq!(check_iss(&metadata, None), Ok(()));
        assert_eq!(check_iss(&metadata, Some("https://evil.example")), Err(CallbackError::IssuerMismatched));
        assert_eq!(check_iss(&self::metadata(None, false), Some("https://acme.example")), Ok(()));
    }
}
