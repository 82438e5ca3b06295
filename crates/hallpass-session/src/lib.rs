//! The client's session machine: when to ask the server, whom to tell, when to wake, what to show.
//!
//! One [`Machine`] stands behind the user interface of one tab. A shell (TypeScript in a page, Rust in a WebAssembly
//! front end) tells it what happened as [`Input`]s and does what the [`Outputs`] say: start a request, pass a message
//! to the other tabs, set a timer, render. The shell keeps the session's payload; the machine sees a `version` that
//! stands for the payload, how long the session lives, and nothing else. So it needs no allocation, and what crosses
//! its border is numbers.
//!
//! ```
//! use hallpass_session::{Input, Machine, Options, Session, Status};
//!
//! let mut machine = Machine::new(Options::default(), 7, 0.0);
//!
//! // The page shows up without a session prop: one request starts.
//! let outputs = machine.handle(Input::Mounted(None), 0.0);
//! let request = outputs.fetch.expect("a request");
//! assert_eq!(machine.view().status, Status::Loading);
//!
//! // The server knows the user; the session lives for an hour.
//! let session = Session { version: 41, lives: 3_600_000.0 };
//! let outputs = machine.handle(Input::Answered { request, session: Some(session) }, 80.0);
//! assert!(outputs.render && outputs.take);
//! assert_eq!(machine.view().status, Status::Authenticated);
//!
//! // The window gains the focus and the network is gone: what is shown stays, and says that it is stale.
//! let request = machine.handle(Input::Focused, 9_000.0).fetch.expect("a request");
//! let outputs = machine.handle(Input::Failed { request }, 9_100.0);
//! assert_eq!(machine.view().status, Status::Authenticated);
//! assert!(machine.view().stale && outputs.wake > 0.0);
//! ```
//!
//! # How tabs get along
//!
//! - **One number orders everything.** Each request and each change carries a stamp: the wall clock, pushed past every
//!   stamp seen so far. What is known never gives way to an older stamp, so a late answer cannot undo a sign-out.
//! - **What order cannot settle, the server does.** A tab that hears something older which contradicts what it knows
//!   has one request made, whose stamp is newer than both.
//! - **The leader is whoever asked last.** At a shared deadline it asks at once; the others give it a moment and then
//!   one of them asks in its place. There is no lock and no election, so there is nothing that can hang, and no
//!   heartbeat outside a running request.
//!
//! # What it does not do
//!
//! It does not fetch, store, render, or read a clock, and it never sees a cookie, a URL or a session's content.
//! Navigation after signing in and out is decided by [`sign_in`] and [`sign_out`], as tables; that a URL is http(s) is
//! checked by the shell, which has the URL.
#![no_std]
#![forbid(unsafe_code)]

mod clock;
mod dice;
mod input;
mod machine;
mod message;
mod options;
mod outputs;
pub mod sign_in;
pub mod sign_out;
mod view;
mod who;

pub use input::{Input, Payload, Session};
pub use machine::{Machine, Numbers, Rest};
pub use message::Message;
pub use options::Options;
pub use outputs::{Outputs, Settled};
pub use view::{Status, View};

/// Milliseconds. As `now`: since the Unix epoch, by the wall clock that all tabs of a browser share. Otherwise a
/// duration. A float, because 64-bit integers cannot cross into JavaScript.
pub type Millis = f64;

/// No time at all: what lies there never comes.
const NEVER: Millis = Millis::INFINITY;
