//! What many tests start from: peers that all of them share, people, and what "nothing happened" means.

use std::sync::OnceLock;

use e2e::{Browser, Config, Peer, Request, Response, Server};

pub const ADA: &str = "ada.lovelace@mail.example";
pub const PASSWORD: &str = "enchantress of numbers";

/// The cookies of a site over plain http.
pub const SESSION: &str = "next-auth.session-token";
pub const CSRF: &str = "next-auth.csrf-token";
pub const CALLBACK_URL: &str = "next-auth.callback-url";

/// Both ways to keep sessions: what is promised of sessions is promised of both.
pub fn strategies() -> [Config; 2] {
    [Config::new(), Config::database_sessions()]
}

/// The two profiles: what neither changes is tried in each.
pub const PROFILES: [&str; 2] = ["strict", "compat"];

/// A configuration whose defaults are this profile's.
pub fn of(profile: &str, config: Config) -> Config {
    config.text("profile", profile)
}

/// A server with Ada's account.
pub fn with_ada(config: Config) -> Server {
    let server = Server::start(config);
    let answer = server.browser().sign_up(ADA, PASSWORD);
    assert_eq!(answer.status, 200, "{}", answer.text());
    server
}

/// A server with Ada's account, and her browser, signed in.
pub fn with_ada_signed_in(config: Config) -> (Server, Browser) {
    let server = with_ada(config);
    let mut browser = server.browser();
    let answer = browser.sign_in(ADA, PASSWORD);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(browser.is_signed_in());
    (server, browser)
}

/// Does something to a server and checks that it changed nothing: no row, no session cookie, and the server is up.
pub fn nothing_happens(server: &Server, what: impl FnOnce() -> Response) -> Response {
    let before = server.database().everything();
    let answer = what();
    assert_eq!(server.database().everything(), before, "the database changed");
    let session = answer
        .cookies()
        .into_iter()
        .find(|cookie| cookie.name.contains("session-token") && !cookie.removes());
    assert_eq!(session, None, "a session was made");
    assert!(answer.status < 500, "{}: {}", answer.status, answer.text());
    assert_eq!(server.browser().get("/healthz").status, 200, "the server is not well");
    answer
}

/// Checks that whoever had registered an address that was not theirs has no part in the owner's account.
pub fn has_lost_the_account(mallory: &mut Browser) {
    assert!(!mallory.is_signed_in(), "a session of before outlived the owner's sign-in");
}

/// The one OpenID provider of this run.
pub fn oidc() -> &'static Peer {
    static PEER: OnceLock<Peer> = OnceLock::new();
    PEER.get_or_init(|| Peer::start("oidc-provider", &[]))
}

/// The one scripted provider of this run.
pub fn liar() -> &'static Peer {
    static PEER: OnceLock<Peer> = OnceLock::new();
    PEER.get_or_init(|| Peer::start("liar", &[]))
}

/// A configuration with the real provider as `oidc`, its client proving itself by `basic`, `post` or `none`.
pub fn with_oidc(config: Config, auth: &str) -> Config {
    let peer = oidc();
    let client = format!("/clients/{auth}");
    let secret = peer.facts.pointer(&format!("{client}/secret")).and_then(|secret| secret.as_str());
    // Whom it knows from the start.
    let config = config.secret("ada@example.com").secret("grace@example.com");
    config.oidc("oidc", peer.text("/issuer"), peer.text(&format!("{client}/id")), secret)
}

/// A configuration with the scripted provider telling these lies, each a provider of that id.
pub fn with_lies<'a>(config: Config, lies: impl IntoIterator<Item = &'a str>) -> Config {
    let peer = liar();
    let (url, id, secret) = (peer.text("/url"), peer.text("/client/id"), peer.text("/client/secret"));
    lies.into_iter().fold(config, |config, lie| {
        config.secret(&format!("{lie}@liar.example")).oidc(lie, &format!("{url}/{lie}"), id, Some(secret))
    })
}

/// Starts a sign-in at an OAuth provider; the answer leads to the provider.
pub fn start_oauth(browser: &mut Browser, provider: &str) -> Response {
    browser.submit(&format!("signin/{provider}"), &[("callbackUrl", "/after")])
}

