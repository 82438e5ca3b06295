//! `/metrics`, on a listener of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use e2e::{Config, Request, Response, Server, closed_port, free_port};

use crate::scene::{ADA, PASSWORD, sign_in_by_oidc, start_oauth, with_ada, with_oidc};

/// A configuration whose figures are at this address.
fn counting(config: Config) -> (Config, SocketAddr) {
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
    (config.text("metrics.listen", &address.to_string()), address)
}

fn ask(address: SocketAddr, method: &str, path: &str) -> Response {
    Request::new(method, path).send(address, &address.to_string())
}

/// The figures: a name with its labels, and the value.
fn figures(address: SocketAddr) -> BTreeMap<String, f64> {
    let page = ask(address, "GET", "/metrics");
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').expect("a name and a value");
            (name.to_owned(), value.parse().expect("a number"))
        })
        .collect()
}

fn figure(address: SocketAddr, name: &str) -> f64 {
    figures(address).get(name).copied().unwrap_or_default()
}

#[test]
fn what_people_do_is_counted() {
    let post = crate::scene::Post::start(&[]);
    let (config, address) = counting(post.plain(with_oidc(Config::new(), "basic")));
    let server = with_ada(config);
    let mut browser = server.browser();
    browser.sign_in(ADA, "a wrong password");
    browser.sign_in(ADA, PASSWORD);
    assert!(browser.is_signed_in());
    assert_eq!(browser.submit_json("signout", &[]).status, 200);
    sign_in_by_oidc(&mut server.browser(), "grace");
    server.browser().submit_json("signin/email", &[("email", "link@mail.example")]);
    post.mode("refuse-rcpt");
    server.browser().submit_json("signin/email", &[("email", "link@mail.example")]);
    server.browser().get("no-such-endpoint");
    server.command(&["users", "disable", ADA, "--yes"], "");
    server.browser().sign_in(ADA, PASSWORD);

    let found = figures(address);
    let at_least = |name: &str, least: f64| {
        let value = found.get(name).copied().unwrap_or_default();
        assert!(value >= least, "{name} is {value}, not {least} or more: {found:#?}");
    };
    let exactly = |name: &str, value: f64| assert_eq!(found.get(name), Some(&value), "{name}: {found:#?}");
    exactly("hallpass_sign_ins_total{outcome=\"ok\",way=\"credentials\"}", 2.0);
    exactly("hallpass_sign_ins_total{outcome=\"credentials_rejected\",way=\"credentials\"}", 1.0);
    exactly("hallpass_sign_ins_total{outcome=\"user_disabled\",way=\"credentials\"}", 1.0);
    exactly("hallpass_sign_ins_total{outcome=\"ok\",way=\"oidc\"}", 1.0);
    exactly("hallpass_sign_ins_total{outcome=\"ok\",way=\"email\"}", 0.0);
    exactly("hallpass_refusals_total{endpoint=\"callback\",reason=\"credentials_rejected\"}", 1.0);
    exactly("hallpass_refusals_total{endpoint=\"unknown\",reason=\"unknown_action\"}", 1.0);
    exactly("hallpass_sessions_started_total", 3.0);
    at_least("hallpass_sessions_ended_total", 1.0);
    exactly("hallpass_mails_total{outcome=\"sent\"}", 1.0);
    exactly("hallpass_mails_total{outcome=\"refused\"}", 1.0);
    at_least("hallpass_provider_requests_total{outcome=\"2xx\",provider=\"oidc\"}", 3.0);
    at_least("hallpass_provider_request_seconds_count{provider=\"oidc\"}", 3.0);
    exactly("hallpass_password_hash_seconds_count", 4.0);
    exactly("hallpass_password_hashes", 0.0);
    exactly("hallpass_store_commits_total{outcome=\"refused\"}", 1.0);
    at_least("hallpass_store_commit_seconds_count", 6.0);
    exactly("hallpass_requests_total{endpoint=\"session\",status=\"2xx\"}", 1.0);
    exactly("hallpass_request_seconds_count{endpoint=\"session\"}", 1.0);
    at_least("hallpass_requests_total{endpoint=\"callback\",status=\"4xx\"}", 1.0);
    at_least("hallpass_requests_total{endpoint=\"beside\",status=\"2xx\"}", 1.0);
    at_least("process_resident_memory_bytes", 1_000_000.0);
    at_least("process_start_time_seconds", 1_700_000_000.0);
}

#[test]
fn the_book_names_what_is_there_and_nothing_else() {
    let (config, address) = counting(with_oidc(Config::new(), "basic"));
    let _server = Server::start(config);
    let text = ask(address, "GET", "/metrics").text();
    let mut told = BTreeMap::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("# HELP ")) {
        let (name, help) = line.split_once(' ').expect("a name and its help");
        let kind = format!("# TYPE {name} ");
        let kind = text.lines().find_map(|line| line.strip_prefix(&kind)).expect("a type");
        told.insert(name.to_owned(), (kind.to_owned(), help.to_owned()));
    }
    let page = include_str!("../../../../book/metrics.md");
    let mut documented = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, kind, labels, help] = cells[..] else { panic!("not four cells: {line}") };
        let name = name.trim_matches('`').to_owned();
        let help = help.trim_end_matches(" (Linux)").to_owned();
        let words: BTreeSet<String> = labels
            .split(", ")
            .map(|label| label.trim_matches('`').to_owned())
            .filter(|l| !l.is_empty())
            .collect();
        assert_eq!(labels_of(&text, &name), words, "{name}");
        documented.insert(name, (kind.to_owned(), help));
    }
    assert_eq!(told, documented);
}

