//! Whoever is signed in, as the pages call them.

use hallpass_leptos::{Session, Status, User, use_session};
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
    /// Somebody is, whose session is none that this application can read: what is wrong with it.
    Misfit(String),
}

impl Person {
    /// Their name, or else their address.
    pub(crate) fn name(&self) -> String {
        self.called(|User { name, email, .. }| name.or(email))
    }

    /// Their address, or else their name.
    pub(crate) fn address(&self) -> String {
        self.called(|User { name, email, .. }| email.or(name))
    }

    fn called(&self, how: impl FnOnce(User) -> Option<String>) -> String {
        match self {
            Self::Unknown | Self::Stranger => String::new(),
            Self::Known(session) => how(session.user.clone()).unwrap_or_default(),
            Self::Misfit(wrong) => wrong.clone(),
        }
    }
}

/// Who is signed in, and whether that may be out of date.
pub(crate) fn use_person() -> (Memo<Person>, Memo<bool>) {
    let session = use_session::<Session>();
    let person = Memo::new(move |_| match session.get().status {
        Status::Loading => Person::Unknown,
        Status::Unauthenticated => Person::Stranger,
        Status::Authenticated(session) => Person::Known(session),
        Status::Misfit(misfit) => Person::Misfit(misfit.to_string()),
    });
    (person, Memo::new(move |_| session.get().stale))
}
