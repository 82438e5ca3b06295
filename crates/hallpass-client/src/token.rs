//! Tokens: against forgery, and for APIs.
//!
//! ```no_run
//! # async fn run() -> Result<(), hallpass_client::Error> {
//! let client = hallpass_client::Client::new("https://app.example")?;
//! let signed = client.get_token().await?;
//! let header = format!("Bearer {}", signed.token.expose());
//! # drop(header);
//! # Ok(())
//! # }
//! ```

use std::fmt;

use hallpass_wire::Action;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::ask::Answer;
use crate::{Client, Error};

/// A token. It prints as `[redacted]`, and is wiped when it is dropped.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// The token itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([redacted])")
    }
}

/// Who is signed in, signed for an API.
#[derive(Clone, Debug)]
pub struct SignedToken {
    /// A JWS in its compact form (RFC 7515 §3.1), to be sent as `Authorization: Bearer`.
    pub token: Token,
    /// Until when: `YYYY-MM-DDTHH:mm:ss.SSSZ`, UTC.
    pub expires: String,
}

impl Client {
    /// The token that a POST of this client has to carry. The functions here bring it along by themselves.
    ///
    /// # Errors
    /// As [`Client::get_session`].
    pub async fn get_csrf_token(&self) -> Result<Token, Error> {
        let answer = self.get(Action::Csrf).await?;
        text(&answer, "csrfToken").map(|token| Token(Zeroizing::new(token)))
    }

    /// A signed token for the session of this client, for APIs that verify it by public keys. Of hallpass; NextAuth.js has
    /// none.
    ///
    /// # Errors
    /// [`Error::SignInFirst`] where nobody is signed in, [`Error::Unsupported`] where the server signs nothing
    /// (`signing.keys`); as [`Client::get_session`] else.
    pub async fn get_token(&self) -> Result<SignedToken, Error> {
        let answer = self.get(Action::Token).await?;
        if answer.status == 401 {
            return Err(Error::SignInFirst);
        }
        let token = Token(Zeroizing::new(text(&answer, "token")?));
        Ok(SignedToken { token, expires: text(&answer, "expires")? })
    }
}

fn text(answer: &Answer, member: &str) -> Result<String, Error> {
    let found = answer.data.get(member).and_then(Value::as_str).filter(|_| answer.ok());
    found.map(str::to_owned).ok_or_else(|| answer.foreign())
}
