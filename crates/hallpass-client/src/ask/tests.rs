use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::Session;

/// Answers every connection with these bytes; counts the connections.
async fn server(answer: impl Into<String>) -> (String, Arc<AtomicUsize>) {
    let answer = answer.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await;
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    (url, connections)
}

fn http(status: &str, kind: &str, more: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nconnection: close\r\ncontent-length: {length}\r\n{more}\r\n{body}"
    )
}

async fn session(answer: String) -> Result<Option<Session>, Error> {
    let (url, _) = server(answer).await;
    Client::new(&url).unwrap().get_session().await
}

#[tokio::test]
async fn a_page_of_a_proxy_is_neither_nobody_nor_somebody() {
    for status in ["200 OK", "404 Not Found", "502 Bad Gateway"] {
        let told = session(http(status, "text/html", "", "<h1>proxy</h1>")).await.unwrap_err();
        assert!(matches!(told, Error::NotHallpass { .. }), "{status}: {told}");
    }
    for body in ["{\"up\":true}", "[]", "\"hi\"", "{\"user\":", "{\"user\":1}{"] {
        let told = session(http("200 OK", "application/json", "", body)).await.unwrap_err();
        assert!(matches!(told, Error::NotHallpass { .. }), "{body}: {told}");
    }
}

#[tokio::test]
async fn a_server_without_time_says_when_to_come_back() {
    let told = session(http("503 X", "text/html", "retry-after: 7\r\n", "")).await;
    assert_eq!(told, Err(Error::Busy { status: 503, retry_after: Some(Duration::from_secs(7)) }));
    let date = "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    for (later, wait) in [
        ("Sun, 06 Nov 1994 08:51:07 GMT", Some(90)),
        ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
        ("soon", None),
    ] {
        let told = session(http("503 X", "text/html", &format!("{date}retry-after: {later}\r\n"), "")).await;
        assert_eq!(
            told,
            Err(Error::Busy { status: 503, retry_after: wait.map(Duration::from_secs) }),
            "{later}"
        );
    }
    let told = session(http("429 X", "application/json", "", "{}")).await;
    assert_eq!(told, Err(Error::Busy { status: 429, retry_after: None }));
    let told = session(http("500 X", "application/json", "", "{\"message\":\"x\"}")).await;
    assert_eq!(told, Err(Error::Server { status: 500 }));
}

#[tokio::test]
async fn nobody_is_an_empty_object_or_null() {
    for body in ["{}", "null"] {
        assert_eq!(session(http("200 OK", "application/json", "", body)).await, Ok(None));
    }
}

#[tokio::test]
async fn a_redirect_is_refused_and_its_target_never_asked() {
    let (elsewhere, asked) = server(http("200 OK", "application/json", "", "{}")).await;
    let told =
        session(http("302 Found", "text/plain", &format!("location: {elsewhere}/x?t=1\r\n"), "")).await;
    assert_eq!(told, Err(Error::Redirected { status: 302, to: elsewhere }));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_answer_beyond_the_bound_is_cut_off() {
    let (url, _) = server(http("200 OK", "application/json", "", &" ".repeat(3000))).await;
    let client = Client::builder(&url).max_bytes(2000).build().unwrap();
    assert_eq!(client.get_session::<Session>().await, Err(Error::TooLarge { max_bytes: 2000 }));
}

#[tokio::test]
async fn a_dead_server_and_a_broken_answer_are_unreachable() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let told = Client::new(&format!("http://{closed}")).unwrap().get_session::<Session>().await;
    assert!(matches!(told, Err(Error::Unreachable(_))), "{told:?}");
    let told = session("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".into()).await;
    assert!(matches!(told, Err(Error::Unreachable(_))), "{told:?}");
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only whether it can be read counts")]
struct Staff {
    user: Person,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only whether it can be read counts")]
struct Person {
    role: u8,
}

#[tokio::test]
async fn a_session_that_does_not_fit_names_the_member_and_not_its_value() {
    for (user, member, expected) in [
        (r#"{"role":"s3cr3t"}"#, "user.role", "expected u8"),
        (r#"{"name":"s3cr3t"}"#, "user", "missing field `role`"),
    ] {
        let body = format!(r#"{{"user":{user},"expires":"2026-12-23T10:51:11.000Z"}}"#);
        let (url, _) = server(http("200 OK", "application/json", "", &body)).await;
        let told = Client::new(&url).unwrap().get_session::<Staff>().await.unwrap_err();
        assert_eq!(told, Error::Shape { member: member.into(), expected: expected.into() });
    }
}

#[test]
fn the_id_of_a_provider_leads_to_no_other_path() {
    let client = Client::new("https://app.example/a").unwrap();
    let url = client.at(Action::Callback("../x?y"), &[]);
    assert_eq!(url.as_str(), "https://app.example/a/callback/..%2Fx%3Fy");
}
