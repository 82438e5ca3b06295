//! `hallpass check`, and what `serve` refuses for the same reasons (A91).

use e2e::{Config, Finished, Folder, SECRET, hallpass};

fn check(toml: &str, environment: &[(&str, &str)]) -> Finished {
    let folder = Folder::new();
    std::fs::write(folder.file("hallpass.toml"), toml).unwrap();
    let before = std::fs::read_dir(folder.path()).unwrap().count();
    let told = hallpass(folder.path(), &["check"], environment, "");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), before, "`check` made a file");
    told
}

/// All that a site needs but for its secret.
const SITE: &str = "url = \"https://app.example.com\"\npassword.enabled = true\n";

fn with_secret() -> String {
    format!("{SITE}secret = \"{SECRET}\"\n")
}

#[test]
fn a_sound_configuration_is_explained_with_where_each_value_comes_from_and_no_secret() {
    let environment = [
        ("NEXTAUTH_URL", "https://other.example"),
        ("AUTH_GITHUB_ID", "an-id"),
        ("AUTH_GITHUB_SECRET", "a-secret-of-the-client"),
    ];
    let told = check(&with_secret(), &environment);
    assert_eq!(told.code, Some(0), "{}", told.text());
    let text = told.text();
    for part in [
        "[NEXTAUTH_URL]",
        "https://other.example",
        "[hallpass.toml:3]",
        "[default]",
        "[AUTH_GITHUB_ID]",
        "production",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains(SECRET) && !text.contains("a-secret-of-the-client"), "{text}");
    assert!(text.contains("NEXTAUTH_URL is stronger"), "{text}");
}

#[test]
fn an_unknown_key_is_an_error_that_names_the_nearest() {
    for (line, place, near) in [
        ("sesion.max_age = \"30d\"", ":4", "session"),
        ("session.maxage = 30", ":4", "max_age"),
        ("secert = \"x\"", ":4", "secret"),
        ("providers.github.client_idd = \"x\"", ":4", "client_id"),
    ] {
        let told = check(&format!("{}{line}\n", with_secret()), &[]);
        assert_eq!(told.code, Some(2), "{line}: {}", told.text());
        assert!(told.text().contains(place) && told.text().contains(near), "{line}: {}", told.text());
    }
    let told = check(&with_secret(), &[("HALLPASS_SESION_MAX_AGE", "30d")]);
    assert!(told.code == Some(2) && told.text().contains("HALLPASS_SESSION_MAX_AGE"), "{}", told.text());
}

#[test]
fn whatever_is_wrong_is_told_at_once_and_the_server_does_not_start() {
    let cases = [
        (SITE.to_owned(), "secret"),
        (format!("{SITE}secret = \"\"\n"), "secret"),
        (format!("{SITE}secret = \"short\"\n"), "hallpass secret"),
        (format!("{SITE}secret = \"{}\"\n", "a".repeat(64)), "hallpass secret"),
        (format!("{SITE}secret = \"{SECRET}\"\nsecrets = []\n"), "secrets"),
        (format!("password.enabled = true\nsecret = \"{SECRET}\"\nurl = \"app.example.com\"\n"), "url"),
        (format!("password.enabled = true\nsecret = \"{SECRET}\"\nurl = \"ftp://app.example.com\"\n"), "url"),
        (
            format!(
                "password.enabled = true\nsecret = \"{SECRET}\"\nurl = \"https://user@app.example.com\"\n"
            ),
            "url",
        ),
        (format!("{}wire = \"v2\"\n", with_secret()), "v4"),
        (format!("{}session.max_age = \"soon\"\n", with_secret()), "session.max_age"),
        (format!("{}session.max_age = 0\n", with_secret()), "session.max_age"),
        (format!("{}listen = \"everywhere\"\n", with_secret()), "listen"),
        (format!("{}theme = 7\n", with_secret()), "theme"),
        (format!("{}database = \"postgres://x\"\n", with_secret()), "database"),
        (
            format!("{}email.smtp = \"http://mail.example\"\nemail.from = \"a@b.example\"\n", with_secret()),
            "email.smtp",
        ),
        (format!("{}email.smtp = \"smtp://mail.example\"\n", with_secret()), "email.from"),
        (format!("{}providers.x.client_id = \"a\"\n", with_secret()), "issuer"),
        (format!("{}providers.github.client_id = \"a\"\n", with_secret()), "client_secret"),
        (
            format!(
                "{}providers.email.issuer = \"https://op.example\"\nproviders.email.client_id = \"a\"\n",
                with_secret()
            ),
            "email",
        ),
        ("url = https://app.example.com".to_owned(), "TOML"),
    ];
    for (toml, word) in cases {
        let told = check(&toml, &[]);
        assert_eq!(told.code, Some(2), "{toml}: {}", told.text());
        let wrong = told.text().split("error: ").skip(1).collect::<String>();
        assert!(wrong.contains(word), "{toml}: no {word} in {wrong}");
        let folder = Folder::new();
        std::fs::write(folder.file("hallpass.toml"), &toml).unwrap();
        let served = hallpass(folder.path(), &["serve"], &[], "");
        assert_eq!(served.code, Some(2), "{toml}: {}", served.text());
        assert!(
            served.stderr.contains("error: ") && !served.stderr.contains("panicked"),
            "{toml}: {}",
            served.stderr
        );
    }
}

#[test]
fn a_secret_may_be_kept_in_a_file() {
    let folder = Folder::new();
    let file = folder.file("secret");
    std::fs::write(&file, format!("{SECRET}\n")).unwrap();
    for name in ["HALLPASS_SECRET_FILE", "NEXTAUTH_SECRET_FILE", "AUTH_SECRET_FILE"] {
        let told = check(SITE, &[(name, &file.to_string_lossy())]);
        assert_eq!(told.code, Some(0), "{name}: {}", told.text());
        assert!(told.text().contains(name) && !told.text().contains(SECRET), "{}", told.text());
        let told = check(SITE, &[(name, "/nowhere/at/all")]);
        assert_eq!(told.code, Some(2), "{name}: {}", told.text());
    }
}

#[test]
fn a_configuration_from_the_environment_alone_is_enough() {
    let folder = Folder::new();
    let names = [
        ("AUTH_URL", "https://app.example.com"),
        ("AUTH_SECRET", SECRET),
        ("AUTH_GITHUB_ID", "an-id"),
        ("AUTH_GITHUB_SECRET", "a-secret-of-the-client"),
    ];
    let told = hallpass(folder.path(), &["check"], &names, "");
    assert_eq!(told.code, Some(0), "{}", told.text());
    assert!(told.text().contains("production"), "{}", told.text());
}

#[test]
fn the_list_of_keys_is_documentation() {
    let told = hallpass(Folder::new().path(), &["check", "--keys"], &[], "");
    assert_eq!(told.code, Some(0));
    for key in ["session.max_age", "HALLPASS_SESSION_MAX_AGE", "NEXTAUTH_URL", "providers."] {
        assert!(told.stdout.contains(key), "{key}");
    }
}

#[test]
fn without_a_way_to_sign_in_it_does_not_start() {
    let told = check(&format!("url = \"https://app.example.com\"\nsecret = \"{SECRET}\"\n"), &[]);
    assert_eq!(told.code, Some(2));
    assert!(told.text().contains("no way to sign in"), "{}", told.text());
}

#[test]
fn a_configuration_that_the_tests_use_is_sound() {
    let told = check(&Config::new().text("url", "http://localhost:3000").toml(), &[]);
    assert_eq!(told.code, Some(0), "{}", told.text());
}