/// The labels of a metric's lines, `le` of a histogram aside.
fn labels_of(text: &str, name: &str) -> BTreeSet<String> {
    let line = text
        .lines()
        .find(|line| line.starts_with(&format!("{name}{{")) || line.starts_with(&format!("{name}_sum{{")));
    let Some((_, rest)) = line.and_then(|line| line.split_once('{')) else { return BTreeSet::new() };
    let inner = rest.split('}').next().unwrap_or_default();
    inner.split(',').filter_map(|pair| Some(pair.split_once('=')?.0.to_owned())).collect()
}

#[test]
fn strangers_do_not_make_lines() {
    let (config, address) = counting(Config::new());
    let server = Server::start(config);
    server.browser().sign_in("nobody@mail.example", "wrong password");
    server.browser().get("callback/warm-up?code=1&state=2");
    server.browser().submit_json("signin/warm-up", &[("x", "y")]);
    server.browser().submit_json("callback/warm-up", &[("x", "y")]);
    server.browser().get("/warm-up");
    let before: Vec<String> = figures(address).into_keys().collect();
    for n in 0..20 {
        let odd = format!("odd-{n}");
        server.browser().get(&odd);
        server.browser().get(&format!("callback/{odd}?code={odd}&state={odd}"));
        server.browser().submit_json(&format!("signin/{odd}"), &[("x", &odd)]);
        server.browser().submit_json(&format!("callback/{odd}"), &[("x", &odd)]);
        server.browser().get(&format!("/{odd}"));
        server.browser().sign_in(&format!("{odd}@mail.example"), "wrong password");
    }
    let after: Vec<String> = figures(address).into_keys().collect();
    assert_eq!(after, before);
    assert!(!ask(address, "GET", "/metrics").text().contains("odd"));
}

#[test]
fn the_figures_are_not_where_everybody_asks() {
    let (config, address) = counting(Config::new());
    let server = Server::start(config);
    assert_eq!(server.browser().get("/metrics").status, 404);
    for path in ["/", "/api/auth/session", "/healthz", "/metrics/"] {
        assert_eq!(ask(address, "GET", path).status, 404, "{path}");
    }
    let posted = ask(address, "POST", "/metrics");
    assert_eq!((posted.status, posted.header("allow")), (405, Some("GET, HEAD")));
    let page = ask(address, "GET", "/metrics");
    assert_eq!(page.header("content-type"), Some("text/plain; version=0.0.4"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
}

#[test]
fn without_the_setting_nothing_listens_and_with_the_public_port_nothing_starts() {
    let quiet = Server::start(Config::new());
    assert_eq!(quiet.browser().get("/metrics").status, 404);
    for (listen, metrics) in [
        ("127.0.0.1:4000", "127.0.0.1:4000"),
        ("0.0.0.0:4000", "127.0.0.1:4000"),
        ("127.0.0.1:4000", "[::]:4000"),
    ] {
        let toml = Config::new()
            .text("url", "https://app.example.com")
            .text("listen", listen)
            .text("metrics.listen", metrics)
            .toml();
        let folder = e2e::Folder::new();
        std::fs::write(folder.file("hallpass.toml"), toml).unwrap();
        let told = e2e::hallpass(folder.path(), &["serve"], &[], "");
        assert_eq!(told.code, Some(2), "{}", told.text());
        assert!(told.stderr.contains("metrics.listen") && told.stderr.contains("9464"), "{}", told.stderr);
    }
}

#[test]
fn a_connection_is_counted_while_it_is_open() {
    let (config, address) = counting(Config::new());
    let server = Server::start(config);
    let wait_for = |open: f64| {
        let start = std::time::Instant::now();
        while figure(address, "hallpass_connections") != open {
            assert!(start.elapsed() < std::time::Duration::from_secs(10), "not {open} connections");
            std::thread::yield_now();
        }
    };
    wait_for(0.0);
    let connection = std::net::TcpStream::connect(server.address()).unwrap();
    wait_for(1.0);
    drop(connection);
    wait_for(0.0);
}

#[test]
fn a_provider_that_is_gone_shows() {
    let (config, address) = counting(Config::new());
    let issuer = format!("http://127.0.0.1:{}", closed_port());
    let server = Server::start(config.oidc("gone", &issuer, "a-client", Some("a-client-secret")));
    start_oauth(&mut server.browser(), "gone");
    let name = "hallpass_provider_requests_total{outcome=\"unreachable\",provider=\"gone\"}";
    assert_eq!(figure(address, name), 1.0);
    server.log.told(&["provider_unreachable"]);
}
