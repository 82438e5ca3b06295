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
use crate::reply::text;
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
}

impl Site {
    /// Answers a request from this peer.
    pub(crate) async fn answer(&self, mut request: Request<Incoming>, peer: IpAddr) -> Response<Full<Bytes>> {
        if !self.is_hallpass(request.uri().path()) {
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

    fn is_hallpass(&self, path: &str) -> bool {
        path.strip_prefix(self.base_path.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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
