//! What a sign-out's answer means, and where it goes.
//!
//! The table that this follows, row by row, is `transcripts/session/navigation.json`; a test compares every row.
//!
//! ```
//! use hallpass_session::Input;
//! use hallpass_session::sign_in::{Api, Next, Redirect};
//! use hallpass_session::sign_out::{Answer, means, then};
//!
//! assert_eq!(means(Answer::SignedOut), Input::SignedOut);
//! assert_eq!(then(Api::V3, Answer::SignedOut, Redirect::Yes), Next::Replace);
//! // Nobody knows whether the server did it: the session is read again, and the caller hears of the failure.
//! assert_eq!(means(Answer::Lost), Input::Changed);
//! assert_eq!(then(Api::V3, Answer::Lost, Redirect::Yes), Next::Fail);
//! ```
//!
//! It builds no URL and judges none.

use crate::Input;
use crate::sign_in::{Api, Next, Redirect, leave};

/// How `POST {base}/signout` ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A good status, and a URL that is not the confirmation page.
    SignedOut,
    /// The server wants a confirmation first (`/signout?csrf=true`): the token against forgery was not good.
    Unconfirmed,
    /// No answer, a bad status, or no JSON.
    Lost,
}

/// What the machine has to hear first, before anything navigates.
#[must_use]
pub const fn means(answer: Answer) -> Input {
    match answer {
        Answer::SignedOut => Input::SignedOut,
        Answer::Unconfirmed => Input::Unchanged,
        Answer::Lost => Input::Changed,
    }
}

/// Where it goes.
#[must_use]
pub const fn then(api: Api, answer: Answer, redirect: Redirect) -> Next {
    match (answer, redirect) {
        (Answer::Lost, _) => Next::Fail,
        (Answer::SignedOut | Answer::Unconfirmed, Redirect::Yes) => leave(api),
        (Answer::SignedOut | Answer::Unconfirmed, Redirect::No) => Next::Tell,
    }
}
