use std::time::Duration;

use hallpass::{BadCallbackUrl, Bearer, Endings, OtherBrowser, Profile};

use super::*;

const MAIL: &str = "[email]\nsmtp = \"smtps://mail.example.com\"\nfrom = \"auth@example.com\"\n";

/// A configuration of this profile with these lines at its top.
fn on(profile: Profile, lines: &str) -> Loaded {
    production(&format!("profile = \"{}\"\n{lines}\n{MAIL}", profile.name()))
}

/// What the report says of a setting.
fn told(loaded: &Loaded, key: &str) -> String {
    let report = crate::config::report::report(loaded);
    let line = report.lines().find(|line| line.split(' ').next() == Some(key));
    line.unwrap_or_else(|| panic!("no {key}: {report}"))
        .split_whitespace()
        .skip(1)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_profile_that_is_none_is_an_error() {
    assert!(errors(&production("profile = \"lax\"\n")).contains("strict, compat"));
}

#[test]
fn what_is_decided_is_what_the_profile_of_the_library_says() {
    for profile in Profile::ALL {
        let loaded = on(profile, "");
        assert_eq!(errors(&loaded), "");
        let config = loaded.config;
        assert_eq!(config.session, profile.session());
        assert_eq!(config.email.unwrap().options, profile.email());
        assert_eq!(config.bad_callback_url, profile.bad_callback_url());
        assert_eq!(config.profile, profile);
    }
    assert_eq!(production("").config.profile, Profile::Strict);
    assert_eq!(load_all(None, &[], &[]).config.email.unwrap().options, Profile::Strict.email());
}

#[test]
fn what_the_table_says_of_a_profile_is_what_the_library_has() {
    for profile in Profile::ALL {
        let (session, email) = (profile.session(), profile.email());
        let flag = |flag: bool| flag.to_string();
        let lasts = |lasts: Duration| Value::Duration(lasts).to_string();
        let callback = profile.bad_callback_url() == BadCallbackUrl::Refuse;
        let rows = [
            ("session.max_age", lasts(session.max_age)),
            ("session.update_age", lasts(session.update_age)),
            ("session.absolute_max_age", session.absolute_max_age.map_or("none".into(), lasts)),
            ("session.announce_endings", flag(session.endings == Endings::Announced)),
            ("session.bearer", flag(session.bearer == Bearer::Read)),
            ("email.max_age", lasts(email.max_age)),
            (
                "email.other_browser",
                if email.other_browser == OtherBrowser::Allow { "allow" } else { "code" }.into(),
            ),
            ("redirect.bad_callback_url", if callback { "refuse" } else { "home" }.into()),
        ];
        let loaded = on(profile, "");
        for (key, wanted) in rows {
            let (value, origin) =
                told(&loaded, key).split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
            assert_eq!(value, wanted, "{key}");
            let by_profile = keys::find(key).unwrap().in_compat.is_some();
            let from = if by_profile { format!("[profile {}]", profile.name()) } else { "[default]".into() };
            assert_eq!(origin, from, "{key}");
        }
    }
}

#[test]
fn every_setting_counts_over_the_profile_and_says_so() {
    for (line, key) in [
        ("session.absolute_max_age = \"none\"", "session.absolute_max_age"),
        ("session.absolute_max_age = \"90d\"", "session.absolute_max_age"),
        ("session.announce_endings = false", "session.announce_endings"),
        ("session.bearer = true", "session.bearer"),
        ("session.bearer = false", "session.bearer"),
        ("redirect.bad_callback_url = \"home\"", "redirect.bad_callback_url"),
        ("redirect.bad_callback_url = \"refuse\"", "redirect.bad_callback_url"),
    ] {
        for profile in Profile::ALL {
            let loaded = on(profile, line);
            assert_eq!(errors(&loaded), "", "{line}");
            let wanted = line.split_once(" = ").unwrap().1.trim_matches('"');
            assert!(told(&loaded, key).starts_with(&format!("{wanted} [hallpass.toml")), "{line}");
        }
    }
    let config = on(Profile::Strict, "session.absolute_max_age = \"none\"\nsession.bearer = true").config;
    assert_eq!((config.session.absolute_max_age, config.session.bearer), (None, Bearer::Read));
    let mail = format!("{MAIL}max_age = \"1h\"\nother_browser = \"allow\"\n");
    let email = production(&mail).config.email.unwrap().options;
    assert_eq!((email.max_age, email.other_browser), (Duration::from_secs(3600), OtherBrowser::Allow));
}

#[test]
fn a_level_of_assurance_sets_the_lifetimes_and_is_named_as_their_origin() {
    for profile in Profile::ALL {
        let loaded = on(profile, "session.assurance = \"aal2\"");
        assert_eq!(errors(&loaded), "");
        assert_eq!(told(&loaded, "session.max_age"), "1h [session.assurance aal2]");
        assert_eq!(told(&loaded, "session.absolute_max_age"), "1d [session.assurance aal2]");
        let session = loaded.config.session;
        assert_eq!(session.absolute_max_age, Some(Duration::from_secs(86_400)));
        let shorter = on(profile, "session.assurance = \"aal2\"\nsession.max_age = \"30m\"").config.session;
        assert_eq!(shorter.max_age, Duration::from_secs(1800));
    }
}

#[test]
fn a_lifetime_beyond_the_profiles_limit_is_an_error_at_its_line_with_the_way_out() {
    let said = errors(&on(Profile::Strict, "session.max_age = \"60d\""));
    assert!(said.contains("hallpass.toml:") && said.contains("\"none\""), "{said}");
    assert_eq!(errors(&on(Profile::Compat, "session.max_age = \"60d\"")), "");
}

#[test]
fn what_protects_a_provider_is_turned_off_with_a_warning() {
    let github = "[providers.github]\nclient_id = \"1\"\nclient_secret = \"2\"\n";
    assert_eq!(warnings(&production(github)), "");
    for (line, word) in
        [("pkce = false", "PKCE"), ("danger_allow_email_account_linking = true", "holds an address there")]
    {
        for profile in Profile::ALL {
            let loaded = production(&format!("profile = \"{}\"\n{github}{line}\n", profile.name()));
            assert_eq!(errors(&loaded), "");
            assert!(warnings(&loaded).contains(word), "{line}: {}", warnings(&loaded));
        }
    }
}
