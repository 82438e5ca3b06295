//! `POST /callback/credentials`.

use std::time::{Duration, Instant};

use e2e::{Config, Request, Response, Server};

use crate::scene::{ADA, CSRF, PASSWORD, SESSION, nothing_happens, strategies, with_ada};

#[test]
fn the_right_password_makes_a_session_and_leads_where_was_asked() {
    for config in strategies() {
        let server = with_ada(config);
        let mut browser = server.browser();
        let fields = [
            ("redirect", "false"),
            ("email", ADA),
            ("password", PASSWORD),
            ("callbackUrl", &server.at("/foo")),
        ];
        let answer = browser.submit_json("callback/credentials", &fields);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
        assert_eq!(answer.text(), format!("{{\"url\":\"{}\"}}", server.at("/foo")));
        let cookie = answer.cookie(SESSION).unwrap();
        assert_eq!(cookie.attributes, ["Path=/", "Expires", "HttpOnly", "SameSite=Lax"]);
        assert!(cookie.lasts.is_some_and(|seconds| (2_591_990..=2_592_000).contains(&seconds)), "{cookie:?}");
        assert_eq!(browser.session()["user"]["email"], ADA);
    }
}

#[test]
fn over_https_the_session_cookie_is_secure() {
    let server = with_ada(Config::new().text("url", "https://app.example.test"));
    let answer = server.browser().sign_in(ADA, PASSWORD);
    let cookie = answer.cookie("__Secure-next-auth.session-token").unwrap();
    assert_eq!(cookie.attributes, ["Path=/", "Expires", "HttpOnly", "Secure", "SameSite=Lax"]);
}

#[test]
fn without_json_it_is_a_redirect() {
    let server = with_ada(Config::new());
    let mut browser = server.browser();
    let answer = browser.submit("callback/credentials", &[("email", ADA), ("password", "wrong")]);
    let error = server.at("/api/auth/error?error=CredentialsSignin&provider=credentials");
    assert_eq!((answer.status, answer.location()), (302, error.as_str()));
    let page = browser.follow(answer);
    assert!(page.text().contains("Sign in failed. Check the details you provided are correct."));
    let answer = browser
        .submit("callback/credentials", &[("email", ADA), ("password", PASSWORD), ("callbackUrl", "/foo")]);
    assert_eq!((answer.status, answer.location()), (302, server.at("/foo").as_str()));
}

#[test]
fn an_address_may_be_spelled_in_any_case() {
    let server = with_ada(Config::new());
    for spelling in ["Ada.Lovelace@MAIL.example", " ada.lovelace@mail.example "] {
        assert_eq!(server.browser().sign_in(spelling, PASSWORD).status, 200, "{spelling}");
    }
}

// A63
#[test]
fn a_password_is_compared_exactly() {
    let server = with_ada(Config::new());
    let long = format!("{PASSWORD}{}", "x".repeat(80));
    let others = [
        "",
        "Enchantress of numbers",
        "enchantress of number",
        "enchantress of numbers ",
        "enchantress of numbers\0",
        &long,
        &"x".repeat(20_000),
    ];
    for password in others {
        let answer = nothing_happens(&server, || server.browser().sign_in(ADA, password));
        assert_eq!(answer.status, 401, "{password:.30}");
    }
    // The 73rd byte counts too.
    let (one, other) = (format!("{}a", "p".repeat(72)), format!("{}b", "p".repeat(72)));
    assert_eq!(server.browser().sign_up("grace@mail.example", &one).status, 200);
    assert_eq!(server.browser().sign_in("grace@mail.example", &other).status, 401);
    assert_eq!(server.browser().sign_in("grace@mail.example", &one).status, 200);
}

