//! Whose account a sign-in becomes (wire §7.5, A47–A50).

use e2e::{Config, Server};

use crate::scene::{PROFILES, Post, has_lost_the_account, of, sign_in_by_oidc, strategies, with_oidc};

const ADA_THERE: &str = "ada@example.com";

/// Whose account it is depends on no profile and on no kind of session.
fn everywhere() -> Vec<Config> {
    PROFILES.into_iter().flat_map(|profile| strategies().map(|config| of(profile, config))).collect()
}

/// Likewise, with sessions in the database, whose rows tell more.
fn in_both_profiles() -> [Config; 2] {
    PROFILES.map(|profile| of(profile, Config::database_sessions()))
}

#[test]
fn a_provider_does_not_vouch_for_an_address_it_did_not_verify() {
    for config in everywhere() {
        let server = Server::start(with_oidc(config, "basic"));
        assert_eq!(server.browser().sign_up(ADA_THERE, "a good password").status, 200);
        // Mallory's account at the provider carries Ada's address, not verified.
        let mut mallory = server.browser();
        let before = server.database().everything();
        let answer = sign_in_by_oidc(&mut mallory, "mallory");
        assert_eq!(answer.location(), server.at("/api/auth/error?error=OAuthAccountNotLinked"));
        assert_eq!(server.database().everything(), before);
        assert!(!mallory.is_signed_in());
        server.log.told(&["reason", "account_not_linked"]);
        assert_eq!(server.browser().sign_in(ADA_THERE, "a good password").status, 200);
    }
}

// A48
#[test]
fn a_password_nobody_verified_does_not_survive_the_owners_sign_in() {
    for config in everywhere() {
        let server = Server::start(with_oidc(config, "basic"));
        let mut mallory = server.browser();
        assert_eq!(mallory.sign_up(ADA_THERE, "mallory knows this").status, 200);
        let mut ada = server.browser();
        let answer = sign_in_by_oidc(&mut ada, "ada");
        assert_eq!(answer.location(), server.at("/after"));
        assert!(ada.is_signed_in());
        assert_eq!(server.browser().sign_in(ADA_THERE, "mallory knows this").status, 401);
        has_lost_the_account(&mut mallory);
    }
}

#[test]
fn a_verified_user_is_not_linked_to_silently() {
    let post = Post::start(&[]);
    for config in in_both_profiles() {
        let server = Server::start(with_oidc(post.plain(config), "basic"));
        verify(&server, &post);
        let mut browser = server.browser();
        let before = server.database().rows("accounts");
        let answer = sign_in_by_oidc(&mut browser, "ada");
        assert_eq!(answer.location(), server.at("/api/auth/error?error=OAuthAccountNotLinked"));
        assert_eq!(server.database().rows("accounts"), before);
    }
}

#[test]
fn linking_by_address_is_an_option_that_names_its_danger() {
    let post = Post::start(&[]);
    for config in in_both_profiles() {
        let config = with_oidc(post.plain(config), "basic")
            .raw("providers.oidc.danger_allow_email_account_linking", true);
        let server = Server::start(config);
        verify(&server, &post);
        let mut browser = server.browser();
        let answer = sign_in_by_oidc(&mut browser, "ada");
        assert_eq!(answer.location(), server.at("/after"));
        assert_eq!(server.database().rows("users").len(), 1);
        assert_eq!(server.database().rows("accounts").len(), 1);
    }
}

#[test]
fn who_is_signed_in_links_the_account_to_themselves() {
    for config in everywhere() {
        let server = Server::start(with_oidc(config, "basic"));
        let mut browser = server.browser();
        assert_eq!(browser.sign_up("somebody@mail.example", "a good password").status, 200);
        let answer = sign_in_by_oidc(&mut browser, "grace");
        assert_eq!(answer.location(), server.at("/after"));
        assert_eq!(browser.session()["user"]["email"], "somebody@mail.example");
        assert_eq!(server.database().rows("users").len(), 1);
        // And signs in with it afterwards.
        let mut later = server.browser();
        sign_in_by_oidc(&mut later, "grace");
        assert_eq!(later.session()["user"]["email"], "somebody@mail.example");
    }
}

#[test]
fn an_account_of_one_user_is_not_taken_over_by_another() {
    for config in in_both_profiles() {
        let server = Server::start(with_oidc(config, "basic"));
        sign_in_by_oidc(&mut server.browser(), "grace");
        let mut other = server.browser();
        assert_eq!(other.sign_up("somebody@mail.example", "a good password").status, 200);
        let before = server.database().rows("accounts");
        let answer = sign_in_by_oidc(&mut other, "grace");
        assert_eq!(answer.location(), server.at("/api/auth/error?error=OAuthAccountNotLinked"));
        assert_eq!(server.database().rows("accounts"), before);
    }
}

// A50
#[test]
fn a_link_that_was_started_before_signing_out_links_nothing() {
    for config in in_both_profiles() {
        let server = Server::start(with_oidc(config, "basic"));
        let mut browser = server.browser();
        assert_eq!(browser.sign_up("somebody@mail.example", "a good password").status, 200);
        let started = crate::scene::start_oauth(&mut browser, "oidc");
        let back = crate::scene::through_login_page(&mut browser, &started, "grace");
        browser.submit_json("signout", &[]);
        browser.send_to(&back, e2e::Request::get(""));
        let accounts = server.database().rows("accounts");
        let owner = |provider: &str| {
            let row = accounts.iter().find(|row| row.contains(&format!("provider={provider} ")))?;
            row.split("user_id=").nth(1)?.split(' ').next()
        };
        assert!(owner("oidc").is_none() || owner("oidc") != owner("credentials"), "{accounts:?}");
    }
}

/// Ada signs in by a link to her mail, so her address is verified.
fn verify(server: &Server, post: &Post) {
    let mut browser = server.browser();
    browser.submit_json("signin/email", &[("email", ADA_THERE)]);
    let page = browser.send_to(&post.link(), e2e::Request::get(""));
    let field = |name: &str| page.field(name).unwrap_or_default();
    let fields = [("csrfToken", field("csrfToken")), ("token", field("token")), ("email", field("email"))];
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post("callback/email", &pairs);
    assert!(browser.is_signed_in());
}
