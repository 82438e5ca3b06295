//! `hallpass secret`.

use e2e::{Config, Folder, Server, hallpass};

#[test]
fn it_prints_a_fresh_secret_that_the_server_accepts() {
    let folder = Folder::new();
    let print = || {
        let printed = hallpass(folder.path(), &["secret"], &[], "");
        assert_eq!(printed.code, Some(0), "{}", printed.text());
        printed.stdout.trim_end().to_owned()
    };
    let secret = print();
    assert!(secret.len() >= 43, "{}", secret.len());
    assert_ne!(secret, print());
    let server = Server::start(Config::new().text("secret", &secret));
    server.log.secret(&secret);
    assert_eq!(server.browser().get("session").status, 200);
}

#[test]
fn it_needs_no_configuration_and_leaves_nothing_behind() {
    let folder = Folder::new();
    std::fs::write(folder.file("hallpass.toml"), "this is not TOML").unwrap();
    assert_eq!(hallpass(folder.path(), &["secret"], &[], "").code, Some(0));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