// A58
#[test]
fn an_unknown_user_and_a_wrong_password_look_the_same() {
    let post = crate::scene::Post::start(&[]);
    let server = with_ada(post.plain(Config::new().mail_anywhere()));
    // A third: somebody who is known and has no password.
    server.browser().submit_json("signin/email", &[("email", "link@mail.example")]);
    let answer = crate::scene::redeem(&mut server.browser(), &post.link());
    assert!(answer.cookie(SESSION).is_some(), "{}", answer.text());
    let wrong = server.browser().sign_in(ADA, "wrong password");
    let looks = |answer: &Response| {
        let fixed = |name: &String| !["date", "x-request-id", "set-cookie"].contains(&name.as_str());
        let headers: Vec<_> = answer.headers.iter().filter(|(name, _)| fixed(name)).cloned().collect();
        let cookies: Vec<_> =
            answer.cookies().into_iter().map(|cookie| (cookie.name, cookie.attributes)).collect();
        (answer.status, headers, cookies, answer.body.clone())
    };
    for email in ["nobody@mail.example", "link@mail.example", "no address", ""] {
        let answer = nothing_happens(&server, || server.browser().sign_in(email, "wrong password"));
        assert_eq!(looks(&answer), looks(&wrong), "{email}");
    }
}

/// Medians over interleaved samples: a slow moment of the machine meets both alike.
// A58, A64
#[test]
fn an_unknown_user_takes_as_long_as_a_wrong_password() {
    let post = crate::scene::Post::start(&[]);
    let server = with_ada(post.plain(Config::new().mail_anywhere().text("log.level", "info")));
    server.browser().submit_json("signin/email", &[("email", "link@mail.example")]);
    crate::scene::redeem(&mut server.browser(), &post.link());
    assert_eq!(server.database().rows("users").len(), 2);
    let mut browser = server.browser();
    let token = browser.csrf();
    let mut take = |email: &str| {
        let fields = [
            ("csrfToken", token.as_str()),
            ("email", email),
            ("password", "wrong password"),
            ("json", "true"),
        ];
        let start = Instant::now();
        assert_eq!(browser.post("callback/credentials", &fields).status, 401);
        start.elapsed()
    };
    let mut samples: [Vec<Duration>; 4] = Default::default();
    let who = [ADA, "nobody@mail.example", "link@mail.example", "nobody-at-all"];
    for _ in 0..40 {
        for (times, email) in samples.iter_mut().zip(who) {
            times.push(take(email));
        }
    }
    let [wrong, unknown, without_password, malformed] = samples.map(|mut times| {
        times.sort();
        times[times.len() / 2].as_secs_f64()
    });
    for (name, time) in
        [("unknown", unknown), ("without a password", without_password), ("malformed", malformed)]
    {
        let ratio = time / wrong;
        // Without the decoy hash it is below 0.2.
        assert!((0.7..1.4).contains(&ratio), "{name}: {time:.4} s against {wrong:.4} s");
    }
}

// A01–A03
#[test]
fn without_a_token_that_fits_its_cookie_nothing_is_checked() {
    let server = with_ada(Config::database_sessions());
    let other = server.browser().csrf();
    let mut browser = server.browser();
    let own = browser.csrf();
    let flipped = format!("{}{}", if own.starts_with('0') { "1" } else { "0" }, &own[1..]);
    let page = server.at("/api/auth/signin?csrf=true");
    let long = "a".repeat(50_000);
    for (token, reason) in [
        (None, "csrf_missing"),
        (Some(""), "csrf_mismatched"),
        (Some(other.as_str()), "csrf_mismatched"),
        (Some(flipped.as_str()), "csrf_mismatched"),
        (Some(&own[..63]), "csrf_mismatched"),
        (Some(&own.to_uppercase()), "csrf_mismatched"),
        (Some(long.as_str()), "csrf_mismatched"),
    ] {
        for json in [true, false] {
            let mut fields = vec![("email", ADA), ("password", PASSWORD)];
            fields.extend(token.map(|token| ("csrfToken", token)));
            fields.extend(json.then_some(("json", "true")));
            let mark = server.log.mark();
            let answer = nothing_happens(&server, || browser.post("callback/credentials", &fields));
            let url = if json { answer.url() } else { answer.location().to_owned() };
            assert_eq!((answer.status, url), (if json { 200 } else { 302 }, page.clone()), "{token:?}");
            server.log.told_since(mark, &["reason", reason]);
        }
    }
}

