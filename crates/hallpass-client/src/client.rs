//! The client and what it is built of.
//!
//! ```
//! use std::time::Duration;
//!
//! use hallpass_client::Client;
//!
//! let client = Client::builder("https://app.example/api/auth").deadline(Duration::from_secs(3)).build()?;
//! assert_eq!(client.base_url().as_str(), "https://app.example/api/auth");
//! # Ok::<(), hallpass_client::Error>(())
//! ```

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::cookie::Jar;
use reqwest::redirect;
use url::Url;
use zeroize::Zeroizing;

use crate::Error;
use crate::address::{PlainHttp, base};

/// One visitor of one server, as a browser profile is: it keeps the cookies, so whoever signs in with it stays signed in.
/// Clones are the same visitor; build another client for another person.
#[derive(Clone)]
pub struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Url,
    pub(crate) jar: Arc<Jar>,
    pub(crate) bearer: Option<Arc<Zeroizing<String>>>,
    pub(crate) deadline: Duration,
    pub(crate) max_bytes: usize,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl Client {
    /// A client of the server at this URL: of its base path (`https://app.example/api/auth`), or of a site, whose base path
    /// is `/api/auth` then.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::PlainHttp`], [`Error::Setup`].
    pub fn new(url: &str) -> Result<Self, Error> {
        Self::builder(url).build()
    }

    /// As [`Client::new`], with more to say.
    pub fn builder(url: &str) -> Builder {
        Builder {
            url: url.to_owned(),
            plain_http: PlainHttp::Refused,
            http: None,
            bearer: None,
            deadline: Duration::from_secs(14),
            max_bytes: 1024 * 1024,
        }
    }

    /// The URL of the base path, without a slash at the end.
    pub fn base_url(&self) -> &Url {
        &self.base
    }
}

/// A [`Client`] in the making.
pub struct Builder {
    url: String,
    plain_http: PlainHttp,
    http: Option<reqwest::Client>,
    bearer: Option<Arc<Zeroizing<String>>>,
    deadline: Duration,
    max_bytes: usize,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

impl Builder {
    /// Sends with this client, for certificates, proxies and pools of your own. It has to be built with
    /// [`redirect::Policy::none`], or a redirect is followed before [`Error::Redirected`] can refuse it, and without a
    /// cookie store, because the cookies are kept here.
    #[must_use]
    pub fn http(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// Reads the session of this session token, sent as `Authorization: Bearer`, as services do that were handed one.
    /// hallpass accepts it where `session.bearer` is on, for reads only; so it is with NextAuth.js' `getToken`.
    #[must_use]
    pub fn bearer(mut self, token: impl Into<String>) -> Self {
        self.bearer = Some(Arc::new(Zeroizing::new(token.into())));
        self
    }

    /// From the request to the last byte of its answer. By default 14 s.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The largest answer, in bytes. By default 1 MiB.
    #[must_use]
    pub fn max_bytes(mut self, most: usize) -> Self {
        self.max_bytes = most;
        self
    }

    /// Asks also a host that is not the loopback over plain `http`. Whoever is on the way reads passwords and cookies.
    #[must_use]
    pub fn danger_allow_plain_http(mut self) -> Self {
        self.plain_http = PlainHttp::Allowed;
        self
    }

    /// The client. Nothing is sent.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::PlainHttp`], [`Error::Setup`].
    pub fn build(self) -> Result<Client, Error> {
        Ok(Client {
            base: base(&self.url, self.plain_http)?,
            http: self.http.map_or_else(usual, Ok)?,
            jar: Arc::new(Jar::default()),
            bearer: self.bearer,
            deadline: self.deadline,
            max_bytes: self.max_bytes,
        })
    }
}

fn usual() -> Result<reqwest::Client, Error> {
    reqwest::Client::builder()
        .user_agent(concat!("hallpass-client/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(Duration::from_secs(4))
        .build()
        .map_err(|error| Error::Setup(crate::ask::innermost(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_shows_itself_in_a_debug_print() {
        let builder = Client::builder("https://app.example").bearer("s3cr3t");
        assert!(!format!("{builder:?}").contains("s3cr3t"));
        assert!(!format!("{:?}", builder.build().unwrap()).contains("s3cr3t"));
    }
}
