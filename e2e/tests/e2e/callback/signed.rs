//! A client that proves itself with its key (`private_key_jwt`) at the real provider.

use e2e::{Config, Folder, Request, Server};

use crate::scene::{nothing_happens, oidc, sign_in_by_oidc, start_oauth, strategies, through_login_page};

/// A configuration with the real provider, the client signing with this key.
fn with_key(config: Config, folder: &Folder, key: &str, audience: Option<&str>) -> Config {
    let peer = oidc();
    let pem = peer.text(&format!("/clients/key/pems/{key}"));
    let file = folder.file("key.pem");
    std::fs::write(&file, pem).unwrap();
    let of = |name: &str| format!("providers.oidc.{name}");
    let config = pem.lines().filter(|line| !line.starts_with('-')).fold(config, Config::secret);
    let config = config
        .secret("ada@example.com")
        .text(&of("issuer"), peer.text("/issuer"))
        .text(&of("client_id"), peer.text("/clients/key/id"))
        .text(&of("token_auth"), "private_key_jwt")
        .text(&of("private_key_file"), &file.to_string_lossy())
        .text(&of("key_id"), key);
    match audience {
        Some(audience) => config.text(&of("assertion_audience"), audience),
        None => config,
    }
}

/// The token requests of this client, as the provider read them.
fn requests() -> Vec<serde_json::Value> {
    let peer = oidc();
    let all = peer.ask(peer.port("port"), &Request::get("/control/exchanged")).json();
    let own = |entry: &&serde_json::Value| entry["client_id"] == peer.text("/clients/key/id");
    all.as_array().unwrap().iter().filter(own).cloned().collect()
}

#[test]
fn a_client_signs_instead_of_sending_a_secret_whatever_its_key() {
    let [jwt, database] = strategies();
    let ways = [
        ("rsa", None, jwt.clone()),
        ("p256", Some("issuer"), database),
        ("ed25519", Some("token_endpoint"), jwt),
    ];
    for (key, audience, config) in ways {
        let folder = Folder::new();
        let server = Server::start(with_key(config, &folder, key, audience));
        let mut browser = server.browser();
        for _ in 0..2 {
            let answer = sign_in_by_oidc(&mut browser, "ada");
            assert_eq!((answer.status, answer.location()), (302, server.at("/after").as_str()), "{key}");
        }
        assert_eq!(browser.session()["user"]["name"], "Ada Lovelace", "{key}");
    }
    let statements: Vec<_> = requests().into_iter().map(|entry| entry["client_assertion"].clone()).collect();
    assert!(statements.len() >= 6);
    for (at, statement) in statements.iter().enumerate() {
        assert!(statement.as_str().is_some_and(|text| text.split('.').count() == 3));
        assert!(!statements[..at].contains(statement), "each is made for one request");
    }
    assert!(requests().iter().all(|entry| entry.get("client_secret").is_none()));
}

#[test]
fn a_key_that_is_not_registered_signs_nobody_in() {
    let folder = Folder::new();
    let server = Server::start(with_key(Config::database_sessions(), &folder, "stranger", None));
    let mut browser = server.browser();
    let started = start_oauth(&mut browser, "oidc");
    let back = through_login_page(&mut browser, &started, "ada");
    let answer = nothing_happens(&server, || browser.send_to(&back, Request::get("")));
    assert_eq!(answer.location(), server.at("/api/auth/error?error=OAuthCallback"));
    server.log.told(&["token_refused"]);
}
