//! `POST /signin/email`.

use std::time::{Duration, Instant};

use e2e::{Browser, Config, Response, Server, closed_port};

use crate::scene::{ADA, PASSWORD, Post, nothing_happens, with_ada};

fn ask(browser: &mut Browser, email: &str) -> Response {
    browser.submit_json("signin/email", &[("email", email), ("callbackUrl", "/inbox")])
}

#[test]
fn a_mail_is_sent_and_the_browser_is_told_to_look() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(Config::database_sessions().mail_anywhere()));
    let answer = ask(&mut server.browser(), ADA);
    assert_eq!(answer.status, 200);
    let page = server.at("/api/auth/verify-request?provider=email&type=email");
    assert_eq!(answer.text(), format!("{{\"url\":\"{page}\"}}"));
    let messages = post.messages();
    assert_eq!(messages.len(), 1);
    let mail = &messages[0];
    assert_eq!(mail["recipients"], serde_json::json!([ADA]));
    assert!(mail["subject"].as_str().unwrap().contains("Sign in to localhost"), "{mail}");
    let link = post.link();
    assert!(link.starts_with(&server.at("/api/auth/callback/email?")), "{link}");
    let link = url::Url::parse(&link).unwrap();
    let field = |name: &str| link.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned();
    assert_eq!((field("callbackUrl"), field("email")), (server.at("/inbox"), ADA.to_owned()));
    let token = field("token");
    assert!(token.len() >= 43, "32 random bytes: {}", token.len());
    // The HTML part leads to the same place, and only the hash of the token is kept (A56).
    let html = mail["html"].as_str().unwrap();
    assert!(html.contains(&token) && !html.contains("<script") && !html.contains("<img"), "{html}");
    assert!(!server.database().holds(&token));
    assert_eq!(server.database().rows("token").len(), 1);
    assert_eq!(server.database().rows("user").len(), 0, "nobody is made before the link is used");
}

#[test]
fn the_token_is_told_to_the_mail_alone() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(Config::new()));
    let mut browser = server.browser();
    let answer = ask(&mut browser, ADA);
    let link = url::Url::parse(&post.link()).unwrap();
    let token = link.query_pairs().find(|(name, _)| name == "token").unwrap().1.into_owned();
    server.log.secret(&token);
    assert!(!format!("{:?}{}", answer.headers, answer.text()).contains(&token));
}

// A58
#[test]
fn a_known_and_an_unknown_address_get_the_same_answer() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::new().mail_anywhere()));
    let known = ask(&mut server.browser(), ADA);
    let unknown = ask(&mut server.browser(), "nobody@mail.example");
    assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
    let names = |answer: &Response| answer.headers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&known), names(&unknown));
}

#[test]
fn an_address_is_normalised_once() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(Config::new()));
    // Full-width letters and sign, upper case, spaces around: NFKC, then trimmed, then lower case.
    for spelling in
        ["ADA@Mail.Example", "  ada@mail.example ", "ada\u{ff20}mail.example", "\u{ff21}da@mail.example"]
    {
        let answer = ask(&mut server.browser(), spelling);
        assert!(answer.url().contains("/verify-request"), "{spelling}: {}", answer.text());
    }
    let recipients: Vec<_> = post.messages().iter().map(|mail| mail["recipients"].clone()).collect();
    assert_eq!(recipients, vec![serde_json::json!(["ada@mail.example"]); 4]);
}

// A52
#[test]
fn what_is_no_single_address_gets_no_mail() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(Config::new()));
    let long = format!("{}@mail.example", "a".repeat(65));
    let longer = format!("a@{}.example", "b".repeat(250));
    let endless = format!("a@{}", "b.".repeat(5000));
    for email in [
        "",
        "ada",
        "ada@",
        "@mail.example",
        "ada@localhost",
        "a@b@mail.example",
        "a@mail.example,b@mail.example",
        "a@mail.example;b@mail.example",
        "<a@mail.example>",
        "Ada <a@mail.example>",
        "\"a b\"@mail.example",
        "a(comment)@mail.example",
        "a@mail.example (comment)",
        "a%b@mail.example@evil.example",
        "a b@mail.example",
        "a\t@mail.example",
        "a\r\nBcc: b@evil.example@mail.example",
        "a\nRCPT TO:<b@evil.example>@mail.example",
        "a\0@mail.example",
        "a\u{fe6b}b\u{ff20}mail.example",
        "a@mail\u{ff0c}b.example",
        "a@mail.example\u{ff0c}b@evil.example",
        "a@[127.0.0.1]",
        "a@.mail.example",
        "a@mail..example",
        "a@mail.example.",
        "a.@mail.example",
        ".a@mail.example",
        "a..b@mail.example",
        "-a@mail.example\u{202e}",
        "a\u{202e}b@mail.example",
        "a@mail_.example",
        "a@-mail.example",
        "a@xn--a.example",
        "\u{feff}",
        "a\u{2028}@mail.example",
        "a\\@mail.example",
        "a:b@mail.example",
        &long,
        &longer,
        &endless,
    ] {
        let mut browser = server.browser();
        let answer = nothing_happens(&server, || ask(&mut browser, email));
        assert_eq!(answer.url(), server.at("/api/auth/error?error=EmailSignin"), "{email:?}");
    }
    assert_eq!(post.messages(), Vec::<serde_json::Value>::new());
    server.log.told(&["reason", "email_address_refused"]);
}

