//! The demo, tried as a newcomer tries it: started, looked at, ended with Ctrl-C.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Failure;
use crate::command::{command, run};
use crate::ground::Ground;

/// For the start, without the build, and for the end.
const PATIENCE: Duration = Duration::from_secs(60);

/// The ways in that the demo shows.
const WAYS_IN: [&str; 3] = ["credentials", "email", "example"];

/// Starts `cargo xtask demo`, asks it for its ways in, ends it, and sees that nothing of it is left.
pub(crate) fn trial(ground: &Ground) -> Result<(), Failure> {
    let port = free_port()?;
    let mut demo = start(ground, port)?;
    let told = listen(&mut demo);
    let looked_at = look(&mut demo, port);
    let ended = interrupt(ground, &mut demo).and_then(|()| is_gone(&told, port));
    looked_at.and(ended)
}

fn start(ground: &Ground, port: u16) -> Result<Child, Failure> {
    let us = std::env::current_exe().map_err(|error| format!("xtask does not know where it is: {error}"))?;
    let mut demo = Command::new(us);
    demo.args(["demo", "--port", &port.to_string()]).current_dir(ground.root());
    demo.stdin(Stdio::null()).stdout(Stdio::piped());
    // As in a terminal: Ctrl-C goes to a whole group.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut demo, 0);
    demo.spawn().map_err(|error| format!("the demo cannot be started: {error}"))
}

/// The lines that the demo and its hallpass print; the channel closes when both have ended.
fn listen(demo: &mut Child) -> Receiver<String> {
    let (send, receive) = channel();
    if let Some(out) = demo.stdout.take() {
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
    }
    receive
}

fn look(demo: &mut Child, port: u16) -> Result<(), Failure> {
    let start = Instant::now();
    while get(port, "/readyz").is_none() {
        if let Ok(Some(status)) = demo.try_wait() {
            return Err(format!("the demo ended at its start with {status}."));
        }
        if start.elapsed() > PATIENCE {
            return Err("the demo does not get ready.".to_owned());
        }
        thread::sleep(Duration::from_millis(20));
    }
    let providers = get(port, "/api/auth/providers").unwrap_or_default();
    let providers: Value = serde_json::from_str(&providers).unwrap_or_default();
    match WAYS_IN.iter().find(|id| providers[**id]["id"] != **id) {
        Some(missing) => Err(format!("the demo does not offer {missing:?}: {providers}")),
        None => Ok(()),
    }
}

fn interrupt(ground: &Ground, demo: &mut Child) -> Result<(), Failure> {
    let group = format!("-{}", demo.id());
    let sent = run(&mut command(ground.root(), "kill", &["-INT", "--", &group]));
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if matches!(demo.try_wait(), Ok(Some(_))) {
            return sent;
        }
        thread::sleep(Duration::from_millis(20));
    }
    let _ = demo.kill();
    Err("the demo does not end.".to_owned())
}

/// hallpass has ended when nobody holds the output any more, the provider when its port is closed.
fn is_gone(told: &Receiver<String>, port: u16) -> Result<(), Failure> {
    let mut ports = vec![port];
    let start = Instant::now();
    while let Some(left) = PATIENCE.checked_sub(start.elapsed()) {
        match told.recv_timeout(left) {
            Ok(line) => ports.extend(provider_port(&line)),
            Err(_) => break,
        }
    }
    if ports.len() < 2 {
        return Err("the demo does not tell where its provider is.".to_owned());
    }
    let answers = |port: &&u16| TcpStream::connect(("127.0.0.1", **port)).is_ok();
    while start.elapsed() < PATIENCE {
        if !ports.iter().any(|port| answers(&port)) {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Err(format!("the demo has ended, and {:?} still answers.", ports.iter().find(answers)))
}

fn provider_port(line: &str) -> Option<u16> {
    let rest = line.trim().strip_prefix("Provider")?.trim_start().strip_prefix("http://127.0.0.1:")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The body of a 200.
fn get(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost:{port}\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    head.split(' ').nth(1).filter(|status| *status == "200").map(|_| body.to_owned())
}

/// Below the ports that Linux hands out by itself: a connection to one of those may meet itself.
fn free_port() -> Result<u16, Failure> {
    let mut ports = 15_000..19_000_u16;
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    ports.find(free).ok_or_else(|| "the loopback has no free port.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_providers_port_is_found_in_what_the_demo_prints() {
        assert_eq!(provider_port("  Provider  http://127.0.0.1:4123     npm oidc-provider"), Some(4123));
        assert_eq!(provider_port("Building hallpass"), None);
    }
}
