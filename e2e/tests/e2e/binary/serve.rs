//! `hallpass serve`.

use std::time::{Duration, Instant};

use e2e::{Browser, Config, Request, Server};

use crate::scene::{
    ADA, PASSWORD, Post, redeem, through_login_page, with_ada, with_ada_signed_in, with_oidc,
};

/// A server without any configuration, as a newcomer starts it; only the port is chosen.
fn newcomer() -> Server {
    let server = Server::prepare_without_file(&[("HALLPASS_MODE", "development")]);
    server.spawn();
    server.wait_until_up();
    server
}

#[test]
fn without_a_configuration_it_is_in_development_mode_and_says_what_a_newcomer_needs() {
    let server = newcomer();
    let mut browser = server.browser();
    for path in ["/", "/mailbox", "/api/auth/signin", "/api/auth/signup"] {
        let page = browser.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{path}");
        let policy = page.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
    }
    let told = server.log.lines().join("\n");
    for part in ["development", server.url(), "/mailbox", "/api/auth", ".hallpass"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // Its own secret and database, which nobody else may read, and which a restart keeps.
    use std::os::unix::fs::PermissionsExt;
    let secret = server.folder().file(".hallpass/secret");
    assert_eq!(std::fs::metadata(&secret).unwrap().permissions().mode() & 0o077, 0);
    server.log.secret(std::fs::read_to_string(&secret).unwrap().trim());
    assert_eq!(browser.sign_up(ADA, PASSWORD).status, 200);
    assert_eq!(server.stop(), Some(0));
    server.spawn();
    server.wait_until_up();
    assert!(browser.is_signed_in());
}

#[test]
fn in_development_mode_the_mailbox_shows_the_mail() {
    let server = newcomer();
    let mut browser = server.browser();
    let answer = browser.submit_json("signin/email", &[("email", ADA)]);
    assert!(answer.url().contains("/verify-request"));
    let page = browser.get("/mailbox").text();
    assert!(page.contains(ADA), "{page}");
    let link = page
        .split("href=\"")
        .find(|part| part.contains("/callback/email?"))
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let link = link.replace("&#38;", "&").replace("&amp;", "&");
    assert_eq!(browser.send_to(&link, Request::get("")).status, 200);
}

/// A server whose public URL is an app's, and that is opened under its own address all the same.
fn beside_an_app(url: &str) -> Server {
    let server = Server::prepare_without_file(&[("HALLPASS_MODE", "development"), ("HALLPASS_URL", url)]);
    server.spawn();
    server.wait_until_up();
    server
}

#[test]
fn a_site_that_is_open_under_another_address_than_its_url_is_told_both_in_the_log() {
    let server = beside_an_app("http://localhost:1");
    let mut browser = server.browser();
    let token = browser.csrf();
    let fields = [("csrfToken", token.as_str()), ("email", ADA), ("password", PASSWORD), ("json", "true")];
    let refused = |browser: &mut Browser, headers: &[(&str, &str)]| {
        let request = Request::post("callback/credentials", &fields);
        let mark = server.log.mark();
        let answer =
            browser.send(headers.iter().fold(request, |request, (name, value)| request.header(name, value)));
        let url = answer.url();
        assert!(answer.status == 403 && url.ends_with("/error?error=Default"), "{} {url}", answer.status);
        server.log.told_since(mark, &["reason=\"cross_site\""])
    };
    let origin = format!("origin=\"{}\"", server.url());
    let page = format!("{}/page?secret=of-the-page", server.url());
    let fetched = ("Sec-Fetch-Site", "same-origin");
    for headers in [[("Origin", server.url()), fetched].as_slice(), &[("Referer", page.as_str())]] {
        let line = refused(&mut browser, headers);
        for part in ["WARN", &origin, "url=\"http://localhost:1\"", "set url"] {
            assert!(line.contains(part), "{part}: {line}");
        }
        assert!(!line.contains("page"), "{line}");
    }
    // What is no origin is not repeated.
    for stranger in ["null", "evil \" url=\"http://evil.example", &"e".repeat(9000)] {
        let line = refused(&mut browser, &[("Origin", stranger)]);
        assert!(line.contains("INFO") && !line.contains("evil") && line.len() < 400, "{line}");
    }
}

#[test]
fn beside_an_app_the_demo_and_the_mailbox_are_told_where_hallpass_answers() {
    let server = beside_an_app("http://localhost:1");
    let (address, public) = (server.address(), "http://localhost:1");
    for part in [
        format!("Demo      http://{address}/ "),
        format!("works at {public} alone"),
        format!("Mailbox   http://{address}/mailbox "),
        format!("API       {public}/api/auth/session"),
    ] {
        server.log.told(&[&part]);
    }
}

#[test]
fn in_production_there_is_no_demo_and_no_mailbox() {
    let server = Server::start(Config::new());
    for path in ["/", "/mailbox", "/mailbox/1", "/demo.js", "/demo.css"] {
        assert_eq!(server.browser().get(path).status, 404, "{path}");
    }
}

#[test]
fn development_mode_is_for_this_machine() {
    let folder = e2e::Folder::new();
    let names = [("HALLPASS_MODE", "development"), ("HALLPASS_URL", "https://app.example.com")];
    let told = e2e::hallpass(folder.path(), &["serve"], &names, "");
    assert_eq!(told.code, Some(2), "{}", told.text());
    // A container has to listen to more than itself; it is warned that it shows everybody's mail.
    let names = [("HALLPASS_MODE", "development"), ("HALLPASS_LISTEN", "0.0.0.0:3000")];
    let told = e2e::hallpass(folder.path(), &["check"], &names, "");
    assert_eq!(told.code, Some(0), "{}", told.text());
    assert!(told.text().contains("warning: ") && told.text().contains("mail"), "{}", told.text());
}

// F10
#[test]
fn a_request_in_flight_is_answered_before_it_ends() {
    let server = with_ada(Config::new());
    let mut browser = server.browser();
    let token = browser.csrf();
    let mark = server.log.mark();
    let slow: Vec<_> = (0..8)
        .map(|_| {
            let (mut browser, token) = (browser.clone(), token.clone());
            std::thread::spawn(move || {
                let fields =
                    [("csrfToken", token.as_str()), ("email", ADA), ("password", PASSWORD), ("json", "true")];
                browser.try_send(Request::post("callback/credentials", &fields)).map(|answer| answer.status)
            })
        })
        .collect();
    // One has been answered, so the others are on their way.
    server.log.told_since(mark, &["sign_in"]);
    let start = Instant::now();
    assert_eq!(server.stop(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    let answers: Vec<_> = slow.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(answers.iter().flatten().all(|status| *status == 200), "{answers:?}");
    let refused =
        |answer: &&Result<u16, String>| answer.as_ref().is_err_and(|error| !error.contains("refused"));
    assert_eq!(
        answers.iter().filter(refused).count(),
        0,
        "a request that was taken was dropped: {answers:?}"
    );
}

// F26
#[test]
fn a_client_that_never_finishes_its_request_does_not_hold_the_server() {
    use std::io::{Read, Write};
    let server = Server::start(Config::new());
    let mut stalled = std::net::TcpStream::connect(server.address()).unwrap();
    stalled.write_all(b"GET /api/auth/session HTTP/1.1\r\nHost: localhost\r\nX-").unwrap();
    assert_eq!(server.browser().get("session").status, 200);
    let start = Instant::now();
    assert_eq!(server.stop(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    let mut rest = Vec::new();
    let _ = stalled.read_to_end(&mut rest);
}

#[test]
fn a_port_that_is_taken_is_told() {
    let server = Server::start(Config::new());
    let told = server.command(&["serve"], "");
    assert_eq!(told.code, Some(1), "{}", told.text());
    assert!(told.stderr.contains(&server.address().to_string()), "{}", told.stderr);
}

#[test]
fn every_answer_names_its_request_and_the_log_does_too() {
    let server = Server::start(Config::new());
    let answer = server.browser().get("bogus");
    let id = answer.header("x-request-id").expect("an answer names its request").to_owned();
    server.log.told(&["unknown_action", &id]);
    assert_ne!(server.browser().get("bogus").header("x-request-id"), Some(id.as_str()));
}

#[test]
fn the_log_may_be_json() {
    let server = Server::start(Config::new().text("log.format", "json"));
    server.browser().get("bogus");
    let line = server.log.told(&["unknown_action"]);
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
    assert!(server.log.lines().iter().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
}

#[test]
fn the_base_path_is_configurable() {
    let server = Server::start(Config::new().text("base_path", "/auth"));
    let mut browser = server.browser();
    let providers = browser.get("/auth/providers").json();
    assert_eq!(providers["credentials"]["callbackUrl"], server.at("/auth/callback/credentials"));
    assert_eq!(browser.get("/auth/session").text(), "{}");
    assert_eq!(browser.get("/api/auth/session").status, 404);
}

#[test]
fn below_another_base_path_every_way_in_leads_in() {
    let post = Post::start(&[]);
    let config = with_oidc(post.plain(Config::database_sessions().mail_anywhere()), "basic")
        .text("base_path", "/auth");
    let server = Server::start(config);
    let submit = |browser: &mut Browser, path: &str, fields: &[(&str, &str)]| {
        let token = browser.get("/auth/csrf").json()["csrfToken"].as_str().unwrap().to_owned();
        let mut all = vec![("csrfToken", token.as_str()), ("callbackUrl", "/after")];
        all.extend_from_slice(fields);
        browser.post(path, &all)
    };
    let is_in = |browser: &mut Browser, answer: e2e::Response| {
        assert_eq!((answer.status, answer.location()), (302, server.at("/after").as_str()));
        assert!(browser.get("/auth/session").json()["user"].is_object());
    };
    let account = [("email", ADA), ("password", PASSWORD)];
    submit(&mut server.browser(), "/auth/signup", &account);
    let mut browser = server.browser();
    let answer = submit(&mut browser, "/auth/callback/credentials", &account);
    is_in(&mut browser, answer);
    submit(&mut server.browser(), "/auth/signin/email", &[("email", "link@mail.example")]);
    let mut browser = server.browser();
    let answer = redeem(&mut browser, &post.link());
    is_in(&mut browser, answer);
    let mut browser = server.browser();
    let started = submit(&mut browser, "/auth/signin/oidc", &[]);
    let back = through_login_page(&mut browser, &started, "grace");
    assert!(back.starts_with(&server.at("/auth/callback/oidc?")), "{back}");
    let answer = browser.send_to(&back, Request::get(""));
    is_in(&mut browser, answer);
}

#[test]
fn several_servers_do_not_know_each_other() {
    let (one, browser) = with_ada_signed_in(Config::new());
    let other = Server::start(Config::new().text("secret", "another-e2e-secret-that-is-long-enough-41c2"));
    let mut stranger = other.browser();
    for name in browser.cookie_names() {
        stranger.set_cookie(&name, &browser.cookie(&name).unwrap());
    }
    assert!(!stranger.is_signed_in());
    drop(one);
}

// Eight hashes at once take 19 MiB each, and an allocator that keeps what is freed holds them for good.
#[test]
fn memory_is_given_back_after_many_passwords() {
    let server = with_ada(Config::new().text("log.level", "info"));
    for _ in 0..3 {
        let eight: Vec<_> = (0..8)
            .map(|_| {
                let mut browser = server.browser();
                std::thread::spawn(move || browser.sign_in(ADA, PASSWORD).status)
            })
            .collect();
        let statuses: Vec<u16> = eight.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(statuses, [200; 8]);
    }
    let resident = server.resident();
    assert!(resident < 32 * 1024, "{resident} KiB");
}
