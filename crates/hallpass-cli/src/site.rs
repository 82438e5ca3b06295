//! What the binary answers: hallpass itself under the base path, and a few paths of its own beside it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hallpass::{AuthService, ClientAddr};
use hallpass_sqlite::Sqlite;
use http::header::{ALLOW, CONNECTION};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use ipnet::IpNet;
use tower_service::Service;

use crate::client_address::client_address;
use crate::demo::Demo;
use crate::listener::Answers;
use crate::metrics::counted::Present;
use crate::metrics::{Metrics, endpoint_name};
use crate::reply::text;
use crate::traces::{Parent, Traces};
use crate::{health, mailbox, openapi};

/// From the end of a request's head to the answer, for a request with a body (attack case F26).
const BODY_DEADLINE: Duration = Duration::from_secs(30);

/// Everything that answers.
pub(crate) struct Site {
    pub(crate) auth: AuthService,
    /// For example `/api/auth`.
    pub(crate) base_path: String,
    /// The description of all of this, in OpenAPI.
    pub(crate) openapi: Bytes,
    pub(crate) store: Arc<Sqlite>,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) demo: Option<Demo>,
    pub(crate) mailbox: Option<mailbox::Page>,
    pub(crate) metrics: Option<Arc<Metrics>>,
    pub(crate) traces: Option<Traces>,
}

impl Answers for Site {
    async fn answer(&self, request: Request<Incoming>, peer: IpAddr) -> Response<Full<Bytes>> {
        let Some(traces) = &self.traces else { return self.counted(request, peer).await };
        let endpoint = endpoint_name(self.below(request.uri().path()));
        let is_trusted = self.trusted_proxies.iter().any(|net| net.contains(&peer.to_canonical()));
        let parent = if is_trusted { Parent::Believed } else { Parent::Ignored };
        traces.request(request, (endpoint, parent), |request| self.counted(request, peer)).await
    }

    fn connected(&self) -> Option<Present> {
        self.metrics.as_ref().map(|metrics| Present::new(&metrics.connections))
    }
}

impl Site {
    async fn counted(&self, request: Request<Incoming>, peer: IpAddr) -> Response<Full<Bytes>> {
        let Some(metrics) = &self.metrics else { return self.reply(request, peer).await };
        let endpoint = metrics.endpoint(self.below(request.uri().path()));
        let _time = metrics.request(endpoint);
        let response = self.reply(request, peer).await;
        metrics.answered(endpoint, response.status(), response.extensions().get());
        response
    }

    async fn reply(&self, mut request: Request<Incoming>, peer: IpAddr) -> Response<Full<Bytes>> {
        if self.below(request.uri().path()).is_none() {
            return self.beside(&request);
        }
        let client = client_address(peer, request.headers(), &self.trusted_proxies);
        request.extensions_mut().insert(ClientAddr(client));
        let reads_no_body = matches!(*request.method(), Method::GET | Method::HEAD);
        let answer = self.auth.clone().call(request);
        if reads_no_body {
            let Ok(response) = answer.await;
            return response;
        }
        match tokio::time::timeout(BODY_DEADLINE, answer).await {
            Ok(Ok(response)) => response,
            Err(_) => {
                let mut response = text(StatusCode::REQUEST_TIMEOUT, "the request took too long\n");
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                response
            }
        }
    }

    /// What stands behind the base path, if the path is below it.
    fn below<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.base_path.as_str()).filter(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The paths beside hallpass.
    fn beside(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, "this path is only for reading\n");
            refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refused;
        }
        let path = request.uri().path();
        match (path, &self.demo, &self.mailbox) {
            ("/healthz", ..) => health::healthz(),
            ("/openapi.json", ..) => openapi::answer(&self.openapi),
            ("/readyz", ..) => health::readyz(&self.store),
            (path, Some(demo), _) if demo.has(path) => demo.answer(path),
            (path, _, Some(mailbox)) if mailbox.has(path) => mailbox.answer(path, request.headers()),
            _ => self.nothing(),
        }
    }

    fn nothing(&self) -> Response<Full<Bytes>> {
        let said = format!(
            "There is nothing at this path. This is hallpass: sign-in and sessions are under {}.\n",
            self.base_path
        );
        text(StatusCode::NOT_FOUND, said)
    }
}
