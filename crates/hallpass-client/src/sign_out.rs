//! Signing out.
//!
//! ```no_run
//! # async fn run() -> Result<(), hallpass_client::Error> {
//! let client = hallpass_client::Client::new("https://app.example")?;
//! client.sign_out().await?;
//! # Ok(())
//! # }
//! ```

use hallpass_wire::Action;

use crate::sign_in::HOME;
use crate::{Client, Error};

impl Client {
    /// Ends the session of this client, at the server and in its cookies. That nobody was signed in is no error. Where the
    /// server would lead a person afterwards is the answer: the home page of the site.
    ///
    /// # Errors
    /// As [`Client::sign_out_to`].
    pub async fn sign_out(&self) -> Result<String, Error> {
        self.sign_out_to(HOME).await
    }

    /// As [`Client::sign_out`], to be led to this URL or path of the site, if the server lets it be (`callbackUrl`).
    ///
    /// # Errors
    /// [`Error::MissingCsrf`]; as [`Client::get_session`] else. After an [`Error::Unreachable`] ask who is signed in.
    pub async fn sign_out_to(&self, callback_url: &str) -> Result<String, Error> {
        let (answer, fault) = self.change(Action::SignOut, &[], &[], callback_url).await?;
        if fault.is_some() || !answer.ok() {
            return Err(Error::Unsupported { status: answer.status });
        }
        answer.url().map(str::to_owned)
    }
}
