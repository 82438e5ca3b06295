//! Signing in.
//!
//! ```no_run
//! use hallpass_client::{Client, SignIn, SignInOptions};
//!
//! # async fn run(password: &str) -> Result<(), hallpass_client::Error> {
//! let client = Client::new("https://app.example")?;
//! let options = SignInOptions::new().field("email", "ada@example.com").field("password", password);
//! match client.sign_in_with("credentials", options).await? {
//!     SignIn::SignedIn { .. } => println!("signed in"),
//!     SignIn::MailSent { .. } => println!("open the link in the mail"),
//!     SignIn::Go { url } => println!("open {url} in a browser"),
//!     SignIn::Refused { error, .. } => println!("refused: {error}"),
//! }
//! # Ok(())
//! # }
//! ```

use std::fmt;

use hallpass_wire::{Action, CALLBACK_URL_FIELD, CSRF_FIELD, ErrorCode, JSON_FIELD};
use url::form_urlencoded::Serializer;
use url::{Position, Url};
use zeroize::Zeroizing;

use crate::ask::{Answer, Body};
use crate::{Client, Error};

/// What is sent along with a sign-in.
#[derive(Clone, Default)]
pub struct SignInOptions {
    fields: Vec<(String, Zeroizing<String>)>,
    authorization: Vec<(String, String)>,
    callback_url: Option<String>,
}

impl fmt::Debug for SignInOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<_> = self.fields.iter().map(|(name, _)| name).collect();
        f.debug_struct("SignInOptions").field("fields", &fields).finish_non_exhaustive()
    }
}

impl SignInOptions {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A field of the form: `email` and `password`, or whatever the application's own way to sign in asks for.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), Zeroizing::new(value.to_owned())));
        self
    }

    /// Where a person is led afterwards: a URL or a path of the site. Unless set, its home page.
    #[must_use]
    pub fn callback_url(mut self, url: &str) -> Self {
        self.callback_url = Some(url.to_owned());
        self
    }

    /// A parameter for the provider's own page, such as `prompt`.
    #[must_use]
    pub fn authorization(mut self, name: &str, value: &str) -> Self {
        self.authorization.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// What came of a sign-in that the server answered.
#[derive(Clone, PartialEq, Eq)]
pub enum SignIn {
    /// This client is signed in.
    SignedIn {
        /// Where a person would be led.
        url: String,
    },
    /// A link was mailed. Whoever opens it is signed in, in the browser where they open it, and not here.
    MailSent {
        /// The page that tells to look for the mail.
        url: String,
    },
    /// A person has to go there, at a provider.
    Go {
        /// Where: a URL to be opened in a browser. Only there the sign-in can come back.
        url: String,
    },
    /// The server said no: a wrong password, somebody who may not sign in, a mail that could not be sent.
    Refused {
        /// The code, as it stands in the URL; words of the application's own may be here.
        error: String,
        /// The code, if it is one that is known.
        code: Option<ErrorCode>,
        /// The status.
        status: u16,
    },
}

impl fmt::Debug for SignIn {
    /// A provider's URL holds the state of a transaction, so no URL is printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedIn { .. } => f.write_str("SignedIn"),
            Self::MailSent { .. } => f.write_str("MailSent"),
            Self::Go { .. } => f.write_str("Go"),
            Self::Refused { error, status, .. } => {
                f.debug_struct("Refused").field("error", error).field("status", status).finish()
            }
        }
    }
}

impl Client {
    /// Signs in by the provider of this id, `google` …, which needs nothing of whoever signs in: [`SignIn::Go`] says where it goes on.
    ///
    /// # Errors
    /// As [`Client::sign_in_with`].
    pub async fn sign_in(&self, provider: &str) -> Result<SignIn, Error> {
        self.sign_in_with(provider, SignInOptions::new()).await
    }

