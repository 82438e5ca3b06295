//! The black box over HTTP. The tree mirrors the URLs; `binary/` mirrors the commands.
//!
//! One program and not one for each file, because linking is what takes time. Every server is dropped at the end of
//! its test and fails it if a secret or a panic stands in its log (see `e2e::Server`).

#![allow(clippy::disallowed_methods, reason = "a test of the real program sees the real clock")]

mod scene;

mod binary;
mod bodies;
mod callback;
mod callback_url;
mod client;
mod client_elsewhere;
mod configured;
mod cookies;
mod csrf;
mod error;
mod examples;
mod health;
mod hooks;
mod methods;
mod pages;
mod password;
mod profiles;
mod provider_token;
mod providers;
mod purposes;
mod session;
mod signin;
mod signout;
mod signup;
mod store;
mod token;
mod verify_request;
