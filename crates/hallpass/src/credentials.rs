//! Sign-in by a function of the application's own.

use std::fmt;
use std::sync::Arc;

use crate::world::Pending;

/// A way to sign in that the application decides: its `authorize` is asked with what the person typed.
///
/// ```
/// use hallpass::{Authorize, AuthorizeError, Credentials, Identity, Input, Pending};
///
/// struct Ldap;
/// impl Authorize for Ldap {
///     fn authorize(&self, input: Input) -> Pending<'_, Result<Option<Identity>, AuthorizeError>> {
///         Box::pin(async move {
///             let known = input.get("username") == Some("ada") && input.get("password") == Some("enchantress");
///             Ok(known.then(|| Identity { id: "7".into(), name: Some("Ada".into()), ..Identity::default() }))
///         })
///     }
/// }
///
/// let way = Credentials::new("ldap", "Company account", Ldap).field("username", "User").secret_field("password", "Password");
/// assert_eq!(way.id(), "ldap");
/// ```
///
/// It does not check passwords itself: for that turn the built-in ones on with
/// [`AuthBuilder::passwords`](crate::AuthBuilder::passwords).
#[derive(Clone)]
pub struct Credentials {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) fields: Vec<CredentialField>,
    pub(crate) authorize: Arc<dyn Authorize>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A field of the form on the sign-in page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CredentialField {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) kind: &'static str,
}

impl Credentials {
    /// A way in with this provider id and this name on its button.
    pub fn new(id: impl Into<String>, name: impl Into<String>, authorize: impl Authorize) -> Self {
        Self { id: id.into(), name: name.into(), fields: Vec::new(), authorize: Arc::new(authorize) }
    }

    /// Adds a text field to the form on the sign-in page.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, label: impl Into<String>) -> Self {
        self.fields.push(CredentialField { name: name.into(), label: label.into(), kind: "text" });
        self
    }

    /// Adds a field whose content is not shown.
    #[must_use]
    pub fn secret_field(mut self, name: impl Into<String>, label: impl Into<String>) -> Self {
        self.fields.push(CredentialField { name: name.into(), label: label.into(), kind: "password" });
        self
    }

    /// The provider id.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// The application's decision.
pub trait Authorize: Send + Sync + 'static {
    /// Who this is; `None` where nobody is known by these credentials. An unknown user and a wrong password
    /// should take the same time.
    fn authorize(&self, input: Input) -> Pending<'_, Result<Option<Identity>, AuthorizeError>>;
}

/// What was posted: the whole form, as next-auth hands it to `authorize`, without the anti-forgery token.
pub struct Input(pub(crate) Vec<(String, String)>);

impl Input {
    /// What a form would bring; for tests of an `authorize`.
    pub fn from_pairs<'p>(pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// Every field with its value, in the order in which they came.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Input([redacted])")
    }
}

/// Who signed in, in the application's own words.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The application's id of the user, at most 64 bytes; becomes `sub` and the user's id.
    pub id: String,
    /// What to call them.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Whether the application vouches that the address is theirs. Where it does not, and somebody proves by mail link
    /// or by a provider that the address is theirs, the user goes to them, and this way in is closed.
    pub email_verified: bool,
    /// The URL of a picture.
    pub image: Option<String>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity([redacted])")
    }
}

/// `authorize` signs nobody in, and says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorizeError {
    /// Words for the person, who gets them as `?error=…`, as in NextAuth.js.
    Words(String),
    /// It could not be decided at the moment. The person is asked to try again; the cause goes to the log.
    Unavailable(String),
}
