//! `hallpass users`.

use e2e::{Config, Server};

use super::sessions::soon_signed_out;
use crate::scene::{ADA, PASSWORD, Post, SESSION, redeem, sign_in_by_oidc, strategies};
use crate::scene::{with_ada_signed_in, with_oidc};

#[test]
fn a_user_that_was_added_signs_in_to_the_running_server() {
    let server = Server::start(Config::new().raw("password.sign_up", false));
    let added = server.command(&["users", "add", ADA, "--name", "Ada Lovelace"], &format!("{PASSWORD}\n"));
    assert_eq!(added.code, Some(0), "{}", added.text());
    assert!(!added.text().contains(PASSWORD));
    let mut browser = server.browser();
    assert_eq!(browser.sign_in(ADA, PASSWORD).status, 200);
    assert_eq!(browser.session()["user"], serde_json::json!({"name": "Ada Lovelace", "email": ADA}));
}

#[test]
fn a_password_may_come_from_a_file() {
    let server = Server::start(Config::new());
    let file = server.folder().file("password");
    std::fs::write(&file, format!("{PASSWORD}\n")).unwrap();
    let added = server.command(&["users", "add", ADA, "--password-file", &file.to_string_lossy()], "");
    assert_eq!(added.code, Some(0), "{}", added.text());
    assert_eq!(server.browser().sign_in(ADA, PASSWORD).status, 200);
}

#[test]
fn a_new_password_replaces_the_old_one_and_ends_the_sessions() {
    let (server, mut browser) = with_ada_signed_in(Config::database_sessions());
    let set = server.command(&["users", "password", ADA], "a better password\n");
    assert_eq!(set.code, Some(0), "{}", set.text());
    assert!(!browser.is_signed_in());
    assert_eq!(server.browser().sign_in(ADA, PASSWORD).status, 401);
    assert_eq!(server.browser().sign_in(ADA, "a better password").status, 200);
}

#[test]
fn what_cannot_be_done_is_told_and_changes_nothing() {
    let (server, _) = with_ada_signed_in(Config::new());
    let before = server.database().everything();
    let good = format!("{PASSWORD}\n");
    for (arguments, typed, word) in [
        (vec!["users", "add", ADA], good.as_str(), "already"),
        (vec!["users", "add", "ADA.Lovelace@Mail.Example"], &good, "already"),
        (vec!["users", "add", "no address"], &good, "address"),
        (vec!["users", "add", "bob@mail.example"], "short\n", "password"),
        (vec!["users", "add", "bob@mail.example"], "", "password"),
        (vec!["users", "password", "nobody@mail.example"], &good, "no user"),
        (vec!["users", "password", ADA], "short\n", "password"),
        (vec!["users", "add", "bob@mail.example", "--password-file", "/nowhere"], "", "nowhere"),
    ] {
        let told = server.command(&arguments, typed);
        assert_eq!(told.code, Some(1), "{arguments:?}: {}", told.text());
        assert!(told.stderr.to_lowercase().contains(word), "{arguments:?}: {}", told.stderr);
        assert!(!told.text().contains("panicked"), "{}", told.text());
        assert_eq!(server.database().everything(), before, "{arguments:?}");
    }
}

#[test]
fn a_disabled_user_is_signed_out_of_the_running_server_and_stays_out_until_enabled() {
    for config in strategies() {
        let (server, mut browser) = with_ada_signed_in(config);
        let told = server.command(&["users", "disable", ADA, "--yes"], "");
        assert_eq!(told.code, Some(0), "{}", told.text());
        soon_signed_out(&mut browser);
        let answer = server.browser().sign_in(ADA, PASSWORD);
        assert!(answer.url().ends_with("/error?error=AccessDenied"), "{}", answer.text());
        assert!(answer.cookie(SESSION).is_none());
        server.log.told(&["reason", "user_disabled"]);
        let wrong = server.browser().sign_in(ADA, "a wrong password");
        assert!(wrong.url().contains("CredentialsSignin"), "only who knows the password is told");
        assert_eq!(server.command(&["users", "enable", ADA], "").code, Some(0));
        assert_eq!(server.browser().sign_in(ADA, PASSWORD).status, 200);
        assert!(!browser.is_signed_in(), "the old session stays ended");
    }
}

