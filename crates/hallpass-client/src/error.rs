//! What can go wrong, whose fault it is, and the way out.
//!
//! ```
//! use hallpass_client::{Client, Error};
//!
//! let error = Client::new("http://app.example").unwrap_err();
//! assert!(matches!(error, Error::PlainHttp(_)));
//! assert!(error.to_string().contains("https"));
//! ```
//!
//! No error holds a password, a cookie or a token, or the value of a session's member.

use std::fmt;
use std::time::Duration;

/// Why there is no answer to rely on. "Nobody is signed in" is none of these: it is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The caller: the address is no `http` or `https` URL of a base path. Says what is wrong with it.
    Address(&'static str),
    /// The caller: passwords and cookies would travel in the clear to this host. Loopback is exempt;
    /// [`danger_allow_plain_http`](crate::Builder::danger_allow_plain_http) lets others through.
    PlainHttp(String),
    /// The machine: the HTTP client could not be built, because there are no certificates to trust, say.
    Setup(String),
    /// The network, or the server is down: no whole answer came in time. Who is signed in is as unknown as before, and a
    /// change may have been heard or not. Ask again later.
    Unreachable(String),
    /// The server has no time at the moment (429 or 503, RFC 9110 §15.6.4). Nothing was lost.
    Busy {
        /// The status.
        status: u16,
        /// How long it asks to wait, if it said so, in seconds or as a date (RFC 9110 §10.2.3).
        retry_after: Option<Duration>,
    },
    /// The server failed: what it logged says why.
    Server {
        /// The status, 500 or above.
        status: u16,
    },
    /// Something in between, or another base path: the answer is none of hallpass or NextAuth.js, such as a proxy's page.
    NotHallpass {
        /// The status.
        status: u16,
        /// The content type; empty if there was none.
        content_type: String,
    },
    /// Something in between, or another base path: the answer leads elsewhere, and this client does not go there.
    Redirected {
        /// The status.
        status: u16,
        /// The origin it leads to; empty where that cannot be read.
        to: String,
    },
    /// Something in between: the answer is longer than [`max_bytes`](crate::Builder::max_bytes).
    TooLarge {
        /// The bound, in bytes.
        max_bytes: usize,
    },
    /// The application: the type that a session, a list or data should be does not fit.
    Shape {
        /// The member, as a path: `user.roles[0]`; `.` is the whole.
        member: String,
        /// What was expected of it, without its value.
        expected: String,
    },
    /// The server refused the anti-forgery token twice: something drops the cookies on the way.
    MissingCsrf,
    /// The caller: the server has no way to sign in of this id.
    UnknownProvider(String),
    /// Nobody is signed in, or not any more, where somebody has to be.
    SignInFirst,
    /// The caller: the server does not do this, as it is configured.
    Unsupported {
        /// The status.
        status: u16,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(why) => write!(f, "the address of the server cannot be used: {why}"),
            Self::PlainHttp(host) => {
                write!(f, "{host} would be sent passwords and cookies in the clear: use https")
            }
            Self::Setup(why) => write!(f, "the HTTP client cannot be set up: {why}"),
            Self::Unreachable(why) => write!(f, "no answer of the sign-in server ({why}): is it running?"),
            Self::Busy { status, retry_after } => {
                write!(f, "the sign-in server has no time at the moment ({status}): try again")?;
                retry_after.map_or(Ok(()), |wait| write!(f, " in {} s", wait.as_secs()))
            }
            Self::Server { status } => {
                write!(f, "the sign-in server failed ({status}): its log says why")
            }
            Self::NotHallpass { status, content_type } => write!(
                f,
                "the answer ({status} {content_type:?}) is not one of hallpass: is it at this base path, and no proxy in between?"
            ),
            Self::Redirected { status, to } => write!(
                f,
                "the answer ({status}) leads to {to:?}, which is not followed: is hallpass at this base path?"
            ),
            Self::TooLarge { max_bytes } => write!(f, "the answer is longer than {max_bytes} bytes"),
            Self::Shape { member, expected } => {
                write!(f, "`{member}` does not fit the type it is read as: {expected}")
            }
            Self::MissingCsrf => {
                f.write_str("the anti-forgery token was refused: are cookies dropped on the way?")
            }
            Self::UnknownProvider(id) => write!(f, "there is no way to sign in called {id:?}"),
            Self::SignInFirst => f.write_str("nobody is signed in"),
            Self::Unsupported { status } => {
                write!(f, "the server does not offer this as it is configured ({status})")
            }
        }
    }
}

impl std::error::Error for Error {}
