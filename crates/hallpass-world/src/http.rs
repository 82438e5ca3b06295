//! Requests to OAuth providers.
//!
//! What a provider answers is not trusted, and neither is where its documents point to: no redirect is followed,
//! an answer is bounded in time and size, and only public addresses are reached, checked on the address that is
//! connected to (so a name that resolves to a private one, now or at the second look, is refused too). Hosts that
//! the operator lists are exempt, and only those may be asked over plain `http`.
//!
//! `HTTP_PROXY` and its kin are not read. The system's certificates are trusted, those in `SSL_CERT_FILE` and
//! `SSL_CERT_DIR` if these are set, and the ones in [`HttpOptions::extra_ca`].

use std::collections::HashSet;
use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hallpass::world::{Http, HttpError, Pending};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Certificate, Client, redirect};
use url::{Host, Url};

use crate::private::is_public;

/// Bounds and exemptions.
#[derive(Clone)]
pub struct HttpOptions {
    /// From the call to the last byte of the answer. By default 8 s.
    pub deadline: Duration,
    /// For the connection with its TLS handshake. By default 4 s.
    pub connect_deadline: Duration,
    /// The largest answer, in bytes. By default 1 MiB.
    pub max_bytes: usize,
    /// Hosts that may have a private or loopback address and may be asked over plain `http`: names or IP addresses
    /// without a port. By default none.
    pub private_hosts: Vec<String>,
    /// Certificates to trust besides the system's, as PEM.
    pub extra_ca: Option<Vec<u8>>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(8),
            connect_deadline: Duration::from_secs(4),
            max_bytes: 1024 * 1024,
            private_hosts: Vec::new(),
            extra_ca: None,
        }
    }
}

impl fmt::Debug for HttpOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpOptions")
            .field("deadline", &self.deadline)
            .field("max_bytes", &self.max_bytes)
            .field("private_hosts", &self.private_hosts)
            .finish_non_exhaustive()
    }
}

/// The HTTP client. Its TLS configuration is read at the first request, not at start.
#[derive(Debug)]
pub struct HttpClient {
    options: HttpOptions,
    exempt: Arc<HashSet<String>>,
    client: OnceLock<Result<Client, String>>,
}

impl HttpClient {
    /// A client. Costs nothing until it is used.
    pub fn new(options: HttpOptions) -> Self {
        let exempt = options.private_hosts.iter().filter_map(|host| canonical(host)).collect();
        Self { options, exempt: Arc::new(exempt), client: OnceLock::new() }
    }

    async fn exchange(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let url = self.admit(request.uri())?;
        let (head, body) = request.into_parts();
        let mut outgoing = reqwest::Request::new(head.method, url);
        *outgoing.headers_mut() = head.headers;
        *outgoing.body_mut() = Some(body.into());
        let answer = self.client()?.execute(outgoing).await.map_err(broken)?;
        self.collect(answer).await
    }

    /// The URL as it will be asked, if its host may be asked. It is parsed once, so that what is checked is what is
    /// connected to, however the address is spelled.
    fn admit(&self, uri: &http::Uri) -> Result<Url, HttpError> {
        let refused = |why: &str| HttpError::NotSent(why.to_owned());
        let url = Url::parse(&uri.to_string()).map_err(|_| refused("the URL cannot be read"))?;
        let host = url.host().ok_or_else(|| refused("the URL names no host"))?;
        if self.exempt.contains(&host.to_string()) {
            return Ok(url);
        }
        if url.scheme() != "https" {
            return Err(refused("plain http is for hosts listed in private_hosts only"));
        }
        let literal = match host {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
        };
        if literal.is_some_and(|address| !is_public(address)) {
            return Err(HttpError::NotSent(PrivateAddress.to_string()));
        }
        Ok(url)
    }

    fn client(&self) -> Result<&Client, HttpError> {
        let built = self.client.get_or_init(|| build(&self.options, Arc::clone(&self.exempt)));
        built.as_ref().map_err(|why| HttpError::NotSent(why.clone()))
    }

