//! The black box: `hallpass serve` in a temporary folder and on a free port, real peers beside it, and a browser
//! that shows what went over the wire.
//!
//! [`Server`] starts the binary and, when it is dropped, ends it and reads what it logged: a secret that the test
//! saw or used anywhere (a cookie's value, a code, a state, a password, a mail address) fails the test if it stands
//! there, and so does a panic. [`Browser`] keeps cookies as a browser does and tells the server's log what is
//! secret. [`Peer`] starts one of the Node programs of `e2e/peers`.
//!
//! It speaks HTTP by itself, byte by byte, because half of the tests send what no client library would send.
#![allow(
    clippy::disallowed_methods,
    reason = "a test of the real program sees the real clock and environment"
)]

mod binary;
mod browser;
mod config;
mod database;
mod folder;
mod http;
mod jar;
mod log;
mod peer;
mod server;

pub use binary::{Finished, hallpass};
pub use browser::Browser;
pub use config::{Config, SECRET};
pub use database::Database;
pub use folder::Folder;
pub use http::{Request, Response, form, percent_encoded};
pub use jar::Cookie;
pub use log::Log;
pub use peer::{Peer, closed_port, free_port};
pub use server::Server;
