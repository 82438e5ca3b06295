//! The two profiles, setting by setting: what each promises over HTTP, and that a setting counts over its profile.

use std::sync::Arc;

use e2e::{Browser, Config, Request, Response, Server};

use crate::scene::{
    ADA, CSRF, PASSWORD, PROFILES, Post, SESSION, nothing_happens, of, press, redeem, start_oauth,
    strategies, with_ada, with_ada_signed_in, with_oidc,
};

const STRICT: &str = PROFILES[0];
const COMPAT: &str = PROFILES[1];

/// What `hallpass check` says of a setting: its value and where it is from.
fn effective(config: Config, key: &str) -> String {
    let told = Server::prepare(config, &[]).command(&["check"], "");
    assert_eq!(told.code, Some(0), "{}", told.text());
    let text = told.text();
    let line = text.lines().find(|line| line.split_whitespace().next() == Some(key));
    line.unwrap_or_else(|| panic!("no {key}: {text}"))
        .split_whitespace()
        .skip(1)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Asks for a link as an application does that shows a page of its own.
fn ask(browser: &mut Browser, email: &str) -> Response {
    let answer = browser.submit_json("signin/email", &[("email", email), ("callbackUrl", "/inbox")]);
    assert!(answer.url().contains("/verify-request"), "{}", answer.text());
    answer
}

/// Types a code into the page of a link.
fn type_code(browser: &mut Browser, page: &Response, code: &str) -> Response {
    let field = |name: &str| page.field(name).unwrap_or_else(|| panic!("no {name}: {}", page.text()));
    let (csrf, token, email) = (field("csrfToken"), field("token"), field("email"));
    let fields = [("csrfToken", &*csrf), ("token", &*token), ("email", &*email), ("code", code)];
    browser.post("callback/email", &fields)
}

#[test]
fn who_says_nothing_is_strict_and_a_setting_counts_over_its_profile() {
    let mail = |config: Config| config.mail("smtp://127.0.0.1:25");
    let rows = [
        ("session.absolute_max_age", "30d", "none", "90d"),
        ("session.bearer", "false", "true", ""),
        ("session.announce_endings", "true", "true", ""),
        ("email.max_age", "10m", "1d", "5m"),
        ("email.other_browser", "code", "allow", ""),
        ("redirect.bad_callback_url", "home", "home", "refuse"),
    ];
    for (key, strict, compat, other) in rows {
        let said = [
            effective(mail(Config::new().without("profile")), key),
            effective(mail(of(STRICT, Config::new())), key),
            effective(mail(of(COMPAT, Config::new())), key),
        ];
        let wanted = [strict, strict, compat];
        for (said, wanted) in said.iter().zip(wanted) {
            assert_eq!(said.split(' ').next(), Some(wanted), "{key}: {said}");
        }
        // The value of the other profile, or one of neither, in this one.
        let (over, into) = if other.is_empty() { (compat, STRICT) } else { (other, COMPAT) };
        let config = of(into, Config::new());
        let config = match over {
            "true" | "false" => config.raw(key, over),
            _ => config.text(key, over),
        };
        let said = effective(mail(config), key);
        assert!(said.starts_with(over) && said.contains("hallpass.toml"), "{key}: {said}");
    }
}

#[test]
fn no_profile_changes_a_cookies_name() {
    for wire in ["v3", "v4", "v5"] {
        let [strict, compat] = PROFILES.map(|profile| {
            let (_server, browser) = with_ada_signed_in(of(profile, Config::new()).text("wire", wire));
            let mut names = browser.cookie_names();
            names.sort();
            names
        });
        assert_eq!(strict, compat);
        let brand = if wire == "v5" { "authjs" } else { "next-auth" };
        assert!(strict.contains(&format!("{brand}.session-token")), "{strict:?}");
    }
}

#[test]
fn the_database_holds_no_token_in_either() {
    for profile in PROFILES {
        let (server, browser) = with_ada_signed_in(of(profile, Config::database_sessions()));
        assert!(!server.database().holds(&browser.cookie(SESSION).unwrap()), "{profile}");
    }
}

#[test]
fn the_database_holds_no_token_of_a_mail_in_either() {
    for profile in PROFILES {
        let post = Post::start(&[]);
        let server = Server::start(post.plain(of(profile, Config::new())));
        let mut ada = server.browser();
        ask(&mut ada, ADA);
        let link = url::Url::parse(&post.link()).unwrap();
        let (_, token) = link.query_pairs().find(|(name, _)| name == "token").unwrap();
        assert!(server.database().rows("tokens").len() == 1 && !server.database().holds(&token), "{profile}");
        assert!(redeem(&mut ada, link.as_str()).cookie(SESSION).is_some(), "{profile}: it was the token");
    }
}

// A66
#[test]
fn a_read_after_the_sign_out_sets_no_cookie_in_either() {
    for profile in PROFILES {
        for config in strategies() {
            let always = of(profile, config).raw("session.update_age", 0);
            let (_server, mut ada) = with_ada_signed_in(always);
            let mut late = ada.clone();
            ada.submit("signout", &[]);
            let answer = late.get("session");
            assert_eq!((answer.text().as_str(), answer.cookie(SESSION)), ("{}", None), "{profile}");
        }
    }
}

#[test]
fn a_read_rewrites_the_cookie_after_update_age_only_in_either() {
    for profile in PROFILES {
        let (_server, mut browser) = with_ada_signed_in(of(profile, Config::new()));
        assert_eq!(browser.get("session").cookie(SESSION), None, "{profile}");
        let always = of(profile, Config::new()).raw("session.update_age", 0);
        let (_server, mut browser) = with_ada_signed_in(always);
        assert!(browser.get("session").cookie(SESSION).is_some(), "{profile}");
    }
}

#[test]
fn the_public_url_is_the_configured_one_in_either() {
    for profile in PROFILES {
        let server = Server::start(of(profile, Config::new()));
        let lying = Request::get("providers")
            .header("Host", "evil.example")
            .header("X-Forwarded-Host", "evil.example")
            .header("Forwarded", "host=evil.example");
        let text = server.browser().send(lying).text();
        assert!(text.contains(server.url()) && !text.contains("evil"), "{profile}: {text}");
    }
}

#[test]
fn a_provider_is_sent_every_check_in_either_and_pkce_is_left_out_by_name_alone() {
    for profile in PROFILES {
        let server = Server::start(with_oidc(of(profile, Config::new()), "basic"));
        let leads_to = start_oauth(&mut server.browser(), "oidc").location().to_owned();
        for check in ["state=", "nonce=", "code_challenge=", "code_challenge_method=S256"] {
            assert!(leads_to.contains(check), "{profile}: {check}");
        }
        let without = with_oidc(of(profile, Config::new()), "basic").raw("providers.oidc.pkce", false);
        let server = Server::start(without);
        let told = server.command(&["check"], "");
        assert!(told.code == Some(0) && told.text().contains("PKCE"), "{}", told.text());
        let leads_to = start_oauth(&mut server.browser(), "oidc").location().to_owned();
        assert!(leads_to.contains("state=") && leads_to.contains("nonce="), "{profile}");
        assert!(!leads_to.contains("code_challenge"), "{profile}");
    }
}

#[test]
fn a_callback_url_elsewhere_leads_home_in_both_and_is_refused_where_that_is_set() {
    let fields = [("email", ADA), ("password", PASSWORD), ("callbackUrl", "https://evil.example/x")];
    let strict = with_ada(of(STRICT, Config::new()).text("redirect.bad_callback_url", "refuse"));
    let refused = nothing_happens(&strict, || strict.browser().submit("callback/credentials", &fields));
    assert_eq!(refused.status, 400, "{}", refused.text());
    assert!(!refused.text().contains("evil.example"));
    let page = Request::get("signin?callbackUrl=https%3A%2F%2Fevil.example").header("Accept", "text/html");
    let page = nothing_happens(&strict, || strict.browser().send(page));
    assert_eq!((page.status, page.header("content-type")), (400, Some("text/html; charset=utf-8")));
    for profile in PROFILES {
        let server = with_ada(of(profile, Config::new()));
        let home = server.browser().submit("callback/credentials", &fields);
        assert_eq!((home.status, home.location()), (302, server.url()), "{profile}");
        assert!(home.cookie(SESSION).is_some());
    }
    // What somebody else planted in the cookie locks nobody out.
    let mut browser = strict.browser();
    browser.set_cookie("next-auth.callback-url", "https%3A%2F%2Fevil.example");
    let answer = browser.submit("callback/credentials", &fields[..2]);
    assert_eq!((answer.status, answer.location()), (302, strict.url()));
}

#[test]
fn a_session_is_read_from_a_bearer_token_in_compat_alone_and_never_for_a_post() {
    for (strategy, profile) in [("jwt", STRICT), ("jwt", COMPAT), ("database", STRICT), ("database", COMPAT)]
    {
        let config = of(profile, Config::new()).text("session.strategy", strategy);
        let (server, mut ada) = with_ada_signed_in(config);
        let token = ada.cookie(SESSION).unwrap();
        let bearing = |request: Request| request.header("Authorization", format!("Bearer {token}"));
        let answer = server.browser().send(bearing(Request::get("session")));
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["user"]["email"] == ADA, profile == COMPAT, "{profile}, {strategy}");
        let vary = if profile == COMPAT { "Cookie, Authorization" } else { "Cookie" };
        assert_eq!(answer.header("vary"), Some(vary));
        assert!(answer.cookie(SESSION).is_none(), "whoever sends a token gets no cookie for it");
        // What a cookie says counts, also where it says nobody.
        let mut other = server.browser();
        other.set_cookie(SESSION, "bad");
        assert_eq!(other.send(bearing(Request::get("session"))).text(), "{}");
        // A sign-out by such a token signs nobody out.
        let mut stranger = server.browser();
        let csrf = stranger.csrf();
        nothing_happens(&server, || {
            stranger.send(bearing(Request::post("signout", &[("csrfToken", &csrf)])))
        });
        assert!(ada.is_signed_in());
        // A session that is over is nobody's, however it comes.
        ada.submit("signout", &[]);
        assert_eq!(server.browser().send(bearing(Request::get("session"))).text(), "{}");
    }
}