    async fn collect(&self, mut answer: reqwest::Response) -> Result<http::Response<Bytes>, HttpError> {
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(broken)? {
            if body.len().saturating_add(chunk.len()) > self.options.max_bytes {
                return Err(HttpError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = http::Response::new(body.freeze());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

impl Http for HttpClient {
    fn send(
        &self,
        request: http::Request<Bytes>,
        within: Duration,
    ) -> Pending<'_, Result<http::Response<Bytes>, HttpError>> {
        Box::pin(async move {
            match tokio::time::timeout(self.options.deadline.min(within), self.exchange(request)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(HttpError::TimedOut),
            }
        })
    }
}

fn build(options: &HttpOptions, exempt: Arc<HashSet<String>>) -> Result<Client, String> {
    let mut builder = Client::builder()
        .user_agent(concat!("hallpass/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .connect_timeout(options.connect_deadline)
        .http2_max_header_list_size(64 * 1024)
        .pool_max_idle_per_host(4)
        // Node.js closes a connection that is idle for five seconds. A question that meets the end of one may not be
        // repeated, for nobody knows whether it was heard.
        .pool_idle_timeout(Duration::from_secs(4))
        .dns_resolver(PublicOnly { exempt });
    if let Some(pem) = &options.extra_ca {
        let certificates = Certificate::from_pem_bundle(pem)
            .map_err(|_| "the extra certificates are not PEM certificates".to_owned())?;
        builder = builder.tls_certs_merge(certificates);
    }
    builder.build().map_err(|error| innermost(&error))
}

/// The host as `url` writes it: lower case, IP addresses in their one spelling, IPv6 in brackets.
fn canonical(host: &str) -> Option<String> {
    let bare_v6 = host.parse::<std::net::Ipv6Addr>().is_ok();
    let host = if bare_v6 { format!("[{host}]") } else { host.to_owned() };
    Host::parse(&host).ok().map(|host| host.to_string())
}

fn broken(error: reqwest::Error) -> HttpError {
    if error.is_connect() {
        HttpError::NotSent(innermost(&error))
    } else if error.is_timeout() {
        HttpError::TimedOut
    } else {
        HttpError::Unreachable(innermost(&error))
    }
}

/// The cause at the bottom of the chain. The layers above it name the URL, which is nobody's business.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(below) = cause.source() {
        cause = below;
    }
    cause.to_string()
}

/// Looks names up and drops addresses that are not public.
struct PublicOnly {
    exempt: Arc<HashSet<String>>,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let exempt = self.exempt.contains(&name.as_str().to_ascii_lowercase());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let usable: Vec<SocketAddr> = found.filter(|found| exempt || is_public(found.ip())).collect();
            if usable.is_empty() {
                return Err(PrivateAddress.into());
            }
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}

#[derive(Debug)]
struct PrivateAddress;

impl fmt::Display for PrivateAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host has a private address and is not listed in private_hosts")
    }
}

impl Error for PrivateAddress {}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers every connection with these bytes, then does what `then` says; counts the connections.
    struct Server {
        port: u16,
        connections: Arc<AtomicUsize>,
    }

    #[derive(Clone, Copy)]
    enum Then {
        Close,
        Hang,
        Flood,
    }

    async fn server(answer: &'static str, then: Then) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    let _ = socket.read(&mut request).await;
                    let _ = socket.write_all(answer.as_bytes()).await;
                    match then {
                        Then::Close => {}
                        Then::Hang => std::future::pending().await,
                        Then::Flood => while socket.write_all(&[b'x'; 8192]).await.is_ok() {},
                    }
                });
            }
        });
        Server { port, connections }
    }

    fn client(private_hosts: &[&str]) -> HttpClient {
        HttpClient::new(HttpOptions {
            private_hosts: private_hosts.iter().map(|&host| host.to_owned()).collect(),
            ..HttpOptions::default()
        })
    }

    fn get(url: &str) -> http::Request<Bytes> {
        http::Request::get(url).body(Bytes::new()).unwrap()
    }

    async fn refusal(client: &HttpClient, url: &str) -> String {
        match client.send(get(url), Duration::from_secs(60)).await {
            Err(HttpError::NotSent(why)) => why,
            other => panic!("{url}: {other:?}"),
        }
    }

    #[tokio::test]
    async fn a_loopback_address_in_any_spelling_is_refused() {
        let client = client(&[]);
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "017700000001",
            "0177.0.0.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::7f00:1]",
            "0.0.0.0",
            "0",
            "169.254.169.254",
            "10.0.0.8",
        ] {
            let why = refusal(&client, &format!("https://{host}/token")).await;
            assert!(why.contains("private_hosts"), "{host}: {why}");
        }
    }

    #[tokio::test]
    async fn a_name_with_a_loopback_address_is_refused_without_a_connection() {
        let server = server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", Then::Close).await;
        let why = refusal(&client(&[]), &format!("https://localhost:{}/", server.port)).await;
        assert!(why.contains("private_hosts"), "{why}");
        assert_eq!(server.connections.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn plain_http_is_refused_to_a_host_that_is_not_listed() {
        let why = refusal(&client(&["127.0.0.1"]), "http://login.example.com/").await;
        assert!(why.contains("plain http"), "{why}");
    }

    #[tokio::test]
    async fn a_listed_host_is_asked() {
        let server =
            server("HTTP/1.1 201 Created\r\nx-a: b\r\ncontent-length: 2\r\n\r\nhi", Then::Close).await;
        for (listed, host) in
            [("127.0.0.1", "127.0.0.1"), ("127.0.0.1", "0x7f.1"), ("LocalHost", "localhost")]
        {
            let url = format!("http://{host}:{}/", server.port);
            let answer = client(&[listed]).send(get(&url), Duration::from_secs(60)).await.unwrap();
            assert_eq!(answer.status(), 201);
            assert_eq!(answer.headers()["x-a"], "b");
            assert_eq!(answer.body(), "hi");
        }
        assert_eq!(canonical("::1").as_deref(), Some("[::1]"));
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_not_followed() {
        let target = server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", Then::Close).await;
        let answer: &'static str = Box::leak(
            format!(
                "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{}/\r\ncontent-length: 0\r\n\r\n",
                target.port
            )
            .into_boxed_str(),
        );
        let first = server(answer, Then::Close).await;
        let url = format!("http://127.0.0.1:{}/", first.port);
        assert_eq!(
            client(&["127.0.0.1"]).send(get(&url), Duration::from_secs(60)).await.unwrap().status(),
            302
        );
        assert_eq!(target.connections.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn an_endless_answer_is_cut_off() {
        let server = server("HTTP/1.1 200 OK\r\n\r\n", Then::Flood).await;
        let url = format!("http://127.0.0.1:{}/", server.port);
        assert_eq!(
            client(&["127.0.0.1"]).send(get(&url), Duration::from_secs(60)).await.unwrap_err(),
            HttpError::TooLarge
        );
    }

    #[tokio::test]
    async fn a_server_that_hangs_meets_the_deadline() {
        for begun in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"] {
            let server = server(begun, Then::Hang).await;
            let mut options = client(&["127.0.0.1"]).options;
            options.deadline = Duration::from_millis(60);
            let url = format!("http://127.0.0.1:{}/", server.port);
            assert_eq!(
                HttpClient::new(options).send(get(&url), Duration::from_secs(60)).await.unwrap_err(),
                HttpError::TimedOut
            );
        }
    }

    #[tokio::test]
    async fn a_dead_server_is_unreachable_and_the_reason_does_not_name_the_url() {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let why = refusal(&client(&["127.0.0.1"]), &format!("http://{closed}/?code=very-secret")).await;
        assert!(!why.is_empty() && !why.contains("very-secret"), "{why}");
    }

    #[tokio::test]
    async fn a_connection_that_breaks_leaves_open_whether_the_request_was_heard() {
        for begun in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"] {
            let server = server(begun, Then::Close).await;
            let url = format!("http://127.0.0.1:{}/", server.port);
            let broke = client(&["127.0.0.1"]).send(get(&url), Duration::from_secs(60)).await;
            assert!(matches!(broke, Err(HttpError::Unreachable(_))), "{broke:?}");
        }
    }

    #[tokio::test]
    async fn a_server_without_a_trusted_certificate_is_refused() {
        let server = server("HTTP/1.1 400 no TLS here\r\n\r\n", Then::Close).await;
        let why = refusal(&client(&["127.0.0.1"]), &format!("https://127.0.0.1:{}/", server.port)).await;
        assert!(!why.is_empty());
    }

    #[test]
    fn certificates_that_are_not_pem_are_named() {
        let options = HttpOptions {
            extra_ca: Some(b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n".to_vec()),
            ..HttpOptions::default()
        };
        let HttpError::NotSent(why) = HttpClient::new(options).client().unwrap_err() else { panic!() };
        assert!(why.contains("certificates"), "{why}");
    }
}
