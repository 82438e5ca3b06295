use super::*;

const STRONG: &str = "q0Zr7v1Xy9w2Jt5LmNf8KcB3hDsGpAeU4iOxRkEw6Yo=";

/// A configuration from this file (if any), these variables and these flags.
fn load_all(file: Option<&str>, variables: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Loaded {
    let read = |path: &Path| match path.to_str() {
        Some(DEFAULT_FILE) => file.map(str::to_owned).ok_or_else(|| ErrorKind::NotFound.into()),
        Some("/ca.pem") => Ok("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n".to_owned()),
        Some("/empty.pem") => Ok(String::new()),
        Some("/key.p8") => Ok(providers::KEY.to_owned()),
        _ => Err(ErrorKind::NotFound.into()),
    };
    load(&Sources {
        file: None,
        variables: variables.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect(),
        flags: flags.iter().map(|&(k, v)| (k, v.to_owned(), "--flag")).collect(),
        read_file: &read,
    })
}

fn file(text: &str) -> Loaded {
    load_all(Some(text), &[], &[])
}

/// A production configuration with this added.
fn production(more: &str) -> Loaded {
    let begins = if more.starts_with('[') { Some(0) } else { more.find("\n[") };
    let (top, tables) = more.split_at(begins.unwrap_or(more.len()));
    let password = if tables.contains("[password]") { "" } else { "[password]\nenabled = true\n" };
    file(&format!("url = \"https://app.example.com\"\nsecret = \"{STRONG}\"\n{top}\n{tables}\n{password}"))
}

fn errors(loaded: &Loaded) -> String {
    let errors = loaded.problems.iter().filter(|problem| problem.severity == Severity::Error);
    errors.map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn warnings(loaded: &Loaded) -> String {
    let warnings = loaded.problems.iter().filter(|problem| problem.severity == Severity::Warning);
    warnings.map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

mod mode {
    use super::*;

    #[test]
    fn nothing_at_all_is_development_with_everything_on() {
        let loaded = load_all(None, &[("PATH", "/bin")], &[]);
        assert_eq!(errors(&loaded), "");
        let config = loaded.config;
        assert_eq!(config.mode, Mode::Development);
        assert!(config.demo && config.url.is_none());
        assert!(matches!(config.secrets, Secrets::MadeIn(ref path) if path.ends_with("secret")));
        assert_eq!(config.database, Path::new(".hallpass/hallpass.db"));
        assert!(config.email.is_some_and(|email| email.smtp.is_none()));
        assert_eq!(config.password.map(|password| password.sign_up), Some(hallpass::SignUp::Open));
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    }

    #[test]
    fn a_provider_or_a_local_url_leaves_development_on() {
        let variables = [
            ("AUTH_GITHUB_ID", "id"),
            ("AUTH_GITHUB_SECRET", "s"),
            ("NEXTAUTH_URL", "http://localhost:3000"),
        ];
        let loaded = load_all(None, &variables, &[]);
        assert_eq!(errors(&loaded), "");
        assert_eq!(loaded.config.mode, Mode::Development);
        assert_eq!(loaded.config.providers.len(), 1);
    }

    #[test]
    fn any_sign_of_a_deployment_is_production() {
        for variables in [
            [("HALLPASS_URL", "https://app.example.com")],
            [("HALLPASS_URL", "http://10.0.0.1")],
            [("HALLPASS_URL", "nonsense")],
            [("HALLPASS_SECRET", STRONG)],
            [("NEXTAUTH_SECRET", STRONG)],
            [("HALLPASS_DATABASE", "sqlite:/var/lib/hallpass.db")],
        ] {
            let loaded = load_all(None, &variables, &[]);
            assert_eq!(loaded.config.mode, Mode::Production, "{variables:?}");
            assert!(!loaded.is_usable(), "{variables:?}");
            assert!(!loaded.config.demo && loaded.config.email.is_none() && loaded.config.password.is_none());
        }
        assert_eq!(file("").config.mode, Mode::Production);
    }

    #[test]
    fn development_is_not_for_other_machines() {
        let loaded = load_all(None, &[("HALLPASS_LISTEN", "0.0.0.0:3000")], &[]);
        assert!(errors(&loaded).contains("HALLPASS_LISTEN"), "{}", errors(&loaded));
        let loaded =
            load_all(None, &[("HALLPASS_LISTEN", "0.0.0.0:3000"), ("HALLPASS_MODE", "development")], &[]);
        assert_eq!(errors(&loaded), "");
        assert!(warnings(&loaded).contains("other machines"));
        let loaded = file("mode = \"development\"\nurl = \"https://app.example.com\"");
        assert!(errors(&loaded).contains("everybody's mail"), "{}", errors(&loaded));
    }
}

mod secrets {
    use super::*;

    #[test]
    fn a_missing_secret_is_refused_with_the_command_that_makes_one() {
        let loaded = file("url = \"https://app.example.com\"\n[password]\nenabled = true");
        assert!(errors(&loaded).contains("`secret` is missing"), "{}", errors(&loaded));
        assert!(errors(&loaded).contains("`hallpass secret`"));
    }

    #[test]
    fn a_weak_secret_is_refused_and_never_repeated() {
        for weak in ["hunter2", "my-super-secret-do-not-tell-anybody", &"ab".repeat(20)] {
            let text =
                format!("url = \"https://app.example.com\"\nsecret = \"{weak}\"\npassword.enabled = true");
            let loaded = file(&text);
            let told = errors(&loaded);
            assert!(told.contains("hallpass.toml:2: `secret` is too easy"), "{told}");
            assert!(told.contains("`hallpass secret`") && !told.contains(weak), "{told}");
        }
        let loaded = file(&format!(
            "url = \"https://app.example.com\"\nsecrets = [\"{STRONG}\", \"old\"]\npassword.enabled = true"
        ));
        assert!(errors(&loaded).contains("`secrets` is too easy"));
        assert!(errors(&file("url = \"https://a.example\"\nsecrets = []")).contains("`secrets` is empty"));
    }

    #[test]
    fn in_development_a_weak_secret_is_a_warning() {
        let loaded = load_all(None, &[("HALLPASS_SECRET", "short"), ("HALLPASS_MODE", "development")], &[]);
        assert_eq!(errors(&loaded), "");
        assert!(warnings(&loaded).contains("too easy"));
    }

    #[test]
    fn several_secrets_keep_their_order() {
        let other = STRONG.replace("q0Zr", "p1Ys");
        let loaded = file(&format!(
            "url = \"https://app.example.com\"\nsecrets = [\"{other}\", \"{STRONG}\"]\npassword.enabled = true"
        ));
        assert_eq!(errors(&loaded), "");
        assert!(matches!(loaded.config.secrets, Secrets::Given(ref given) if given.len() == 2));
    }

    #[test]
    fn secret_and_secrets_in_one_source_are_refused_and_the_stronger_source_wins() {
        let loaded = production(&format!("secrets = [\"{STRONG}\"]"));
        assert!(errors(&loaded).contains("both `secret`"), "{}", errors(&loaded));
        let text = "url = \"https://a.example\"\nsecrets = [\"old\"]\npassword.enabled = true";
        let loaded = load_all(Some(text), &[("AUTH_SECRET", STRONG)], &[]);
        assert_eq!(errors(&loaded), "");
        assert!(matches!(loaded.config.secrets, Secrets::Given(ref given) if given.len() == 1));
        assert!(report::report(&loaded).contains("hallpass.toml:2 also sets `secrets`"));
    }

    #[test]
    fn the_report_holds_no_secret() {
        let loaded = load_all(
            Some("url = \"https://a.example\"\n[providers.github]\nclient_id = \"visible-id\"\n"),
            &[
                ("NEXTAUTH_SECRET", STRONG),
                ("AUTH_GITHUB_SECRET", "canary-client"),
                ("HALLPASS_EMAIL_SMTP", "smtps://u:canary-smtp@mail.example.com"),
                ("HALLPASS_EMAIL_FROM", "auth@example.com"),
            ],
            &[],
        );
        assert_eq!(errors(&loaded), "");
        let text = report::report(&loaded);
        assert!(text.contains("visible-id") && text.contains("NEXTAUTH_SECRET"), "{text}");
        assert!(!text.contains(STRONG) && !text.contains("canary"), "{text}");
        assert!(!format!("{:?}", loaded.config).contains("canary"));
    }
}

mod url {
    use super::*;

    #[test]
    fn the_path_of_the_url_is_the_base_path() {
        for (url, expected) in [
            ("https://app.example.com", "/api/auth"),
            ("https://app.example.com/", "/api/auth"),
            ("https://app.example.com/custom/auth", "/custom/auth"),
            ("https://app.example.com/custom/auth/", "/custom/auth"),
        ] {
            for name in ["HALLPASS_URL", "NEXTAUTH_URL", "AUTH_URL"] {
                let loaded = load_all(
                    None,
                    &[(name, url), ("AUTH_SECRET", STRONG), ("HALLPASS_PASSWORD_ENABLED", "1")],
                    &[],
                );
                assert_eq!(errors(&loaded), "");
                assert_eq!(loaded.config.base_path, expected);
                assert_eq!(loaded.config.origin(1), "https://app.example.com");
            }
        }
    }

    #[test]
    fn two_base_paths_are_a_conflict() {
        let loaded = load_all(
            Some(&format!("secret = \"{STRONG}\"\nbase_path = \"/auth\"\n[password]\nenabled = true")),
            &[("NEXTAUTH_URL", "https://app.example.com/other")],
            &[],
        );
        assert!(errors(&loaded).contains("/auth, and the path in `url` is /other"), "{}", errors(&loaded));
    }

    #[test]
    fn plain_http_is_for_this_machine() {
        for (url, good) in [
            ("http://app.example.com", false),
            ("http://10.1.2.3", false),
            ("http://localhost.example.com", false),
            ("http://localhost:3000", true),
            ("http://127.0.0.1:3000", true),
            ("http://[::1]:3000", true),
            ("http://app.localhost", true),
        ] {
            let text = format!("url = \"{url}\"\nsecret = \"{STRONG}\"\npassword.enabled = true");
            assert_eq!(file(&text).is_usable(), good, "{url}: {}", errors(&file(&text)));
        }
    }

    #[test]
    fn a_url_that_is_none_is_told() {
        for url in [
            "app.example.com",
            "ftp://app.example.com",
            "https://u:p@a.example",
            "https://a.example/?x=1",
            "",
        ] {
            let loaded = file(&format!("url = \"{url}\"\nsecret = \"{STRONG}\"\npassword.enabled = true"));
            assert!(errors(&loaded).contains("hallpass.toml:1: `url`"), "{url}: {}", errors(&loaded));
        }
        assert!(errors(&file(&format!("secret = \"{STRONG}\""))).contains("`url` is missing"));
    }
}

mod precedence {
    use super::*;

    #[test]
    fn a_flag_beats_a_variable_beats_the_file_beats_the_default() {
        let listen = |loaded: Loaded| loaded.config.listen.to_string();
        assert_eq!(listen(production("")), "127.0.0.1:3000");
        assert_eq!(listen(production("listen = \"127.0.0.1:1\"")), "127.0.0.1:1");
        let in_file = Some("listen = \"127.0.0.1:1\"");
        let variable = [("HALLPASS_LISTEN", "127.0.0.1:2")];
        assert_eq!(listen(load_all(in_file, &variable, &[])), "127.0.0.1:2");
        assert_eq!(listen(load_all(in_file, &variable, &[("listen", "localhost:3")])), "127.0.0.1:3");
        let report = report::report(&load_all(in_file, &variable, &[]));
        assert!(
            report.contains("hallpass.toml:1 also sets `listen`; HALLPASS_LISTEN is stronger"),
            "{report}"
        );
    }

    #[test]
    fn a_file_that_is_not_toml_is_one_problem() {
        assert_eq!(file("url = \nsecret = 1").problems.len(), 1);
    }

    #[test]
    fn a_named_file_has_to_be_there() {
        let read = |_: &Path| Err(ErrorKind::NotFound.into());
        let sources = Sources {
            file: Some("elsewhere.toml".into()),
            variables: BTreeMap::new(),
            flags: Vec::new(),
            read_file: &read,
        };
        assert!(errors(&load(&sources)).contains("elsewhere.toml cannot be read"));
        let variables = [("HALLPASS_CONFIG".to_owned(), "there.toml".to_owned())].into();
        assert!(errors(&load(&Sources { file: None, variables, ..sources })).contains("there.toml"));
    }
}

mod ways_in {
    use super::*;

    #[test]
    fn no_way_in_is_refused() {
        let loaded = production("[password]\nenabled = false");
        assert!(errors(&loaded).contains("no way to sign in"), "{}", errors(&loaded));
    }

    #[test]
    fn passwords_are_closed_unless_opened() {
        let closed = production("").config.password.unwrap();
        assert_eq!(closed.sign_up, hallpass::SignUp::Closed);
        let open = production("[password]\nenabled = true\nsign_up = true\nmin_length = 15")
            .config
            .password
            .unwrap();
        assert_eq!((open.sign_up, open.min_length), (hallpass::SignUp::Open, 15));
        assert!(errors(&production("[password]\nsign_up = true")).contains("passwords are off"));
        assert!(
            errors(&production("[password]\nenabled = true\nmin_length = 4")).contains("between 8 and 64")
        );
    }

    #[test]
    fn mail_needs_a_server_and_a_sender() {
        let good = production(
            "[email]\nsmtp = \"smtps://u:p@mail.example.com\"\nfrom = \"A <a@example.com>\"\nmax_age = \"1h\"",
        );
        assert_eq!(errors(&good), "");
        assert_eq!(good.config.email.unwrap().options.max_age.as_secs(), 3600);
        for (text, told) in [
            ("[email]\nfrom = \"a@example.com\"", "`email.smtp` is missing"),
            ("[email]\nsmtp = \"smtp://mail.example.com\"", "`email.from` is missing"),
            ("[email]\nsmtp = \"mail.example.com\"\nfrom = \"a@example.com\"", "`email.smtp` cannot be used"),
            ("[email]\nsmtp = \"smtp://mail.example.com\"\nfrom = \"nobody\"", "`email.from` cannot be used"),
            (
                "[email]\nsmtp = \"smtp://mail.example.com\"\nfrom = \"a@example.com\"\nca_file = \"/nowhere\"",
                "/nowhere cannot be read",
            ),
            (
                "[email]\nsmtp = \"smtp://mail.example.com\"\nfrom = \"a@example.com\"\nca_file = \"/empty.pem\"",
                "/empty.pem holds no PEM certificate",
            ),
        ] {
            assert!(errors(&production(text)).contains(told), "{text}: {}", errors(&production(text)));
        }
        let bare =
            production("[email]\nsmtp = \"smtp://mail.example.com?tls=none\"\nfrom = \"a@example.com\"");
        assert!(warnings(&bare).contains("in the clear") && bare.is_usable());
    }

    #[test]
    fn session_lifetimes_have_to_agree() {
        let session = production("[session]\nstrategy = \"database\"\nmax_age = \"12h\"").config.session;
        assert_eq!(session.strategy, hallpass::Strategy::Database);
        assert_eq!(session.update_age, session.max_age, "the default is cut to fit");
        for (text, told) in [
            ("[session]\nmax_age = 5", "under a minute"),
            ("[session]\nmax_age = \"1h\"\nupdate_age = \"2h\"", "longer than `session.max_age`"),
            ("[session]\nabsolute_max_age = \"1d\"", "shorter than `session.max_age`"),
        ] {
            assert!(errors(&production(text)).contains(told), "{text}: {}", errors(&production(text)));
        }
    }

    #[test]
    fn proxies_are_addresses_or_networks() {
        let nets =
            production("trusted_proxies = [\"10.0.0.0/8\", \"::1\", \"192.0.2.1\"]").config.trusted_proxies;
        assert_eq!(nets.len(), 3);
        assert!(nets[0].contains(&"10.255.0.1".parse::<std::net::IpAddr>().unwrap()));
        for wrong in ["proxy.example.com", "10.0.0.0/33", "10.0.0", ""] {
            let loaded = production(&format!("trusted_proxies = [\"{wrong}\"]"));
            assert!(errors(&loaded).contains("trusted_proxies"), "{wrong}");
        }
    }

    #[test]
    fn a_database_is_a_sqlite_path() {
        assert_eq!(
            production("database = \"sqlite:/var/lib/h.db\"").config.database,
            Path::new("/var/lib/h.db")
        );
        for wrong in ["postgres://localhost/x", "sqlite:", "hallpass.db"] {
            assert!(
                errors(&production(&format!("database = \"{wrong}\""))).contains("`database`"),
                "{wrong}"
            );
        }
        assert!(errors(&production("listen = \"3000\"")).contains("127.0.0.1:3000"));
    }
}

mod providers;

#[test]
fn the_reference_names_every_key_and_variable() {
    let reference = report::reference();
    for key in keys::KEYS {
        assert!(reference.contains(&format!("`{}`", key.name.replace('*', "<id>"))), "{}", key.name);
    }
    assert!(reference.contains("`HALLPASS_SESSION_MAX_AGE`") && reference.contains("`AUTH_<ID>_SECRET`"));
}

mod application;
mod profiles;
