//! The built-in pages: what every one of them promises (A15).

use e2e::{Config, Server};

use crate::scene::{Post, with_oidc};

#[test]
fn every_page_has_the_headers_that_keep_it_safe() {
    let post = Post::start(&[]);
    let server = Server::start(with_oidc(post.plain(Config::new()), "basic"));
    for path in [
        "signin",
        "signup",
        "signout",
        "verify-request?provider=email&type=email",
        "error",
        "error?error=Configuration",
        "error?error=Verification",
    ] {
        let page = server.browser().get(path);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        let policy = page.header("content-security-policy").unwrap_or_default();
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"), "{path}: {policy}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin"), "{path}");
        assert_eq!(page.header("cache-control"), Some("private, no-cache, no-store"), "{path}");
        assert!(page.header("referrer-policy").is_some(), "{path}");
        assert!(page.header("server").is_none(), "{path}");
        let text = page.text();
        assert!(!text.contains("<script"), "{path}");
        assert!(!text.contains(" style=") && !text.contains(" onclick"), "{path}");
        assert!(text.starts_with("<!DOCTYPE html>") || text.starts_with("<!doctype html>"), "{path}");
        assert!(
            text.contains("<html lang=\"en\"") && text.contains("<title>") && text.contains("<h1"),
            "{path}"
        );
        assert!(text.contains("name=\"viewport\""), "{path}");
    }
}

#[test]
fn every_field_has_a_label_and_every_form_its_token() {
    let post = Post::start(&[]);
    let server = Server::start(with_oidc(post.plain(Config::new()), "basic"));
    for path in ["signin", "signup", "signout"] {
        let text = server.browser().get(path).text();
        for form in text.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            assert!(form.contains("method=\"post\"") || form.contains("method=\"POST\""), "{path}: {form}");
            assert!(form.contains("name=\"csrfToken\""), "{path}: {form}");
            assert!(form.contains("<button"), "{path}: {form}");
        }
        for input in text.split("<input").skip(1) {
            let input = input.split('>').next().unwrap();
            if input.contains("type=\"hidden\"") {
                continue;
            }
            let id = input
                .split(" id=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next())
                .unwrap_or_else(|| panic!("{path}: {input}"));
            assert!(text.contains(&format!("for=\"{id}\"")), "{path}: no label for {id}");
        }
    }
}

#[test]
fn the_theme_is_the_configured_one() {
    for theme in ["auto", "light", "dark"] {
        let server = Server::start(Config::new().text("theme", theme));
        let text = server.browser().get("signin").text();
        assert!(text.contains(&format!("__next-auth-theme-{theme}")), "{theme}: {text}");
    }
}
