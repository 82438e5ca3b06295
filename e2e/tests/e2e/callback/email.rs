//! `GET` and `POST /callback/email`.

use std::collections::BTreeMap;

use e2e::{Config, Request, Server};

use crate::scene::{
    ADA, PASSWORD, Post, SESSION, has_lost_the_account, nothing_happens, press, redeem, strategies, with_ada,
};

/// Asks for a link and answers with it.
fn link_for(server: &Server, post: &Post, email: &str) -> String {
    let answer =
        server.browser().submit_json("signin/email", &[("email", email), ("callbackUrl", "/inbox?a=1&b=2")]);
    assert!(answer.url().contains("/verify-request"), "{}", answer.text());
    post.link()
}

fn fields_of(link: &str) -> BTreeMap<String, String> {
    url::Url::parse(link).unwrap().query_pairs().into_owned().collect()
}

#[test]
fn the_link_works_once_in_any_browser_and_leads_where_was_asked() {
    for config in strategies() {
        let post = Post::start(&[]);
        let server = Server::start(post.plain(config.mail_anywhere()));
        let link = link_for(&server, &post, ADA);
        let mut other = server.browser();
        let answer = redeem(&mut other, &link);
        assert_eq!((answer.status, answer.location()), (302, server.at("/inbox?a=1&b=2").as_str()));
        assert!(answer.cookie(SESSION).is_some());
        assert_eq!(other.session()["user"], serde_json::json!({"email": ADA}));
        assert_eq!(server.database().rows("tokens"), Vec::<String>::new());
        let users = server.database().rows("users");
        assert!(users.len() == 1 && !users[0].contains("email_verified=null"), "{users:?}");
        // Spent: the page and the button alike.
        let error = server.at("/api/auth/error?error=Verification");
        let mut late = server.browser();
        let answer = nothing_happens(&server, || late.send_to(&link, Request::get("")));
        assert_eq!((answer.status, answer.location()), (302, error.as_str()));
        server.log.told(&["reason", "link_gone"]);
        let page = late.follow(answer);
        assert_eq!(page.status, 403);
        assert!(page.text().contains("It may have been used already or it may have expired."));
        let fields = fields_of(&link);
        let answer = nothing_happens(&server, || {
            late.submit("callback/email", &[("token", &fields["token"]), ("email", &fields["email"])])
        });
        assert_eq!(answer.location(), error);
    }
}

// A60
#[test]
fn looking_at_the_link_consumes_nothing() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(Config::database_sessions().mail_anywhere()));
    let link = link_for(&server, &post, ADA);
    for _ in 0..3 {
        for method in ["GET", "HEAD", "OPTIONS"] {
            let scanner = Request::new(method, "").header("User-Agent", "LinkScanner/1.0");
            nothing_happens(&server, || server.browser().send_to(&link, scanner));
        }
    }
    let mut person = server.browser();
    let page = person.send_to(&link, Request::get(""));
    assert!(page.text().contains(ADA), "the page says who will be signed in");
    assert_eq!(page.header("cache-control"), Some("private, no-cache, no-store"));
    // A59: the token does not leave by the Referer header.
    assert_eq!(page.header("referrer-policy"), Some("strict-origin"));
    assert_eq!(press(&mut person, &page, "callback/email").status, 302);
    assert!(person.is_signed_in());
}

// A53
#[test]
fn of_fifty_racing_redemptions_one_makes_a_session() {
    for config in strategies() {
        let post = Post::start(&[]);
        let server = Server::start(post.plain(config.mail_anywhere()));
        let link = link_for(&server, &post, ADA);
        let racers: Vec<_> = (0..50)
            .map(|_| {
                let mut browser = server.browser();
                let page = browser.send_to(&link, Request::get(""));
                assert_eq!(page.status, 200);
                (browser, page)
            })
            .collect();
        let start = std::sync::Arc::new(std::sync::Barrier::new(racers.len()));
        let threads: Vec<_> = racers
            .into_iter()
            .map(|(mut browser, page)| {
                let start = start.clone();
                std::thread::spawn(move || {
                    start.wait();
                    let answer = press(&mut browser, &page, "callback/email");
                    (answer.location().to_owned(), browser.cookie(SESSION).is_some())
                })
            })
            .collect();
        let ends: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        let error = server.at("/api/auth/error?error=Verification");
        assert_eq!(ends.iter().filter(|(_, session)| *session).count(), 1, "{ends:?}");
        assert_eq!(ends.iter().filter(|(url, _)| *url == error).count(), 49, "{ends:?}");
        assert_eq!(server.database().rows("users").len(), 1);
        assert!(server.database().rows("sessions").len() <= 1);
    }
}

// A01, A27
#[test]
fn the_button_works_only_from_the_page() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(Config::database_sessions().mail_anywhere()));
    let link = link_for(&server, &post, ADA);
    let fields = fields_of(&link);
    let mut browser = server.browser();
    browser.csrf();
    let pairs = [("token", fields["token"].as_str()), ("email", fields["email"].as_str())];
    let answer = nothing_happens(&server, || browser.post("callback/email", &pairs));
    assert_eq!(answer.status, 302);
    assert!(answer.cookie(SESSION).is_none());
    let token = browser.csrf();
    let with_token = [pairs[0], pairs[1], ("csrfToken", token.as_str())];
    let request = Request::post("callback/email", &with_token).header("Origin", "https://evil.example");
    assert_eq!(nothing_happens(&server, || browser.send(request)).status, 403);
    assert_eq!(redeem(&mut browser, &link).location(), server.at("/inbox?a=1&b=2"));
}