#[test]
fn without_an_address_it_says_so() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(Config::new()));
    let mut browser = server.browser();
    let answer = nothing_happens(&server, || browser.submit_json("signin/email", &[]));
    assert_eq!(answer.url(), server.at("/api/auth/error?error=EmailSignin"));
}

#[test]
fn mail_goes_through_starttls_and_tls_with_a_checked_certificate_and_a_password() {
    let post = Post::start(&["--auth", "site:p%40ss w0rd"]);
    for (scheme, kind) in [("smtp", "starttls"), ("smtps", "tls")] {
        let url = format!("{scheme}://site:p%2540ss%20w0rd@localhost:{}?tls=required", post.port(kind));
        let url = if scheme == "smtps" { url.replace("?tls=required", "") } else { url };
        let config = Config::new().mail(&url).text("email.ca_file", &post.ca());
        let server = Server::start(config);
        server.log.secret("p%40ss w0rd");
        let answer = ask(&mut server.browser(), ADA);
        assert!(answer.url().contains("/verify-request"), "{kind}: {}", answer.text());
        let mail = post.messages().pop().unwrap();
        assert_eq!((&mail["secure"], &mail["user"]), (&true.into(), &"site".into()), "{kind}");
    }
    assert_eq!(post.messages().len(), 2);
}

#[test]
fn a_mail_server_with_a_strangers_certificate_gets_no_mail() {
    let post = Post::start(&[]);
    let config = Config::new().mail(&format!("smtps://localhost:{}", post.port("tls")));
    let server = Server::start(config);
    let answer = nothing_happens_but_a_token(&server, ADA);
    assert_eq!(answer.url(), server.at("/api/auth/error?error=EmailSignin"));
    assert_eq!(post.messages(), Vec::<serde_json::Value>::new());
}

fn nothing_happens_but_a_token(server: &Server, email: &str) -> Response {
    let before = server.database().rows("user");
    let answer = ask(&mut server.browser(), email);
    assert_eq!(server.database().rows("user"), before);
    answer
}

// F14
#[test]
fn a_mail_server_that_fails_is_an_error_page_in_time_and_the_other_ways_work() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::new()));
    for (mode, reason) in [
        ("refuse", "mail_refused"),
        ("refuse-rcpt", "mail_refused"),
        ("refuse-data", "mail_refused"),
        ("greylist", "mail_refused"),
        ("drop", "mail_unreachable"),
        ("hang", "mail_timed_out"),
        ("hang-data", "mail_timed_out"),
    ] {
        post.mode(mode);
        let mark = server.log.mark();
        let start = Instant::now();
        let answer = ask(&mut server.browser(), "grace@mail.example");
        assert!(start.elapsed() < Duration::from_secs(10), "{mode}: {:?}", start.elapsed());
        assert_eq!(answer.url(), server.at("/api/auth/error?error=EmailSignin"), "{mode}");
        server.log.told_since(mark, &["reason", reason]);
        assert_eq!(server.browser().sign_in(ADA, PASSWORD).status, 200, "{mode}");
    }
    post.mode("accept");
    let answer = ask(&mut server.browser(), "grace@mail.example");
    assert!(answer.url().contains("/verify-request"), "{}", answer.text());
}

// F14
#[test]
fn a_mail_server_that_is_down_is_an_error_page() {
    let server = Server::start(Config::new().mail(&format!("smtp://127.0.0.1:{}", closed_port())));
    let answer = ask(&mut server.browser(), ADA);
    assert_eq!(answer.url(), server.at("/api/auth/error?error=EmailSignin"));
    server.log.told(&["reason", "mail_unreachable"]);
    let page = server.browser().get("signin?error=EmailSignin");
    assert!(page.text().contains("The e-mail could not be sent."));
}

// A60
#[test]
fn a_hostile_site_name_or_address_stays_text_in_the_mail() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(Config::new()));
    let answer = ask(&mut server.browser(), "a&b'c+d=e{f}@mail.example");
    assert!(answer.url().contains("/verify-request"), "{}", answer.text());
    let mail = post.messages().pop().unwrap();
    assert_eq!(mail["recipients"], serde_json::json!(["a&b'c+d=e{f}@mail.example"]));
    let html = mail["html"].as_str().unwrap();
    assert!(!html.contains("a&b'c"), "{html}");
}
