//! The mails that are not sent, for whoever tries an example.

use std::fmt::Write;
use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use hallpass_world::Mailbox;

/// `/mailbox`, where there is one.
pub(crate) fn router(mailbox: Option<Arc<Mailbox>>) -> Router {
    let Some(mailbox) = mailbox else { return Router::new() };
    let list = move |headers: HeaderMap| {
        let mailbox = Arc::clone(&mailbox);
        async move { list(&mailbox, &headers) }
    };
    Router::new().route("/mailbox", get(list))
}

/// It shows everybody's links, so it answers under the name of this machine alone, and not to a site whose name was made to lead here.
fn list(mailbox: &Mailbox, headers: &HeaderMap) -> Response {
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !matches!(host.split(':').next(), Some("localhost" | "127.0.0.1")) {
        return (StatusCode::MISDIRECTED_REQUEST, "the mailbox answers under a name of this machine only\n")
            .into_response();
    }
    let mut page = String::from(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Mailbox</title><link rel=stylesheet href=/style.css><main><h1>Mailbox</h1>",
    );
    let mails = mailbox.received();
    if mails.is_empty() {
        page.push_str("<p>No mail yet. <a href=/mailbox>Look again</a></p>");
    }
    for mail in mails {
        let link = mail.message.text.split_whitespace().find(|word| word.starts_with("http")).unwrap_or("/");
        let _never_fails = write!(
            page,
            "<section class=card><h2>{}</h2><p class=faint>to {}</p><pre>{}</pre><a class=button href=\"{}\">Open the link</a></section>",
            escaped(&mail.message.subject),
            escaped(&mail.message.to),
            escaped(&mail.message.text),
            escaped(link)
        );
    }
    Html(page).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
