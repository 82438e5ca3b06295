//! `GET` and `POST /password/new`: the link of a mail (A55).

use std::collections::BTreeMap;

use e2e::{Browser, Config, Request, Response, Server};

use crate::scene::{
    ADA, PASSWORD, Post, has_lost_the_account, nothing_happens, press, redeem, strategies, with_ada,
};

const NEW: &str = "analytical engine";

fn ask(server: &Server, post: &Post, email: &str) -> String {
    server.browser().submit_json("password/reset", &[("email", email)]);
    post.link()
}

fn fields_of(link: &str) -> BTreeMap<String, String> {
    url::Url::parse(link).unwrap().query_pairs().into_owned().collect()
}

fn set(browser: &mut Browser, token: &str, email: &str, new: &str) -> Response {
    browser.submit("password/new", &[("token", token), ("email", email), ("newPassword", new)])
}

fn set_by(browser: &mut Browser, link: &str, new: &str) -> Response {
    let fields = fields_of(link);
    set(browser, &fields["token"], &fields["email"], new)
}

fn is_set(answer: &Response) -> bool {
    answer.status == 302 && answer.location().ends_with("&notice=PasswordChanged")
}

fn gone(server: &Server) -> String {
    server.at("/api/auth/password/reset?error=Verification")
}

// A60, A59
#[test]
fn looking_at_the_link_consumes_nothing_and_tells_nobody() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::database_sessions().mail_anywhere()));
    let link = ask(&server, &post, ADA);
    for method in ["GET", "HEAD", "OPTIONS", "GET"] {
        let scanner = Request::new(method, "").header("User-Agent", "LinkScanner/1.0");
        nothing_happens(&server, || server.browser().send_to(&link, scanner));
    }
    let page = server.browser().send_to(&link, Request::get(""));
    assert!(page.text().contains(ADA));
    assert_eq!(page.header("cache-control"), Some("private, no-cache, no-store"));
    assert_eq!(page.header("referrer-policy"), Some("strict-origin"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    assert!(!page.text().contains("src=") && !page.text().contains("<script"));
    // Any browser may set the password: it gains nothing for the one that asked.
    assert!(is_set(&set_by(&mut server.browser(), &link, NEW)));
}

#[test]
fn a_link_is_good_for_its_purpose_and_its_address_and_no_step_can_be_left_out() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::database_sessions().mail_anywhere()));
    server.browser().sign_up("grace@mail.example", PASSWORD);
    let link = ask(&server, &post, ADA);
    let token = fields_of(&link)["token"].clone();
    server.browser().submit_json("signin/email", &[("email", ADA)]);
    let sign_in_link = post.link();
    let sign_in_token = fields_of(&sign_in_link)["token"].clone();
    let (shorter, upper, longer) = (&token[..token.len() - 1], token.to_uppercase(), format!("{token}0"));
    for (token, email) in [
        (token.as_str(), "grace@mail.example"),
        (token.as_str(), "nobody@mail.example"),
        (token.as_str(), ""),
        ("", ADA),
        (shorter, ADA),
        (&upper, ADA),
        (&longer, ADA),
        (&format!("{token}:{ADA}"), ADA),
        ("' OR 1=1 --", ADA),
        (&"a".repeat(20_000), ADA),
        // Another purpose.
        (&sign_in_token, ADA),
    ] {
        let mut browser = server.browser();
        let answer = nothing_happens(&server, || set(&mut browser, token, email, NEW));
        assert_eq!((answer.status, answer.location()), (302, gone(&server).as_str()), "{token:.50} {email}");
        let path = format!("password/new?{}", e2e::form(&[("token", token), ("email", email)]));
        assert_eq!(nothing_happens(&server, || browser.get(&path)).location(), gone(&server));
    }
    // The other way round, and steps that were left out.
    let mut browser = server.browser();
    let error = server.at("/api/auth/error?error=Verification");
    let taken = nothing_happens(&server, || {
        browser.submit("callback/email", &[("token", token.as_str()), ("email", ADA)])
    });
    assert_eq!(taken.location(), error);
    for fields in [
        &[][..],
        &[("newPassword", NEW)],
        &[("token", token.as_str())],
        &[("email", ADA), ("newPassword", NEW)],
    ] {
        let answer = nothing_happens(&server, || browser.submit("password/new", fields));
        assert_eq!(answer.location(), gone(&server), "{fields:?}");
    }
    let answer = nothing_happens(&server, || set(&mut browser, &token, ADA, ""));
    assert_eq!(answer.status, 400, "an empty password");
    assert!(browser.get("password/reset?error=Verification").text().contains("The link is no longer valid."));
    server.log.told(&["reason", "link_gone"]);
    assert!(is_set(&set(&mut browser, &token, ADA, NEW)), "and none of that spent it");
    // A replay; and the link to sign in went with it.
    let answer = nothing_happens(&server, || set(&mut browser, &token, ADA, "third password"));
    assert_eq!(answer.location(), gone(&server));
    let answer = nothing_happens(&server, || browser.send_to(&sign_in_link, Request::get("")));
    assert_eq!(answer.location(), error);
}

