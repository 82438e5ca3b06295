//! What happened.

use crate::{Message, Millis, Options};

/// A session as the machine sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Session {
    /// Stands for the payload without `expires`: equal payloads have equal versions, different ones different
    /// versions, in all tabs. A hash of the JSON text will do.
    pub version: u32,
    /// How long it lives from the moment at which the server looked: its `expires` minus the server's clock (the `Date`
    /// of the answer), so that a wrong clock of the computer does not matter. What is no positive number means unknown: it is shown, and no
    /// timer runs.
    pub lives: Millis,
}

/// Whether a message brought the session's payload along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// It did.
    Here,
    /// It did not, for instance because it came by `localStorage`, where a session is never written.
    Absent,
}

/// What happened, as the shell tells it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Input {
    /// The first reader of the session appeared (a provider, a hook, a subscription), with the session that the page
    /// was rendered with: `None` if there is no such knowledge, `Some(None)` if nobody was signed in.
    Mounted(Option<Option<Session>>),
    /// The last reader went away: no more timers and no updates on focus. What is known stays.
    Unmounted,
    /// `getSession()`: ask, whatever is known. Shares a request that is on its way. [`Outputs::settled`] tells the end.
    ///
    /// [`Outputs::settled`]: crate::Outputs::settled
    Refresh,
    /// The server answered the request of this number: a session, or none.
    Answered {
        /// The number that [`Outputs::fetch`](crate::Outputs::fetch) gave.
        request: u32,
        /// What it said.
        session: Option<Session>,
    },
    /// The request of this number brought no usable answer: no network, a status of 400 or above, HTML.
    Failed {
        /// The number that [`Outputs::fetch`](crate::Outputs::fetch) gave.
        request: u32,
    },
    /// A sign-in, sign-out or update is about to be sent: do not read until its end is told (by one of
    /// the next four), at most 15 seconds.
    Changing,
    /// A sign-in was answered. Also: a sign-out or an update ended without an answer, so nobody knows whether the
    /// server did it.
    Changed,
    /// The server refused the change: wrong password, confirmation wanted.
    Unchanged,
    /// The server answered a sign-out.
    SignedOut,
    /// The server answered an update with the session as it is since.
    Updated(Option<Session>),
    /// Another tab's machine said something.
    Heard(Message, Payload),
    /// A tab that runs the client of NextAuth.js wrote its message to `localStorage`.
    HeardOldClient,
    /// The window gained the focus.
    Focused,
    /// The window lost the focus.
    Blurred,
    /// The page became visible.
    Visible,
    /// The page is hidden.
    Hidden,
    /// The page is back from the back/forward cache or was unfrozen, and may have missed messages.
    Resumed,
    /// The browser has a network again.
    Online,
    /// The browser has no network.
    Offline,
    /// The timer asked for by the last [`Outputs::wake`](crate::Outputs::wake) fired. A timer that was replaced must
    /// not be reported.
    Woke,
    /// The application chose other options.
    Configured(Options),
}