#[test]
fn a_session_in_a_cookie_ends_everywhere_where_it_is_announced() {
    for profile in PROFILES {
        let (server, mut ada) = with_ada_signed_in(of(profile, Config::new()));
        ada.submit("signout", &[]);
        assert_eq!(server.database().rows("endings").len(), 1, "{profile}");
        let unannounced = of(profile, Config::new()).raw("session.announce_endings", false);
        let (server, mut ada) = with_ada_signed_in(unannounced);
        let copy = ada.clone();
        ada.submit("signout", &[]);
        assert_eq!(server.database().rows("endings"), Vec::<String>::new(), "{profile}");
        assert!(!copy.clone().is_signed_in(), "{profile}: the process that ended it knows");
    }
}

#[test]
fn the_asking_browser_needs_no_code_and_a_button_in_either() {
    for profile in PROFILES {
        let post = Post::start(&[]);
        let server = Server::start(post.plain(of(profile, Config::database_sessions())));
        let mut ada = server.browser();
        let told = ask(&mut ada, ADA);
        assert_eq!(told.json().get("code").is_some(), profile == STRICT, "{}", told.text());
        let link = post.link();
        nothing_happens(&server, || ada.send_to(&link, Request::get("")));
        let answer = redeem(&mut ada, &link);
        assert_eq!((answer.status, answer.location()), (302, server.at("/inbox").as_str()), "{profile}");
        assert!(ada.is_signed_in(), "{profile}");
    }
}

