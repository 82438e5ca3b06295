//! Everything outside the process that hallpass touches, in one argument.
//!
//! The real ones live in `hallpass-world`; tests hand in their own. No other file of this crate reads a clock,
//! rolls dice, sends a byte or hashes a password.
//!
//! ```
//! use hallpass::world::Clock;
//! use hallpass_store::Timestamp;
//!
//! struct Noon;
//! impl Clock for Noon {
//!     fn now(&self) -> Timestamp {
//!         Timestamp::from_secs(43_200)
//!     }
//! }
//!
//! assert_eq!(Noon.now().millis(), 43_200_000);
//! ```
//!
//! It decides nothing: what a deadline is for, or what a failure means, is said where it is asked.

#[cfg(test)]
pub(crate) mod fixed;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use hallpass_store::{PasswordHash, Store, Timestamp};

/// A boxed future, so that the world's parts can be `dyn`.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The outside world.
#[derive(Clone)]
pub struct World {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Unguessable bytes.
    pub random: Arc<dyn Random>,
    /// Requests to OAuth providers.
    pub http: Arc<dyn Http>,
    /// Outgoing mail.
    pub mail: Arc<dyn Mail>,
    /// Password hashing.
    pub passwords: Arc<dyn Passwords>,
    /// Work in the background.
    pub tasks: Arc<dyn Tasks>,
    /// What is remembered.
    pub store: Arc<dyn Store>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

/// The wall clock.
pub trait Clock: Send + Sync + 'static {
    /// The time now, UTC.
    fn now(&self) -> Timestamp;
}

/// The kernel's random number generator.
pub trait Random: Send + Sync + 'static {
    /// Fills the buffer with unguessable bytes, or says that there are none. There is no weaker second choice.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), OutOfEntropy>;
}

/// No random bytes could be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfEntropy;

/// An HTTP client that follows no redirect, bounds time and size, and reaches no address that was not asked for.
pub trait Http: Send + Sync + 'static {
    /// Sends the request; answers with whatever status came back, or fails when `within` has passed.
    fn send(
        &self,
        request: http::Request<Bytes>,
        within: Duration,
    ) -> Pending<'_, Result<http::Response<Bytes>, HttpError>>;
}

/// Which configured provider a request goes to, by its id: in the request's extensions, for whoever counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressee(pub String);

/// Why there is no answer from a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpError {
    /// No answer within the deadline.
    TimedOut,
    /// The answer is larger than the limit.
    TooLarge,
    /// No connection, so nothing was sent; the reason in words that hold no secret.
    NotSent(String),
    /// The connection broke: what was sent may have been heard. The reason in words that hold no secret.
    Unreachable(String),
}

/// So many characters has a [`random_token`].
pub(crate) const RANDOM_TOKEN_LENGTH: usize = 43;

/// 32 random bytes as base64url.
pub(crate) fn random_token(random: &dyn Random) -> Result<String, OutOfEntropy> {
    let mut bytes = [0; 32];
    random.fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Work that goes on when whoever asked for it is gone, and waiting.
pub trait Tasks: Send + Sync + 'static {
    /// Does the work to its end, whoever waits for it.
    fn spawn(&self, work: Pending<'static, ()>);

    /// Waits for so long.
    fn sleep(&self, duration: Duration) -> Pending<'static, ()>;
}

/// Sends mail.
pub trait Mail: Send + Sync + 'static {
    /// Hands the message over to a mail server, within a deadline.
    fn send(&self, message: Message) -> Pending<'_, Result<(), MailError>>;
}

/// A message with a text and an HTML part of the same content.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The one recipient: a normalised address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The `text/plain` part.
    pub text: String,
    /// The `text/html` part.
    pub html: String,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message([redacted])")
    }
}

/// Why a mail was not handed over. The cause holds no address and no content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailError {
    /// The server did not answer within the deadline.
    TimedOut,
    /// The server could not be reached, or TLS failed.
    Unreachable(String),
    /// The server refused; its status code and words.
    Refused(String),
}

/// Hashes passwords away from the async threads, a bounded number at once.
pub trait Passwords: Send + Sync + 'static {
    /// A fresh PHC string for a new password.
    fn hash(&self, password: String) -> Pending<'_, Result<PasswordHash, PasswordsBusy>>;

    /// Whether the password fits. `None` hashes against a fixed decoy, takes as long, and is always `false`:
    /// that is how an unknown user takes as long as a wrong password.
    fn verify(
        &self,
        password: String,
        hash: Option<PasswordHash>,
    ) -> Pending<'_, Result<bool, PasswordsBusy>>;
}

/// Too many passwords are waiting to be hashed; ask again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordsBusy;
