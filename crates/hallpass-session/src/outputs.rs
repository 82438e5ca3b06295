//! What to do.

use crate::{Message, Millis};

/// How a request ended that `getSession()` waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// What is known is no older than the call.
    Fresh,
    /// The server could not be asked; what is known is what was known before.
    Failed,
}

/// What to do after an input, in this order.
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct Outputs {
    /// Give up the request that is on its way; its answer will be ignored.
    pub abort: bool,
    /// Ask the server for the session, under this number.
    pub fetch: Option<u32>,
    /// Keep the payload that came with this input: it is the session. Otherwise forget it and keep the one there is.
    pub take: bool,
    /// Tell the other tabs.
    pub tell: Option<Message>,
    /// Also write the message of NextAuth.js to `localStorage`, for tabs that still run its client.
    pub tell_old_clients: bool,
    /// What [`Machine::view`](crate::Machine::view) gives has changed. False when nothing a reader can see is different.
    pub render: bool,
    /// Calls of `getSession()` that wait are to be answered.
    pub settled: Option<Settled>,
    /// Set the one timer to this many milliseconds from `now`, in place of the one before; infinite: no timer.
    pub wake: Millis,
}
