//! Every value that hallpass hands out, in the place of every other (A20), under every wire.

use e2e::{Browser, Config, Request, Server};

use crate::callback::posted::sent_on;
use crate::scene::{ADA, Post, nothing_happens, redeem, strategies, with_ada_signed_in, with_oidc};

const WIRES: [&str; 3] = ["v3", "v4", "v5"];

/// A server whose provider posts its answers, so that the sealed URL of those is among the values.
fn every_way(post: &Post, config: Config, wire: &str) -> (Server, Browser) {
    let config = with_oidc(config, "basic").text("providers.oidc.response_mode", "form_post");
    with_ada_signed_in(post.plain(config.mail_anywhere()).text("wire", wire))
}

/// The name of the cookie that ends or goes on like this.
fn named(browser: &Browser, part: &str) -> String {
    let names = browser.cookie_names();
    names.iter().find(|name| name.contains(part)).unwrap_or_else(|| panic!("{part} in {names:?}")).clone()
}

/// What a URL's query has under this name.
fn parameter(url: &str, name: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
}

#[test]
fn no_value_is_accepted_in_the_place_of_another() {
    let post = Post::start(&[]);
    for wire in WIRES {
        for config in strategies() {
            every_value_in_every_place(&post, config, wire);
        }
    }
}

fn every_value_in_every_place(post: &Post, config: Config, wire: &str) {
    let (server, mut ada) = every_way(post, config, wire);
    let session = named(&ada, "session-token");
    let csrf = named(&ada, "csrf-token");
    let mut going = server.browser();
    let back = sent_on(&server, &mut going);
    let transaction = named(&going, ".state");
    let state = transaction.rsplit('.').next().unwrap().to_owned();
    going.submit("signin/email", &[("email", ADA)]);
    let link = post.link();
    let values = [
        ("session", ada.cookie(&session).unwrap()),
        ("csrf cookie", going.cookie(&csrf).unwrap()),
        ("csrf token", going.csrf()),
        ("transaction", going.cookie(&transaction).unwrap()),
        ("key of the transaction", state),
        ("posted answer", parameter(&back, "posted")),
        ("mail token", parameter(&link, "token")),
    ];
    for (what, value) in &values {
        let mut thief = server.browser();
        if *what != "session" {
            thief.set_cookie(&session, value);
            assert!(!thief.is_signed_in(), "{wire}: the {what} is a session");
        }
        if *what != "csrf cookie" {
            let mut thief = ada.clone();
            thief.set_cookie(&csrf, value);
            nothing_happens(&server, || thief.post("signout", &[("csrfToken", value), ("json", "true")]));
        }
        if *what != "transaction" {
            let mut browser = going.clone();
            browser.set_cookie(&transaction, value);
            nothing_happens(&server, || browser.send_to(&back, Request::get("")));
        }
        if *what != "posted answer" {
            let mut url = url::Url::parse(&back).unwrap();
            url.query_pairs_mut().clear().append_pair("posted", value);
            let mut browser = going.clone();
            nothing_happens(&server, || browser.send_to(url.as_str(), Request::get("")));
        }
        if *what != "mail token" {
            let mut browser = going.clone();
            let fields = [("token", value.as_str()), ("email", ADA)];
            nothing_happens(&server, || browser.submit("callback/email", &fields));
        }
    }
    // Each in its own place does what it is for, so the refusals above were of the purpose.
    assert!(going.send_to(&back, Request::get("")).cookie(&session).is_some(), "{wire}");
    assert!(redeem(&mut server.browser(), &link).cookie(&session).is_some(), "{wire}");
    ada.submit("signout", &[]);
    assert!(!ada.is_signed_in());
}
