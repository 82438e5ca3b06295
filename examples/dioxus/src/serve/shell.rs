//! What stands around what Dioxus renders, and the policy that says which scripts may run.
//!
//! Where an application is built with `dx`, an `index.html` says the first.

use std::fmt::Write;

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_SECURITY_POLICY, HeaderValue};
use axum::response::{IntoResponse, Response};

const HEAD: &str = r#"<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>hallpass with Dioxus</title>
<link rel="stylesheet" href="/style.css"><link rel="icon" href="/icon.svg">"#;

/// Takes the page over once its text is there.
const START: &str =
    r#"import init from "/pkg/example_dioxus.js"; init({ module_or_path: "/pkg/example_dioxus_bg.wasm" });"#;

/// Dioxus's own scripts, which it writes into every page without a nonce: how the first begins, and the last.
const OF_DIOXUS: [&str; 2] =
    ["<script>window.hydrate_queue=", "<script>window.initial_dioxus_hydration_data="];

/// The page with its head.
pub(super) async fn around(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    // Dioxus does not stream unless asked to: the body is one page.
    let (Ok(body), Some(nonce)) = (to_bytes(body, usize::MAX).await, nonce()) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let page = completed(&String::from_utf8_lossy(&body), &nonce);
    if let Ok(policy) = HeaderValue::try_from(policy(&nonce)) {
        head.headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    head.headers.remove(CONTENT_LENGTH);
    Response::from_parts(head, Body::from(page))
}

fn completed(page: &str, nonce: &str) -> String {
    let start = format!(r#"<script type="module" nonce="{nonce}">{START}</script>"#);
    let head = format!(r#"<html lang="en"><head>{HEAD}{start}"#);
    let mut page = match page.split_once("<head>") {
        Some((_, rest)) => format!("<!doctype html>{head}{rest}"),
        None => page.to_owned(),
    };
    let [first, last] = OF_DIOXUS;
    // What people wrote stands between the two, and gets none, whatever it looks like.
    for place in [page.rfind(last), page.find(first)].into_iter().flatten() {
        page.insert_str(place + "<script".len(), &format!(r#" nonce="{nonce}""#));
    }
    page
}

/// No `form-action`: the forms that sign in with a provider lead to its site.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
}

fn nonce() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    let mut text = String::new();
    bytes.iter().try_for_each(|byte| write!(text, "{byte:02x}")).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dioxuss_own_scripts_may_run_and_nothing_else_that_stands_in_the_page() {
        let [first, last] = OF_DIOXUS;
        let page = format!(
            "<html><head></head>{first}[]</script>{last}'evil'</script><script>evil</script>{last}'data'</script>"
        );
        let page = completed(&page, "n0");
        assert_eq!(page.matches(r#"<script nonce="n0">window"#).count(), 2, "{page}");
        assert!(page.contains("<script>evil</script>") && page.contains(&format!("{last}'evil'")), "{page}");
    }
}
