//! Who is signed in.
//!
//! ```no_run
//! use hallpass_client::{Client, Session};
//!
//! # async fn run() -> Result<(), hallpass_client::Error> {
//! let client = Client::new("https://app.example")?;
//! match client.get_session::<Session>().await {
//!     Ok(Some(session)) => println!("{:?} until {}", session.user.name, session.expires),
//!     Ok(None) => println!("nobody"),
//!     Err(error) => println!("unknown at the moment: {error}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! An application whose sessions hold more reads them as a type of its own.

use hallpass_wire::{Action, CSRF_FIELD};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::{Answer, Body};
use crate::{Client, Error};

/// A session as hallpass and NextAuth.js show it, unless the application adds to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who.
    pub user: User,
    /// Until when: `YYYY-MM-DDTHH:mm:ss.SSSZ`, UTC.
    pub expires: String,
}

/// What a session shows of its user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// What to call them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The URL of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
}

impl Client {
    /// The session of this client, as a type of the application's: [`Session`], if it has none. `None` says that the server
    /// answered and nobody is signed in; whatever else happened is an error.
    ///
    /// # Errors
    /// [`Error::Shape`] names the member that does not fit `S`. Those of every request: [`Error::Unreachable`],
    /// [`Error::Busy`], [`Error::Server`], [`Error::NotHallpass`], [`Error::Redirected`], [`Error::TooLarge`].
    pub async fn get_session<S: DeserializeOwned>(&self) -> Result<Option<S>, Error> {
        read(self.get(Action::Session).await?)
    }

    /// Makes the server read its user anew, and hands it `data` for the application's callbacks: what the JavaScript client
    /// calls `update`. `&()` stands for no data. The session as it is then; `None` if nobody is signed in.
    ///
    /// # Errors
    /// As [`Client::get_session`]; [`Error::Shape`] also where `data` is nothing that JSON can hold; [`Error::MissingCsrf`];
    /// [`Error::Unsupported`] of next-auth 3.
    pub async fn update<S, D>(&self, data: &D) -> Result<Option<S>, Error>
    where
        S: DeserializeOwned,
        D: Serialize + ?Sized,
    {
        let unfit = |_| Error::Shape { member: "data".to_owned(), expected: "expected JSON".to_owned() };
        let data = serde_json::to_value(data).map_err(unfit)?;
        for _ in 0..2 {
            let mut body = json!({ CSRF_FIELD: self.get_csrf_token().await?.expose() });
            if !data.is_null() {
                body["data"] = data.clone();
            }
            let answer = self.post(Action::Session, &[], Body::Json(body.to_string().into_bytes())).await?;
            if answer.ok() {
                return read(answer);
            }
            if answer.status != 400 || !is_nobody(&answer.data) {
                return Err(Error::Unsupported { status: answer.status });
            }
        }
        Err(Error::MissingCsrf)
    }
}

/// `{}` of next-auth 3 and 4, `null` of Auth.js 5.
fn is_nobody(data: &Value) -> bool {
    data.is_null() || data.as_object().is_some_and(serde_json::Map::is_empty)
}

fn read<S: DeserializeOwned>(answer: Answer) -> Result<Option<S>, Error> {
    if !answer.ok() || !(answer.data.is_object() || answer.data.is_null()) {
        return Err(answer.foreign());
    }
    if is_nobody(&answer.data) {
        return Ok(None);
    }
    // What every generation shows; another service's JSON is no session that does not fit.
    if answer.data.get("expires").is_none() && answer.data.get("user").is_none() {
        return Err(answer.foreign());
    }
    answer.read().map(Some)
}
