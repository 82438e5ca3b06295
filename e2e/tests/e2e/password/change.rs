//! `GET` and `POST /password`.

use e2e::{Browser, Config, Request, Response};

use crate::scene::{ADA, PASSWORD, Post, SESSION, nothing_happens, strategies, with_ada, with_ada_signed_in};

const NEW: &str = "analytical engine";

fn change(browser: &mut Browser, current: &str, new: &str) -> Response {
    browser.submit("password", &[("currentPassword", current), ("newPassword", new)])
}

#[test]
fn another_password_ends_every_other_session_and_copies_of_this_one() {
    for config in strategies() {
        let post = Post::start(&[]);
        let (server, mut here) = with_ada_signed_in(post.plain(config));
        let mut phone = server.browser();
        phone.sign_in(ADA, PASSWORD);
        let mut copy = here.clone();
        let page = here.get("password");
        assert!(page.status == 200 && page.text().contains(ADA), "{}", page.text());
        let token = page.field("csrfToken").unwrap();
        let fields = [("csrfToken", token.as_str()), ("currentPassword", PASSWORD), ("newPassword", NEW)];
        let answer = here.post("password", &fields);
        assert_eq!(
            (answer.status, answer.location()),
            (302, server.at("/api/auth/password?done=true").as_str())
        );
        assert!(here.follow(answer).text().contains("Your password was changed"));
        assert!(here.is_signed_in() && !phone.is_signed_in() && !copy.is_signed_in());
        assert_eq!(server.browser().sign_in(ADA, PASSWORD).status, 401);
        assert_eq!(server.browser().sign_in(ADA, NEW).status, 200);
        assert!(!server.database().holds(NEW));
        let told = server.log.told(&["password_changed"]);
        assert!(!told.contains(ADA));
        let mails = post.messages();
        assert_eq!(mails.len(), 1, "{mails:?}");
        assert_eq!(mails[0]["recipients"], serde_json::json!([ADA]));
        assert!(mails[0]["subject"].as_str().unwrap().contains("Your password was changed"));
        assert_eq!(post.link(), server.at("/api/auth/password/reset"), "what to do if it was somebody else");
    }
}

// A50: a session that somebody else got hold of is not enough.
#[test]
fn without_the_current_password_nothing_is_changed() {
    for config in strategies() {
        let (server, mut ada) = with_ada_signed_in(config);
        for wrong in ["", "wrong", "Enchantress of numbers", "enchantress of numbers ", &"x".repeat(5000)] {
            let answer = nothing_happens(&server, || change(&mut ada, wrong, NEW));
            assert_eq!(answer.status, 400, "{wrong:.30}");
            assert!(answer.text().contains("That is not your current password."));
            let answer = nothing_happens(&server, || {
                ada.submit_json("password", &[("currentPassword", wrong), ("newPassword", NEW)])
            });
            let url = server.at("/api/auth/password?error=CredentialsSignin");
            assert_eq!((answer.status, answer.url()), (401, url));
        }
        server.log.told(&["credentials_rejected"]);
        assert!(ada.is_signed_in());
        assert_eq!(change(&mut ada, PASSWORD, NEW).status, 302);
    }
}

#[test]
fn whoever_is_not_signed_in_changes_nothing() {
    let server = with_ada(Config::new());
    let mut nobody = server.browser();
    let answer = nothing_happens(&server, || change(&mut nobody, PASSWORD, NEW));
    assert!(
        answer.location().starts_with(&server.at("/api/auth/signin?callbackUrl=")),
        "{}",
        answer.location()
    );
    nobody.set_cookie(SESSION, "forged");
    let answer = nothing_happens(&server, || change(&mut nobody, PASSWORD, NEW));
    assert!(answer.location().ends_with("&error=SessionRequired"), "{}", answer.location());
    let answer = nothing_happens(&server, || nobody.get("password"));
    let page = nobody.follow(answer);
    assert!(page.text().contains("Please sign in to access this page."));
    // And from there back to the page.
    let fields = [
        ("csrfToken", page.field("csrfToken").unwrap()),
        ("callbackUrl", page.field("callbackUrl").unwrap()),
        ("email", ADA.to_owned()),
        ("password", PASSWORD.to_owned()),
    ];
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = nobody.post("callback/credentials", &pairs);
    assert_eq!(answer.location(), server.at("/api/auth/password"));
}

// A01, A27
#[test]
fn another_site_cannot_change_a_password() {
    let (server, mut ada) = with_ada_signed_in(Config::new());
    let fields = [("currentPassword", PASSWORD), ("newPassword", NEW)];
    let answer = nothing_happens(&server, || ada.post("password", &fields));
    assert_eq!(answer.location(), server.at("/api/auth/password?csrf=true"));
    assert!(ada.get("password?csrf=true").text().contains("The page had expired."));
    let token = ada.csrf();
    let with_token = [fields[0], fields[1], ("csrfToken", token.as_str())];
    let request = Request::post("password", &with_token).header("Origin", "https://evil.example");
    assert_eq!(nothing_happens(&server, || ada.send(request)).status, 403);
    let query = Request::get(&format!("password?{}", e2e::form(&with_token)));
    assert_eq!(nothing_happens(&server, || ada.send(query)).status, 200);
    assert_eq!(server.browser().sign_in(ADA, PASSWORD).status, 200);
}

#[test]
fn of_many_racing_changes_one_wins_and_leaves_one_session() {
    for config in strategies() {
        let (server, ada) = with_ada_signed_in(config);
        let token = ada.clone().csrf();
        let start = std::sync::Arc::new(std::sync::Barrier::new(8));
        let threads: Vec<_> = (0..8)
            .map(|number| {
                let (mut tab, token, start) = (ada.clone(), token.clone(), start.clone());
                std::thread::spawn(move || {
                    let new = format!("a password of tab {number}");
                    let fields =
                        [("csrfToken", token.as_str()), ("currentPassword", PASSWORD), ("newPassword", &new)];
                    start.wait();
                    let answer = tab.post("password", &fields);
                    (new, answer.status == 302 && answer.location().ends_with("?done=true"))
                })
            })
            .collect();
        let ends: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        let won: Vec<_> = ends.iter().filter(|(_, won)| *won).collect();
        assert_eq!(won.len(), 1, "{ends:?}");
        assert_eq!(server.database().rows("sessions").len(), 1);
        for (password, won) in &ends {
            let status = server.browser().sign_in(ADA, password).status;
            assert_eq!(status, if *won { 200 } else { 401 });
        }
    }
}