/// Goes from the start of a sign-in through the real provider's login page, as this account, up to the URL that
/// leads back to the server; that URL is not opened.
pub fn through_login_page(browser: &mut Browser, started: &Response, account: &str) -> String {
    through_login(browser, started, account).unwrap_or_else(|page| panic!("a page: {}", page.text()))
}

/// As [`through_login_page`]; an error is a page of the provider's that does not redirect.
pub fn through_login(browser: &mut Browser, started: &Response, account: &str) -> Result<String, Response> {
    let back = |url: &str| url.contains("/callback/");
    let mut url = started.location().to_owned();
    for _ in 0..8 {
        if back(&url) {
            return Ok(url);
        }
        let request = if url.contains("/interaction/") {
            Request::post("", &[("login", account)])
        } else {
            Request::get("")
        };
        let answer = browser.send_to(&url, request);
        if answer.status == 200 {
            return Err(answer);
        }
        let base = url::Url::parse(&url).expect("a URL that was followed");
        url = base.join(answer.location()).expect("a provider redirects to a URL").into();
    }
    panic!("the provider does not lead back, the last to {url}");
}

/// Signs in through the real provider, to the end.
pub fn sign_in_by_oidc(browser: &mut Browser, account: &str) -> Response {
    let started = start_oauth(browser, "oidc");
    let back = through_login_page(browser, &started, account);
    let answer = browser.send_to(&back, Request::get(""));
    let peer = oidc();
    browser.learn(&peer.ask(peer.port("port"), &Request::get("/control/exchanged")).json());
    answer
}

/// Opens a link of a mail and presses the button of the page, as a person does.
pub fn redeem(browser: &mut Browser, link: &str) -> Response {
    let page = browser.send_to(link, Request::get(""));
    assert_eq!(page.status, 200, "{} {:?}", page.text(), page.headers);
    let path = url::Url::parse(link).expect("a link is a URL").path().to_owned();
    press(browser, &page, &path)
}

/// Sends the form of a link's page to this path.
pub fn press(browser: &mut Browser, page: &Response, path: &str) -> Response {
    let fields: Vec<(String, String)> = ["csrfToken", "token", "email", "callbackUrl"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), page.field(name)?)))
        .collect();
    let pairs: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &pairs)
}

/// An SMTP server of one test.
pub struct Post {
    peer: Peer,
    folder: e2e::Folder,
}

impl Post {
    pub fn start(arguments: &[&str]) -> Self {
        let folder = e2e::Folder::new();
        let ca = folder.file("ca.pem").to_string_lossy().into_owned();
        let mut all = vec!["--ca", &ca];
        all.extend_from_slice(arguments);
        Self { peer: Peer::start("smtp", &all), folder }
    }

    /// The certificate of the authority that signed the server's.
    pub fn ca(&self) -> String {
        self.folder.file("ca.pem").to_string_lossy().into_owned()
    }

    pub fn port(&self, kind: &str) -> u16 {
        self.peer.port(kind)
    }

    /// A configuration that mails through the plain port.
    pub fn plain(&self, config: Config) -> Config {
        config.mail(&format!("smtp://127.0.0.1:{}", self.port("plain")))
    }

    pub fn mode(&self, mode: &str) {
        let body = format!("{{\"mode\":\"{mode}\"}}");
        let answer = self.control(&Request::new("POST", "/mode").body("application/json", body));
        assert_eq!(answer.status, 200);
    }

    pub fn messages(&self) -> Vec<serde_json::Value> {
        let answer = self.control(&Request::get("/messages"));
        answer.json().as_array().cloned().expect("a list of messages")
    }

    /// The link in the newest message.
    pub fn link(&self) -> String {
        let messages = self.messages();
        let newest = messages.last().expect("a mail has come");
        let text = newest["text"].as_str().unwrap_or_default();
        let start = text.find("http").unwrap_or_else(|| panic!("no link in {text:?}"));
        text[start..].split_whitespace().next().unwrap_or_default().to_owned()
    }

    fn control(&self, request: &Request) -> Response {
        self.peer.ask(self.port("control"), request)
    }
}
