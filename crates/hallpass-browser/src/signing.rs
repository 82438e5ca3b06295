//! Signing in and out.
//!
//! ```
//! use hallpass_browser::{SignInOptions, sign_in_with};
//!
//! let options = SignInOptions::new().field("email", "ada@example.com").field("password", "…").stay();
//! let pending = sign_in_with("credentials", options);
//! // In a page: `pending.await` says how it ended.
//! drop(pending);
//! ```
//!
//! Where a sign-in goes is decided by the tables of `hallpass_session`.

use std::fmt;

use crate::page;
use crate::pending::Pending;

/// What goes along with a sign-in.
#[derive(Clone, Default)]
pub struct SignInOptions {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) authorization: Vec<(String, String)>,
    pub(crate) callback_url: Option<String>,
    pub(crate) stay: bool,
}

impl fmt::Debug for SignInOptions {
    /// A field may be a password, and a parameter somebody's address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |pairs: &[(String, String)]| -> Vec<String> {
            pairs.iter().map(|(name, _)| name.clone()).collect()
        };
        let mut shown = f.debug_struct("SignInOptions");
        shown.field("fields", &names(&self.fields)).field("authorization", &names(&self.authorization));
        shown.field("callback_url", &self.callback_url).field("stay", &self.stay).finish()
    }
}

impl SignInOptions {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A field of the form: `email` and `password`, or whatever the way to sign in asks for. The last one of a name counts.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A parameter for the provider's own page, such as `prompt`.
    #[must_use]
    pub fn authorization(mut self, name: &str, value: &str) -> Self {
        self.authorization.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Where to go afterwards; the page as it is unless set.
    #[must_use]
    pub fn callback_url(mut self, url: &str) -> Self {
        self.callback_url = Some(url.to_owned());
        self
    }

    /// Does not leave the page if the provider can do without: `redirect: false` of the Client API.
    #[must_use]
    pub fn stay(mut self) -> Self {
        self.stay = true;
        self
    }
}

/// How a sign-in that stays on its page ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInResponse {
    /// Why it failed, one of the error codes; `None` if it did not. `FetchError`: the server could not be asked.
    pub error: Option<String>,
    /// The HTTP status; 0 if there was no answer.
    pub status: u16,
    /// Whether the status was a good one.
    pub ok: bool,
    /// Where the server would have led; `None` after a failure.
    pub url: Option<String>,
}

impl SignInResponse {
    /// The server could not be asked.
    pub(crate) fn unreachable() -> Self {
        Self { error: Some("FetchError".to_owned()), status: 0, ok: false, url: None }
    }
}

/// What goes along with a sign-out.
#[derive(Clone, Debug, Default)]
pub struct SignOutOptions {
    pub(crate) callback_url: Option<String>,
    pub(crate) stay: bool,
}

impl SignOutOptions {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where to go afterwards; the page as it is, loaded anew, unless set.
    #[must_use]
    pub fn callback_url(mut self, url: &str) -> Self {
        self.callback_url = Some(url.to_owned());
        self
    }

    /// Does not leave the page: `redirect: false` of the Client API.
    #[must_use]
    pub fn stay(mut self) -> Self {
        self.stay = true;
        self
    }
}

/// How a sign-out that stays on its page ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignOutResponse {
    /// Where the server would have led; `None` if it did not answer, and then nobody knows whether it did it.
    pub url: Option<String>,
}

/// Signs in with the provider of this id. An id that is not in the list leads to the sign-in page: `sign_in("")` is the Client API's
/// `signIn()` without a provider. Comes back to this page. The answer is `None` where the page is left.
pub fn sign_in(provider: &str) -> Pending<Option<SignInResponse>> {
    sign_in_with(provider, SignInOptions::new())
}

/// [`sign_in`], with options.
pub fn sign_in_with(provider: &str, options: SignInOptions) -> Pending<Option<SignInResponse>> {
    page::sign_in(provider.to_owned(), options)
}

/// Leads whoever is not signed in to the sign-in page, which says why and comes back to this page: for pages that need a session. While
/// a sign-in or sign-out leaves the page for elsewhere this leads nowhere, unless the page is still here after 14 seconds.
pub fn lead_to_sign_in() {
    page::lead_to_sign_in();
}

/// Signs out, in every tab, and loads the page anew. The answer is `None` where the page is left.
pub fn sign_out() -> Pending<Option<SignOutResponse>> {
    sign_out_with(SignOutOptions::new())
}

/// [`sign_out`], with options.
pub fn sign_out_with(options: SignOutOptions) -> Pending<Option<SignOutResponse>> {
    page::sign_out(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_does_not_show_itself_in_a_debug_print() {
        let shown = format!("{:?}", SignInOptions::new().field("password", "s3cr3t").stay());
        assert!(shown.contains("password") && !shown.contains("s3cr3t"), "{shown}");
    }
}
