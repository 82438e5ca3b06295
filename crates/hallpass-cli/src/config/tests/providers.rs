//! What is said of providers.

use hallpass_oauth::{Mapping, ResponseMode, TokenAuth};

use super::*;

/// A key made for these tests.
pub(super) const KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmCmedoij4YGn+nfM\n\
    3j1j5gXbqe3AlH9B4HcBCI6HO1GhRANCAAQbyFrs/cdZU6ZPgqe6cYkKAksIvym2\n\
    OARvDcQWeD+WyXPuT08OAZRt62qWdcouGZ/zE4b9r08mFdom4A3XjNm1\n\
    -----END PRIVATE KEY-----\n";

fn declare(id: &str, more: &str) -> Loaded {
    production(&format!("[providers.{id}]\nclient_id = \"i\"\n{more}"))
}

#[test]
fn a_built_in_provider_needs_an_id_and_a_secret() {
    let good = production("[providers.github]\nclient_id = \"i\"\nclient_secret = \"s\"");
    assert_eq!(errors(&good), "");
    assert_eq!(good.config.providers[0].provider().name, "GitHub");
    let told = errors(&production("[providers.github]\nclient_secret = \"s\""));
    assert!(told.contains("AUTH_GITHUB_ID") && told.contains("[providers.github]"), "{told}");
    let told = errors(&production("[providers.github]\nclient_id = \"i\""));
    assert!(told.contains("AUTH_GITHUB_SECRET"), "{told}");
}

#[test]
fn an_openid_provider_is_declared_by_its_issuer() {
    let good = declare(
        "sso",
        "issuer = \"https://sso.example.com/realms/a\"\nclient_secret = \"s\"\nname = \"Our SSO\"",
    );
    assert_eq!(errors(&good), "");
    assert_eq!(good.config.providers[0].provider().name, "Our SSO");
    assert!(good.config.private_hosts.is_empty());
    let told = errors(&declare("sso", "kind = \"oidc\"\nclient_secret = \"s\""));
    assert!(told.contains("AUTH_SSO_ISSUER"), "{told}");
    let told = errors(&declare("sso", "client_secret = \"s\""));
    assert!(told.contains("no entry for a provider `sso`") && told.contains("github"), "{told}");
}

#[test]
fn an_entry_that_everybody_has_an_issuer_of_their_own_for_shows_one() {
    for entry in hallpass_providers::ALL {
        let Some(example) = entry.issuer_example else { continue };
        let told = errors(&declare(&entry.id, "client_secret = \"s\""));
        assert!(told.contains("the issuer is missing") && told.contains(example), "{}: {told}", entry.id);
        let issuer = format!("issuer = \"{example}\"\nclient_secret = \"s\"");
        assert_eq!(errors(&declare(&entry.id, &issuer)), "", "{}", entry.id);
    }
}

#[test]
fn several_issuers_of_one_kind_stand_under_ids_of_their_own() {
    let table = |id: &str, host: &str| {
        format!(
            "[providers.{id}]\nkind = \"keycloak\"\nissuer = \"https://{host}.example/realms/a\"\nclient_id = \"i\"\n\
             client_secret = \"s\"\n"
        )
    };
    let loaded = production(&[table("staff", "one"), table("guests", "two")].concat());
    assert_eq!(errors(&loaded), "");
    let entries: Vec<_> = loaded.config.providers.iter().map(|client| client.provider()).collect();
    assert_eq!(entries.iter().map(|entry| entry.id.as_ref()).collect::<Vec<_>>(), ["staff", "guests"]);
    assert_eq!(entries[1].issuer.as_deref(), Some("https://two.example/realms/a"));
    let original = hallpass_providers::find("keycloak").unwrap();
    assert!(entries.iter().all(|entry| entry.name == original.name && entry.mark == original.mark));

    let told = errors(&declare("staff", "kind = \"keycloack\"\nclient_secret = \"s\""));
    assert!(told.contains("`providers.staff.kind`") && told.contains("did you mean \"keycloak\"?"), "{told}");
    let told = errors(&declare("staff", "kind = \"saml-federation\"\nclient_secret = \"s\""));
    assert!(told.contains("one of") && told.contains("oidc"), "{told}");
}

#[test]
fn an_issuer_of_another_id_is_declared_by_variables_alone() {
    let variables = [
        ("HALLPASS_PROVIDERS_KEYCLOAK_STAFF_KIND", "keycloak"),
        ("AUTH_KEYCLOAK_STAFF_ID", "i"),
        ("AUTH_KEYCLOAK_STAFF_SECRET", "s"),
        ("AUTH_KEYCLOAK_STAFF_ISSUER", "https://sso.example/realms/staff"),
    ];
    let loaded = load_all(None, &variables, &[]);
    assert_eq!(errors(&loaded), "");
    assert_eq!(loaded.config.providers[0].provider().id, "keycloak-staff");
}

