//! `/callback/…`.

mod credentials;
mod email;
mod kinds;
mod liar;
mod linking;
mod oauth;
pub mod posted;
mod signed;
mod skew;
