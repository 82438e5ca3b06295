//! The Node programs beside the server.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::Value;

use crate::{Request, Response};

/// A peer that runs until this is dropped or the test program ends.
#[derive(Debug)]
pub struct Peer {
    child: Child,
    // A peer ends when this closes; no peer outlives a test program that was killed.
    stdin: Option<ChildStdin>,
    /// What it told of itself at its start.
    pub facts: Value,
}

impl Peer {
    /// Starts `e2e/peers/<name>.mjs` and waits until it listens.
    pub fn start(name: &str, arguments: &[&str]) -> Self {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers").join(format!("{name}.mjs"));
        let mut child = Command::new("node")
            .arg(script)
            .args(arguments)
            .env("NODE_NO_WARNINGS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("node cannot be started ({error}); `cargo xtask test` sets it up")
            });
        let stdout = child.stdout.take().expect("stdout was asked for");
        let mut line = String::new();
        let _ = BufReader::new(stdout).read_line(&mut line);
        let facts = serde_json::from_str(&line).unwrap_or_else(|_| {
            panic!("{name}.mjs did not start; `cargo xtask test` installs what it needs")
        });
        let stdin = child.stdin.take();
        Self { child, stdin, facts }
    }

    /// A fact that is text.
    pub fn text(&self, pointer: &str) -> &str {
        self.facts
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no {pointer}: {}", self.facts))
    }

    /// A fact that is a port.
    pub fn port(&self, name: &str) -> u16 {
        let port = self.facts[name].as_u64().and_then(|port| u16::try_from(port).ok());
        port.unwrap_or_else(|| panic!("no port {name}: {}", self.facts))
    }

    /// Asks a port of it over HTTP.
    pub fn ask(&self, port: u16, request: &Request) -> Response {
        request.send(SocketAddr::from(([127, 0, 0, 1], port)), &format!("127.0.0.1:{port}"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stdin.take();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port of the loopback that nobody listens at, at this moment.
///
/// Not one that the kernel hands out: those it also gives to outgoing connections, and a connection to a port where
/// nobody listens yet may then meet itself.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Another test program that runs at the same time starts somewhere else.
    let start = u16::try_from(std::process::id() % 100).unwrap_or_default() * 100;
    (0..PORTS)
        .map(|_| FIRST_PORT + start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % PORTS)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("the loopback has a free port")
}

/// Below the range that Linux hands out by itself (32768 and up).
const FIRST_PORT: u16 = 20_000;
const PORTS: u16 = 12_000;

/// A port of the loopback where every connection is refused.
pub fn closed_port() -> u16 {
    free_port()
}