#[test]
fn the_form_works_only_from_the_page_of_the_same_browser() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::new().mail_anywhere()));
    let link = ask(&server, &post, ADA);
    let fields = fields_of(&link);
    let foreign = server.browser().csrf();
    let mut browser = server.browser();
    browser.csrf();
    let pairs = [
        ("token", fields["token"].as_str()),
        ("email", ADA),
        ("newPassword", NEW),
        ("csrfToken", foreign.as_str()),
    ];
    let answer = nothing_happens(&server, || browser.post("password/new", &pairs));
    assert_eq!(browser.follow(answer).status, 200, "the page again, with a token that fits");
    let token = browser.csrf();
    let with_token = [pairs[0], pairs[1], pairs[2], ("csrfToken", token.as_str())];
    let request = Request::post("password/new", &with_token).header("Origin", "https://evil.example");
    assert_eq!(nothing_happens(&server, || browser.send(request)).status, 403);
    assert!(is_set(&browser.post("password/new", &with_token)));
}

// A54
#[test]
fn a_link_is_over_when_its_time_is_and_that_is_ten_minutes() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::database_sessions().mail_anywhere()));
    let link = ask(&server, &post, ADA);
    let lasts: i64 = server
        .database()
        .open()
        .query_row("SELECT expires - created FROM tokens WHERE purpose = 'password-reset'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(lasts, 600_000);
    server.database().open().execute("UPDATE tokens SET expires = 1000", []).unwrap();
    let mut browser = server.browser();
    let answer = nothing_happens(&server, || browser.send_to(&link, Request::get("")));
    assert_eq!(answer.location(), gone(&server));
    assert_eq!(nothing_happens(&server, || set_by(&mut browser, &link, NEW)).location(), gone(&server));
}

#[test]
fn of_many_racing_forms_one_wins() {
    for config in strategies() {
        let post = Post::start(&[]);
        let server = with_ada(post.plain(config.mail_anywhere()));
        let link = ask(&server, &post, ADA);
        let start = std::sync::Arc::new(std::sync::Barrier::new(12));
        let threads: Vec<_> = (0..12)
            .map(|number| {
                let (mut browser, fields, start) = (server.browser(), fields_of(&link), start.clone());
                std::thread::spawn(move || {
                    let (new, csrf) = (format!("a password of racer {number}"), browser.csrf());
                    let pairs = [
                        ("csrfToken", csrf.as_str()),
                        ("token", &fields["token"]),
                        ("email", &fields["email"]),
                        ("newPassword", &new),
                    ];
                    start.wait();
                    let won = is_set(&browser.post("password/new", &pairs));
                    (new, won)
                })
            })
            .collect();
        let ends: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(ends.iter().filter(|(_, won)| *won).count(), 1, "{ends:?}");
        for (password, won) in &ends {
            assert_eq!(server.browser().sign_in(ADA, password).status, if *won { 200 } else { 401 });
        }
    }
}

#[test]
fn a_link_of_before_a_change_of_password_is_void() {
    for config in strategies() {
        let post = Post::start(&[]);
        let server = with_ada(post.plain(config.mail_anywhere()));
        let mut ada = server.browser();
        ada.sign_in(ADA, PASSWORD);
        let link = ask(&server, &post, ADA);
        let fields = [("currentPassword", PASSWORD), ("newPassword", NEW)];
        assert_eq!(ada.submit("password", &fields).status, 302);
        let answer = nothing_happens(&server, || set_by(&mut server.browser(), &link, "third password"));
        assert_eq!(answer.location(), gone(&server));
    }
}

// A48
#[test]
fn whoever_registered_the_address_before_its_owner_has_no_part_in_the_account() {
    for config in strategies() {
        let post = Post::start(&[]);
        let server = Server::start(post.plain(config.mail_anywhere()));
        let mut mallory = server.browser();
        assert_eq!(mallory.sign_up(ADA, "mallory knows this").status, 200);
        let link = ask(&server, &post, ADA);
        let mut ada = server.browser();
        assert!(is_set(&set_by(&mut ada, &link, NEW)));
        has_lost_the_account(&mut mallory);
        assert_eq!(server.browser().sign_in(ADA, "mallory knows this").status, 401);
        assert_eq!(ada.sign_in(ADA, NEW).status, 200);
        assert_eq!(ada.session()["user"], serde_json::json!({"email": ADA}), "nor in its name");
        assert!(!server.database().rows("users")[0].contains("email_verified=null"));
    }
}

#[test]
fn a_disabled_user_sets_nothing() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::new().mail_anywhere()));
    let link = ask(&server, &post, ADA);
    server.database().open().execute("UPDATE users SET disabled = 1", []).unwrap();
    let answer = nothing_happens(&server, || set_by(&mut server.browser(), &link, NEW));
    assert_eq!(answer.location(), server.at("/api/auth/error?error=AccessDenied"));
    server.log.told(&["reason", "user_disabled"]);
}

