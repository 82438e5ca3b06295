//! What hallpass remembers, and the one trait that remembers it.
//!
//! [`Store`] has four reads for requests, three for operators and neighbours, and one write. A write is data: [`Store::commit`] takes a list of [`Change`]s and
//! applies all of them or none.
//!
//! ```
//! use hallpass_store::{Change, CommitError, Memory, OneTimeToken, Purpose, Store, Timestamp, TokenHash};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), CommitError> {
//! let store = Memory::new();
//! let key = TokenHash::of("the secret in the mail link");
//! let (issued, used) = (Timestamp::from_secs(1_000), Timestamp::from_secs(1_060));
//! let token = OneTimeToken {
//!     key,
//!     purpose: Purpose::EmailSignIn,
//!     identifier: "ada@example.com".into(),
//!     callback_url: None,
//!     created: issued,
//!     expires: Timestamp::from_secs(1_600),
//! };
//! store.commit(&[Change::IssueToken(token)]).await?;
//!
//! let redeem = [Change::Redeem { key, purpose: Purpose::EmailSignIn, now: used }];
//! store.commit(&redeem).await?;
//! assert_eq!(store.commit(&redeem).await, Err(CommitError::TokenGone));
//! # Ok(())
//! # }
//! ```
//!
//! A store of your own implements the trait and runs the conformance suite (feature `suite`); see
//! [`Store`] for the rules it has to keep.
//!
//! This crate knows users, accounts, sessions and one-time tokens. It knows no cookie, no OAuth and no SQL, reads
//! no clock, makes no identifier, and judges no expiry: who asks brings the time.

mod change;
mod memory;
mod model;
mod store;
#[cfg(any(test, feature = "suite"))]
pub mod suite;
mod unavailable;

pub use change::{Change, CommitError};
pub use memory::Memory;
pub use model::{
    Account, AccountKind, Ending, Listed, OneTimeToken, PasswordHash, ProviderTokens, Purpose, Session,
    SessionClaims, Timestamp, TokenHash, User, UserId,
};
pub use store::{Answer, SessionPage, Store, UserBy, UserPage};
pub use unavailable::Unavailable;
