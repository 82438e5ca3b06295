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
fn it_prints_a_fresh_key_that_signs_and_that_no_other_command_repeats() {
    let folder = Folder::new();
    for algorithm in ["es256", "eddsa"] {
        let print = || hallpass(folder.path(), &["secret", "--signing-key", algorithm], &[], "");
        let (first, second) = (print(), print());
        assert_eq!((first.code, second.code), (Some(0), Some(0)), "{}", first.text());
        assert_ne!(first.stdout, second.stdout);
        assert!(first.stdout.starts_with("-----BEGIN PRIVATE KEY-----\n"), "{algorithm}");
        let server = Server::prepare(Config::new().raw("signing.keys", r#"["a.pem"]"#), &[]);
        std::fs::write(server.folder().file("a.pem"), &first.stdout).unwrap();
        server.log.secret(first.stdout.lines().nth(1).unwrap());
        server.spawn();
        server.wait_until_up();
        assert_eq!(server.browser().get("jwks").status, 200);
        let told = server.command(&["check"], "");
        assert_eq!(told.code, Some(0), "{}", told.text());
        assert!(told.text().contains("a.pem"), "{}", told.text());
    }
    let wrong = hallpass(folder.path(), &["secret", "--signing-key", "rs256"], &[], "");
    assert!(wrong.code == Some(2) && wrong.text().contains("es256, eddsa"), "{}", wrong.text());
}

#[cfg(unix)]
#[test]
fn a_key_that_everybody_may_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let key = hallpass(folder.path(), &["secret", "--signing-key", "eddsa"], &[], "").stdout;
    let config = Config::new().text("url", "http://localhost:3000").raw("signing.keys", r#"["a.pem"]"#);
    std::fs::write(folder.file("hallpass.toml"), config.toml()).unwrap();
    std::fs::write(folder.file("a.pem"), key).unwrap();
    for (mode, told) in [(0o644, true), (0o640, false), (0o600, false)] {
        std::fs::set_permissions(folder.file("a.pem"), std::fs::Permissions::from_mode(mode)).unwrap();
        let checked = hallpass(folder.path(), &["check"], &[], "");
        assert_eq!(checked.code, Some(0), "{}", checked.text());
        assert_eq!(checked.text().contains("chmod 600 a.pem"), told, "{mode:o}: {}", checked.text());
    }
}

/// The kinds of keys that people have: OpenSSL makes them as people do.
#[test]
fn a_key_of_another_kind_is_refused_by_its_name_with_the_way_out() {
    let folder = Folder::new();
    let openssl = |words: &[&str]| {
        let status = std::process::Command::new("openssl").args(words).current_dir(folder.path()).output();
        assert!(status.unwrap().status.success(), "openssl {words:?}");
    };
    openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "good.pem"]);
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", "also-good.pem"]);
    openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", "p384.pem"]);
    openssl(&["genpkey", "-algorithm", "RSA", "-out", "rsa.pem"]);
    openssl(&["genpkey", "-algorithm", "X25519", "-out", "x25519.pem"]);
    openssl(&["pkey", "-in", "good.pem", "-pubout", "-out", "public.pem"]);
    openssl(&["pkcs8", "-topk8", "-in", "good.pem", "-passout", "pass:x", "-out", "encrypted.pem"]);
    openssl(&["ec", "-in", "good.pem", "-out", "sec1.pem"]);
    for (file, told) in [
        ("good.pem", "can be used"),
        ("also-good.pem", "can be used"),
        ("p384.pem", "P-384"),
        ("rsa.pem", "RSA"),
        ("x25519.pem", "X25519"),
        ("public.pem", "public half"),
        ("encrypted.pem", "passphrase"),
        ("sec1.pem", "openssl pkcs8 -topk8 -nocrypt"),
    ] {
        let keys = format!("[{file:?}]");
        let config = Config::new().text("url", "http://localhost:3000").raw("signing.keys", keys);
        std::fs::write(folder.file("hallpass.toml"), config.toml()).unwrap();
        let checked = hallpass(folder.path(), &["check"], &[], "");
        assert!(checked.text().contains(told), "{file}: {}", checked.text());
        assert_eq!(checked.code == Some(0), told == "can be used", "{file}: {}", checked.text());
    }
}

#[test]
fn it_needs_no_configuration_and_leaves_nothing_behind() {
    let folder = Folder::new();
    std::fs::write(folder.file("hallpass.toml"), "this is not TOML").unwrap();
    assert_eq!(hallpass(folder.path(), &["secret"], &[], "").code, Some(0));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