#[test]
fn who_only_ever_signed_in_by_mail_sets_a_first_password() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(Config::database_sessions().mail_anywhere()));
    let mut ada = server.browser();
    ada.submit_json("signin/email", &[("email", ADA)]);
    redeem(&mut ada, &post.link());
    let page = ada.get("password");
    assert!(page.text().contains("Your account has no password yet."), "{}", page.text());
    let guessed = [("currentPassword", ""), ("newPassword", NEW)];
    assert_eq!(nothing_happens(&server, || ada.submit("password", &guessed)).status, 400);
    let asked = press(&mut ada, &page, "password/reset");
    assert!(asked.location().ends_with("?sent=true"), "{}", asked.location());
    assert!(is_set(&set_by(&mut ada, &post.link(), NEW)));
    assert_eq!(ada.sign_in(ADA, NEW).status, 200);
}

#[test]
fn after_a_change_of_the_deployments_secret_the_form_is_asked_again_and_the_link_still_works() {
    const OTHER: &str = "another-e2e-secret-that-is-long-enough-2b8d4f6a0c";
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::new().mail_anywhere()));
    let link = ask(&server, &post, ADA);
    let fields = fields_of(&link);
    let mut browser = server.browser();
    let page = browser.send_to(&link, Request::get(""));
    let stale = page.field("csrfToken").unwrap();
    server.stop();
    let file = server.folder().file("hallpass.toml");
    let before = std::fs::read_to_string(&file).unwrap();
    server.log.secret(OTHER);
    std::fs::write(&file, before.replace(e2e::SECRET, OTHER)).unwrap();
    server.spawn();
    server.wait_until_up();
    let pairs = [
        ("csrfToken", stale.as_str()),
        ("token", &fields["token"]),
        ("email", &fields["email"]),
        ("newPassword", NEW),
    ];
    let answer = nothing_happens(&server, || browser.post("password/new", &pairs));
    assert_eq!(answer.location(), link, "the form again");
    assert!(is_set(&set_by(&mut browser, &link, NEW)));
    assert_eq!(browser.sign_in(ADA, NEW).status, 200);
}

// A55, in the profile strict.
#[test]
fn in_another_browser_the_form_wants_the_code_that_the_asking_one_shows() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::database_sessions()));
    let mut asking = server.browser();
    let told = asking.submit_json("password/reset", &[("email", ADA)]).json();
    let (link, code) = (post.link(), told["code"].as_str().expect("the asking browser is told").to_owned());
    let shown = asking.get("password/reset?sent=true").text();
    assert!(shown.contains(&code), "its page shows it too");
    assert!(!post.messages()[0].to_string().contains(&code), "no mail does");
    let mut other = server.browser();
    assert!(other.send_to(&link, Request::get("")).text().contains("name=\"code\""));
    let fields = fields_of(&link);
    let with = |browser: &mut Browser, new: &str, code: &str| {
        let link = [("token", fields["token"].as_str()), ("email", fields["email"].as_str())];
        browser.submit("password/new", &[link[0], link[1], ("newPassword", new), ("code", code)])
    };
    assert_eq!(nothing_happens(&server, || with(&mut other, NEW, "")).status, 403);
    assert_eq!(with(&mut other, NEW, "BBBB-BBBB").status, 403);
    assert_eq!(nothing_happens(&server, || with(&mut other, "short", &code)).status, 400, "costs no try");
    assert!(is_set(&with(&mut other, NEW, &code.to_lowercase())));
    assert_eq!(server.browser().sign_in(ADA, NEW).status, 200);
}

#[test]
fn five_wrong_codes_take_the_link_away_also_from_the_browser_that_asked() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::new()));
    let mut asking = server.browser();
    asking.submit_json("password/reset", &[("email", ADA)]);
    let fields = fields_of(&post.link());
    let mut other = server.browser();
    for _ in 0..5 {
        let link = [("token", fields["token"].as_str()), ("email", fields["email"].as_str())];
        other.submit("password/new", &[link[0], link[1], ("newPassword", NEW), ("code", "BBBB-BBBB")]);
    }
    let answer = set(&mut asking, &fields["token"], &fields["email"], NEW);
    assert_eq!(answer.location(), gone(&server));
    assert_eq!(server.browser().sign_in(ADA, PASSWORD).status, 200);
}

#[test]
fn the_browser_that_asked_needs_no_code() {
    let post = Post::start(&[]);
    let server = with_ada(post.plain(Config::new()));
    let mut asking = server.browser();
    asking.submit_json("password/reset", &[("email", ADA)]);
    let link = post.link();
    assert!(!asking.send_to(&link, Request::get("")).text().contains("name=\"code\""));
    assert!(is_set(&set_by(&mut asking, &link, NEW)));
}
