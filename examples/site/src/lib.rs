//! What the examples with Leptos, Dioxus and Yew have in common: hallpass set up from the environment, the files of a page, and notes
//! that people keep. The examples themselves show pages.
//!
//! ```no_run
//! use axum::{Router, routing::get};
//! use example_site::Site;
//!
//! # async fn example() -> Result<(), example_site::Problem> {
//! let site = Site::from_environment()?;
//! let auth = site.auth.clone();
//! let app = Router::new().route("/", get(async || "hello")).merge(auth.router()).layer(auth.layer());
//! site.serve(app).await
//! # }
//! ```
#![allow(clippy::disallowed_methods, reason = "an application may read its environment where it likes")]

mod files;
mod mailbox;
mod notes;
mod setup;

pub use notes::Notes;
pub use setup::{Problem, Site};