    /// Signs in by the provider of this id: `credentials`, `email`, `google` …, as [`Client::get_providers`] lists them.
    ///
    /// # Errors
    /// [`Error::UnknownProvider`], [`Error::MissingCsrf`]; as [`Client::get_session`] else. A wrong password is no error but
    /// [`SignIn::Refused`]. After an [`Error::Unreachable`] ask who is signed in.
    pub async fn sign_in_with(&self, provider: &str, options: SignInOptions) -> Result<SignIn, Error> {
        let unknown = || Error::UnknownProvider(provider.to_owned());
        let mut listed = self.get_providers().await?.into_iter();
        let known = listed.find(|listed| listed.id == provider).ok_or_else(unknown)?;
        let action = match known.kind.as_str() {
            "credentials" => Action::Callback(provider),
            _ => Action::SignIn(Some(provider)),
        };
        let callback_url = options.callback_url.as_deref().unwrap_or(HOME);
        let (answer, fault) =
            self.change(action, &options.authorization, &options.fields, callback_url).await?;
        let url = answer.url()?.to_owned();
        if fault.is_some() || !answer.ok() {
            let error = fault.unwrap_or_default();
            let code = ErrorCode::parse(&error);
            return Ok(SignIn::Refused { error, code, status: answer.status });
        }
        Ok(match known.kind.as_str() {
            "credentials" => SignIn::SignedIn { url },
            "email" => SignIn::MailSent { url },
            _ => SignIn::Go { url },
        })
    }

    /// Sends a form with the token against forgery, and once more if that token was refused: another clone of this client
    /// may have signed in since. The answer, and what its URL says that went wrong.
    pub(crate) async fn change(
        &self,
        action: Action<'_>,
        query: &[(String, String)],
        fields: &[(String, Zeroizing<String>)],
        callback_url: &str,
    ) -> Result<(Answer, Option<String>), Error> {
        for _ in 0..2 {
            let token = self.get_csrf_token().await?;
            let mut form = Serializer::new(String::new());
            form.extend_pairs(fields.iter().map(|(name, value)| (name, value.as_str())));
            form.append_pair(CSRF_FIELD, token.expose()).append_pair(JSON_FIELD, "true");
            form.append_pair(CALLBACK_URL_FIELD, callback_url);
            let answer = self.post(action, query, Body::Form(form.finish())).await?;
            match fault(answer.url()?, callback_url, &self.base) {
                Some(error) if error == MISSING_CSRF => {}
                fault => return Ok((answer, fault)),
            }
        }
        Err(Error::MissingCsrf)
    }
}

/// Where to go if nothing else is asked for. Always said: a server that is told nothing remembers what was asked before.
pub(crate) const HOME: &str = "/";

/// What Auth.js 5 calls it; the older ones say `csrf=true`.
const MISSING_CSRF: &str = "MissingCSRF";

/// What an answer's URL says that went wrong. The page to come back to may have an error of its own in its address.
/// Origins are not compared: a server inside may be asked by another name than its public one.
fn fault(url: &str, callback_url: &str, base: &Url) -> Option<String> {
    let led = base.join(url).ok()?;
    let place = |url: &Url| url[Position::BeforePath..Position::AfterQuery].to_owned();
    if base.join(callback_url).is_ok_and(|asked| place(&asked) == place(&led)) {
        return None;
    }
    let find = |wanted: &str| led.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value);
    let error = find("error").map(|error| error.into_owned());
    error.or_else(|| find("csrf").map(|_| MISSING_CSRF.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_wrong_stands_in_the_url_of_every_generation() {
        let base = Url::parse("https://app.example/api/auth").unwrap();
        let told = |url: &str, back| fault(url, back, &base);
        for (url, error) in [
            (
                "https://app.example/api/auth/error?error=CredentialsSignin&provider=pw",
                Some("CredentialsSignin"),
            ),
            ("/api/auth/signin?error=CredentialsSignin&code=credentials", Some("CredentialsSignin")),
            ("https://app.example/api/auth/signin?csrf=true", Some(MISSING_CSRF)),
            ("https://app.example/api/auth/signin?error=MissingCSRF", Some(MISSING_CSRF)),
            ("https://app.example/api/auth/error?error=Boom%20%26%20co", Some("Boom & co")),
            ("https://app.example/after", None),
        ] {
            assert_eq!(told(url, HOME).as_deref(), error, "{url}");
        }
        let own = "https://www.example/page?error=mine";
        assert_eq!(told(own, "/page?error=mine"), None);
        assert_eq!(told(own, HOME).as_deref(), Some("mine"));
    }

    #[test]
    fn nothing_that_opens_something_shows_itself_in_a_debug_print() {
        let options = SignInOptions::new().field("password", "s3cr3t");
        let go = SignIn::Go { url: "https://provider.example/?state=s3cr3t".into() };
        let shown = format!("{options:?} {go:?}");
        assert!(!shown.contains("s3cr3t") && shown.contains("password"), "{shown}");
    }
}
