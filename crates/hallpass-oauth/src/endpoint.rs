//! The URL of something at a provider, checked once.
//!
//! ```
//! use hallpass_oauth::endpoint::{Endpoint, Transport};
//!
//! assert!(Endpoint::parse("https://op.example/token", Transport::Https).is_ok());
//! assert!(Endpoint::parse("http://op.example/token", Transport::LoopbackHttp).is_err());
//! assert!(Endpoint::parse("http://127.0.0.1:9000/token", Transport::LoopbackHttp).is_ok());
//! ```
//!
//! It resolves no name: what an address turns out to be is for whoever connects to it.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

/// Longer URLs than this are refused.
const MAX_LENGTH: usize = 2048;

/// Which URLs a client may talk to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// `https` only.
    Https,
    /// `https`, and `http` to this machine's own loopback addresses: for development and tests.
    LoopbackHttp,
}

/// An absolute URL that requests may be sent to, or browsers be sent to.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    url: Url,
    uri: http::Uri,
}

/// Why a text is no [`Endpoint`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointError {
    /// Not an absolute URL of at most 2048 bytes, or one with a user name, a password or a fragment.
    Malformed,
    /// Neither `https` nor an allowed `http` loopback URL.
    Insecure,
}

impl Endpoint {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`EndpointError`] says what is wrong with it.
    pub fn parse(text: &str, transport: Transport) -> Result<Self, EndpointError> {
        if text.len() > MAX_LENGTH {
            return Err(EndpointError::Malformed);
        }
        let url = Url::parse(text).map_err(|_| EndpointError::Malformed)?;
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if url.cannot_be_a_base() || !plain {
            return Err(EndpointError::Malformed);
        }
        match url.scheme() {
            "https" => {}
            "http" if transport == Transport::LoopbackHttp && is_loopback(&url) => {}
            _ => return Err(EndpointError::Insecure),
        }
        let uri = url.as_str().parse().map_err(|_| EndpointError::Malformed)?;
        Ok(Self { url, uri })
    }

    /// The URL, as the WHATWG parser writes it.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// A request to this URL that asks for JSON.
    pub(crate) fn request(&self, method: http::Method, body: Vec<u8>) -> http::Request<Vec<u8>> {
        let mut request = http::Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = self.uri.clone();
        let headers = request.headers_mut();
        headers.insert(http::header::ACCEPT, http::HeaderValue::from_static("application/json"));
        // Some providers refuse requests that name no agent.
        headers.insert(http::header::USER_AGENT, http::HeaderValue::from_static("hallpass"));
        request
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str())
    }
}

/// Whether the URL names this machine itself: `localhost`, `127.0.0.0/8` or `[::1]`.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_refused_unless_it_stays_on_this_machine() {
        for url in [
            "http://op.example/token",
            "http://10.0.0.1/",
            "http://localhost.evil.example/",
            "ftp://127.0.0.1/",
        ] {
            assert_eq!(Endpoint::parse(url, Transport::LoopbackHttp), Err(EndpointError::Insecure), "{url}");
        }
        for url in ["http://127.0.0.1:9/x", "http://localhost/x", "http://[::1]:9/x"] {
            assert_eq!(Endpoint::parse(url, Transport::Https), Err(EndpointError::Insecure), "{url}");
            assert!(Endpoint::parse(url, Transport::LoopbackHttp).is_ok(), "{url}");
        }
    }

    #[test]
    fn a_url_that_is_more_than_an_address_is_refused() {
        let long = format!("https://op.example/{}", "a".repeat(2048));
        for url in [
            "",
            "/token",
            "op.example",
            "https://a@op.example/",
            "https://:b@op.example/",
            "https://op.example/#x",
            "javascript:alert(1)",
            &long,
        ] {
            let error = Endpoint::parse(url, Transport::LoopbackHttp).unwrap_err();
            assert!(matches!(error, EndpointError::Malformed | EndpointError::Insecure), "{url}");
        }
        assert!(Endpoint::parse("https://op.example/token?x=1", Transport::Https).is_ok());
    }
}
