//! `GET /provider-token/{provider}`, of one process and of three on one database, with a provider that takes every refresh
//! token once (A46, F20).

use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use e2e::{Config, Peer, Request, Server};

use crate::scene::{SESSION, start_oauth, through_login_page};

const SECRET: &str = "the secret of the application's server";

/// The provider, and the servers that share a database.
struct Scene {
    provider: Peer,
    servers: Vec<Server>,
}

impl Scene {
    fn with(processes: usize) -> Self {
        let provider = Peer::start("oidc-provider", &["--refresh"]);
        let config = |database: &str| {
            let client = |part: &str| provider.text(&format!("/clients/basic/{part}")).to_owned();
            Config::new()
                .oidc("oidc", provider.text("/issuer"), &client("id"), Some(&client("secret")))
                .raw("providers.oidc.keep_tokens", "true")
                .text("provider_tokens.secret", SECRET)
                .secret(SECRET)
                .text("database", database)
                .secret("ada@example.com")
        };
        let first = Server::start(config("sqlite:hallpass.db"));
        let shared = format!("sqlite:{}", first.database().path().display());
        let others = (1..processes).map(|_| Server::start(config(&shared)));
        let others: Vec<Server> = others.collect();
        Self { servers: std::iter::once(first).chain(others).collect(), provider }
    }

    fn control(&self, path: &str, body: &str) {
        let request = Request::new("POST", path).body("application/json", body);
        assert_eq!(self.provider.ask(self.provider.port("port"), &request).status, 200);
    }

    fn mode(&self, mode: &str) {
        self.control("/control/mode", &format!("{{\"mode\":\"{mode}\"}}"));
    }

    /// How often the provider was asked for tokens.
    fn asked(&self) -> u64 {
        let log = self.provider.ask(self.provider.port("port"), &Request::get("/control/log")).json();
        log["/token"].as_u64().unwrap_or_default()
    }

    /// The session cookie of Ada, whose access token is about to run out; the next ones last.
    fn ada(&self) -> String {
        self.control("/control/ttl", "{\"seconds\":30}");
        let mut browser = self.servers[0].browser();
        let started = start_oauth(&mut browser, "oidc");
        let back = through_login_page(&mut browser, &started, "ada");
        browser.send_to(&back, Request::get(""));
        self.control("/control/ttl", "{\"seconds\":3600}");
        browser.cookie(SESSION).expect("Ada is signed in")
    }

    /// What as many readers get who ask at once, spread over the processes: the status, and the token if there is one.
    fn race(&self, session: &str, readers: usize) -> Vec<(u16, String)> {
        let start = Arc::new(Barrier::new(readers));
        let threads: Vec<_> = (0..readers)
            .map(|reader| {
                let address = self.servers[reader % self.servers.len()].address();
                let (start, request) = (start.clone(), question(session));
                std::thread::spawn(move || {
                    start.wait();
                    let answer = request.send(address, "localhost");
                    let token = answer.json()["accessToken"].as_str().unwrap_or_default().to_owned();
                    (answer.status, token)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    }

    fn everybody_is_told(&self, session: &str, status: u16) {
        for answer in self.race(session, 12) {
            assert_eq!(answer, (status, String::new()));
        }
    }

    fn still_signed_in(&self, session: &str) {
        for server in &self.servers {
            let mut browser = server.browser();
            browser.set_cookie(SESSION, session);
            assert!(browser.is_signed_in(), "what a provider does signs nobody out here");
        }
    }
}

fn question(session: &str) -> Request {
    Request::get("/api/auth/provider-token/oidc")
        .header("Authorization", format!("Bearer {SECRET}"))
        .header("Cookie", format!("{SESSION}={session}"))
}

#[test]
fn however_many_ask_however_many_processes_the_provider_is_asked_once() {
    for processes in [1, 3] {
        let scene = Scene::with(processes);
        for readers in [2, 10, 100] {
            let session = scene.ada();
            let before = scene.asked();
            let answers = scene.race(&session, readers);
            assert_eq!(scene.asked() - before, 1, "{readers} readers of {processes} processes");
            let (_, token) = &answers[0];
            assert!(!token.is_empty());
            assert!(answers.iter().all(|answer| *answer == (200, token.clone())), "{answers:?}");
            // The renewed token lasts: nobody asks again.
            assert!(scene.race(&session, 3).iter().all(|answer| *answer == answers[0]));
            assert_eq!(scene.asked() - before, 1);
        }
    }
}

#[test]
fn a_lost_answer_is_never_asked_for_again_and_a_new_sign_in_mends_it() {
    let scene = Scene::with(3);
    let session = scene.ada();
    let before = scene.asked();
    scene.mode("lose");
    scene.everybody_is_told(&session, 409);
    scene.mode("answer");
    scene.everybody_is_told(&session, 409);
    assert_eq!(scene.asked() - before, 1);
    scene.still_signed_in(&session);
    let session = scene.ada();
    assert!(scene.race(&session, 6).iter().all(|(status, _)| *status == 200));
}

#[test]
fn a_provider_that_failed_is_left_alone_for_a_moment_and_then_asked_once_more() {
    let scene = Scene::with(3);
    let session = scene.ada();
    let before = scene.asked();
    scene.mode("fail");
    scene.everybody_is_told(&session, 503);
    scene.everybody_is_told(&session, 503);
    assert_eq!(scene.asked() - before, 1);
    scene.still_signed_in(&session);
    let end = Instant::now() + Duration::from_secs(30);
    while scene.race(&session, 6).iter().any(|(status, _)| *status == 503) {
        assert!(Instant::now() < end, "the provider is well again");
    }
    assert!(scene.race(&session, 6).iter().all(|(status, _)| *status == 200));
    assert_eq!(scene.asked() - before, 2);
}

#[test]
fn a_process_that_is_killed_while_it_renews_leaves_a_mark_and_no_loop() {
    let scene = Scene::with(2);
    let session = scene.ada();
    let before = scene.asked();
    scene.mode("hang");
    let (address, request) = (scene.servers[0].address(), question(&session));
    let dying = std::thread::spawn(move || request.try_send(address, "localhost").is_err());
    while scene.asked() == before {
        std::thread::yield_now();
    }
    scene.servers[0].kill();
    assert!(dying.join().unwrap());
    scene.mode("answer");
    let end = Instant::now() + Duration::from_secs(60);
    let answer = loop {
        let answer = question(&session).send(scene.servers[1].address(), "localhost");
        if answer.status != 503 {
            break answer;
        }
        assert!(Instant::now() < end, "the lease runs out");
    };
    assert_eq!(answer.status, 409);
    assert_eq!(scene.asked() - before, 1);
}
