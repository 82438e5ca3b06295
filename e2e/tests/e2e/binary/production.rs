//! `hallpass check --production`.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use e2e::{Config, Finished, Folder, closed_port, hallpass};
use serde_json::Value;

use crate::scene::{Post, with_oidc};

/// A directory on the disk of the build: where temporary folders are may be in memory.
struct Disk(PathBuf);

impl Disk {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn database(&self) -> String {
        format!("sqlite:{}", self.0.join("hallpass.db").display())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A deployment without a fault.
fn sound(disk: &Disk) -> Config {
    Config::new()
        .text("url", "https://app.example.com")
        .text("log.level", "info")
        .text("database", &disk.database())
        .raw("trusted_proxies", "[\"127.0.0.1\"]")
        .text("session.absolute_max_age", "90d")
}

fn check_with(config: &str, mode: u32, arguments: &[&str]) -> Finished {
    let folder = Folder::new();
    let file = folder.file("hallpass.toml");
    std::fs::write(&file, config).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    hallpass(folder.path(), &[&["check", "--production"], arguments].concat(), &[], "")
}

fn check(config: &Config, arguments: &[&str]) -> Finished {
    check_with(&config.toml(), 0o600, arguments)
}

/// The findings of this weight, each as it is told to machines.
fn findings(told: &Finished, weight: &str) -> Vec<String> {
    let lines = told.stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines.filter(|line| line["weight"] == weight).map(|line| line.to_string()).collect()
}

#[test]
fn a_sound_deployment_has_no_errors_and_nothing_is_left_behind() {
    let disk = Disk::new("sound");
    let told = check(&sound(&disk), &[]);
    assert_eq!(told.code, Some(0), "{}", told.text());
    assert!(told.stdout.contains("0 errors") && told.stdout.contains("can be deployed"), "{}", told.stdout);
    assert!(!told.text().contains(e2e::SECRET), "{}", told.text());
    assert_eq!(std::fs::read_dir(&disk.0).unwrap().count(), 0);
    let json = check(&sound(&disk), &["--json"]);
    assert_eq!((json.code, findings(&json, "error")), (Some(0), vec![]));
}

#[test]
fn every_fault_is_an_error_that_names_the_way_out() {
    let disk = Disk::new("faults");
    let memory = ["/dev/shm"].iter().find(|place| Path::new(place).is_dir());
    let in_memory = memory.map(|place| sound(&disk).text("database", &format!("sqlite:{place}/hallpass.db")));
    let mut cases = vec![
        (sound(&disk).text("url", "http://localhost:3000"), "Secure", "https://"),
        (sound(&disk).text("url", "http://app.example.com"), "clear", "https://"),
        (sound(&disk).text("secret", "changeme"), "too easy to guess", "hallpass secret"),
        (sound(&disk).without("secret"), "`secret` is missing", "hallpass secret"),
        (sound(&disk).without("url"), "`url` is missing", "url ="),
        (
            sound(&disk).text("mode", "development").without("secret"),
            "`secret` is missing",
            "hallpass secret",
        ),
        (sound(&disk).text("database", "sqlite:/nowhere/hallpass.db"), "/nowhere", "path"),
        (sound(&disk).text("email.smtp", "smtps://mail.example"), "email.from", "from ="),
        (
            sound(&disk).raw("password.enabled", false).without("password.sign_up"),
            "no way to sign in",
            "enabled",
        ),
    ];
    cases.extend(in_memory.map(|config| (config, "in memory", "disk")));
    for (config, what, way_out) in cases {
        let told = check(&config, &["--json"]);
        assert_eq!(told.code, Some(1), "{what}: {}", told.text());
        let errors = findings(&told, "error");
        let named = |error: &String| error.contains(what) && error.contains(way_out);
        assert!(errors.iter().any(named), "{what} → {way_out}: {errors:#?}");
        let people = check(&config, &[]);
        assert_eq!(people.code, Some(1));
        assert!(people.stdout.contains("error: ") && people.stdout.contains("must not"), "{}", people.stdout);
    }
}

#[test]
fn a_file_with_a_secret_that_everybody_can_read_is_an_error() {
    let disk = Disk::new("readable");
    let open = check_with(&sound(&disk).toml(), 0o644, &["--json"]);
    assert_eq!(open.code, Some(1), "{}", open.text());
    let errors = findings(&open, "error");
    assert!(errors[0].contains("hallpass.toml") && errors[0].contains("chmod 600"), "{errors:?}");
    // A file without a secret may be read by everybody; the one that holds it may not.
    let folder = Folder::new();
    std::fs::write(folder.file("hallpass.toml"), sound(&disk).without("secret").toml()).unwrap();
    let secret = folder.file("secret");
    std::fs::write(&secret, e2e::SECRET).unwrap();
    let name = secret.to_string_lossy().into_owned();
    for (mode, code) in [(0o644, 1), (0o600, 0)] {
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(mode)).unwrap();
        let variables = [("HALLPASS_SECRET_FILE", name.as_str())];
        let told = hallpass(folder.path(), &["check", "--production", "--json"], &variables, "");
        assert_eq!(told.code, Some(code), "{mode:o}: {}", told.text());
        assert_eq!(findings(&told, "error").iter().any(|error| error.contains(&name)), code == 1);
    }
}

#[test]
fn the_database_is_looked_at_and_not_changed() {
    let disk = Disk::new("looked-at");
    let file = disk.0.join("hallpass.db");
    let make = |sql: &str| {
        let _ = std::fs::remove_file(&file);
        let connection = rusqlite::Connection::open(&file).unwrap();
        connection.execute_batch(sql).unwrap();
        drop(connection);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::read(&file).unwrap()
    };
    let ours = 0x6861_6c6c;
    for (sql, weight, word) in [
        ("CREATE TABLE theirs (x)".to_owned(), "error", "another program"),
        (format!("PRAGMA application_id = {ours}; PRAGMA user_version = 99"), "error", "version 99"),
        (format!("PRAGMA application_id = {ours}; PRAGMA user_version = 1"), "warning", "migrate"),
    ] {
        let before = make(&sql);
        let told = check(&sound(&disk), &["--json"]);
        let found = findings(&told, weight);
        assert!(found.iter().any(|finding| finding.contains(word)), "{sql}: {}", told.text());
        assert_eq!(std::fs::read(&file).unwrap(), before, "{sql}");
    }
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let told = check(&sound(&disk), &["--json"]);
    assert!(
        findings(&told, "error").iter().any(|error| error.contains("password hashes")),
        "{}",
        told.text()
    );
}

#[test]
fn what_may_be_meant_is_a_note_and_no_error() {
    let disk = Disk::new("notes");
    let config = sound(&disk)
        .text("session.absolute_max_age", "none")
        .without("trusted_proxies")
        .text("listen", "0.0.0.0:3000")
        .text("metrics.listen", "0.0.0.0:9464")
        .text("wire", "v3")
        .raw("demo.enabled", true);
    let told = check(&config, &["--json"]);
    assert_eq!(told.code, Some(0), "{}", told.text());
    let (notes, warnings) = (findings(&told, "note"), findings(&told, "warning"));
    for word in ["absolute_max_age", "trusted_proxies", "email.smtp", "0.0.0.0:3000", "not there yet"] {
        assert!(notes.iter().any(|note| note.contains(word)), "{word}: {notes:#?}");
    }
    for word in ["0.0.0.0:9464", "demo", "next-auth 3", "forgot theirs"] {
        assert!(warnings.iter().any(|warning| warning.contains(word)), "{word}: {warnings:#?}");
    }
    let with_mail = config.mail("smtps://mail.example");
    assert!(!check(&with_mail, &[]).stdout.contains("forgot theirs"));
}

#[test]
fn online_the_mail_server_and_the_providers_are_asked_and_no_mail_is_sent() {
    let disk = Disk::new("online");
    let post = Post::start(&["--auth", "robot:secret-of-the-robot"]);
    let url = format!("smtp://robot:secret-of-the-robot@127.0.0.1:{}", post.port("plain"));
    let config = with_oidc(sound(&disk).mail(&url), "basic");
    let told = check(&config, &["--online"]);
    assert_eq!(told.code, Some(0), "{}", told.text());
    assert!(post.messages().is_empty());
    assert!(!told.stdout.contains("were not asked"), "{}", told.stdout);

    let wrong = format!("smtp://robot:another@127.0.0.1:{}", post.port("plain"));
    let gone = format!("http://127.0.0.1:{}", closed_port());
    let config =
        with_oidc(sound(&disk).mail(&wrong), "basic").oidc("gone", &gone, "a", Some("a-secret-of-ours"));
    let offline = check(&config, &[]);
    assert_eq!(offline.code, Some(0), "{}", offline.text());
    assert!(offline.stdout.contains("--online"), "{}", offline.stdout);
    let told = check(&config, &["--online", "--json"]);
    assert_eq!(told.code, Some(1), "{}", told.text());
    let errors = findings(&told, "error");
    assert_eq!(errors.len(), 2, "{errors:#?}");
    assert!(errors.iter().any(|error| error.contains("the mail server")), "{errors:#?}");
    assert!(errors.iter().any(|error| error.contains("the provider gone")), "{errors:#?}");
    for secret in ["another", "a-secret-of-ours", e2e::SECRET] {
        assert!(!told.text().contains(secret), "{}", told.text());
    }
}
