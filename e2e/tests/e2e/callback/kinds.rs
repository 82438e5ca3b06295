//! What the kind of a provider decides: several issuers of one kind, tenants of one issuer, answers that are posted, secrets
//! that are signed.

use e2e::{Browser, Config, Folder, Request, Response, Server};

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

/// Starts at a provider that redirects, and comes back.
fn through(browser: &mut Browser, provider: &str) -> Response {
    let started = start_oauth(browser, provider);
    let back = browser.send_to(started.location(), Request::get(""));
    browser.send_to(back.location(), Request::get(""))
}

/// A server with a provider of this kind at the scripted one's issuer of this name.
fn of_kind(kind: &str, lie: &str) -> Config {
    let peer = liar();
    let key = |name: &str| format!("providers.{kind}.{name}");
    Config::database_sessions()
        .secret(&format!("{lie}@liar.example"))
        .text(&key("issuer"), &format!("{}/{lie}", peer.text("/url")))
        .text(&key("client_id"), peer.text("/client/id"))
}

fn with_secret(kind: &str, config: Config) -> Config {
    let (id, secret) = (liar().text("/client/id"), liar().text("/client/secret"));
    config.text(&format!("providers.{kind}.client_secret"), secret).client_secret(id, secret)
}

// A31
#[test]
fn a_tenant_signs_in_at_the_issuer_of_all_and_is_not_taken_for_another() {
    const KIND: &str = "microsoft-entra-id";
    let server = Server::start(with_secret(KIND, of_kind(KIND, "common")));
    let mut browser = server.browser();
    assert_eq!(through(&mut browser, KIND).location(), server.at("/after"));
    assert_eq!(browser.session()["user"]["name"], "Person of common");
    let users = server.database().rows("users").join("\n");
    assert!(users.contains("common@liar.example"), "{users}");
    let accounts = server.database().rows("accounts").join("\n");
    assert!(accounts.contains("9122040d-6c67-4c5b-b112-36a304b66dad/subject-of-common"), "{accounts}");

    let server = Server::start(with_secret(KIND, of_kind(KIND, "organizations")));
    let mut browser = server.browser();
    let answer = nothing_happens(&server, || through(&mut browser, KIND));
    assert_eq!(answer.location(), server.at("/api/auth/error?error=OAuthCallback"));
    server.log.told(&["id_token_issuer"]);

    // Where the kind knows no tenants, a template is another issuer.
    let server = Server::start(with_secret("keycloak", of_kind("keycloak", "common")));
    let answer = nothing_happens(&server, || start_oauth(&mut server.browser(), "keycloak"));
    assert_eq!(answer.location(), server.at("/api/auth/error?error=OAuthSignin"));
    server.log.told(&["discovery_issuer_mismatched"]);
}

/// A server at which the client's secret is signed with this key, and answers are posted.
fn signing(folder: &Folder, pem: &str) -> Config {
    const LIE: &str = "posts-and-wants-a-signed-secret";
    let peer = liar();
    let key = |name: &str| format!("providers.apple.{name}");
    let at = |endpoint: &str| format!("{}/{LIE}/{endpoint}", peer.text("/url"));
    std::fs::write(folder.file("key.p8"), pem).unwrap();
    let config =
        pem.lines().filter(|line| !line.starts_with('-')).fold(of_kind("apple", LIE), Config::secret);
    config
        .secret("Appleseed")
        .text(&key("authorization"), &at("authorize"))
        .text(&key("token"), &at("token"))
        .text(&key("jwks"), &at("jwks"))
        .text(&key("private_key_file"), &folder.file("key.p8").to_string_lossy())
        .text(&key("key_id"), peer.text("/team/key_id"))
        .text(&key("team_id"), peer.text("/team/id"))
}

/// Starts, and follows what another site's page makes a browser post.
fn through_form(server: &Server, browser: &mut Browser) -> Response {
    let started = start_oauth(browser, "apple");
    let page = browser.send_to(started.location(), Request::get(""));
    let fields = ["code", "state", "iss", "user"].map(|name| (name, page.field(name).unwrap()));
    let form = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let sent_on = server.browser().send_to(&server.at("/api/auth/callback/apple"), Request::post("", &form));
    assert_eq!(sent_on.status, 303);
    assert!(!sent_on.location().contains("Appleseed"));
    browser.send_to(sent_on.location(), Request::get(""))
}

#[test]
fn a_secret_is_signed_anew_and_the_name_that_is_told_once_is_kept() {
    let folder = Folder::new();
    let server = Server::start(signing(&folder, liar().text("/team/pem")));
    let mut browser = server.browser();
    assert_eq!(through_form(&server, &mut browser).location(), server.at("/after"));
    let user = browser.session()["user"].clone();
    assert_eq!(user["name"], "Jane Appleseed");
    assert_eq!(
        user["email"], "posts-and-wants-a-signed-secret@liar.example",
        "of the token, not of the form"
    );
    assert_eq!(through_form(&server, &mut server.browser()).location(), server.at("/after"));
    assert_eq!(server.database().rows("users").len(), 1);
}

#[test]
fn a_secret_that_another_team_signed_signs_nobody_in() {
    let folder = Folder::new();
    let stranger = crate::scene::oidc().text("/clients/key/pems/stranger").to_owned();
    let server = Server::start(signing(&folder, &stranger));
    let mut browser = server.browser();
    let answer = nothing_happens(&server, || through_form(&server, &mut browser));
    assert_eq!(answer.location(), server.at("/api/auth/error?error=OAuthCallback"));
    server.log.told(&["token_refused"]);
}