// A55
#[test]
fn a_token_is_good_for_its_address_alone() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(Config::database_sessions().mail_anywhere()));
    let link = link_for(&server, &post, ADA);
    let token = fields_of(&link)["token"].clone();
    let error = server.at("/api/auth/error?error=Verification");
    let shorter = &token[..token.len() - 1];
    let upper = token.to_uppercase();
    let longer = format!("{token}0");
    for (token, email) in [
        (token.as_str(), "grace@mail.example"),
        (token.as_str(), ""),
        ("", ADA),
        ("bad", ADA),
        (shorter, ADA),
        (&upper, ADA),
        (&longer, ADA),
        ("' OR 1=1 --", ADA),
        (&"a".repeat(20_000), ADA),
    ] {
        let path = format!("callback/email?{}", e2e::form(&[("token", token), ("email", email)]));
        let answer = nothing_happens(&server, || server.browser().get(&path));
        assert_eq!((answer.status, answer.location()), (302, error.as_str()), "{token:.50} {email}");
        let mut browser = server.browser();
        let answer = nothing_happens(&server, || {
            browser.submit("callback/email", &[("token", token), ("email", email)])
        });
        assert_eq!(answer.location(), error, "{token:.50} {email}");
    }
    for path in ["callback/email", "callback/email?token=x", "callback/email?email=x"] {
        let answer = nothing_happens(&server, || server.browser().get(path));
        assert_eq!(answer.location(), error, "{path}");
    }
    assert_eq!(redeem(&mut server.browser(), &link).status, 302);
}

// A54
#[test]
fn a_link_is_over_when_its_time_is() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(Config::database_sessions().mail_anywhere()));
    let link = link_for(&server, &post, ADA);
    server.database().open().execute("UPDATE tokens SET expires = 1000", []).unwrap();
    let answer = nothing_happens(&server, || server.browser().send_to(&link, Request::get("")));
    assert_eq!(answer.location(), server.at("/api/auth/error?error=Verification"));
}

// A10
#[test]
fn the_callback_url_of_the_link_is_not_believed() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(Config::new().mail_anywhere()));
    for evil in ["https://evil.example/", "//evil.example", "javascript:alert(1)"] {
        let link = link_for(&server, &post, ADA);
        let mut url = url::Url::parse(&link).unwrap();
        let mut fields = fields_of(&link);
        fields.insert("callbackUrl".into(), evil.into());
        url.query_pairs_mut().clear().extend_pairs(&fields);
        let answer = redeem(&mut server.browser(), url.as_str());
        assert!(answer.location().starts_with(&format!("{}/", server.url())), "{}", answer.location());
    }
}

// A48
#[test]
fn a_password_that_somebody_else_set_before_is_worth_nothing_after_the_owner_came() {
    for config in strategies() {
        let post = Post::start(&[]);
        let server = Server::start(post.plain(config.mail_anywhere()));
        // Mallory registers the victim's address, which she cannot read mail of, and stays signed in.
        let mut mallory = server.browser();
        assert_eq!(mallory.sign_up(ADA, "mallory knows this").status, 200);
        let link = link_for(&server, &post, ADA);
        let mut ada = server.browser();
        redeem(&mut ada, &link);
        assert!(ada.is_signed_in());
        assert_eq!(server.browser().sign_in(ADA, "mallory knows this").status, 401);
        has_lost_the_account(&mut mallory);
        assert!(ada.is_signed_in());
    }
}

#[test]
fn who_proves_their_own_address_keeps_their_password() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::database_sessions().mail_anywhere()));
    let mut ada = server.browser();
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200);
    let link = link_for(&server, &post, ADA);
    redeem(&mut ada, &link);
    assert!(ada.is_signed_in());
    assert_eq!(server.browser().sign_in(ADA, PASSWORD).status, 200);
    assert_eq!(server.database().rows("users").len(), 1);
}

// F14
#[test]
fn a_link_from_a_mail_that_was_reported_as_failed_still_works_once_only() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(Config::database_sessions().mail_anywhere()));
    post.mode("drop");
    let answer = server.browser().submit_json("signin/email", &[("email", ADA)]);
    assert_eq!(answer.url(), server.at("/api/auth/error?error=EmailSignin"));
    // The server closed after it had taken the mail: the link exists. Good or void, it is never good twice.
    let link = post.link();
    let mut redeemed = 0;
    for _ in 0..3 {
        let mut browser = server.browser();
        let page = browser.send_to(&link, Request::get(""));
        if page.status == 200 && press(&mut browser, &page, "callback/email").cookie(SESSION).is_some() {
            redeemed += 1;
        }
    }
    assert!(redeemed <= 1, "{redeemed}");
}
