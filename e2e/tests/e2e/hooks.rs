//! The application's webhook, over real connections.

use std::time::{Duration, Instant};

use e2e::{Browser, Config, Peer, Request, Server};
use serde_json::Value;

use crate::scene::{ADA, PASSWORD, SESSION, nothing_happens, strategies, with_ada};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

struct Application(Peer);

impl Application {
    fn start() -> Self {
        Self(Peer::start("application", &[SECRET]))
    }

    fn config(&self, config: Config, asks: &str, tells: &str) -> Config {
        config
            .text("hooks.url", self.0.text("/url"))
            .text("hooks.secret", SECRET)
            .secret(SECRET)
            .raw("hooks.ask", asks)
            .raw("hooks.tell", tells)
    }

    fn mode(&self, mode: &str) {
        let body = format!("{{\"mode\":\"{mode}\"}}");
        let request = Request::new("POST", "/mode").body("application/json", body);
        assert_eq!(self.0.ask(self.0.port("control"), &request).status, 200);
    }

    /// What it was sent of this type, every time.
    fn seen(&self, kind: &str) -> Vec<Value> {
        let all = self.0.ask(self.0.port("control"), &Request::get("/seen")).json();
        let all = all.as_array().expect("a list");
        assert!(all.iter().all(|message| message["signed"] == true), "{all:?}");
        all.iter().filter(|message| message["type"] == kind).cloned().collect()
    }

    /// Waits until it has been sent so many.
    fn until_seen(&self, kind: &str, count: usize) -> Vec<Value> {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let seen = self.seen(kind);
            if seen.len() >= count {
                return seen;
            }
            assert!(Instant::now() < end, "{seen:?}");
            std::thread::yield_now();
        }
    }
}

#[test]
fn an_application_that_does_not_answer_soundly_lets_nobody_in() {
    let application = Application::start();
    for config in strategies() {
        let config = application.config(config, "[\"signIn\", \"jwt\"]", "[]").text("hooks.deadline", "1s");
        let server = with_ada(config);
        for mode in ["down", "hang", "moved", "nonsense"] {
            application.mode(mode);
            let answer = server.browser().sign_in(ADA, PASSWORD);
            assert_eq!((answer.status, answer.cookie(SESSION)), (503, None), "{mode}");
        }
        application.mode("deny");
        let denied = nothing_happens(&server, || server.browser().sign_in(ADA, PASSWORD));
        assert!(denied.url().contains("error=AccessDenied"), "{}", denied.url());
        application.mode("allow");
        assert!(server.browser().sign_in(ADA, PASSWORD).cookie(SESSION).is_some());
    }
    assert!(!application.seen("signIn").iter().any(|message| message["data"].to_string().contains(PASSWORD)));
}

#[test]
fn a_way_in_of_the_applications_own_is_judged_by_its_webhook() {
    let application = Application::start();
    for config in strategies() {
        let config = config
            .text("hooks.secret", SECRET)
            .secret(SECRET)
            .text("hooks.deadline", "1s")
            .text("credentials.ldap.name", "Company account")
            .text("credentials.ldap.url", application.0.text("/url"));
        let server = Server::start(config);
        let page = server.browser().get("signin").text();
        assert!(
            page.contains("Company account") && page.contains("input-username-for-ldap-provider"),
            "{page}"
        );
        let sign_in = |browser: &mut Browser, password: &str| {
            browser.submit_json("callback/ldap", &[("username", "ada"), ("password", password)])
        };
        let refused = |password: &str| nothing_happens(&server, || sign_in(&mut server.browser(), password));
        let mut ada = server.browser();
        assert_eq!(sign_in(&mut ada, "open sesame").status, 200);
        assert_eq!(ada.session()["user"]["name"], "Ada of the directory");
        let wrong = refused("open barley");
        assert_eq!(wrong.status, 401);
        assert!(wrong.url().contains("error=CredentialsSignin&provider=ldap"), "{}", wrong.url());
        application.mode("words");
        assert!(refused("open sesame").url().contains("error=This%20account%20is%20locked."));
        for mode in ["down", "hang", "moved", "nonsense"] {
            application.mode(mode);
            let answer = sign_in(&mut server.browser(), "open sesame");
            assert_eq!((answer.status, answer.cookie(SESSION)), (503, None), "{mode}");
        }
        application.mode("allow");
    }
    let asked = application.seen("authorize");
    assert_eq!(asked.len(), 14, "each was asked for once");
    for message in asked {
        assert_eq!(message["data"]["provider"], "ldap");
        let told: Vec<_> = message["data"]["credentials"].as_object().unwrap().keys().collect();
        assert_eq!(told, ["json", "password", "username"], "the whole form but the anti-forgery token");
    }
}

#[test]
fn an_event_that_is_not_taken_comes_again_under_the_same_id_and_once_taken_no_more() {
    let application = Application::start();
    let tells = "[\"createUser\", \"signIn\", \"signOut\"]";
    let server = with_ada(application.config(Config::new(), "[]", tells));
    let id = application.until_seen("events.createUser", 1)[0]["data"]["user"]["id"].clone();
    assert!(id.is_string());
    application.until_seen("events.signIn", 1);
    application.mode("down");
    let mut ada = server.browser();
    assert_eq!(ada.sign_in(ADA, PASSWORD).status, 200, "nobody waits for an event");
    application.until_seen("events.signIn", 2);
    application.mode("allow");
    ada.submit("signout", &[]);
    let out = application.until_seen("events.signOut", 1);
    assert_eq!(out[0]["data"]["user"]["id"], id);
    let modes = |seen: &[Value]| seen.iter().map(|message| message["mode"].clone()).collect::<Vec<_>>();
    let seen = application.until_seen("events.signIn", 3);
    assert_eq!(modes(&seen), ["allow", "down", "allow"]);
    assert_eq!((&seen[1]["id"], &seen[1]["data"]), (&seen[2]["id"], &seen[2]["data"]));
    assert_ne!(seen[0]["id"], seen[1]["id"]);
    // The next event is taken at once, and nothing of what was taken before comes with it.
    server.browser().sign_in(ADA, PASSWORD);
    assert_eq!(modes(&application.until_seen("events.signIn", 4)), ["allow", "down", "allow", "allow"]);
}

#[test]
fn an_event_that_nobody_took_when_hallpass_ends_is_in_the_log() {
    let application = Application::start();
    let server = with_ada(application.config(Config::new(), "[]", "[\"signOut\"]"));
    let mut ada = server.browser();
    ada.sign_in(ADA, PASSWORD);
    application.mode("down");
    ada.submit("signout", &[]);
    let id = application.until_seen("events.signOut", 1)[0]["id"].clone();
    server.stop();
    let lost = |line: &String| line.contains("an event was lost") && line.contains(id.as_str().unwrap());
    assert!(server.log.lines().iter().any(lost), "{:?}", server.log.lines());
}
