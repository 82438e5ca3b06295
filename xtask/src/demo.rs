//! `cargo xtask demo`: hallpass in development mode beside a real OpenID Connect provider, both on this machine.

mod trial;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::command::{command, run as finish};
use crate::ground::Ground;
use crate::{Failure, needs, steps};

pub(crate) use trial::trial;

/// Runs until Ctrl-C. Takes `--port N`; 3000 without.
pub(crate) fn run(ground: &Ground, arguments: &[&str]) -> Result<(), Failure> {
    let port = port(arguments)?;
    needs::c_compiler(ground)?;
    needs::npm_packages(ground)?;
    println!("Building hallpass; the first time takes a few minutes …");
    steps::build(ground)?;
    let mut provider = start_provider(ground)?;
    let facts = facts(&mut provider)?;
    let issuer = text(&facts, "/issuer")?;
    println!("\n  Provider  {issuer}     npm oidc-provider, real and on this machine; be anybody there");
    let mut hallpass = Command::new(ground.hallpass());
    hallpass.arg("serve").current_dir(ground.root()).envs([
        ("HALLPASS_MODE", "development"),
        ("HALLPASS_LISTEN", &format!("127.0.0.1:{port}")),
        ("HALLPASS_PROVIDERS_EXAMPLE_KIND", "oidc"),
        ("HALLPASS_PROVIDERS_EXAMPLE_NAME", "Example Identity"),
        ("HALLPASS_PROVIDERS_EXAMPLE_ISSUER", issuer),
        ("HALLPASS_PROVIDERS_EXAMPLE_CLIENT_ID", text(&facts, "/clients/basic/id")?),
        ("HALLPASS_PROVIDERS_EXAMPLE_CLIENT_SECRET", text(&facts, "/clients/basic/secret")?),
    ]);
    let ended = finish(&mut hallpass);
    // The provider ends when its standard input closes.
    drop(provider.stdin.take());
    let _ = provider.wait();
    ended
}

fn port(arguments: &[&str]) -> Result<u16, Failure> {
    match arguments {
        [] => Ok(3000),
        ["--port", port] => port.parse().map_err(|_| format!("{port:?} is no port.")),
        _ => Err("`demo` takes --port N.".to_owned()),
    }
}

fn start_provider(ground: &Ground) -> Result<Child, Failure> {
    command(&ground.path("e2e"), "node", &["peers/oidc-provider.mjs"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("the OpenID Connect provider cannot be started: {error}"))
}

fn facts(provider: &mut Child) -> Result<Value, Failure> {
    let mut line = String::new();
    if let Some(out) = &mut provider.stdout {
        let _ = BufReader::new(out).read_line(&mut line);
    }
    serde_json::from_str(&line).map_err(|_| "the OpenID Connect provider did not start.".to_owned())
}

fn text<'a>(facts: &'a Value, pointer: &str) -> Result<&'a str, Failure> {
    facts
        .pointer(pointer)
        .and_then(Value::as_str)
        .ok_or_else(|| format!("the provider does not tell its {pointer}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_a_number_and_nothing_else_is_taken() {
        assert_eq!(port(&["--port", "4000"]), Ok(4000));
        assert_eq!(port(&[]), Ok(3000));
        assert!(
            port(&["--port", "http"]).is_err()
                && port(&["--prot", "1"]).is_err()
                && port(&["--port"]).is_err()
        );
    }
}
