//! `cargo xtask demo`: hallpass in development mode beside a real OpenID Connect provider, both on this machine; with a framework's
//! name, its example in the place of hallpass's own demo.

mod trial;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::command::{command, run as finish};
use crate::ground::Ground;
use crate::{Failure, needs, steps, wasm};

pub(crate) use trial::trial;

/// What is shown, and where.
#[derive(Debug, PartialEq)]
struct Asked<'a> {
    /// One of [`wasm::EXAMPLES`].
    example: Option<&'a str>,
    port: u16,
}

/// Runs until Ctrl-C. Takes the name of an example, and `--port N`; 3000 without.
pub(crate) fn run(ground: &Ground, arguments: &[&str]) -> Result<(), Failure> {
    let Asked { example, port } = asked(arguments)?;
    needs::c_compiler(ground)?;
    needs::npm_packages(ground)?;
    println!("Building; the first time takes a few minutes …");
    let program = match example {
        Some(name) => wasm::example(ground, name, wasm::Made::Quickly)?,
        None => {
            steps::build(ground)?;
            ground.hallpass()
        }
    };
    let mut provider = start_provider(ground)?;
    let facts = facts(&mut provider)?;
    let issuer = text(&facts, "/issuer")?;
    println!("\n  Provider  {issuer}     npm oidc-provider, real and on this machine; be anybody there");
    let (id, secret) = (text(&facts, "/clients/basic/id")?, text(&facts, "/clients/basic/secret")?);
    let mut shown = Command::new(program);
    shown.current_dir(ground.root());
    match example {
        Some(_) => shown.envs([
            ("PORT", port.to_string().as_str()),
            ("OIDC_ISSUER", issuer),
            ("OIDC_CLIENT_ID", id),
            ("OIDC_CLIENT_SECRET", secret),
        ]),
        None => shown.arg("serve").envs([
            ("HALLPASS_MODE", "development"),
            ("HALLPASS_LISTEN", &format!("127.0.0.1:{port}")),
            ("HALLPASS_PROVIDERS_EXAMPLE_KIND", "oidc"),
            ("HALLPASS_PROVIDERS_EXAMPLE_NAME", "Example Identity"),
            ("HALLPASS_PROVIDERS_EXAMPLE_ISSUER", issuer),
            ("HALLPASS_PROVIDERS_EXAMPLE_CLIENT_ID", id),
            ("HALLPASS_PROVIDERS_EXAMPLE_CLIENT_SECRET", secret),
        ]),
    };
    let ended = finish(&mut shown);
    // The provider ends when its standard input closes.
    drop(provider.stdin.take());
    let _ = provider.wait();
    ended
}

fn asked<'a>(arguments: &[&'a str]) -> Result<Asked<'a>, Failure> {
    let (example, rest) = match arguments {
        [name, rest @ ..] if wasm::EXAMPLES.contains(name) => (Some(*name), rest),
        rest => (None, rest),
    };
    let port = match rest {
        [] => 3000,
        ["--port", port] => port.parse().map_err(|_| format!("{port:?} is no port."))?,
        _ => {
            return Err(format!(
                "`demo` takes the name of an example ({}) and --port N.",
                wasm::EXAMPLES.join(", ")
            ));
        }
    };
    Ok(Asked { example, port })
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
    fn an_example_has_a_name_and_a_port_is_a_number_and_nothing_else_is_taken() {
        assert_eq!(asked(&["--port", "4000"]), Ok(Asked { example: None, port: 4000 }));
        assert_eq!(asked(&[]), Ok(Asked { example: None, port: 3000 }));
        assert_eq!(asked(&["yew", "--port", "4000"]), Ok(Asked { example: Some("yew"), port: 4000 }));
        assert_eq!(asked(&["leptos"]), Ok(Asked { example: Some("leptos"), port: 3000 }));
        for wrong in
            [["--port", "http"].as_slice(), &["--prot", "1"], &["--port"], &["react"], &["yew", "leptos"]]
        {
            assert!(asked(wrong).is_err(), "{wrong:?}");
        }
    }
}
