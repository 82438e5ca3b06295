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

use crate::discovery::Metadata;
use crate::fault::{Fault, ProviderError, faults};
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

/// The parameters that are read, each with the longest value it may have.
const PARAMETERS: &[(&str, usize)] = &[("state", 512), ("code", 4096), ("error", 256), ("iss", 2048)];

/// Reads the parameters, decoded, in whichever way they came: query or form.
///
/// # Errors
/// [`CallbackError`] says why no sign-in can come of them.
pub fn parse(parameters: &[(String, String)]) -> Result<Callback, CallbackError> {
    let [state, code, error, iss] = [0, 1, 2, 3].map(|index| {
        let (name, longest) = PARAMETERS[index];
        single(parameters, name, longest)
    });
    let (state, code, error, iss) = (state?, code?, error?, iss?);
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
    match (iss, metadata.issuer.as_deref()) {
        (Some(iss), Some(issuer)) if iss == issuer => Ok(()),
        (Some(_), Some(_)) => Err(CallbackError::IssuerMismatched),
        (None, _) if metadata.authorization_response_iss_parameter_supported => Err(CallbackError::MissingIssuer),
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
