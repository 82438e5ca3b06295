//! `/signin` and `/signin/…`.

mod email;
mod oauth;
mod page;
