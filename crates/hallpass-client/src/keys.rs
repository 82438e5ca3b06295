//! The public keys of signed tokens, for an API that verifies them.
//!
//! ```no_run
//! # async fn run() -> Result<(), hallpass_client::Error> {
//! let client = hallpass_client::Client::new("https://app.example/api/auth")?;
//! let keys = client.get_keys().await?;
//! // `Verifier::signed_by`, and later `Verifier::replace_keys` of `hallpass::verify`, take them.
//! # drop(keys);
//! # Ok(())
//! # }
//! ```

use hallpass_wire::Action;

use crate::{Client, Error};

impl Client {
    /// The keys with which the server's signed tokens are verified, as JSON (RFC 7517 §5). Of hallpass; NextAuth.js has none.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the server signs nothing (`signing.keys`); as [`Client::get_session`] else.
    pub async fn get_keys(&self) -> Result<Vec<u8>, Error> {
        let answer = self.get(Action::Jwks).await?;
        if !answer.ok() || !answer.data["keys"].is_array() {
            return Err(answer.foreign());
        }
        Ok(answer.data.to_string().into_bytes())
    }
}
