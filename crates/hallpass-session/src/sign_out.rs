//! What a sign-out's answer means, and where it goes.
//!
//! The table that this follows, row by row, is `transcripts/session/navigation.json`; a test compares every row.
//!
//! ```
//! use hallpass_session::Input;
//! use hallpass_session::sign_in::{Api, Open, Redirect};
//! use hallpass_session::sign_out::{Answer, Then, means, then};
//!
//! assert_eq!(means(Answer::SignedOut), Input::SignedOut);
//! assert_eq!(then(Api::V3, Answer::SignedOut, Redirect::Yes), Then::Go(Open::Replace));
//! // Nobody knows whether the server did it: the session is read again, and the caller hears of the failure.
//! assert_eq!(means(Answer::Lost), Input::Changed);
//! assert_eq!(then(Api::V3, Answer::Lost, Redirect::Yes), Then::Fail);
//! ```
//!
//! It builds no URL and judges none.

use crate::Input;
use crate::sign_in::{Api, Open, Redirect, open};

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

/// Where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Go to the answer's URL, or to the callback URL if it has none.
    Go(Open),
    /// Hand the answer to the caller.
    Tell,
    /// Tell the caller that it failed.
    Fail,
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
pub const fn then(api: Api, answer: Answer, redirect: Redirect) -> Then {
    match (answer, redirect) {
        (Answer::Lost, _) => Then::Fail,
        (Answer::SignedOut | Answer::Unconfirmed, Redirect::Yes) => Then::Go(open(api)),
        (Answer::SignedOut | Answer::Unconfirmed, Redirect::No) => Then::Tell,
    }
}
