//! What the log says of every request.

use std::fmt;
use std::net::IpAddr;

/// The address of the client, as the shell that owns the socket knows it. Insert it into a request's extensions to
/// see it in the log; nothing is decided by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddr(pub IpAddr);

/// Which request a line of the log is about.
pub(crate) struct Trace {
    /// Stands in the answer's `X-Request-Id` too.
    pub(crate) request_id: String,
    /// The name of the action, never the path: that may hold anything.
    pub(crate) action: &'static str,
    /// From where, where the shell knows it.
    pub(crate) client: Option<ClientAddr>,
}

impl Trace {
    pub(crate) fn new(request_id: String, action: &'static str, extensions: &http::Extensions) -> Self {
        Self { request_id, action, client: extensions.get().copied() }
    }

    /// The client's address, or nothing.
    pub(crate) fn client(&self) -> impl fmt::Display {
        struct Shown(Option<ClientAddr>);
        impl fmt::Display for Shown {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.map_or(Ok(()), |ClientAddr(address)| address.fmt(f))
            }
        }
        Shown(self.client)
    }
}
