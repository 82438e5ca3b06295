//! Signing out.
//!
//! ```no_run
//! use hallpass_client::SignOutOptions;
//!
//! # async fn run() -> Result<(), hallpass_client::Error> {
//! let client = hallpass_client::Client::new("https://app.example")?;
//! let url = client.sign_out_with(SignOutOptions::new().callback_url("/bye")).await?;
//! assert_eq!(url, "https://app.example/bye");
//! # Ok(())
//! # }
//! ```

use hallpass_wire::Action;

use crate::sign_in::HOME;
use crate::{Client, Error};

/// What is sent along with a sign-out.
#[derive(Clone, Debug, Default)]
pub struct SignOutOptions {
    callback_url: Option<String>,
}

impl SignOutOptions {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where a person is led afterwards, if the server lets it be: a URL or a path of the site. Unless set, its home page.
    #[must_use]
    pub fn callback_url(mut self, url: &str) -> Self {
        self.callback_url = Some(url.to_owned());
        self
    }
}

impl Client {
    /// Ends the session of this client, at the server and in its cookies. That nobody was signed in is no error. Where the
    /// server would lead a person afterwards is the answer: the home page of the site.
    ///
    /// # Errors
    /// As [`Client::sign_out_with`].
    pub async fn sign_out(&self) -> Result<String, Error> {
        self.sign_out_with(SignOutOptions::new()).await
    }

    /// As [`Client::sign_out`], with options.
    ///
    /// # Errors
    /// [`Error::MissingCsrf`]; as [`Client::get_session`] else. After an [`Error::Unreachable`] ask who is signed in.
    pub async fn sign_out_with(&self, options: SignOutOptions) -> Result<String, Error> {
        let callback_url = options.callback_url.as_deref().unwrap_or(HOME);
        let (answer, fault) = self.change(Action::SignOut, &[], &[], callback_url).await?;
        if fault.is_some() || !answer.ok() {
            return Err(Error::Unsupported { status: answer.status });
        }
        answer.url().map(str::to_owned)
    }
}
