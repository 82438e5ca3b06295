//! `hallpass users`.

use e2e::{Config, Server};

use crate::scene::{ADA, PASSWORD, with_ada_signed_in};

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
