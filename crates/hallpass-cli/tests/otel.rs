//! Traces, as a collector gets them: `cargo test -p hallpass-cli --features otel --test otel`.
#![cfg(all(feature = "otel", unix))]
// The helpers here are as much test as the tests.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use serde_json::Value;

const SECRET: &str = "q0Zr7v1Xy9w2Jt5LmNf8KcB3hDsGpAeU4iOxRkEw6Yo=";

/// An OTLP/HTTP collector on the loopback: it takes what comes, and hands on path and body.
fn collector() -> (String, Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (send, received) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let send = send.clone();
            thread::spawn(move || take(stream.unwrap(), &send));
        }
    });
    (url, received)
}

/// Answers every request of a connection.
fn take(stream: TcpStream, send: &Sender<(String, Value)>) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut line, mut length) = (String::new(), 0);
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let path = line.split(' ').nth(1).unwrap().to_owned();
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).unwrap();
            if header.trim().is_empty() {
                break;
            }
            if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let _ = send.send((path, serde_json::from_slice(&body).unwrap()));
        let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        reader.get_mut().write_all(answer.as_bytes()).unwrap();
    }
}

struct Server {
    child: Child,
    address: String,
    directory: PathBuf,
}

impl Server {
    fn start(name: &str, endpoint: &str, proxies: &str) -> Self {
        let directory =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("otel-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let toml = format!(
            "url = \"http://localhost:3000\"\nsecret = \"{SECRET}\"\nlisten = \"127.0.0.1:0\"\n\
             password.enabled = true\ntrusted_proxies = [{proxies}]\notel.endpoint = \"{endpoint}\"\n"
        );
        std::fs::write(directory.join("hallpass.toml"), toml).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_hallpass"))
            .arg("serve")
            .current_dir(&directory)
            .env_clear()
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let (mut address, mut said) = (String::new(), String::new());
        while address.is_empty() {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "the server ended: {said}");
            if let Some((_, rest)) = line.split_once("listens on http://") {
                address = rest.split_whitespace().next().unwrap().to_owned();
            }
            said += &line;
        }
        // Read on, so that the server never waits for the pipe.
        thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { child, address, directory }
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn get(&self, path: &str, headers: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n"))
    }

    /// Ends it as a supervisor would; it sends what is left before.
    fn stop(&mut self) {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn spans(received: &Receiver<(String, Value)>) -> Vec<Value> {
    let mut spans = Vec::new();
    for (path, body) in received.try_iter() {
        assert_eq!(path, "/v1/traces");
        let service = body.pointer("/resourceSpans/0/resource/attributes").unwrap().to_string();
        assert!(service.contains("service.name") && service.contains("hallpass"), "{service}");
        for scope in body.pointer("/resourceSpans/0/scopeSpans").unwrap().as_array().unwrap() {
            spans.extend(scope["spans"].as_array().unwrap().iter().cloned());
        }
    }
    spans
}

fn named<'s>(spans: &'s [Value], name: &str) -> &'s Value {
    let found = spans.iter().find(|span| span["name"] == name);
    found.unwrap_or_else(|| panic!("no span {name}: {spans:#?}"))
}

fn attribute<'s>(span: &'s Value, key: &str) -> &'s Value {
    let attributes = span["attributes"].as_array().unwrap();
    let found = attributes.iter().find(|attribute| attribute["key"] == key);
    found.map_or(&Value::Null, |attribute| attribute["value"].as_object().unwrap().values().next().unwrap())
}

#[test]
fn a_request_and_what_it_waited_for_are_one_trace_without_a_secret() {
    let (url, received) = collector();
    let mut server = Server::start("trace", &url, "");
    let csrf = server.get("/api/auth/csrf", "");
    let (head, body) = csrf.split_once("\r\n\r\n").unwrap();
    let token = serde_json::from_str::<Value>(body).unwrap()["csrfToken"].as_str().unwrap().to_owned();
    let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let form =
        format!("csrfToken={token}&email=lovelace%40mail.example&password=enchantress-of-numbers&json=true");
    let answer = server.ask(&format!(
        "POST /api/auth/callback/credentials HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: {cookie}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    ));
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    server.get("/api/auth/odd-path-of-a-stranger?odd=1", "");
    server.stop();

    let spans = spans(&received);
    let request = named(&spans, "POST callback");
    assert_eq!(attribute(request, "http.response.status_code"), "401");
    assert_eq!(attribute(request, "hallpass.outcome"), "credentials_rejected");
    assert_eq!(attribute(request, "hallpass.way"), "credentials");
    let hash = named(&spans, "password hash");
    assert_eq!((&hash["traceId"], &hash["parentSpanId"]), (&request["traceId"], &request["spanId"]));
    assert_ne!(named(&spans, "GET csrf")["traceId"], request["traceId"]);
    assert_eq!(attribute(named(&spans, "GET unknown"), "hallpass.outcome"), "unknown_action");
    let text = serde_json::to_string(&spans).unwrap();
    // None of them is a word that the hexadecimal digits of an id could spell.
    for secret in [SECRET, &token, "lovelace", "enchantress", "odd", cookie] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[test]
fn a_trace_goes_on_that_a_listed_proxy_began_and_no_strangers() {
    let (trace, above) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    for (name, proxies, goes_on) in [("proxy", "\"127.0.0.1\"", true), ("stranger", "\"10.0.0.1\"", false)] {
        let (url, received) = collector();
        let mut server = Server::start(name, &url, proxies);
        server.get("/api/auth/session", &format!("traceparent: 00-{trace}-{above}-01\r\n"));
        server.stop();
        let spans = spans(&received);
        let request = named(&spans, "GET session");
        assert_eq!(request["traceId"] == trace && request["parentSpanId"] == above, goes_on, "{request}");
    }
}

#[test]
fn a_collector_that_is_gone_stops_nobody() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut server = Server::start("gone", &format!("http://{gone}"), "");
    assert!(server.get("/api/auth/session", "").starts_with("HTTP/1.1 200"));
    server.stop();
}
