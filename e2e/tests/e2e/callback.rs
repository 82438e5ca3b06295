//! `/callback/…`.

mod credentials;
mod email;
mod liar;
mod linking;
mod oauth;
