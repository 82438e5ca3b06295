use std::sync::Mutex;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::KernelRandom;

/// What the server does instead of its part.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// Answers this command with this line.
    Answers(&'static str, &'static str),
    /// Says nothing after this command.
    HangsAt(&'static str),
    /// Accepts and closes.
    Closes,
    /// Answers the content of a mail with this line.
    Content(&'static str),
}

/// A small SMTP server that writes down what it is told.
struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn heard(&self) -> String {
        self.heard.lock().unwrap().join("\n")
    }
}

async fn smtp(fault: Fault) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            if fault != Fault::Closes {
                tokio::spawn(converse(socket, fault, Arc::clone(&notes)));
            }
        }
    });
    Server { port, heard }
}

async fn converse(socket: tokio::net::TcpStream, fault: Fault, heard: Arc<Mutex<Vec<String>>>) {
    let (reading, mut writing) = socket.into_split();
    let mut lines = BufReader::new(reading).lines();
    let _ = writing.write_all(b"220 test ESMTP\r\n").await;
    let mut in_content = false;
    while let Ok(Some(line)) = lines.next_line().await {
        heard.lock().unwrap().push(line.clone());
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_owned();
        let answer = match (fault, verb.as_str()) {
            _ if in_content && line != "." => continue,
            (Fault::HangsAt("."), _) if in_content => std::future::pending().await,
            (Fault::Content(answer), _) if in_content => answer,
            (Fault::HangsAt(at), verb) if at == verb => std::future::pending().await,
            (Fault::Answers(at, answer), verb) if at == verb => answer,
            (_, "EHLO") => "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN",
            (_, "DATA") => "354 go on",
            (_, "AUTH") => "235 welcome",
            (_, "QUIT") => "221 bye",
            _ => "250 fine",
        };
        in_content = verb == "DATA" && answer.starts_with("354");
        let _ = writing.write_all(format!("{answer}\r\n").as_bytes()).await;
    }
}

fn mail_by(url: &str) -> SmtpMail {
    mail_within(url, Duration::from_secs(8))
}

fn mail_within(url: &str, deadline: Duration) -> SmtpMail {
    let options = SmtpOptions { deadline, ..SmtpOptions::new(url, "Hallpass <auth@example.com>") };
    SmtpMail::new(options, Arc::new(KernelRandom)).unwrap()
}

fn message() -> Message {
    Message {
        to: "ada@example.org".to_owned(),
        subject: "Sign in to café".to_owned(),
        text: "Hello,\n.\nfollow https://example.com/callback?token=abc".to_owned(),
        html: "<p>Hello, <a href=\"https://example.com/\">follow</a></p>".to_owned(),
    }
}

async fn send(server: &Server) -> Result<(), MailError> {
    mail_by(&format!("smtp://127.0.0.1:{}", server.port)).send(message()).await
}

#[tokio::test]
async fn a_mail_has_one_recipient_and_two_parts() {
    let server = smtp(Fault::None).await;
    send(&server).await.unwrap();
    let heard = server.heard();
    assert_eq!(heard.matches("RCPT TO:").count(), 1, "{heard}");
    assert!(heard.contains("RCPT TO:<ada@example.org>"), "{heard}");
    assert!(heard.contains("MAIL FROM:<auth@example.com>"), "{heard}");
    assert!(heard.contains("Content-Type: multipart/alternative"), "{heard}");
    let (text, html) = (heard.find("text/plain"), heard.find("text/html"));
    assert!(text.is_some() && text < html, "the last alternative is the preferred one: {heard}");
    assert!(
        heard.contains("From: \"Hallpass\" <auth@example.com>") || heard.contains("From: Hallpass <auth@")
    );
    assert!(heard.contains("Auto-Submitted: auto-generated"), "{heard}");
    assert!(heard.contains("Message-ID: <") && heard.contains("@example.com>"), "{heard}");
    assert!(heard.contains("Date: "), "{heard}");
}

#[tokio::test]
async fn a_line_break_in_the_subject_begins_no_header() {
    let server = smtp(Fault::None).await;
    let mail = mail_by(&format!("smtp://127.0.0.1:{}", server.port));
    let subject = "Hi\r\nBcc: eve@example.net\r\n\r\nbody".to_owned();
    mail.send(Message { subject, ..message() }).await.unwrap();
    let heard = server.heard();
    assert!(!heard.lines().any(|line| line.starts_with("Bcc")), "{heard}");
    assert!(!heard.contains("RCPT TO:<eve"), "{heard}");
}

#[tokio::test]
async fn a_recipient_that_is_not_one_address_is_refused_before_a_connection() {
    let server = smtp(Fault::None).await;
    let mail = mail_by(&format!("smtp://127.0.0.1:{}", server.port));
    for to in [
        "",
        "ada",
        "ada@example.org,eve@example.net",
        "ada@example.org\r\nRCPT TO:<eve@example.net>",
        "ada@example.org>\r\n",
        "Ada <ada@example.org>",
        "ada@example.org\0",
        "ada@@example.org",
    ] {
        let outcome = mail.send(Message { to: to.to_owned(), ..message() }).await;
        assert!(matches!(outcome, Err(MailError::Refused(_))), "{to:?}: {outcome:?}");
    }
    assert_eq!(server.heard(), "");
}

#[tokio::test]
async fn a_refusal_is_told_without_the_address() {
    for answer in ["550 5.1.1 <ada@example.org>: no such user here", "450 greylisted ada%40example.org"] {
        for fault in [Fault::Answers("RCPT", answer), Fault::Content(answer), Fault::Answers("MAIL", answer)]
        {
            let server = smtp(fault).await;
            let Err(MailError::Refused(why)) = send(&server).await else { panic!("{answer}") };
            assert!(why.contains(&answer[..3]) && !why.contains("ada"), "{why}");
        }
    }
}