// A55
#[test]
fn a_link_opened_in_another_browser_asks_for_the_code_in_strict_and_signs_in_in_compat() {
    for profile in PROFILES {
        let post = Post::start(&[]);
        let server = Server::start(post.plain(of(profile, Config::database_sessions())));
        ask(&mut server.browser(), ADA);
        let link = post.link();
        let mut other = server.browser();
        let page = other.send_to(&link, Request::get(""));
        assert_eq!(page.status, 200);
        assert_eq!(page.text().contains("name=\"code\""), profile == STRICT, "{profile}");
        if profile == COMPAT {
            assert!(press(&mut other, &page, "callback/email").cookie(SESSION).is_some());
            continue;
        }
        // Pressing the button without a code is no way around it, nor does it cost a try.
        for _ in 0..6 {
            let refused = nothing_happens(&server, || press(&mut other, &page, "callback/email"));
            assert_eq!((refused.status, refused.cookie(SESSION)), (403, None));
        }
        assert!(!other.is_signed_in());
    }
}

#[test]
fn whoever_sees_the_asking_screen_signs_in_in_another_browser() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(of(STRICT, Config::database_sessions())));
    let mut laptop = server.browser();
    let code = ask(&mut laptop, ADA).json()["code"].as_str().unwrap().to_owned();
    // The page shows the same to the browser that asked, and to no other.
    let page = laptop.get("verify-request");
    assert!(page.text().contains(&code));
    assert_eq!(page.header("cache-control"), Some("private, no-cache, no-store"));
    assert!(!server.browser().get("verify-request").text().contains(&code));
    let link = post.link();
    let mail = post.messages();
    assert!(!mail.last().unwrap().to_string().contains(&code), "the mail says the code");
    assert!(!server.database().holds(&code) && !server.database().holds(&code.replace('-', "")));
    let mut phone = server.browser();
    let page = phone.send_to(&link, Request::get(""));
    // As people type it.
    let answer = type_code(&mut phone, &page, &format!(" {} ", code.replace('-', " ").to_lowercase()));
    assert_eq!((answer.status, answer.location()), (302, server.at("/inbox").as_str()), "{}", answer.text());
    assert!(phone.is_signed_in() && !laptop.is_signed_in());
    let again = nothing_happens(&server, || type_code(&mut server.browser(), &page, &code));
    assert!(again.cookie(SESSION).is_none());
}