// A02, A03
#[test]
fn a_token_without_its_cookie_or_with_a_forged_one_is_refused() {
    let server = with_ada(Config::database_sessions());
    let token = server.browser().csrf();
    let forged_hash = "0".repeat(64);
    for cookie in [
        None,
        Some(format!("{token}%7C{forged_hash}")),
        Some(format!("{token}%7C")),
        Some(format!("%7C{token}")),
        Some(format!("{token}%7C{token}%7C{token}")),
        Some("a".repeat(5000)),
    ] {
        let mut browser = server.browser();
        if let Some(cookie) = &cookie {
            browser.set_cookie(CSRF, cookie);
        }
        let fields = [("csrfToken", token.as_str()), ("email", ADA), ("password", PASSWORD)];
        let mark = server.log.mark();
        let answer = nothing_happens(&server, || browser.post("callback/credentials", &fields));
        assert!(answer.status == 302 || answer.status == 431, "{}", answer.status);
        server.log.told_since(mark, &["reason"]);
    }
}

// A04
#[test]
fn only_a_form_or_json_with_the_token_is_read() {
    let server = with_ada(Config::database_sessions());
    let mut browser = server.browser();
    let token = browser.csrf();
    let form = e2e::form(&[("csrfToken", &token), ("email", ADA), ("password", PASSWORD), ("json", "true")]);
    for (kind, status) in
        [("text/plain", 415), ("multipart/form-data; boundary=x", 415), ("", 415), ("application/xml", 415)]
    {
        let mark = server.log.mark();
        let request = Request::new("POST", "callback/credentials").body(kind, form.clone());
        let answer = nothing_happens(&server, || browser.send(request));
        assert_eq!(answer.status, status, "{kind}");
        server.log.told_since(mark, &["reason", "unsupported_content_type"]);
    }
    let two = Request::new("POST", "callback/credentials")
        .body("text/plain", form)
        .header("Content-Type", "application/x-www-form-urlencoded");
    let answer = nothing_happens(&server, || browser.send(two));
    assert_eq!(answer.status, 415);
    let json = serde_json::json!({"csrfToken": token, "email": ADA, "password": PASSWORD, "json": "true"});
    let request = Request::new("POST", "callback/credentials").body("application/json", json.to_string());
    assert_eq!(browser.send(request).status, 200);
    assert!(browser.is_signed_in());
}

// A05
#[test]
fn two_tokens_cookies_are_refused_whichever_comes_first() {
    let server = with_ada(Config::database_sessions());
    let mut browser = server.browser();
    let token = browser.csrf();
    let good = browser.cookie(CSRF).unwrap();
    let mut attacker = server.browser();
    let attackers_token = attacker.csrf();
    let planted = attacker.cookie(CSRF).unwrap();
    for (first, second) in [(&good, &planted), (&planted, &good)] {
        for token in [&token, &attackers_token] {
            let fields = [("csrfToken", token.as_str()), ("email", ADA), ("password", PASSWORD)];
            let request = Request::post("callback/credentials", &fields)
                .header("Cookie", format!("{CSRF}={first}; {CSRF}={second}"));
            let mark = server.log.mark();
            nothing_happens(&server, || browser.send(request));
            server.log.told_since(mark, &["reason", "csrf_cookie_repeated"]);
        }
    }
}

// A05
#[test]
fn the_token_from_before_a_sign_in_is_not_good_after_it() {
    let server = with_ada(Config::new());
    let mut browser = server.browser();
    let before = browser.csrf();
    assert_eq!(browser.sign_in(ADA, PASSWORD).status, 200);
    let answer = browser.post("signout", &[("csrfToken", before.as_str())]);
    assert_eq!(answer.location(), server.at("/api/auth/signout?csrf=true"));
    assert!(browser.is_signed_in());
}

