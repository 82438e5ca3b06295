//! `/metrics`, on a listener of its own: nothing there is for people who sign in.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::ALLOW;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use prometheus::{TEXT_FORMAT, TextEncoder};

use super::Metrics;
use crate::listener::Answers;
use crate::reply::{content, text};

/// Answers whoever collects the figures.
pub(crate) struct Page(pub(crate) Arc<Metrics>);

impl Answers for Page {
    async fn answer(&self, request: Request<Incoming>, _: IpAddr) -> Response<Full<Bytes>> {
        match (request.method(), request.uri().path()) {
            (&Method::GET | &Method::HEAD, "/metrics") => self.0.page(),
            (_, "/metrics") => {
                let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, "this path is only for reading\n");
                refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
                refused
            }
            _ => text(StatusCode::NOT_FOUND, "There is nothing at this path. The figures are at /metrics.\n"),
        }
    }
}

impl Metrics {
    /// Prometheus's text format, version 0.0.4.
    fn page(&self) -> Response<Full<Bytes>> {
        if let Some(gauge) = &self.resident
            && let Some(bytes) = resident_bytes()
        {
            gauge.set(bytes);
        }
        match TextEncoder::new().encode_to_string(&self.registry.gather()) {
            Ok(page) => content(StatusCode::OK, TEXT_FORMAT, page),
            Err(error) => {
                tracing::error!(cause = %error, "the figures cannot be written");
                text(StatusCode::INTERNAL_SERVER_ERROR, "the figures cannot be written\n")
            }
        }
    }
}

/// What the kernel says of this process's memory.
fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: i64 = line.split_whitespace().next()?.parse().ok()?;
    kib.checked_mul(1024)
}