#[test]
fn a_client_that_signs_is_told_what_it_lacks_one_thing_after_the_other() {
    let signed = hallpass_providers::ALL
        .iter()
        .find(|entry| matches!(entry.token_auth, TokenAuth::SignedSecret { .. }))
        .unwrap();
    let (file, key_id, team_id) =
        ("private_key_file = \"/key.p8\"\n", "key_id = \"ABC123DEFG\"\n", "team_id = \"DEF123GHIJ\"\n");
    for (more, word) in [
        (String::new(), "private_key_file"),
        (file.to_owned(), "key_id"),
        (format!("{file}{key_id}"), "team_id"),
        ("private_key_file = \"/nowhere\"".to_owned(), "/nowhere, cannot be read"),
        ("private_key_file = \"/empty.pem\"".to_owned(), "-----BEGIN PRIVATE KEY-----"),
    ] {
        let told = errors(&declare(&signed.id, &more));
        assert!(told.contains(word), "{more}: {told}");
    }
    let good = declare(&signed.id, &format!("{file}{key_id}{team_id}"));
    assert_eq!(errors(&good), "");
    assert_eq!(good.config.providers[0].provider().response_mode, ResponseMode::FormPost);
    assert_eq!(
        errors(&declare(&signed.id, "client_secret = \"a.b.c\"")),
        "",
        "one that was signed elsewhere"
    );
}

#[test]
fn an_answer_may_be_posted_and_a_key_may_prove_the_client() {
    let more =
        "issuer = \"https://op.example\"\nresponse_mode = \"form_post\"\ntoken_auth = \"private_key_jwt\"\n";
    let told = errors(&declare("op", more));
    assert!(told.contains("HALLPASS_PROVIDERS_OP_PRIVATE_KEY_FILE"), "{told}");
    let good = declare("op", &format!("{more}private_key_file = \"/key.p8\"\nkey_id = \"k\""));
    assert_eq!(errors(&good), "");
    let provider = good.config.providers[0].provider();
    let settled = (provider.response_mode, provider.token_auth);
    assert_eq!(settled, (ResponseMode::FormPost, TokenAuth::PrivateKeyJwt));

    let key = "private_key_file = \"/key.p8\"\n";
    let keyed = declare("google", &format!("{key}client_secret = \"s\""));
    assert_eq!(keyed.config.providers[0].provider().token_auth, TokenAuth::PrivateKeyJwt, "a key is used");
    let keyed = declare("google", &format!("{key}client_secret = \"s\"\ntoken_auth = \"post\""));
    assert_eq!(
        keyed.config.providers[0].provider().token_auth,
        TokenAuth::Post,
        "unless it is said otherwise"
    );
}

#[test]
fn the_clocks_may_differ_by_a_minute_at_most() {
    let skew =
        |text: &str| declare("op", &format!("issuer = \"https://op.example\"\nclock_skew = \"{text}\""));
    assert_eq!(skew("60s").config.providers[0].clock_skew(), 60);
    assert_eq!(skew("0s").config.providers[0].clock_skew(), 0);
    let told = errors(&skew("61s"));
    assert!(told.contains("more than 60 seconds") && told.contains("clock_skew"), "{told}");
    assert_eq!(declare("op", "issuer = \"https://op.example\"").config.providers[0].clock_skew(), 30);
}

#[test]
fn an_oauth_provider_is_declared_by_its_endpoints() {
    let good = production(
        "[providers.acme]\nkind = \"oauth\"\nclient_id = \"i\"\nclient_secret = \"s\"\n\
         authorization = \"https://a.example/authorize\"\ntoken = \"https://a.example/token\"\n\
         userinfo = \"https://a.example/me\"\nscope = \"me\"\ntoken_auth = \"post\"\n\
         [providers.acme.claims]\nid = \"uid\"\nemail_verified = \"confirmed\"",
    );
    assert_eq!(errors(&good), "");
    let provider = good.config.providers[0].provider();
    assert_eq!(provider.id, "acme");
    assert!(matches!(&provider.mapping, Mapping::Claims(names) if names.id == "uid"));
    assert_eq!(provider.email_policy, hallpass_oauth::profile::EmailPolicy::Claim);
    let told = errors(&production(
        "[providers.acme]\nkind = \"oauth\"\nclient_id = \"i\"\nclient_secret = \"s\"\nauthorization = \"https://a.example/\"",
    ));
    assert!(told.contains("[providers.acme]") && told.contains("token"), "{told}");
}

#[test]
fn a_provider_on_this_machine_may_speak_http_and_one_elsewhere_may_not() {
    let declare = |issuer: &str| {
        production(&format!(
            "[providers.op]\nissuer = \"{issuer}\"\nclient_id = \"i\"\nclient_secret = \"s\""
        ))
    };
    let here = declare("http://localhost:4000");
    assert_eq!(errors(&here), "");
    assert_eq!(here.config.private_hosts, ["localhost"]);
    assert!(errors(&declare("http://sso.example.com")).contains("cannot be used"));
}

#[test]
fn providers_keep_the_order_in_which_they_are_declared() {
    let declared =
        |id: &str| format!("[providers.{id}]\nissuer = \"https://{id}.example\"\nclient_id = \"i\"\n");
    let config = production(&[declared("zebra"), declared("ant"), declared("moose")].concat()).config;
    let ids: Vec<_> = config.providers.iter().map(|client| client.provider().id.as_ref()).collect();
    assert_eq!(ids, ["zebra", "ant", "moose"]);
}

#[test]
fn ids_of_other_ways_are_taken() {
    for id in ["email", "credentials"] {
        let text = format!("[providers.{id}]\nissuer = \"https://a.example\"\nclient_id = \"i\"");
        assert!(errors(&production(&text)).contains("another way to sign in has it"), "{id}");
    }
}
