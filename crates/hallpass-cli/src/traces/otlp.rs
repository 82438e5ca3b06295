//! A span for each request, and the way to the collector.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use hallpass::Outcome;
use hallpass::world::{Http, World};
use hallpass_world::HttpOptions;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{FutureExt, SpanKind, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{HeaderExtractor, HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tokio::runtime::Runtime;
use url::Url;

use super::Parent;
use super::spans::traced;

/// How long a batch may take, and how long the end of the program waits for the last.
const DEADLINE: Duration = Duration::from_secs(5);

/// The way to a collector. Spans are sent in batches by a thread of its own; where there are too many, or nobody takes
/// them, they are dropped, and no request waits.
#[derive(Clone, Debug)]
pub(crate) struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

impl Traces {
    /// `endpoint` is the collector's base URL; OTLP over HTTP adds `/v1/traces` (OpenTelemetry Protocol Exporter, "Endpoint
    /// URLs for OTLP/HTTP").
    pub(crate) fn start(endpoint: &Url) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let private_hosts = endpoint.host_str().map(str::to_owned).into_iter().collect();
        let http = hallpass_world::HttpClient::new(HttpOptions { private_hosts, ..HttpOptions::default() });
        let client = Collector {
            runtime: runtime.map_err(|error| error.to_string())?,
            http: Arc::new(http),
            is_failing: AtomicBool::new(false),
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpJson)
            .with_endpoint(format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/')))
            .with_timeout(DEADLINE)
            .build()
            .map_err(|error| error.to_string())?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder().with_service_name("hallpass").with_attribute(version).build();
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        let tracer = provider.tracer("hallpass");
        Ok(Self { provider, tracer })
    }

    /// A world in which what a request waits for is a span below its own.
    pub(crate) fn world(&self, world: World) -> World {
        traced(world, &self.tracer)
    }

    /// Answers a request within a span. It is named after the endpoint, never after the path, and holds nothing that a
    /// stranger wrote but the method.
    pub(crate) async fn request<F: Future<Output = Response<Full<Bytes>>>>(
        &self,
        request: Request<Incoming>,
        (endpoint, parent): (&'static str, Parent),
        answer: impl FnOnce(Request<Incoming>) -> F,
    ) -> Response<Full<Bytes>> {
        let above = match parent {
            Parent::Believed => TraceContextPropagator::new().extract(&HeaderExtractor(request.headers())),
            Parent::Ignored => Context::new(),
        };
        let method = known(request.method());
        let span = self
            .tracer
            .span_builder(format!("{method} {endpoint}"))
            .with_kind(SpanKind::Server)
            .with_attributes([KeyValue::new("http.request.method", method)])
            .start_with_context(&self.tracer, &above);
        let context = above.with_span(span);
        let response = answer(request).with_context(context.clone()).await;
        describe(&context, &response);
        response
    }

    /// Sends what has not been sent. Blocks, for a few seconds at most.
    pub(crate) fn finish(&self) {
        if let Err(error) = self.provider.shutdown_with_timeout(DEADLINE) {
            tracing::warn!(cause = %error, "the last spans were not sent");
        }
    }
}

/// The methods that anything here is for; another is a stranger's word.
fn known(method: &http::Method) -> &'static str {
    match *method {
        http::Method::GET => "GET",
        http::Method::HEAD => "HEAD",
        http::Method::POST => "POST",
        _ => "_OTHER",
    }
}

fn describe(context: &Context, response: &Response<Full<Bytes>>) {
    let span = context.span();
    span.set_attribute(KeyValue::new("http.response.status_code", i64::from(response.status().as_u16())));
    let id = response.headers().get("x-request-id").and_then(|id| id.to_str().ok());
    if let Some(id) = id {
        span.set_attribute(KeyValue::new("hallpass.request_id", id.to_owned()));
    }
    if let Some(Outcome { way, refused, .. }) = response.extensions().get() {
        span.set_attribute(KeyValue::new("hallpass.outcome", refused.unwrap_or("ok")));
        if let Some(way) = way {
            span.set_attribute(KeyValue::new("hallpass.way", way.clone()));
        }
    }
    if response.status().is_server_error() {
        span.set_status(Status::error(""));
    }
    span.end();
}

/// Sends batches with the HTTP client that providers are asked with: one TLS, one set of limits.
struct Collector {
    /// The thread that sends is no thread of the server's.
    runtime: Runtime,
    http: Arc<dyn Http>,
    /// A collector that is gone is told of once, not every few seconds.
    is_failing: AtomicBool,
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Collector")
    }
}

impl Collector {
    fn warn(&self, cause: &str) {
        if !self.is_failing.swap(true, Ordering::Relaxed) {
            tracing::warn!(cause, "the collector of traces takes none; they are lost until it does");
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let trouble = match self.runtime.block_on(self.http.send(request, DEADLINE)) {
            Ok(response) if response.status().is_success() => {
                self.is_failing.store(false, Ordering::Relaxed);
                return Ok(response);
            }
            Ok(response) => {
                self.warn(&format!("it answers {}", response.status()));
                return Ok(response);
            }
            Err(error) => format!("{error:?}"),
        };
        self.warn(&trouble);
        Err(trouble.into())
    }
}
