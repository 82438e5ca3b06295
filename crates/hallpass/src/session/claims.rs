//! What a session carries besides its user.

use std::fmt;

use bytes::Bytes;
use hallpass_store::SessionClaims;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Fault;
use crate::hooks::{Object, RESERVED_CLAIMS};

/// The claims of a session: what [`Hooks::jwt`](crate::hooks::Hooks::jwt) or a rule added, or what NextAuth.js put into
/// a token of its own. `Debug` does not show them.
///
/// ```
/// use hallpass::Claims;
///
/// #[derive(serde::Deserialize)]
/// struct Mine {
///     role: String,
/// }
///
/// let claims = Claims::from_json(r#"{"role":"admin"}"#);
/// assert_eq!(claims.read::<Mine>()?.role, "admin");
/// assert!(Claims::default().read::<Mine>().is_err(), "a claim that is not there is an error and no panic");
/// # Ok::<(), hallpass::BadClaims>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Claims(Bytes);

/// The claims do not fit the type they are read as; which, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadClaims(String);

impl fmt::Display for BadClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the claims of the session do not fit: {}", self.0)
    }
}

impl std::error::Error for BadClaims {}

impl Claims {
    /// Claims from the text of a JSON object, for tests and for stores of an application's own.
    pub fn from_json(json: impl Into<String>) -> Self {
        Self(Bytes::from(json.into()))
    }

    pub(super) fn of_token(plain: Vec<u8>) -> Self {
        Self(Bytes::from(plain))
    }

    pub(super) fn of_row(kept: Option<SessionClaims>) -> Self {
        kept.map(|kept| Self::from_json(kept.as_str())).unwrap_or_default()
    }

    /// Reads them as a type of the application's own. Of a session in a sealed cookie its standard claims, such as
    /// `sub`, are among them.
    ///
    /// # Errors
    /// [`BadClaims`] where one that the type asks for is missing or of another kind.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, BadClaims> {
        let json: &[u8] = if self.0.is_empty() { b"{}" } else { &self.0 };
        serde_json::from_slice(json).map_err(|error| BadClaims(error.to_string()))
    }

    /// The claim of this name.
    pub fn get(&self, name: &str) -> Option<Value> {
        self.read::<Object>().ok()?.remove(name)
    }

    /// What was added to those that every session has.
    pub(crate) fn added(&self) -> Object {
        let mut claims = self.read::<Object>().unwrap_or_default();
        claims.retain(|name, _| !RESERVED_CLAIMS.contains(&name.as_str()));
        claims
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims([redacted])")
    }
}

/// As a store keeps them; nothing where nothing was added.
pub(super) fn kept(added: &Object) -> Result<Option<SessionClaims>, Fault> {
    if added.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(added).map_err(|_| Fault::Broken("json"))?;
    Ok(Some(SessionClaims::new(text)))
}
