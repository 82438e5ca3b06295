//! The one table of what is measured.

use crate::hallpass::Strategy;

/// One situation of a browser.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Below the base path.
    pub(crate) path: &'static str,
    pub(crate) strategy: Strategy,
    pub(crate) hooks: Hooks,
    pub(crate) cookies: Cookies,
    pub(crate) aim: Option<Aim>,
}

/// Whether an application shapes sign-ins and sessions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hooks {
    /// There is none.
    None,
    /// It is asked for claims (`jwt`), allows an origin to go to and is told events. A read of a session asks it nothing.
    SignIn,
}

/// What the browser holds.
#[derive(Clone, Copy)]
pub(crate) enum Cookies {
    /// The anti-forgery token, the callback URL and a session.
    SignedIn,
    /// The same without the session: anybody after their first page.
    SignedOut,
    /// Nothing: the first request of a stranger, whose answer sets two cookies.
    None,
}

/// How many times the peer's CPU time a request may cost.
#[derive(Clone, Copy)]
pub(crate) struct Aim {
    pub(crate) at_most: f64,
    pub(crate) hope: f64,
}

pub(crate) const CASES: [Case; 7] = [
    Case {
        name: "session read, JWT",
        path: "/session",
        strategy: Strategy::Jwt,
        hooks: Hooks::None,
        cookies: Cookies::SignedIn,
        aim: Some(Aim { at_most: 1.6, hope: 1.35 }),
    },
    Case {
        name: "session read, SQLite",
        path: "/session",
        strategy: Strategy::Database,
        hooks: Hooks::None,
        cookies: Cookies::SignedIn,
        aim: Some(Aim { at_most: 2.2, hope: 1.9 }),
    },
    Case {
        name: "session read, JWT, with hooks",
        path: "/session",
        strategy: Strategy::Jwt,
        hooks: Hooks::SignIn,
        cookies: Cookies::SignedIn,
        aim: Some(Aim { at_most: 1.6, hope: 1.35 }),
    },
    Case {
        name: "session read, SQLite, with hooks",
        path: "/session",
        strategy: Strategy::Database,
        hooks: Hooks::SignIn,
        cookies: Cookies::SignedIn,
        aim: Some(Aim { at_most: 2.2, hope: 1.9 }),
    },
    Case {
        name: "session read, signed out",
        path: "/session",
        strategy: Strategy::Jwt,
        hooks: Hooks::None,
        cookies: Cookies::SignedOut,
        aim: None,
    },
    Case {
        name: "session read, no cookie at all",
        path: "/session",
        strategy: Strategy::Jwt,
        hooks: Hooks::None,
        cookies: Cookies::None,
        aim: None,
    },
    Case {
        name: "anti-forgery token",
        path: "/csrf",
        strategy: Strategy::Jwt,
        hooks: Hooks::None,
        cookies: Cookies::SignedIn,
        aim: None,
    },
];