#[test]
fn five_wrong_codes_void_the_link_for_everybody() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(of(STRICT, Config::database_sessions())));
    let mut ada = server.browser();
    let code = ask(&mut ada, ADA).json()["code"].as_str().unwrap().to_owned();
    let link = post.link();
    let mut thief = server.browser();
    let page = thief.send_to(&link, Request::get(""));
    for wrong in ["BBBB-BBBB", "BBBBBBBB", "0", "\u{1f512}"] {
        let answer = type_code(&mut thief, &page, wrong);
        assert_eq!((answer.status, answer.cookie(SESSION)), (403, None), "{wrong}");
        assert!(answer.text().contains("That is not the code."), "{}", answer.text());
    }
    let error = server.at("/api/auth/error?error=Verification");
    assert_eq!(type_code(&mut thief, &page, "BBBB-BBBC").location(), error);
    server.log.told(&["event", "mail_code_wrong"]);
    // The right code comes too late, and so does the browser that asked.
    assert_eq!(type_code(&mut thief, &page, &code).location(), error);
    assert_eq!(ada.send_to(&link, Request::get("")).location(), error);
    assert_eq!(server.database().rows("users"), Vec::<String>::new());
}

#[test]
fn a_flood_of_codes_from_everywhere_has_five_tries_together() {
    let post = Post::start(&[]);
    let server = Arc::new(Server::start(post.plain(of(STRICT, Config::database_sessions()))));
    ask(&mut server.browser(), ADA);
    let link = post.link();
    let threads: Vec<_> = (0..20)
        .map(|_| {
            let (server, link) = (server.clone(), link.clone());
            std::thread::spawn(move || {
                let mut browser = server.browser();
                let page = browser.send_to(&link, Request::get(""));
                // Where the others were faster the link is void already.
                if page.status == 200 { type_code(&mut browser, &page, "BCDF-GHJK").status } else { 302 }
            })
        })
        .collect();
    let told: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(told.iter().filter(|status| **status == 403).count() <= 4, "{told:?}");
    assert_eq!(server.browser().send_to(&link, Request::get("")).status, 302);
}

#[test]
fn the_code_of_another_link_opens_nothing() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(of(STRICT, Config::database_sessions())));
    // Somebody else asks for a link to her address, and for one to his own: he knows the codes of both.
    let mut mallory = server.browser();
    let code = |answer: &Response| answer.json()["code"].as_str().unwrap().to_owned();
    let his = code(&ask(&mut mallory, "mallory@mail.example"));
    ask(&mut server.browser(), ADA);
    let link = post.link();
    let mut browser = server.browser();
    let page = browser.send_to(&link, Request::get(""));
    assert_eq!(type_code(&mut browser, &page, &his).status, 403);
    // Nor does having asked for another link make him the asking browser of this one.
    let page = mallory.send_to(&link, Request::get(""));
    assert!(page.text().contains("name=\"code\""));
    assert_eq!(press(&mut mallory, &page, "callback/email").status, 403);
    assert!(!mallory.is_signed_in() && !browser.is_signed_in());
}

