//! The peer: axum on tokio with as many worker threads as hallpass has, and one handler that returns one answer. The
//! application behind the webhook is the same.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::any;
use axum::serve::ListenerExt;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tokio::net::TcpListener;

use crate::Failure;
use crate::message::Answer;
use crate::process::Process;

/// Written by the HTTP library for both servers.
const BY_THE_LIBRARY: [&str; 2] = ["date", "content-length"];

/// Starts it as a process of its own, to answer a path with this answer. It ends when it is dropped, or we are.
pub(crate) fn start(folder: &Path, path: &str, answer: &Answer) -> Result<(Process, SocketAddr), Failure> {
    let file = folder.join("answer");
    let wrong = |error: std::io::Error| format!("the peer cannot be started: {error}");
    fs::write(&file, [path.as_bytes(), b"\n", &answer.bytes].concat()).map_err(wrong)?;
    let mut command = Command::new(std::env::current_exe().map_err(wrong)?);
    command.arg("fixed-answer").arg(&file).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = Process::start(&mut command)?;
    let mut line = String::new();
    let said = process.child().stdout.take().ok_or("the peer has no output")?;
    BufReader::new(said).read_line(&mut line).map_err(wrong)?;
    let address = line.trim().parse().map_err(|_| "the peer does not say where it listens")?;
    Ok((process, address))
}

/// Is it. Prints the address that it listens on, and serves until its standard input is closed.
pub(crate) fn serve(file: &Path) -> Result<(), Failure> {
    let text = fs::read(file).map_err(|error| error.to_string())?;
    let end = text.iter().position(|byte| *byte == b'\n').ok_or("the file with the answer is empty")?;
    let path = String::from_utf8_lossy(&text[..end]).into_owned();
    let answer = Answer::read(&mut &text[end + 1..])?;
    let (status, headers, body) = parts(&answer)?;
    let handler = move || {
        let mut response = Response::new(Body::from(body.clone()));
        *response.status_mut() = status;
        *response.headers_mut() = headers.clone();
        std::future::ready(response)
    };
    let router: Router = Router::new().route(&path, any(handler));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.spawn(async move {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let mut out = std::io::stdout();
        writeln!(out, "{}", listener.local_addr()?)?;
        out.flush()?;
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        axum::serve(listener, router).await
    });
    std::io::stdin().read_to_end(&mut Vec::new()).map_err(|error| error.to_string())?;
    runtime.shutdown_background();
    Ok(())
}

fn parts(answer: &Answer) -> Result<(StatusCode, HeaderMap, Bytes), Failure> {
    let status = StatusCode::from_u16(answer.status).map_err(|error| error.to_string())?;
    let mut headers = HeaderMap::new();
    for (name, value) in &answer.headers {
        if BY_THE_LIBRARY.contains(&name.as_str()) {
            continue;
        }
        let name = HeaderName::try_from(name).map_err(|error| error.to_string())?;
        // Static, so that a copy of it costs as little as it can: the peer is as fast as axum allows.
        let value = Box::leak(value.clone().into_boxed_str());
        headers.append(name, HeaderValue::from_static(value));
    }
    Ok((status, headers, Bytes::from(answer.body.clone())))
}
