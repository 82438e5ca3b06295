//! `GET` and `POST /password/reset`.

use e2e::{Browser, Config, Request, Response};

use crate::scene::{ADA, PASSWORD, Post, nothing_happens, strategies, with_ada};

fn ask(browser: &mut Browser, email: &str) -> Response {
    browser.submit_json("password/reset", &[("email", email)])
}

#[test]
fn a_person_finds_the_page_gets_a_mail_and_signs_in_with_the_new_password() {
    for config in strategies() {
        let post = Post::start(&[]);
        let server = with_ada(post.plain(config));
        let mut tab = server.browser();
        tab.sign_in(ADA, PASSWORD);
        let mut browser = server.browser();
        let page = browser.get("signin?callbackUrl=%2Finbox");
        assert!(page.text().contains("/password/reset\">Forgot your password?"), "{}", page.text());
        let page = browser.get("password/reset");
        let fields = [
            ("csrfToken", page.field("csrfToken").unwrap()),
            ("callbackUrl", page.field("callbackUrl").unwrap()),
            ("email", ADA.to_uppercase()),
        ];
        let pairs: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = browser.post("password/reset", &pairs);
        assert!(browser.follow(answer).text().contains("Check your email"));
        assert_eq!(post.messages()[0]["recipients"], serde_json::json!([ADA]));
        let link = post.link();
        let page = browser.send_to(&link, Request::get(""));
        assert_eq!(page.status, 200);
        let fields: Vec<_> =
            ["csrfToken", "token", "email"].map(|name| (name, page.field(name).unwrap())).into();
        let mut pairs: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        pairs.push(("newPassword", "analytical engine"));
        let answer = browser.post("password/new", &pairs);
        assert!(!browser.is_signed_in() && !tab.is_signed_in(), "a reset signs nobody in, and everybody out");
        let page = browser.follow(answer);
        assert!(
            page.text().contains("Your password was changed. Sign in with the new one."),
            "{}",
            page.text()
        );
        assert_eq!(page.field("callbackUrl").as_deref(), Some(server.at("/inbox").as_str()));
        assert_eq!(server.browser().sign_in(ADA, PASSWORD).status, 401);
        assert_eq!(server.browser().sign_in(ADA, "analytical engine").status, 200);
        assert_eq!(post.messages().len(), 2, "the link, and a word that it was used");
    }
}

#[test]
fn the_token_is_told_to_the_mail_alone_and_kept_as_a_hash() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::new()));
    let answer = ask(&mut server.browser(), ADA);
    assert_eq!(answer.url(), server.at("/api/auth/password/reset?sent=true"));
    let link = url::Url::parse(&post.link()).unwrap();
    assert!(link.as_str().starts_with(&server.at("/api/auth/password/new?token=")), "{link}");
    let token = link.query_pairs().find(|(name, _)| name == "token").unwrap().1.into_owned();
    server.log.secret(&token);
    assert!(token.len() >= 43, "32 random bytes: {}", token.len());
    assert!(!format!("{:?}{}", answer.headers, answer.text()).contains(&token));
    assert!(!server.database().holds(&token));
    let html = post.messages()[0]["html"].as_str().unwrap().to_owned();
    assert!(html.contains(&token) && !html.contains("<script") && !html.contains("<img"), "{html}");
}

// A58
#[test]
fn a_known_an_unknown_and_a_disabled_address_get_the_same_answer_and_each_a_mail() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::new()));
    server.browser().sign_up("off@mail.example", PASSWORD);
    server
        .database()
        .open()
        .execute("UPDATE users SET disabled = 1 WHERE email = 'off@mail.example'", [])
        .unwrap();
    let names = |answer: &Response| answer.headers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let looks: Vec<_> = [ADA, "nobody@mail.example", "off@mail.example"]
        .into_iter()
        .map(|email| {
            let tokens = server.database().rows("tokens").len();
            let answer = ask(&mut server.browser(), email);
            assert_eq!(server.database().rows("tokens").len(), tokens + 1, "the same work: {email}");
            let body = answer.json();
            assert_eq!(body["code"].as_str().map(str::len), Some(9), "a code for everybody: {email}");
            (answer.status, answer.url(), names(&answer))
        })
        .collect();
    assert!(looks.iter().all(|look| *look == looks[0]), "{looks:?}");
    let mails = post.messages();
    assert_eq!(mails.len(), 3);
    assert!(mails[1]["subject"].as_str().unwrap().starts_with("No account with this address"));
    assert!(!mails[1]["text"].as_str().unwrap().contains("http"), "nothing to open");
    assert_eq!(server.database().rows("users").len(), 2, "nobody is made by asking");
}

