//! Where a sign-in goes: before its form is sent, and after the answer.
//!
//! The table that this follows, row by row, is `transcripts/session/navigation.json`; a test compares every row.
//!
//! ```
//! use hallpass_session::sign_in::{Api, Lookup, Next, Redirect, Start, Way, after, start};
//!
//! // `signIn()` without a provider, or with a button's event in its place: the page that offers all of them.
//! assert_eq!(start(Lookup::Unknown), Start::SignInPage);
//! // `signIn("credentials", { redirect: false, … })`: post, then tell the caller.
//! assert_eq!(start(Lookup::Listed(Way::Credentials)), Start::PostToCallback);
//! assert_eq!(after(Api::V4, Way::Credentials, Redirect::No), Next::Tell);
//! // A provider elsewhere cannot be reached without leaving the page.
//! assert_eq!(after(Api::V4, Way::OAuth, Redirect::No), Next::Assign);
//! ```
//!
//! It builds no URL and judges none.

/// Whose functions the application calls. They differ in a few places, which applications rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// `next-auth/client`, version 3.
    V3,
    /// `next-auth/react`, version 4.
    V4,
    /// `next-auth/react`, version 5.
    V5,
}

/// What `GET /providers` said about the provider that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The list could not be had.
    Unreachable,
    /// It is not in the list, or none was asked for.
    Unknown,
    /// It is in the list, as an entry of its own.
    Listed(Way),
}

/// A provider's `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `oauth`, `oidc`, and whatever type is not known: the answer leads elsewhere.
    OAuth,
    /// `email`.
    Email,
    /// `credentials`.
    Credentials,
}

/// What a sign-in does first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Go to `{base}/error`.
    ErrorPage,
    /// Go to `{base}/signin?callbackUrl=…`.
    SignInPage,
    /// `POST {base}/signin/{provider}`.
    PostToSignIn,
    /// `POST {base}/callback/{provider}`.
    PostToCallback,
}

/// The option `redirect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// Anything but `false`.
    Yes,
    /// `false`.
    No,
}

/// What happens when the POST was answered. A URL to go to is the answer's, or the callback URL if it has none; and the page
/// has to be reloaded if the URL contains a `#`, because going to the same page with another fragment loads nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Hand the result to the caller. After a sign-in the machine hears [`Input::Changed`](crate::Input::Changed) before
    /// that, if the status was good, and [`Input::Unchanged`](crate::Input::Unchanged) otherwise.
    Tell,
    /// `location.replace(url)`: the page is not kept in the history.
    Replace,
    /// `location.href = url`.
    Assign,
    /// Tell the caller that it failed.
    Fail,
}

/// What a sign-in does first.
#[must_use]
pub const fn start(lookup: Lookup) -> Start {
    match lookup {
        Lookup::Unreachable => Start::ErrorPage,
        Lookup::Unknown => Start::SignInPage,
        Lookup::Listed(Way::Credentials) => Start::PostToCallback,
        Lookup::Listed(Way::OAuth | Way::Email) => Start::PostToSignIn,
    }
}

/// What happens when the POST was answered.
#[must_use]
pub const fn after(api: Api, way: Way, redirect: Redirect) -> Next {
    match (api, way, redirect) {
        (Api::V5, _, Redirect::No) | (_, Way::Email | Way::Credentials, Redirect::No) => Next::Tell,
        (Api::V3 | Api::V4, Way::OAuth, Redirect::No) | (_, _, Redirect::Yes) => leave(api),
    }
}

/// How a generation's functions leave the page.
pub(crate) const fn leave(api: Api) -> Next {
    match api {
        Api::V3 => Next::Replace,
        Api::V4 | Api::V5 => Next::Assign,
    }
}
