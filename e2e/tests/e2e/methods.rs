//! Paths and methods that there are not (A06, A86, A88).

use e2e::{Config, Request, Server};

use crate::scene::{ADA, SESSION, nothing_happens, with_ada_signed_in};

#[test]
fn an_unknown_path_is_refused_and_not_repeated() {
    let server = Server::start(Config::new());
    for path in [
        "bogus",
        "%3Cscript%3E",
        "session/x",
        "callback",
        "callback/",
        "callback/nope",
        "callback/__proto__",
        "callback/%2e%2e",
        "callback/constructor",
        "callback/a/b",
        "Session",
        "session/",
        "%73ession",
        "session;x",
        "./session",
        "../auth/session",
        "/api/auth//session",
        "//api/auth/session",
        "/api/auth",
        "/api/auth/",
    ] {
        for method in ["GET", "POST"] {
            let mark = server.log.mark();
            let answer = nothing_happens(&server, || server.browser().send(Request::new(method, path)));
            assert!([400, 404, 405].contains(&answer.status), "{method} {path}: {}", answer.status);
            assert!(
                !answer.text().contains("bogus") && !answer.text().contains("script"),
                "{}",
                answer.text()
            );
            assert_eq!(answer.cookies(), []);
            if answer.status == 400 {
                server.log.told_since(mark, &["reason", "unknown_action"]);
            }
        }
    }
}

#[test]
fn a_sign_in_with_an_unknown_provider_leads_to_the_sign_in_page() {
    let server = Server::start(Config::new());
    for provider in ["nope", "__proto__", "toString"] {
        let mut browser = server.browser();
        let answer = nothing_happens(&server, || browser.submit(&format!("signin/{provider}"), &[]));
        assert!([302, 400].contains(&answer.status), "{}", answer.status);
        assert!(!answer.text().contains(provider));
    }
}

#[test]
fn a_method_that_an_endpoint_does_not_have_is_refused() {
    let server = Server::start(Config::new());
    let endpoints = [
        "session",
        "csrf",
        "providers",
        "signin",
        "signout",
        "callback/credentials",
        "error",
        "_log",
        "password",
        "password/reset",
        "password/new",
    ];
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        for path in endpoints {
            let answer = nothing_happens(&server, || server.browser().send(Request::new(method, path)));
            assert!([400, 405, 501].contains(&answer.status), "{method} {path}: {}", answer.status);
        }
    }
    for path in ["csrf", "providers"] {
        let answer = nothing_happens(&server, || server.browser().post(path, &[]));
        assert!([400, 405].contains(&answer.status), "POST {path}: {}", answer.status);
    }
}

#[test]
fn connect_and_an_absolute_form_of_another_host_do_not_become_a_proxy() {
    let server = Server::start(Config::new());
    for (method, target) in [("CONNECT", "127.0.0.1:22"), ("GET", "http://127.0.0.1:1/"), ("OPTIONS", "*")] {
        let request = Request::new(method, target);
        let answer = request.try_send(server.address(), "localhost");
        if let Ok(answer) = answer {
            assert!((400..502).contains(&answer.status), "{method} {target}: {}", answer.status);
        }
        assert_eq!(server.browser().get("/healthz").status, 200);
    }
}

#[test]
fn the_method_cannot_be_overridden() {
    let (server, browser) = crate::scene::with_ada_signed_in(Config::database_sessions());
    let token = browser.clone().csrf();
    for request in [
        Request::get(&format!("signout?_method=POST&csrfToken={token}")),
        Request::get(&format!("signout?csrfToken={token}")).header("X-HTTP-Method-Override", "POST"),
        Request::get(&format!("callback/credentials?csrfToken={token}&email=a&password=b")),
    ] {
        let mut tab = browser.clone();
        nothing_happens(&server, || tab.send(request));
        assert!(tab.is_signed_in());
    }
}

// A12
#[test]
fn headers_of_a_proxy_that_is_not_listed_change_nothing() {
    let server = Server::start(Config::new());
    for (name, value) in [
        ("Host", "evil.example"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Prefix", "/evil"),
        ("X-Forwarded-Uri", "/evil"),
        ("X-Forwarded-For", "1.2.3.4, evil"),
        ("Forwarded", "host=evil.example;proto=https"),
        ("X-Original-URL", "/evil"),
        ("X-Rewrite-URL", "/evil"),
        ("X-Middleware-Subrequest", "middleware"),
    ] {
        for path in ["providers", "signin", "session", "csrf", "error?error=OAuthSignin"] {
            let answer = server.browser().send(Request::get(path).header(name, value));
            let all = format!("{:?} {}", answer.headers, answer.text());
            assert!(!all.contains("evil"), "{name} {path}: {all}");
            assert!(!all.contains("https://"), "{name} {path}: {all}");
            assert!(answer.cookies().iter().all(|cookie| !cookie.name.starts_with("__")), "{name} {path}");
        }
    }
}

// A12, A62
#[test]
fn the_log_believes_a_listed_proxy_and_nobody_else() {
    let asks = |server: &Server| {
        let request = Request::get("bogus").header("X-Forwarded-For", "198.51.100.9, 203.0.113.7");
        assert_eq!(server.browser().send(request).status, 400);
    };
    let direct = Server::start(Config::new());
    asks(&direct);
    direct.log.told(&["127.0.0.1", "client"]);
    assert!(!direct.log.lines().iter().any(|line| line.contains("203.0.113.7")));
    let behind = Server::start(Config::new().raw("trusted_proxies", r#"["127.0.0.1"]"#));
    asks(&behind);
    behind.log.told(&["203.0.113.7"]);
    assert!(!behind.log.lines().iter().any(|line| line.contains("198.51.100.9")));
}

// A88
#[test]
fn headers_that_claim_something_change_nothing() {
    let (server, browser) = with_ada_signed_in(Config::database_sessions());
    let token = browser.cookie(SESSION).unwrap();
    let as_underscore = format!("{SESSION}={token}");
    for (name, value) in [
        ("Authorization", "Bearer x"),
        ("Authorization", "Basic OjpiYWQ="),
        ("Authorization", "\u{fc}"),
        ("Authorization", as_underscore.as_str()),
        ("X_Forwarded_Host", "evil.example"),
        ("X_User", "root"),
        ("Content_Length", "7"),
        ("User-Agent", "kube-probe/1.30"),
        ("User-Agent", "ELB-HealthChecker/2.0"),
        ("Connection", "cookie"),
    ] {
        let mut nobody = server.browser();
        let answer = nothing_happens(&server, || nobody.send(Request::get("session").header(name, value)));
        assert_eq!((answer.status, answer.text().as_str()), (200, "{}"), "{name}: {value}");
        let answer = browser.clone().send(Request::get("session").header(name, value));
        assert_eq!(answer.json()["user"]["email"], ADA, "{name}: {value}");
        let page = browser.clone().send(Request::get("signin").header(name, value));
        assert!(!page.text().contains("evil.example"), "{name}: {value}");
    }
}