#[test]
fn a_copied_or_planted_cookie_of_another_kind_makes_no_asking_browser() {
    let post = Post::start(&[]);
    let server = Server::start(with_oidc(post.plain(of(STRICT, Config::new())), "basic"));
    // Cookies that the server sealed or signed for another purpose.
    let mut mallory = server.browser();
    mallory.sign_up("mallory@mail.example", PASSWORD);
    start_oauth(&mut mallory, "oidc");
    let transaction = mallory.cookie_names().into_iter().find(|name| name.contains(".state.")).unwrap();
    let others = [SESSION, CSRF, &transaction].map(|name| mallory.cookie(name).unwrap());
    let mut ada = server.browser();
    ask(&mut ada, ADA);
    let name = "next-auth.mail-link";
    let sealed = ada.cookie(name).expect("the asking browser is remembered");
    let link = post.link();
    let half = &sealed[..sealed.len() / 2];
    let of_another_kind = others.iter().map(String::as_str);
    for planted in ["", "[]", "null", half, &sealed.to_uppercase()].into_iter().chain(of_another_kind) {
        let mut other = server.browser();
        other.set_cookie(name, planted);
        let page = other.send_to(&link, Request::get(""));
        assert!(page.text().contains("name=\"code\""), "{planted:?}");
    }
    redeem(&mut ada, &link);
    assert_eq!(ada.cookie(name), None, "a link that has done its work is forgotten");
}

#[test]
fn clients_of_every_generation_sign_in_by_mail_in_the_same_browser() {
    for wire in ["v3", "v4", "v5"] {
        let post = Post::start(&[]);
        let server = Server::start(post.plain(of(STRICT, Config::new()).text("wire", wire)));
        let mut ada = server.browser();
        let answer = ada.submit("signin/email", &[("email", ADA), ("callbackUrl", "/inbox")]);
        assert_eq!(answer.status, 302, "{wire}: {}", answer.text());
        assert!(ada.follow(answer).text().contains("another device"), "{wire}");
        let answer = redeem(&mut ada, &post.link());
        assert_eq!((answer.status, answer.location()), (302, server.at("/inbox").as_str()), "{wire}");
        assert_eq!(ada.session()["user"]["email"], ADA, "{wire}");
    }
}

#[test]
fn in_neither_profile_does_what_a_stranger_put_on_an_address_survive_its_owner() {
    let post = Post::start(&[]);
    for profile in PROFILES {
        let server = Server::start(post.plain(of(profile, Config::database_sessions())));
        let mut mallory = server.browser();
        mallory.sign_up(ADA, PASSWORD);
        assert!(mallory.is_signed_in());
        let mut ada = server.browser();
        ask(&mut ada, ADA);
        redeem(&mut ada, &post.link());
        assert!(ada.is_signed_in() && !mallory.is_signed_in(), "{profile}");
        let mut again = server.browser();
        again.sign_in(ADA, PASSWORD);
        assert!(!again.is_signed_in(), "{profile}: the stranger's password");
    }
}

#[test]
fn in_neither_profile_does_a_header_say_where_the_site_is() {
    for profile in PROFILES {
        let server = Server::start(of(profile, Config::new()).raw("trusted_proxies", "[\"127.0.0.1\"]"));
        let forged = Request::get("providers")
            .header("X-Forwarded-Host", "evil.example")
            .header("X-Forwarded-Proto", "https")
            .header("Forwarded", "host=evil.example;proto=https");
        let answer = server.browser().send(forged);
        assert_eq!(answer.status, 200);
        assert!(!answer.text().contains("evil.example"), "{profile}: {}", answer.text());
        assert!(answer.text().contains(server.url()), "{profile}");
    }
}

#[test]
fn in_neither_profile_does_an_application_that_is_down_let_anybody_in() {
    for profile in PROFILES {
        let nobody = format!("http://127.0.0.1:{}/hook", e2e::closed_port());
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let config = of(profile, Config::new())
            .text("hooks.url", &nobody)
            .text("hooks.secret", secret)
            .secret(secret)
            .raw("hooks.ask", "[\"signIn\"]");
        let server = Server::start(config);
        let answer = server.browser().sign_up(ADA, PASSWORD);
        assert_eq!((answer.status, answer.cookie(SESSION)), (503, None), "{profile}");
    }
}
