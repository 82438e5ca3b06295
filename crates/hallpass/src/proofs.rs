//! Checks that were done, as values that only the check can make.
//!
//! An endpoint that needs a check takes its proof as an argument, so a forgotten check does not compile.
//!
//! What is proved: no other site started a read ([`OwnSite`]); a POST came from this site and carries its anti-forgery token ([`Csrf`]); an OAuth callback
//! belongs to a transaction that this browser started with this provider ([`Transaction`]); a mail link was asked for by
//! this browser, or by one whose screen somebody sees ([`mail_link`]).

mod csrf;
pub(crate) mod mail_link;
mod transaction;

pub(crate) use csrf::{Csrf, OwnSite, Starter, changes_nothing, csrf, is_safe, own_site, starter};
pub(crate) use transaction::{Started, Transaction, transaction};