// A08, A27
#[test]
fn another_site_cannot_sign_somebody_in() {
    let server = with_ada(Config::database_sessions());
    let mut browser = server.browser();
    let token = browser.csrf();
    let fields = [("csrfToken", token.as_str()), ("email", ADA), ("password", PASSWORD), ("json", "true")];
    for headers in [
        vec![("Origin", "https://evil.example")],
        vec![("Origin", "null")],
        vec![("Origin", "http://localhost.evil.example")],
        vec![("Origin", "http://localhost")],
        vec![("Origin", "https://localhost:1")],
        vec![("Sec-Fetch-Site", "cross-site")],
        vec![("Sec-Fetch-Site", "same-site")],
        vec![("Referer", "https://evil.example/?http://localhost")],
        vec![("Origin", server.url()), ("Sec-Fetch-Site", "cross-site")],
        vec![("Origin", server.url()), ("Origin", "https://evil.example")],
    ] {
        let mut request = Request::post("callback/credentials", &fields);
        for (name, value) in &headers {
            request = request.header(name, value);
        }
        let mark = server.log.mark();
        let answer = nothing_happens(&server, || browser.send(request));
        assert_eq!(answer.status, 403, "{headers:?}");
        server.log.told_since(mark, &["reason", "cross_site"]);
    }
    let own = Request::post("callback/credentials", &fields)
        .header("Origin", server.url())
        .header("Sec-Fetch-Site", "same-origin");
    assert_eq!(browser.send(own).status, 200);
}

#[test]
fn it_is_a_post_and_nothing_else() {
    let server = with_ada(Config::new());
    let query = e2e::form(&[("email", ADA), ("password", PASSWORD)]);
    for method in ["GET", "HEAD"] {
        let mut browser = server.browser();
        let request = Request::new(method, &format!("callback/credentials?{query}"));
        let answer = nothing_happens(&server, || browser.send(request));
        assert!([400, 405].contains(&answer.status), "{method}: {}", answer.status);
    }
}

// A73
#[test]
fn fields_that_nobody_asked_for_change_nothing() {
    let server = Server::start(Config::new());
    let mut browser = server.browser();
    let extra = [
        ("id", "1"),
        ("role", "admin"),
        ("userId", "1"),
        ("emailVerified", "1"),
        ("sub", "1"),
        ("exp", "9999999999"),
        ("__proto__", "x"),
    ];
    let mut fields = vec![("email", ADA), ("password", PASSWORD), ("name", "Ada")];
    fields.extend(extra);
    assert_eq!(browser.submit_json("signup", &fields).status, 200);
    assert_eq!(browser.session()["user"], serde_json::json!({"name": "Ada", "email": ADA}));
    assert!(!server.database().holds("admin"));
    let users = server.database().rows("users");
    assert!(users[0].contains("email_verified=null"), "{users:?}");
}

// F29
#[test]
fn a_flood_of_passwords_is_bounded_and_reads_go_on() {
    let server = with_ada(Config::new().text("log.level", "info"));
    let mut reader = server.browser();
    let flood: Vec<_> = (0..48)
        .map(|_| {
            let mut browser = server.browser();
            std::thread::spawn(move || browser.sign_in(ADA, "wrong password").status)
        })
        .collect();
    let mut slowest = Duration::ZERO;
    while flood.iter().any(|thread| !thread.is_finished()) {
        let start = Instant::now();
        assert_eq!(reader.get("session").status, 200);
        slowest = slowest.max(start.elapsed());
    }
    let statuses: Vec<u16> = flood.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(statuses.iter().all(|status| [401, 503].contains(status)), "{statuses:?}");
    assert!(statuses.contains(&401));
    assert!(slowest < Duration::from_secs(2), "a session read took {slowest:?}");
    assert_eq!(server.browser().sign_in(ADA, PASSWORD).status, 200);
}
