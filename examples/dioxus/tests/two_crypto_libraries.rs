//! Dioxus's fullstack brings ring beside hallpass's aws-lc-rs. rustls chooses none by itself then; hallpass has chosen.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::sync::Arc;
use std::time::Duration;

use hallpass::world::{Http, HttpError, MailError};
use hallpass_world::{HttpClient, HttpOptions, KernelRandom, SmtpMail, SmtpOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Reads the first bytes, which it hands back, and knows nothing of TLS.
async fn hear(listener: TcpListener) -> [u8; 6] {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut heard = [0; 6];
    socket.read_exact(&mut heard).await.unwrap();
    socket.write_all(b"no TLS here\r\n").await.unwrap();
    heard
}

/// RFC 8446, 5.1 and 4: a record of a handshake, and in it a client's hello.
fn assert_hello(heard: [u8; 6]) {
    assert_eq!((heard[0], heard[5]), (22, 1));
}

#[test]
fn rustls_alone_would_not_know_which_of_the_two_to_take() {
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
    assert!(std::panic::catch_unwind(rustls::ClientConfig::builder).is_err());
}

#[tokio::test]
async fn hallpass_asks_a_provider_over_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    let options = HttpOptions { private_hosts: vec!["127.0.0.1".into()], ..HttpOptions::default() };
    let client = HttpClient::new(options);
    let request = axum::http::Request::get(url).body(Default::default()).unwrap();
    let (heard, answer) = tokio::join!(hear(listener), client.send(request, Duration::from_secs(9)));
    assert_hello(heard);
    assert!(matches!(answer, Err(HttpError::NotSent(_) | HttpError::Unreachable(_))), "{answer:?}");
}

#[tokio::test]
async fn hallpass_hands_a_mail_over_by_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtps://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let mail = SmtpMail::new(SmtpOptions::new(url, "A site <site@site.example>"), Arc::new(KernelRandom));
    let (heard, answer) = tokio::join!(hear(listener), mail.as_ref().unwrap().greet());
    assert_hello(heard);
    assert!(matches!(answer, Err(MailError::Unreachable(_))), "{answer:?}");
}