#[test]
fn no_provider_and_no_mail_lets_a_disabled_user_in() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(with_oidc(Config::new(), "basic")));
    let mut browser = server.browser();
    sign_in_by_oidc(&mut browser, "grace");
    let email = browser.session()["user"]["email"].as_str().expect("she is signed in").to_owned();
    assert_eq!(server.command(&["users", "disable", &email, "--yes"], "").code, Some(0));
    soon_signed_out(&mut browser);
    let denied = server.at("/api/auth/error?error=AccessDenied");
    for mut browser in [browser, server.browser()] {
        let back = sign_in_by_oidc(&mut browser, "grace");
        assert_eq!((back.location(), back.cookie(SESSION)), (denied.as_str(), None));
        browser.submit_json("signin/email", &[("email", &email)]);
        let redeemed = redeem(&mut browser, &post.link());
        assert_eq!((redeemed.location(), redeemed.cookie(SESSION)), (denied.as_str(), None));
        assert!(!browser.is_signed_in());
    }
    let page = server.browser().get("error?error=AccessDenied");
    assert_eq!(page.status, 403);
}

#[test]
fn a_list_shows_users_page_by_page_and_by_their_address() {
    let (server, _) = with_ada_signed_in(Config::new());
    for name in ["grace", "edsger"] {
        server.browser().sign_up(&format!("{name}@mail.example"), PASSWORD);
    }
    assert_eq!(server.command(&["users", "disable", "grace@mail.example", "--yes"], "").code, Some(0));
    let list = |arguments: &[&str]| {
        let told = server.listing(&[&["users", "list", "--json"], arguments].concat());
        assert_eq!(told.code, Some(0), "{}", told.text());
        let lines: Vec<serde_json::Value> =
            told.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (lines, told.stderr)
    };
    let (all, _) = list(&[]);
    let emails: Vec<_> = all.iter().map(|line| line["email"].as_str().unwrap()).collect();
    assert_eq!(emails, [ADA, "grace@mail.example", "edsger@mail.example"]);
    assert!(all[0]["disabled"].is_null() && all[1]["disabled"].is_string(), "{all:?}");
    let (page, hint) = list(&["--limit", "2"]);
    assert_eq!(page, all[..2]);
    let place = hint.trim().rsplit(' ').next().unwrap().to_owned();
    assert_eq!(list(&["--after", &place]).0, all[2..]);
    assert_eq!(list(&["--address", "grace@"]).0, all[1..2]);
    assert_eq!(list(&["--address", "%"]).0, [] as [serde_json::Value; 0]);
    let table = server.listing(&["users", "list"]);
    assert!(table.stdout.starts_with("ID") && table.stdout.contains(ADA), "{}", table.stdout);
}

#[test]
fn a_user_is_not_disabled_by_mistake() {
    let (server, mut browser) = with_ada_signed_in(Config::new());
    let before = server.database().everything();
    for (arguments, code, word) in [
        (vec!["users", "disable", ADA], 2, "--yes"),
        (vec!["users", "disable", "nobody@mail.example", "--yes"], 1, "users list"),
        (vec!["users", "enable", "nobody"], 1, "users list"),
        (vec!["users", "list", "--after", "nowhere"], 2, "no place"),
    ] {
        let told = server.command(&arguments, "");
        assert_eq!(told.code, Some(code), "{arguments:?}: {}", told.text());
        assert!(told.stderr.contains(word), "{arguments:?}: {}", told.stderr);
    }
    assert_eq!(server.database().everything(), before);
    assert!(browser.is_signed_in());
}