// A52
#[test]
fn what_is_no_single_address_gets_no_mail() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::new()));
    for email in [
        "",
        "ada",
        "a@mail.example,b@mail.example",
        "a\r\nBcc: b@evil.example@mail.example",
        "<a@mail.example>",
    ] {
        let mut browser = server.browser();
        let answer = nothing_happens(&server, || ask(&mut browser, email));
        assert_eq!(answer.status, 400, "{email:?}");
        let answer = nothing_happens(&server, || browser.submit("password/reset", &[("email", email)]));
        assert!(answer.status == 400 && answer.text().contains("does not look like an email address"));
    }
    assert_eq!(post.messages(), Vec::<serde_json::Value>::new());
}

// F14
#[test]
fn a_mail_server_that_fails_is_said_to_everybody_alike() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::new()));
    post.mode("refuse");
    for email in [ADA, "nobody@mail.example"] {
        let answer = ask(&mut server.browser(), email);
        assert_eq!(answer.url(), server.at("/api/auth/error?error=EmailSignin"), "{email}");
    }
    assert_eq!(server.database().rows("tokens"), Vec::<String>::new());
    server.log.told(&["reason", "mail_refused"]);
}

#[test]
fn a_notice_that_cannot_be_sent_undoes_nothing_and_is_told_to_the_operator() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::new()));
    let mut ada = server.browser();
    ada.sign_in(ADA, PASSWORD);
    post.mode("refuse");
    let fields = [("currentPassword", PASSWORD), ("newPassword", "analytical engine")];
    assert_eq!(ada.submit("password", &fields).status, 302);
    server.log.told(&["notice_not_sent"]);
    assert_eq!(server.browser().sign_in(ADA, "analytical engine").status, 200);
}

#[test]
fn without_a_mail_server_the_page_says_so_and_nothing_leads_to_it() {
    let server = with_ada(Config::new());
    let mut browser = server.browser();
    assert!(!browser.get("signin").text().contains("Forgot"));
    let page = browser.get("password/reset");
    assert!(page.status == 200 && page.text().contains("This site sends no mail"), "{}", page.text());
    assert_eq!(nothing_happens(&server, || ask(&mut browser, ADA)).status, 400);
    assert_eq!(nothing_happens(&server, || browser.get("password/new?token=x&email=y")).status, 400);
}

#[test]
fn pages_of_the_applications_own_take_the_place_of_two_and_never_see_a_token() {
    let post = Post::start(&[]);
    let config = Config::new().text("pages.password", "/settings").text("pages.password_reset", "/forgot");
    let server = with_ada(post.plain(config));
    let mut browser = server.browser();
    let told = |browser: &mut Browser, path: &str| browser.get(path).location().to_owned();
    assert!(told(&mut browser, "password").starts_with(&server.at("/settings?callbackUrl=")));
    assert!(told(&mut browser, "password/reset").starts_with(&server.at("/forgot?callbackUrl=")));
    assert!(told(&mut browser, "password/reset?sent=true").ends_with("&sent=true"));
    ask(&mut browser, ADA);
    assert_eq!(browser.send_to(&post.link(), Request::get("")).status, 200, "the built-in page");
    let gone = browser.get("password/new?token=x&email=ada%40mail.example");
    assert!(
        told(&mut browser, gone.location().split("/api/auth/").nth(1).unwrap())
            .ends_with("&error=Verification")
    );
}
