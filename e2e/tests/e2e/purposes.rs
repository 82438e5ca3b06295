//! Every value that hallpass hands out, in the place of every other (A20), under every wire.

use e2e::{Browser, Config, Request, Server};

use crate::callback::posted::sent_on;
use crate::scene::{
    ADA, Post, nothing_happens, of, press, redeem, strategies, with_ada_signed_in, with_oidc,
};

const WIRES: [&str; 3] = ["v3", "v4", "v5"];

/// A server whose provider posts its answers, so that the sealed URL of those is among the values.
fn every_way(post: &Post, config: Config, wire: &str) -> (Server, Browser) {
    let config = with_oidc(config, "basic").text("providers.oidc.response_mode", "form_post");
    with_ada_signed_in(post.plain(config).text("wire", wire))
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
            let (server, mut ada) = every_way(&post, config.mail_anywhere(), wire);
            Values::handed_out(&server, &post, &ada).in_every_place(&server, &mut ada, wire);
        }
    }
}

#[test]
fn in_strict_none_makes_an_asking_browser_either() {
    let post = Post::start(&[]);
    for wire in WIRES {
        let (server, mut ada) = every_way(&post, of("strict", Config::new()), wire);
        let values = Values::handed_out(&server, &post, &ada);
        let mail_link = named(&values.going, "mail-link");
        values.make_no_asking_browser(&server, &mail_link);
        values.in_every_place(&server, &mut ada, wire);
    }
}

/// What a browser was handed that asked for everything, and where it leads.
struct Values {
    going: Browser,
    session: String,
    csrf: String,
    transaction: String,
    back: String,
    link: String,
    reset: String,
    all: Vec<(&'static str, String)>,
}

impl Values {
    fn handed_out(server: &Server, post: &Post, ada: &Browser) -> Self {
        let session = named(ada, "session-token");
        let mut going = server.browser();
        let (asked, back) = sent_on(server, &mut going);
        let transaction = named(&going, ".state");
        let state = transaction.rsplit('.').next().unwrap().to_owned();
        going.submit("signin/email", &[("email", ADA)]);
        let link = post.link();
        going.submit("password/reset", &[("email", ADA)]);
        let reset = post.link();
        assert!(reset.contains("/password/new?"), "{reset}");
        let (csrf, callback_url) = (named(&going, "csrf-token"), named(&going, "callback-url"));
        let mut all = vec![
            ("session", ada.cookie(&session).unwrap()),
            ("csrf cookie", going.cookie(&csrf).unwrap()),
            ("csrf token", going.csrf()),
            ("callback URL cookie", going.cookie(&callback_url).unwrap()),
            ("transaction", going.cookie(&transaction).unwrap()),
            ("key of the transaction", state),
            ("nonce", parameter(&asked, "nonce")),
            ("code challenge", parameter(&asked, "code_challenge")),
            ("posted answer", parameter(&back, "posted")),
            ("mail token", parameter(&link, "token")),
            ("reset token", parameter(&reset, "token")),
        ];
        let asking = going.cookie_names().into_iter().find(|name| name.contains("mail-link"));
        all.extend(asking.map(|name| ("asking browser", going.cookie(&name).unwrap())));
        Self { going, session, csrf, transaction, back, link, reset, all }
    }

    /// All but the one that belongs there.
    fn others(&self, own: &str) -> impl Iterator<Item = &(&'static str, String)> {
        assert!(self.all.iter().any(|(what, _)| *what == own), "{own}");
        self.all.iter().filter(move |(what, _)| *what != own)
    }

    fn in_every_place(&self, server: &Server, ada: &mut Browser, wire: &str) {
        let Self { going, session, csrf, transaction, back, link, reset, .. } = self;
        for (what, value) in self.others("session") {
            let mut thief = server.browser();
            thief.set_cookie(session, value);
            assert!(!thief.is_signed_in(), "{wire}: the {what} is a session");
        }
        for (_, value) in self.others("csrf cookie") {
            let mut thief = ada.clone();
            thief.set_cookie(csrf, value);
            nothing_happens(server, || thief.post("signout", &[("csrfToken", value), ("json", "true")]));
        }
        for (_, value) in self.others("transaction") {
            let mut browser = going.clone();
            browser.set_cookie(transaction, value);
            nothing_happens(server, || browser.send_to(back, Request::get("")));
        }
        for (_, value) in self.others("posted answer") {
            let mut url = url::Url::parse(back).unwrap();
            url.query_pairs_mut().clear().append_pair("posted", value);
            nothing_happens(server, || going.clone().send_to(url.as_str(), Request::get("")));
        }
        for (_, value) in self.others("mail token") {
            let fields = [("token", value.as_str()), ("email", ADA)];
            nothing_happens(server, || going.clone().submit("callback/email", &fields));
        }
        for (_, value) in self.others("reset token") {
            let fields = [("token", value.as_str()), ("email", ADA), ("newPassword", "of somebody else")];
            nothing_happens(server, || going.clone().submit("password/new", &fields));
        }
        // Each in its own place does what it is for, so the refusals above were of the purpose.
        assert_eq!(going.clone().send_to(reset, Request::get("")).status, 200, "{wire}: the form is shown");
        assert!(redeem(&mut going.clone(), link).cookie(session).is_some(), "{wire}");
        assert!(going.clone().send_to(back, Request::get("")).cookie(session).is_some(), "{wire}");
        ada.submit("signout", &[]);
        assert!(!ada.is_signed_in());
    }

    fn make_no_asking_browser(&self, server: &Server, mail_link: &str) {
        for (what, value) in self.others("asking browser") {
            let mut thief = server.browser();
            thief.set_cookie(mail_link, value);
            let page = nothing_happens(server, || thief.send_to(&self.link, Request::get("")));
            assert!(page.text().contains("name=\"code\""), "the {what} makes an asking browser");
            assert_eq!(press(&mut thief, &page, "callback/email").status, 403, "{what}");
        }
        let page = self.going.clone().send_to(&self.link, Request::get(""));
        assert!(!page.text().contains("name=\"code\""), "{}", page.text());
    }
}
