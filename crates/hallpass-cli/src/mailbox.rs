//! The mailbox page of development mode: the mail that was not sent.
//!
//! It shows everybody's sign-in links, so it exists in development mode alone, and answers only under a name of this
//! machine: a website whose name was made to point here (DNS rebinding) reads nothing.

use std::sync::Arc;

use askama::Template;
use bytes::Bytes;
use hallpass_store::Timestamp;
use hallpass_world::{Mailbox, Received};
use http::header::HOST;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::Full;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::demo::{STYLE_PATH, style};
use crate::reply::{page, text};

/// The page itself: its frames show the mails.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; \
                      base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";
/// A mail brings its own style. It runs nothing, and its links open beside it.
const MAIL_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
                           style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'";
const PATH: &str = "/mailbox";

/// The page over a mailbox.
pub(crate) struct Page {
    pub(crate) mailbox: Arc<Mailbox>,
    /// For example `http://localhost:3000`.
    pub(crate) origin: String,
    /// Whether `/` is the demo page, to link to.
    pub(crate) demo: bool,
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct Listing<'a> {
    mails: Vec<Mail<'a>>,
    demo: bool,
}

struct Mail<'a> {
    /// Its place in the mailbox, counted from the oldest that is kept.
    number: usize,
    to: &'a str,
    subject: &'a str,
    at: String,
    text: &'a str,
    link: Option<&'a str>,
}

impl Page {
    /// Whether the path is one of the mailbox's.
    pub(crate) fn has(&self, path: &str) -> bool {
        path == STYLE_PATH
            || path == PATH
            || path.strip_prefix(PATH).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The list, or the HTML part of one mail.
    pub(crate) fn answer(&self, path: &str, headers: &HeaderMap) -> Response<Full<Bytes>> {
        if !self.is_addressed_by_our_name(headers) {
            return text(
                StatusCode::MISDIRECTED_REQUEST,
                "the mailbox answers under a name of this machine only\n",
            );
        }
        let received = self.mailbox.received();
        match path.strip_prefix("/mailbox/") {
            _ if path == STYLE_PATH => style(),
            None => self.list(&received),
            Some(number) => match number.parse().ok().and_then(|number| nth(&received, number)) {
                Some(mail) => page(with_links_beside(&mail.message.html), MAIL_POLICY),
                None => text(StatusCode::NOT_FOUND, "there is no such mail\n"),
            },
        }
    }

    fn list(&self, received: &[Received]) -> Response<Full<Bytes>> {
        let numbers = (0..received.len()).rev();
        let mails = received.iter().zip(numbers).map(|(kept, number)| Mail {
            number,
            to: &kept.message.to,
            subject: &kept.message.subject,
            at: in_words(kept.at),
            text: &kept.message.text,
            link: self.link(&kept.message.text),
        });
        match (Listing { mails: mails.collect(), demo: self.demo }).render() {
            Ok(html) => page(html, POLICY),
            Err(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "the mailbox cannot be shown\n"),
        }
    }

    /// The first address of ours in the text.
    fn link<'a>(&self, text: &'a str) -> Option<&'a str> {
        text.split_whitespace()
            .find(|word| word.strip_prefix(&self.origin).is_some_and(|rest| rest.starts_with('/')))
    }

    fn is_addressed_by_our_name(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let ours = self.origin.split_once("://").is_some_and(|(_, ours)| ours == host);
        ours || crate::config::place::is_local_authority(host)
    }
}

/// By its number, where 0 is the oldest.
fn nth(received: &[Received], number: usize) -> Option<&Received> {
    received.len().checked_sub(number)?.checked_sub(1).and_then(|index| received.get(index))
}

/// A link that stayed in the frame would meet a page that refuses frames.
fn with_links_beside(html: &str) -> String {
    html.replacen("<head>", "<head><base target=\"_blank\">", 1)
}

fn in_words(at: Timestamp) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    let seconds = i64::try_from(at.secs()).unwrap_or(i64::MAX);
    let moment = OffsetDateTime::from_unix_timestamp(seconds).ok();
    moment.and_then(|moment| moment.format(format).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use hallpass::world::{Mail, Message};
    use hallpass_world::SystemClock;
    use http::HeaderValue;
    use http_body_util::BodyExt;

    use super::*;

    async fn with_mails(count: usize) -> Page {
        let mailbox = Arc::new(Mailbox::new(Arc::new(SystemClock), NonZeroUsize::new(10).unwrap()));
        for number in 0..count {
            let message = Message {
                to: "ada@example.com".into(),
                subject: format!("Mail {number} <script>"),
                text: "Open\nhttp://localhost:3000/api/auth/callback/email?token=1\nor not".into(),
                html: format!("<html><head></head><p>body {number}"),
            };
            mailbox.send(message).await.unwrap();
        }
        Page { mailbox, origin: "http://localhost:3000".into(), demo: true }
    }

    async fn get(page: &Page, path: &str, host: &str) -> (StatusCode, String) {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_str(host).unwrap());
        let (head, body) = page.answer(path, &headers).into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (head.status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn each_mail_is_listed_with_its_link_and_shown_in_a_frame() {
        let page = with_mails(2).await;
        let (status, html) = get(&page, "/mailbox", "localhost:3000").await;
        assert_eq!(status, StatusCode::OK);
        assert!(html.contains("href=\"http://localhost:3000/api/auth/callback/email?token=1\""), "{html}");
        assert!(html.contains("Mail 1 &#60;script&#62;") || html.contains("Mail 1 &lt;script&gt;"), "{html}");
        assert!(html.find("Mail 1").unwrap() < html.find("Mail 0").unwrap());
        assert!(html.contains("src=\"/mailbox/1\"") && html.contains("sandbox="), "{html}");
        let (_, first) = get(&page, "/mailbox/0", "127.0.0.1:3000").await;
        assert!(first.contains("body 0") && first.contains("<base target=\"_blank\">"), "{first}");
    }

    #[tokio::test]
    async fn a_name_that_is_not_ours_reads_nothing() {
        let page = with_mails(1).await;
        for host in ["evil.example", "evil.example:3000", "localhost.evil.example", "192.0.2.1:3000", ""] {
            let (status, body) = get(&page, "/mailbox", host).await;
            assert_eq!(status, StatusCode::MISDIRECTED_REQUEST, "{host}");
            assert!(!body.contains("ada"));
        }
    }

    #[tokio::test]
    async fn a_mail_that_is_not_there_is_not_found() {
        let page = with_mails(1).await;
        for path in ["/mailbox/1", "/mailbox/x", "/mailbox/", "/mailbox/18446744073709551615"] {
            assert_eq!(get(&page, path, "localhost:3000").await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn a_moment_is_written_in_utc() {
        assert_eq!(in_words(Timestamp::from_secs(0)), "1970-01-01 00:00:00 UTC");
    }
}
