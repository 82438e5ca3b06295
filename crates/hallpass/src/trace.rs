//! What the log says of every request.

use std::fmt;
use std::net::IpAddr;
use std::sync::OnceLock;

/// The address of the client, as the shell that owns the socket knows it. Insert it into a request's extensions to
/// see it in the log; nothing is decided by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddr(pub IpAddr);

/// What came of a request, in the answer's extensions for the shell that counts: somebody signed in, or the request was
/// refused. Any other answer, such as that to a read of the session, has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The name of the endpoint, one of a fixed set.
    pub endpoint: &'static str,
    /// The configured way to sign in that the request was about: a provider's id, `email` or `credentials`.
    pub way: Option<String>,
    /// Why the request was refused, one of a fixed set and the same as in the log; `None` where somebody signed in.
    pub refused: Option<&'static str>,
}

/// Which request a line of the log is about.
pub(crate) struct Trace {
    /// Stands in the answer's `X-Request-Id` too.
    pub(crate) request_id: String,
    /// The name of the action, never the path: that may hold anything.
    pub(crate) action: &'static str,
    /// From where, where the shell knows it.
    pub(crate) client: Option<ClientAddr>,
    refused: OnceLock<&'static str>,
    signed_in: OnceLock<String>,
}

impl Trace {
    pub(crate) fn new(request_id: String, action: &'static str, extensions: &http::Extensions) -> Self {
        let client = extensions.get().copied();
        Self { request_id, action, client, refused: OnceLock::new(), signed_in: OnceLock::new() }
    }

    /// Takes note of why the request is refused; the first word counts.
    pub(crate) fn refused(&self, reason: &'static str) {
        let _ = self.refused.set(reason);
    }

    /// Takes note of who was let in, which way.
    pub(crate) fn signed_in(&self, way: &str) {
        let _ = self.signed_in.set(way.to_owned());
    }

    /// What to tell the shell. `way` is the way that the path names, if it is one.
    pub(crate) fn outcome(self, way: impl FnOnce() -> Option<String>) -> Option<Outcome> {
        let endpoint = self.action;
        if let Some(way) = self.signed_in.into_inner() {
            return Some(Outcome { endpoint, way: Some(way), refused: None });
        }
        let refused = self.refused.into_inner()?;
        Some(Outcome { endpoint, way: way(), refused: Some(refused) })
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
