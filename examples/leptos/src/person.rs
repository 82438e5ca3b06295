//! Whoever is signed in, as the pages call them.

use hallpass_leptos::{Session, Status, use_session};
use leptos::prelude::*;

/// What a page shows of who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Person {
    /// Nobody knows yet.
    Unknown,
    /// Nobody is signed in.
    Stranger,
    /// Somebody is: their session.
    Known(Session),
}

impl Person {
    /// Their name, or else their address.
    pub(crate) fn name(&self) -> String {
        let Self::Known(Session { user, .. }) = self else { return String::new() };
        user.name.clone().or_else(|| user.email.clone()).unwrap_or_default()
    }

    /// Their address, or else their name.
    pub(crate) fn address(&self) -> String {
        let Self::Known(Session { user, .. }) = self else { return String::new() };
        user.email.clone().or_else(|| user.name.clone()).unwrap_or_default()
    }
}

/// Who is signed in, and whether that may be out of date.
pub(crate) fn use_person() -> (Memo<Person>, Memo<bool>) {
    let session = use_session::<Session>();
    let person = Memo::new(move |_| match session.get().status {
        Status::Loading => Person::Unknown,
        Status::Unauthenticated => Person::Stranger,
        Status::Authenticated(session) => Person::Known(session),
        // A session of this server's has nothing that does not fit.
        Status::Misfit(_) => Person::Unknown,
    });
    (person, Memo::new(move |_| session.get().stale))
}
