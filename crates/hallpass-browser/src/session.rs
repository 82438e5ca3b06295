//! What is known of the session, and a session as a type.
//!
//! ```
//! use hallpass_browser::{Known, Session, Status};
//!
//! let nothing = Known::<Session>::default();
//! assert!(matches!(nothing.status, Status::Loading) && !nothing.stale);
//! ```

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A session as hallpass and NextAuth.js show it. An application whose sessions hold more reads them as a type of its own.
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

/// What is known of the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known<S> {
    /// Whether somebody is signed in, and who.
    pub status: Status<S>,
    /// What is shown may be out of date: the server could not be asked, or is being asked about a change.
    pub stale: bool,
}

impl<S> Known<S> {
    /// Whether somebody is signed in, whatever their session holds and whether or not it fits the application's type; `None` while
    /// nothing is known.
    pub fn signed_in(&self) -> Option<bool> {
        match self.status {
            Status::Loading => None,
            Status::Authenticated(_) | Status::Misfit(_) => Some(true),
            Status::Unauthenticated => Some(false),
        }
    }

    /// Whether nobody is signed in for certain: that the server could not be asked is no reason to lead somebody away.
    ///
    /// ```
    /// use hallpass_browser::{Known, Session, Status};
    ///
    /// let blip = Known::<Session> { status: Status::Unauthenticated, stale: true };
    /// assert!(!blip.surely_nobody());
    /// assert!(Known { stale: false, ..blip }.surely_nobody());
    /// ```
    pub fn surely_nobody(&self) -> bool {
        self.signed_in() == Some(false) && !self.stale
    }
}

impl<S> Default for Known<S> {
    /// Nothing is known.
    fn default() -> Self {
        Self { status: Status::Loading, stale: false }
    }
}

/// Whether somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status<S> {
    /// Nothing is known yet. Ends with the first answer or the first failure, and does not come back.
    Loading,
    /// Somebody is signed in, and this is their session.
    Authenticated(S),
    /// Nobody is signed in, or nobody could be asked: then [`Known::stale`] says so.
    Unauthenticated,
    /// Somebody is signed in, and their session is not what the application expects: a fault of the application, or of what its
    /// server adds to sessions.
    Misfit(Misfit),
}

impl Status<String> {
    /// With the session's JSON read.
    pub(crate) fn read<S: DeserializeOwned>(self) -> Status<S> {
        match self {
            Self::Loading => Status::Loading,
            Self::Authenticated(text) => read(&text).map_or_else(Status::Misfit, Status::Authenticated),
            Self::Misfit(misfit) => Status::Misfit(misfit),
            Self::Unauthenticated => Status::Unauthenticated,
        }
    }
}

/// The session that the server sent does not fit the type that the application reads it as. Either the application's type is
/// wrong, or what the server adds to a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    reason: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = &self.reason;
        write!(
            f,
            "the session does not fit the application's type: {reason}. Compare it with what GET /session answers"
        )
    }
}

impl std::error::Error for Misfit {}

/// Why a session could not be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It does not fit the application's type.
    Misfit(Misfit),
    /// The data for [`update`](crate::update) cannot be written as JSON; nothing was sent.
    Data(String),
    /// The network, or the server is down: no whole answer came in time to [`update`](crate::update), and whether the data was taken is
    /// not known. Says what the browser says.
    Unreachable(String),
    /// The server, or something in between: what answered [`update`](crate::update) is no session. A status from 400 to 499 says that the
    /// data was not taken; of any other that is not known.
    Refused {
        /// The status.
        status: u16,
    },
    /// This is no page, but a server or a worker. A server reads the session with `hallpass`'s extractor.
    NoPage,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misfit(misfit) => misfit.fmt(f),
            Self::Data(reason) => write!(f, "the data to update the session with is no JSON: {reason}"),
            Self::Unreachable(why) => write!(f, "no answer of the sign-in server ({why}): is it running?"),
            Self::Refused { status } => write!(
                f,
                "the sign-in server's answer is no session ({status}), and the data counts as not taken: its log says why. Is hallpass at this base path, and no proxy in between?"
            ),
            Self::NoPage => {
                f.write_str("there is no page here: a server reads the session with hallpass's extractor")
            }
        }
    }
}

impl std::error::Error for Unread {}

impl From<Misfit> for Unread {
    fn from(misfit: Misfit) -> Self {
        Self::Misfit(misfit)
    }
}

/// What a page was rendered with by its server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Rendered {
    /// The server did not look: the page asks.
    #[default]
    Unknown,
    /// Nobody was signed in.
    Nobody,
    /// Somebody was: the session as JSON, exactly as `GET /session` gives it, so that the page knows it for the same. What that gives
    /// for nobody, `{}` or `null`, is nobody here too, and what is no JSON is as good as [`Self::Unknown`].
    Session(String),
}

/// Reads a session from its JSON.
pub(crate) fn read<S: DeserializeOwned>(text: &str) -> Result<S, Misfit> {
    serde_json::from_str(text).map_err(|error| Misfit { reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_does_not_fit_says_what_is_wrong_with_it() {
        #[derive(Debug, Deserialize)]
        struct WithRole {
            #[allow(dead_code, reason = "looked for, and not there")]
            role: String,
        }
        let misfit = read::<WithRole>(r#"{"user":{},"expires":"2099-01-01T00:00:00.000Z"}"#).unwrap_err();
        assert!(misfit.to_string().contains("missing field `role`"), "{misfit}");
        assert!(read::<Session>("7").is_err());
    }

    #[test]
    fn a_session_that_does_not_fit_is_somebodys_all_the_same() {
        let known = |status: Status<()>, stale| Known { status, stale };
        let misfit = Status::Misfit(Misfit { reason: String::new() });
        for (status, signed_in) in [
            (Status::Loading, None),
            (Status::Authenticated(()), Some(true)),
            (misfit, Some(true)),
            (Status::Unauthenticated, Some(false)),
        ] {
            let nobody = status == Status::Unauthenticated;
            for stale in [false, true] {
                let known = known(status.clone(), stale);
                assert_eq!(
                    (known.signed_in(), known.surely_nobody()),
                    (signed_in, nobody && !stale),
                    "{known:?}"
                );
            }
        }
    }

    #[test]
    fn a_session_is_read_whatever_the_generation_leaves_out() {
        let session: Session = read(r#"{"user":{"name":null,"email":"a@b.example"},"expires":"x"}"#).unwrap();
        assert_eq!(session.user, User { email: Some("a@b.example".into()), ..User::default() });
    }
}
