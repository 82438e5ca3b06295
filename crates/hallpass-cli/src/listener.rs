//! Connections: accepting them, bounding them, and letting them finish.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};

use crate::metrics::counted::Present;

/// What answers the requests of a listener.
pub(crate) trait Answers: Send + Sync + 'static {
    /// Answers a request from this peer.
    fn answer(
        &self,
        request: Request<Incoming>,
        peer: IpAddr,
    ) -> impl Future<Output = Response<Full<Bytes>>> + Send;

    /// Counts a connection for as long as it is kept.
    fn connected(&self) -> Option<Present> {
        None
    }
}

/// From the first byte of a request's head, or the start of the wait for it, to its last (attack case F26).
const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// How long requests that are under way may take after the signal to stop.
const DRAIN_DEADLINE: Duration = Duration::from_secs(10);
/// How long to wait when the system has no more file descriptors: by then a connection may have ended.
const PAUSE: Duration = Duration::from_millis(100);
/// A head larger than this is refused with 431, and so is one of more than 100 headers, which is hyper's own limit:
/// to say it again would move hyper off its quick path.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// Serves until `stop` comes, then lets requests that are under way finish. Connections that have not finished
/// within the deadline are cut.
pub(crate) async fn serve<A: Answers>(
    listener: TcpListener,
    site: Arc<A>,
    stop: impl Future<Output = ()>,
) -> Drained {
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    let mut is_failing = false;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                is_failing = false;
                converse(stream, peer.ip(), Arc::clone(&site), &graceful);
            }
            // The client gave up before it was accepted.
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // Said once, not ten times a second.
                if !std::mem::replace(&mut is_failing, true) {
                    tracing::error!(cause = %error, "no connection can be accepted");
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    match tokio::time::timeout(DRAIN_DEADLINE, graceful.shutdown()).await {
        Ok(()) => Drained::Completely,
        Err(_) => Drained::CutOff,
    }
}

/// How the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drained {
    /// Every request was answered.
    Completely,
    /// Some took too long.
    CutOff,
}

fn converse<A: Answers>(stream: TcpStream, peer: IpAddr, site: Arc<A>, graceful: &GracefulShutdown) {
    // Answers are small and complete: waiting to fill a packet only delays them.
    let _ = stream.set_nodelay(true);
    let present = site.connected();
    let service = service_fn(move |request| {
        let site = Arc::clone(&site);
        async move { Ok::<_, Infallible>(site.answer(request, peer).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_DEADLINE)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        let _present = present;
        if let Err(error) = watched.await {
            // A client that went away or spoke no HTTP; hyper has answered what can be answered.
            tracing::debug!(cause = %error, "a connection ended early");
        }
    });
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
