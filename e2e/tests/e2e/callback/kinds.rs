//! Several issuers of one kind, each under an id of its own.

use e2e::{Config, Request, Server};

use crate::scene::{liar, nothing_happens, start_oauth};

const STAFF: &str = "oidcc-client-test";
const GUESTS: &str = "oidcc-client-test-idtoken-sig-rs256";

/// The file says of what kind they are and where; the variables, who we are there.
fn two_of_a_kind() -> Server {
    let peer = liar();
    let (id, secret) = (peer.text("/client/id"), peer.text("/client/secret"));
    let mut config = Config::database_sessions().client_secret(id, secret);
    for (provider, lie) in [("sso-staff", STAFF), ("sso-guests", GUESTS)] {
        let key = |name: &str| format!("providers.{provider}.{name}");
        config = config
            .secret(&format!("{lie}@liar.example"))
            .text(&key("kind"), "keycloak")
            .text(&key("issuer"), &format!("{}/{lie}", peer.text("/url")));
    }
    let variables = [
        ("AUTH_SSO_STAFF_ID", id),
        ("AUTH_SSO_STAFF_SECRET", secret),
        ("AUTH_SSO_GUESTS_ID", id),
        ("AUTH_SSO_GUESTS_SECRET", secret),
    ];
    Server::start_with(config, &variables)
}

#[test]
fn each_issuer_of_a_kind_is_a_provider_of_its_own() {
    let server = two_of_a_kind();
    let providers = server.browser().get("providers").json();
    for id in ["sso-staff", "sso-guests"] {
        assert_eq!(providers[id]["callbackUrl"], server.at(&format!("/api/auth/callback/{id}")));
    }
    for (id, lie) in [("sso-staff", STAFF), ("sso-guests", GUESTS)] {
        let mut browser = server.browser();
        let started = start_oauth(&mut browser, id);
        assert!(started.location().starts_with(&format!("{}/{lie}/", liar().text("/url"))));
        let back = browser.send_to(started.location(), Request::get(""));
        let answer = browser.send_to(back.location(), Request::get(""));
        assert_eq!(answer.location(), server.at("/after"), "{id}");
        assert_eq!(browser.session()["user"]["email"], format!("{lie}@liar.example"));
    }
    let accounts = server.database().rows("accounts").join("\n");
    assert!(accounts.contains("sso-staff") && accounts.contains("sso-guests"), "{accounts}");
}

// A19
#[test]
fn what_was_started_at_one_issuer_of_a_kind_does_not_end_at_the_other() {
    let server = two_of_a_kind();
    for (from, to) in [("sso-staff", "sso-guests"), ("sso-guests", "sso-staff")] {
        let mut browser = server.browser();
        let started = start_oauth(&mut browser, from);
        let back = browser.send_to(started.location(), Request::get("")).location().to_owned();
        let crossed = back.replace(&format!("/callback/{from}?"), &format!("/callback/{to}?"));
        assert_ne!(crossed, back);
        let answer = nothing_happens(&server, || browser.send_to(&crossed, Request::get("")));
        assert_eq!(answer.location(), server.at("/api/auth/error?error=OAuthCallback"));
    }
    server.log.told(&["state_of_another_provider"]);
}
