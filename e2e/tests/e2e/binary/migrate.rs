//! `hallpass migrate`.

use e2e::{Config, Server};

use crate::scene::with_ada;

#[test]
fn it_makes_the_database_and_may_be_run_again() {
    let server = Server::prepare(Config::new(), &[]);
    for _ in 0..2 {
        let told = server.command(&["migrate"], "");
        assert_eq!(told.code, Some(0), "{}", told.text());
    }
    assert_eq!(server.database().integrity(), "ok");
    server.spawn();
    server.wait_until_up();
    assert_eq!(server.browser().get("session").status, 200);
}

#[test]
fn it_keeps_what_is_there_beside_a_running_server() {
    let server = with_ada(Config::new());
    let before = server.database().everything();
    let told = server.command(&["migrate"], "");
    assert_eq!(told.code, Some(0), "{}", told.text());
    assert_eq!(server.database().everything(), before);
}

#[test]
fn a_database_of_a_later_version_is_refused() {
    let server = Server::prepare(Config::new(), &[]);
    assert_eq!(server.command(&["migrate"], "").code, Some(0));
    server.database().open().pragma_update(None, "user_version", 4000).unwrap();
    let told = server.command(&["migrate"], "");
    assert_eq!(told.code, Some(1), "{}", told.text());
    assert!(told.stderr.contains("4000"), "{}", told.stderr);
}
