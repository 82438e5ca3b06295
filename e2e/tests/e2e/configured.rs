//! What an application says in the configuration file, and in no code, counts in the binary: rules, pages, colours.

use e2e::{Browser, Config, Server};

use crate::scene::{
    ADA, PASSWORD, SESSION, nothing_happens, sign_in_by_oidc, strategies, with_ada, with_oidc,
};

/// The path and the query of a URL of the server's.
fn within<'a>(server: &Server, url: &'a str) -> &'a str {
    url.strip_prefix(server.url()).unwrap_or_else(|| panic!("{url} leads away"))
}

#[test]
fn only_people_of_the_allowed_domains_sign_in_and_only_where_the_address_is_theirs() {
    for config in strategies() {
        let config = with_oidc(config, "basic").raw("sign_in.allowed_domains", "[\"example.com\"]");
        let server = Server::start(config.clone());
        let denied = server.at("/api/auth/error?error=AccessDenied");
        // Mallory's account carries Ada's address, and nobody vouches for it; whoever signs up types any.
        let mut mallory = server.browser();
        assert_eq!(sign_in_by_oidc(&mut mallory, "mallory").location(), denied);
        let answer =
            nothing_happens(&server, || server.browser().sign_up("eve@example.com", "a good password"));
        assert_eq!(answer.url(), denied);
        assert!(server.database().rows("users").is_empty() && !mallory.is_signed_in());
        let mut ada = server.browser();
        assert_eq!(sign_in_by_oidc(&mut ada, "ada").location(), server.at("/after"));
        assert!(ada.is_signed_in());
        let elsewhere = Server::start(config.raw("sign_in.allowed_domains", "[\"elsewhere.example\"]"));
        let mut ada = elsewhere.browser();
        let answer = sign_in_by_oidc(&mut ada, "ada");
        assert_eq!(answer.location(), elsewhere.at("/api/auth/error?error=AccessDenied"));
        assert!(!ada.is_signed_in() && elsewhere.database().rows("users").is_empty());
    }
}

#[test]
fn a_callback_url_leads_to_an_allowed_origin_and_to_no_other() {
    const DOCS: &str = "https://docs.example.com";
    let leads = |server: &Server, to: &str| {
        let fields = [("email", ADA), ("password", PASSWORD), ("callbackUrl", to)];
        server.browser().submit("callback/credentials", &fields).location().to_owned()
    };
    let guide = format!("{DOCS}/guide?page=1");
    let server = with_ada(Config::new().raw("redirect.allowed_origins", format!("[\"{DOCS}\"]")));
    assert_eq!(leads(&server, &guide), guide);
    for other in
        ["https://evil.example", "https://docs.example.com.evil.example/", "http://docs.example.com/guide"]
    {
        assert_eq!(leads(&server, other), server.url(), "{other}");
    }
    let server = with_ada(Config::new());
    assert_eq!(leads(&server, &guide), server.url(), "nobody allowed it");
}

#[test]
fn what_a_provider_says_of_somebody_is_a_claim_of_their_session() {
    let claim = |config: Config, name: &str| {
        let key = |part: &str| format!("claims.{name}.{part}");
        config.text(&key("provider"), "oidc").text(&key("from"), "name").text(&key("default"), "a guest")
    };
    for config in strategies() {
        let config = claim(claim(with_oidc(config, "basic"), "title"), "unseen")
            .raw("claims.title.only", "[\"Grace Hopper\", \"Alan Turing\"]")
            .raw("claims.unseen.hidden", true);
        let server = Server::start(config);
        let title = |browser: &mut Browser| browser.session()["user"]["title"].clone();
        let mut grace = server.browser();
        sign_in_by_oidc(&mut grace, "grace");
        assert_eq!(title(&mut grace), "Grace Hopper");
        let mut ada = server.browser();
        sign_in_by_oidc(&mut ada, "ada");
        assert_eq!(title(&mut ada), "a guest", "what the provider says is none of those that count");
        let mut other = server.browser();
        other.sign_up("somebody@mail.example", "a good password");
        assert_eq!(title(&mut other), "a guest");
        assert!(!grace.session().to_string().contains("unseen"));
    }
}

#[test]
fn the_applications_own_pages_stand_in_the_place_of_the_built_in_ones() {
    let own = [
        ("sign_in", "/in"),
        ("sign_out", "/out"),
        ("error", "/oops"),
        ("verify_request", "/inbox"),
        ("new_user", "/welcome"),
        ("password", "/another"),
        ("password_reset", "/forgotten"),
    ];
    let config = own.iter().fold(Config::new().mail("smtp://127.0.0.1:25"), |config, (page, path)| {
        config.text(&format!("pages.{page}"), path)
    });
    let server = Server::start(config);
    let leads = |path: &str| within(&server, server.browser().get(path).location()).to_owned();
    let home = e2e::percent_encoded(server.url());
    assert_eq!(leads("signin"), format!("/in?callbackUrl={home}"));
    assert_eq!(
        leads("signin?error=SessionRequired"),
        format!("/in?callbackUrl={home}&error=SessionRequired")
    );
    assert_eq!(leads("signout"), "/out");
    assert_eq!(leads("error?error=AccessDenied"), "/oops?error=AccessDenied");
    assert!(leads("verify-request?provider=email&type=email").starts_with("/inbox"));
    assert!(leads("password/reset").starts_with("/forgotten"));
    let mut ada = server.browser();
    let answer = ada.sign_up(ADA, PASSWORD);
    assert_eq!(within(&server, &answer.url()), format!("/welcome?callbackUrl={home}"));
    assert!(answer.cookie(SESSION).is_some());
    assert!(within(&server, ada.get("password").location()).starts_with("/another"));
    // Who is known already is led where they wanted to go.
    assert_eq!(server.browser().sign_in(ADA, PASSWORD).url(), server.url());
}

#[test]
fn the_built_in_pages_have_the_configured_colour_and_logo() {
    let shown = |config: Config| Server::start(config).browser().get("signin").text();
    let own = shown(Config::new().text("brand.color", "#7c3aed").text("brand.logo", "/logo.svg"));
    assert!(own.contains("#7c3aed") && own.contains("src=\"/logo.svg\""), "{own}");
    let plain = shown(Config::new());
    assert!(!plain.contains("#7c3aed") && !plain.contains("/logo.svg"), "{plain}");
}