#[tokio::test]
async fn a_server_that_hangs_meets_the_deadline() {
    for at in ["EHLO", "MAIL", "RCPT", "DATA", "."] {
        let server = smtp(Fault::HangsAt(at)).await;
        let mail = mail_within(&format!("smtp://127.0.0.1:{}", server.port), Duration::from_millis(80));
        assert_eq!(mail.send(message()).await, Err(MailError::TimedOut), "{at}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_at_the_goodbye_has_taken_the_mail() {
    let server = smtp(Fault::HangsAt("QUIT")).await;
    assert_eq!(send(&server).await, Ok(()));
}

#[tokio::test]
async fn a_server_that_is_gone_is_unreachable() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let outcome = mail_by(&format!("smtp://{closed}")).send(message()).await;
    assert!(matches!(outcome, Err(MailError::Unreachable(_))), "{outcome:?}");
    let server = smtp(Fault::Closes).await;
    assert!(matches!(send(&server).await, Err(MailError::Unreachable(_))));
}

#[tokio::test]
async fn a_password_is_sent_decoded_and_a_wrong_one_is_a_refusal() {
    let server = smtp(Fault::None).await;
    let url = format!("smtp://user%40example.com:p%3Ass@127.0.0.1:{}", server.port);
    mail_by(&url).send(message()).await.unwrap();
    // base64 of "\0user@example.com\0p:ss"
    assert!(server.heard().contains("AUTH PLAIN AHVzZXJAZXhhbXBsZS5jb20AcDpzcw=="), "{}", server.heard());

    let server = smtp(Fault::Answers("AUTH", "535 5.7.8 no")).await;
    let url = format!("smtp://user:pass@127.0.0.1:{}", server.port);
    assert!(matches!(mail_by(&url).send(message()).await, Err(MailError::Refused(_))));
}

#[tokio::test]
async fn a_password_is_not_sent_to_a_server_that_offers_no_tls() {
    let server = smtp(Fault::None).await;
    let url = format!("smtp://user:pass@127.0.0.1:{}?tls=required", server.port);
    let Err(MailError::Unreachable(why)) = mail_by(&url).send(message()).await else { panic!() };
    assert!(why.contains("STARTTLS"), "{why}");
    assert!(!server.heard().contains("AUTH") && !server.heard().contains("MAIL"), "{}", server.heard());
}

#[tokio::test]
async fn a_failed_handshake_sends_nothing() {
    let server = smtp(Fault::Answers("EHLO", "250-test\r\n250 STARTTLS")).await;
    let url = format!("smtp://user:pass@127.0.0.1:{}?tls=required", server.port);
    let outcome = mail_by(&url).send(message()).await;
    assert!(matches!(outcome, Err(MailError::Unreachable(_))), "{outcome:?}");
    assert!(!server.heard().contains("AUTH") && !server.heard().contains("MAIL"), "{}", server.heard());
}

fn security(url: &str) -> Result<(Security, u16), BadMailOptions> {
    super::server(url).map(|server| (server.security, server.port))
}

#[test]
fn tls_is_required_unless_the_server_is_here_or_the_url_says_so() {
    assert_eq!(security("smtp://mail.example.com"), Ok((Security::StartTls, 587)));
    assert_eq!(security("smtp://mail.example.com:25"), Ok((Security::StartTls, 25)));
    assert_eq!(security("smtps://mail.example.com"), Ok((Security::Implicit, 465)));
    assert_eq!(security("smtp://mail.example.com?tls=none"), Ok((Security::Plain, 587)));
    assert_eq!(security("smtp://localhost:1025"), Ok((Security::Plain, 1025)));
    assert_eq!(security("smtp://[::1]:1025"), Ok((Security::Plain, 1025)));
    assert_eq!(security("smtp://127.0.0.1:1025?tls=required"), Ok((Security::StartTls, 1025)));
    assert_eq!(security("smtp://localhost.example.com"), Ok((Security::StartTls, 587)));
    assert!(mail_by("smtp://mail.example.com?tls=none").is_exposed());
    assert!(!mail_by("smtp://localhost").is_exposed() && !mail_by("smtp://mail.example.com").is_exposed());
}

#[test]
fn a_wrong_url_is_refused_and_never_repeated() {
    for (url, why) in [
        ("", BadMailOptions::Url),
        ("mail.example.com", BadMailOptions::Url),
        ("http://mail.example.com", BadMailOptions::Url),
        ("smtp://", BadMailOptions::Url),
        ("smtp://mail.example.com?tls=maybe", BadMailOptions::Tls),
        ("smtp://mail.example.com?ssl=1", BadMailOptions::Tls),
        ("smtps://mail.example.com?tls=none", BadMailOptions::Tls),
        ("smtp://:pass@mail.example.com", BadMailOptions::Credentials),
        ("smtp://user@mail.example.com", BadMailOptions::Credentials),
        ("smtp://user:%ff@mail.example.com", BadMailOptions::Credentials),
    ] {
        assert_eq!(security(url), Err(why), "{url}");
    }
    let from = SmtpOptions::new("smtp://localhost", "not an address");
    assert_eq!(SmtpMail::new(from, Arc::new(KernelRandom)).unwrap_err(), BadMailOptions::From);
    let mut ca = SmtpOptions::new("smtp://localhost", "a@example.com");
    ca.extra_ca = Some(b"no certificate".to_vec());
    assert_eq!(SmtpMail::new(ca, Arc::new(KernelRandom)).unwrap_err(), BadMailOptions::Ca);
}
