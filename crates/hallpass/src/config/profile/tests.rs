//! Every row of the table of profiles, in both.

use std::collections::BTreeSet;

use http::Request;
use http_body_util::Full;

use super::*;
use crate::browser::{Browser, SESSION, SITE};
use crate::config::builder::AuthBuilder;
use crate::config::{Auth, PasswordOptions};
use crate::secret::Secret;
use crate::world::fixed::Fixed;

const MINUTE: Duration = Duration::from_secs(60);
/// Asks for a link as a script does.
const ASK: &str = "email=ada%40example.com&callbackUrl=%2Fafter&json=true";

/// A server on a profile alone, with passwords and mail links.
fn on(profile: Profile, fixed: &Fixed) -> AuthBuilder {
    Auth::builder(SITE, vec![Secret::new("topsecret")], fixed.world())
        .profile(profile)
        .passwords(PasswordOptions::default())
        .email(profile.email())
}

fn both() -> [(Profile, Fixed, Auth); 2] {
    Profile::ALL.map(|profile| {
        let fixed = Fixed::new();
        let auth = on(profile, &fixed).build().unwrap();
        (profile, fixed, auth)
    })
}

/// The path of the link that was mailed last, and the form that its page posts.
fn mailed(fixed: &Fixed) -> (String, String) {
    let mail = fixed.mail.sent.lock().unwrap().last().unwrap().clone();
    let link = mail.text.split_whitespace().find(|word| word.starts_with("http")).unwrap();
    let path = link.strip_prefix(&format!("{SITE}/api/auth")).unwrap().to_owned();
    let token = path.split_once("token=").unwrap().1.split('&').next().unwrap().to_owned();
    (path, format!("token={token}&email=ada%40example.com"))
}

fn code_of(asked: &crate::browser::Answer) -> String {
    asked.json()["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_name_that_is_none_is_no_profile() {
    assert_eq!("Strict".parse::<Profile>(), Err(UnknownProfile));
    for (profile, name) in Profile::ALL.into_iter().zip(Profile::NAMES) {
        assert_eq!((profile.name(), name.parse()), (*name, Ok(profile)));
    }
}

#[test]
fn the_levels_of_assurance_limit_what_the_profile_leaves_open() {
    let compat = Profile::Compat.session();
    let one = compat.clone().assured(Assurance::Aal1);
    assert_eq!((one.max_age, one.absolute_max_age), (30 * DAY, Some(30 * DAY)));
    let two = compat.clone().assured(Assurance::Aal2);
    assert_eq!((two.max_age, two.absolute_max_age), (DAY / 24, Some(DAY)));
    assert_eq!((two.bearer, two.strategy), (compat.bearer, compat.strategy));
}

#[tokio::test]
async fn no_cookie_of_next_auths_is_called_otherwise_in_strict() {
    let mut names = Vec::new();
    for (_, _, auth) in both() {
        let mut browser = Browser::new(&auth);
        browser.sign_up("eve@example.com", "correct-horse").await;
        names.push(browser.cookies.keys().cloned().collect::<BTreeSet<_>>());
    }
    assert_eq!(names[0], names[1]);
    assert!(names[0].contains(SESSION));
}

#[tokio::test]
async fn a_copy_of_a_cookie_is_worth_nothing_elsewhere_after_its_sign_out_unless_nobody_is_told() {
    for profile in Profile::ALL {
        for endings in [Endings::Announced, Endings::Unannounced] {
            let fixed = Fixed::new();
            let options = SessionOptions { endings, ..profile.session() };
            let here = on(profile, &fixed).session(options.clone()).build().unwrap();
            let elsewhere = on(profile, &fixed).session(options).build().unwrap();
            let mut browser = Browser::new(&here);
            browser.sign_up("ada@example.com", "correct-horse").await;
            let copy = browser.cookies.clone();
            browser.post("/signout", "").await;
            for (auth, refused) in [(&here, true), (&elsewhere, endings == Endings::Announced)] {
                auth.learn_ended().await.unwrap();
                let mut thief = Browser::new(auth);
                thief.cookies = copy.clone();
                assert_eq!(
                    thief.session().await == serde_json::json!({}),
                    refused,
                    "{profile:?} {endings:?}"
                );
            }
        }
        assert_eq!(profile.session().endings, Endings::Announced);
    }
}

#[tokio::test]
async fn a_session_in_daily_use_ends_after_thirty_days_in_strict_alone() {
    for (profile, fixed, auth) in both() {
        let mut browser = Browser::new(&auth);
        browser.sign_up("ada@example.com", "correct-horse").await;
        for _ in 0..29 {
            fixed.clock.advance(DAY);
            assert_eq!(browser.session().await["user"]["name"], "Ada", "{profile:?}");
        }
        fixed.clock.advance(DAY);
        let over = browser.session().await == serde_json::json!({});
        assert_eq!(over, profile == Profile::Strict);
    }
}

#[tokio::test]
async fn a_read_sets_the_cookie_anew_past_update_age_alone() {
    for (profile, fixed, auth) in both() {
        let mut browser = Browser::new(&auth);
        browser.sign_up("ada@example.com", "correct-horse").await;
        fixed.clock.advance(DAY - Duration::from_secs(1));
        assert!(!browser.get("/session").await.touches(SESSION), "{profile:?}");
        fixed.clock.advance(Duration::from_secs(1));
        assert!(browser.get("/session").await.touches(SESSION), "{profile:?}");
    }
}

#[tokio::test]
async fn a_link_lasts_ten_minutes_in_strict_and_a_day_in_compat() {
    for (profile, fixed, auth) in both() {
        let mut browser = Browser::new(&auth);
        browser.post("/signin/email", ASK).await;
        let (path, _) = mailed(&fixed);
        fixed.clock.advance(profile.email().max_age - Duration::from_millis(1));
        assert_eq!(browser.get(&path).await.status, 200, "{profile:?}");
        fixed.clock.advance(Duration::from_millis(1));
        assert_eq!(browser.get(&path).await.status, 302, "{profile:?}");
    }
}

#[tokio::test]
async fn the_asking_browser_needs_no_code_and_opening_the_link_spends_nothing_in_both() {
    for (profile, fixed, auth) in both() {
        let mut browser = Browser::new(&auth);
        let asked = browser.post("/signin/email", ASK).await;
        assert_eq!(asked.json().get("code").is_some(), profile == Profile::Strict);
        let (path, form) = mailed(&fixed);
        for _ in 0..2 {
            let page = browser.get(&path).await;
            assert!(page.status == 200 && !page.touches(SESSION) && !page.body.contains("name=\"code\""));
        }
        let answer = browser.post("/callback/email", &form).await;
        assert_eq!(answer.location.unwrap(), format!("{SITE}/after"), "{profile:?}");
        assert!(!browser.cookies.contains_key("next-auth.mail-link"), "{profile:?}");
    }
}

#[tokio::test]
async fn another_browser_signs_in_with_the_button_in_compat_and_with_the_code_in_strict() {
    for (profile, fixed, auth) in both() {
        let asked = Browser::new(&auth).post("/signin/email", ASK).await;
        let (path, form) = mailed(&fixed);
        let mut other = Browser::new(&auth);
        let page = other.get(&path).await;
        assert_eq!((page.status, page.body.contains("name=\"code\"")), (200, profile == Profile::Strict));
        let pressed = other.post("/callback/email", &form).await;
        if profile == Profile::Compat {
            assert_eq!(pressed.status, 302);
            continue;
        }
        assert_eq!((pressed.status, pressed.touches(SESSION)), (403, false));
        // As people type: without the dash, in small letters, with a space after it.
        let typed = code_of(&asked).replace('-', "").to_lowercase() + "+";
        let answer = other.post("/callback/email", &format!("{form}&code={typed}")).await;
        assert_eq!(answer.location.unwrap(), format!("{SITE}/after"));
        assert_eq!(other.session().await["user"]["email"], "ada@example.com");
        let again = Browser::new(&auth).post("/callback/email", &format!("{form}&code={typed}")).await;
        assert_eq!(again.location.unwrap(), format!("{SITE}/api/auth/error?error=Verification"));
    }
}

#[tokio::test]
async fn the_fifth_wrong_code_takes_the_link_with_it_even_from_who_asked() {
    let fixed = Fixed::new();
    let auth = on(Profile::Strict, &fixed).build().unwrap();
    let mut asker = Browser::new(&auth);
    let right = code_of(&asker.post("/signin/email", ASK).await);
    let (path, form) = mailed(&fixed);
    for left in ["4 more times", "3 more times", "2 more times", "once more"] {
        // Each from another browser: the tries are the link's.
        let wrong = Browser::new(&auth).post("/callback/email", &format!("{form}&code=BBBB-BBBB")).await;
        assert_eq!(wrong.status, 403);
        assert!(wrong.body.contains(left) && !wrong.touches(SESSION), "{}", wrong.body);
    }
    let last = Browser::new(&auth).post("/callback/email", &format!("{form}&code=BBBB-BBBB")).await;
    assert_eq!(last.location.unwrap(), format!("{SITE}/api/auth/error?error=Verification"));
    let late = Browser::new(&auth).post("/callback/email", &format!("{form}&code={right}")).await;
    assert_eq!(late.location.unwrap(), format!("{SITE}/api/auth/error?error=Verification"));
    assert_eq!(asker.get(&path).await.status, 302);
}

#[tokio::test]
async fn the_fifth_try_may_be_the_right_one_and_an_empty_one_is_none() {
    let fixed = Fixed::new();
    let auth = on(Profile::Strict, &fixed).build().unwrap();
    let right = code_of(&Browser::new(&auth).post("/signin/email", ASK).await);
    let (_, form) = mailed(&fixed);
    let mut other = Browser::new(&auth);
    for code in ["", "+", "", "ZZZZ", "BBBB-BBBB", "%C3%A4", &format!("{right}B")] {
        assert_eq!(other.post("/callback/email", &format!("{form}&code={code}")).await.status, 403);
    }
    assert_eq!(other.post("/callback/email", &format!("{form}&code={right}")).await.status, 302);
}

#[tokio::test]
async fn the_code_of_another_link_is_refused() {
    let fixed = Fixed::new();
    let auth = on(Profile::Strict, &fixed).build().unwrap();
    let mut asker = Browser::new(&auth);
    let first = code_of(&asker.post("/signin/email", ASK).await);
    let (_, first_form) = mailed(&fixed);
    let second = code_of(&asker.post("/signin/email", ASK).await);
    let (_, second_form) = mailed(&fixed);
    assert_ne!(first, second);
    let mut other = Browser::new(&auth);
    for (form, code) in [(&first_form, &second), (&second_form, &first)] {
        assert_eq!(other.post("/callback/email", &format!("{form}&code={code}")).await.status, 403);
    }
    assert_eq!(other.post("/callback/email", &format!("{second_form}&code={second}")).await.status, 302);
}

#[tokio::test]
async fn a_planted_forged_or_foreign_cookie_makes_no_browser_the_asking_one() {
    const NAME: &str = "next-auth.mail-link";
    let fixed = Fixed::new();
    let auth = on(Profile::Strict, &fixed).build().unwrap();
    let mut stranger = Browser::new(&auth);
    stranger.post("/signin/email", "email=eve%40example.com&json=true").await;
    Browser::new(&auth).post("/signin/email", ASK).await;
    let (path, form) = mailed(&fixed);
    let elsewhere = Auth::builder(SITE, vec![Secret::new("another")], Fixed::new().world());
    let mut foreign = Browser::new(&elsewhere.email(Profile::Strict.email()).build().unwrap());
    foreign.post("/signin/email", ASK).await;
    for value in [&stranger.cookies[NAME], &foreign.cookies[NAME], "x", "", "a.b.c.d.e"] {
        let mut browser = Browser::new(&auth);
        browser.cookies.insert(NAME.into(), value.to_owned());
        assert!(browser.get(&path).await.body.contains("name=\"code\""));
        assert_eq!(browser.post("/callback/email", &form).await.status, 403);
    }
}

#[tokio::test]
async fn a_code_is_good_for_ten_minutes_however_long_the_link_is() {
    let fixed = Fixed::new();
    let email = EmailOptions { max_age: DAY, ..Profile::Strict.email() };
    let auth = on(Profile::Strict, &fixed).email(email).build().unwrap();
    let mut asker = Browser::new(&auth);
    let code = code_of(&asker.post("/signin/email", ASK).await);
    let (path, form) = mailed(&fixed);
    fixed.clock.advance(10 * MINUTE - Duration::from_millis(1));
    assert!(asker.get("/verify-request").await.body.contains(&code));
    assert_eq!(Browser::new(&auth).get(&path).await.status, 200);
    fixed.clock.advance(Duration::from_millis(1));
    assert!(!asker.get("/verify-request").await.body.contains(&code));
    assert_eq!(Browser::new(&auth).get(&path).await.status, 302);
    let late = Browser::new(&auth).post("/callback/email", &format!("{form}&code={code}")).await;
    assert_eq!(late.location.unwrap(), format!("{SITE}/api/auth/error?error=Verification"));
    assert_eq!(asker.post("/callback/email", &form).await.location.unwrap(), format!("{SITE}/after"));
}

#[tokio::test]
async fn the_code_is_told_to_the_asking_browser_and_stands_in_no_mail() {
    let fixed = Fixed::new();
    let auth = on(Profile::Strict, &fixed).build().unwrap();
    let mut asker = Browser::new(&auth);
    let code = code_of(&asker.post("/signin/email", ASK).await);
    assert!(asker.get("/verify-request").await.body.contains(&code));
    assert!(!Browser::new(&auth).get("/verify-request").await.body.contains("class=\"code\""));
    let request = || {
        let request = Request::get("/api/auth/verify-request").header("x-auth-return-redirect", "1");
        request.body(Full::default()).unwrap()
    };
    assert_eq!(asker.send(request()).await.json()["code"], code.as_str());
    let mail = fixed.mail.sent.lock().unwrap().last().unwrap().clone();
    for part in [&mail.subject, &mail.text, &mail.html] {
        assert!(!part.contains(&code) && !part.contains(&code.replace('-', "")));
    }
}

#[tokio::test]
async fn a_code_outlives_a_change_of_secrets() {
    let fixed = Fixed::new();
    let auth = on(Profile::Strict, &fixed).build().unwrap();
    let code = code_of(&Browser::new(&auth).post("/signin/email", ASK).await);
    let (_, form) = mailed(&fixed);
    let secrets = vec![Secret::new("the next"), Secret::new("topsecret")];
    let changed = Auth::builder(SITE, secrets, fixed.world()).email(Profile::Strict.email()).build().unwrap();
    let answer = Browser::new(&changed).post("/callback/email", &format!("{form}&code={code}")).await;
    assert_eq!(answer.status, 302);
}

#[tokio::test]
async fn a_callback_url_of_another_site_is_the_site_itself_in_both_and_refused_where_that_is_set() {
    let refusing = |profile| {
        let builder =
            Auth::builder(SITE, vec![Secret::new("topsecret")], Fixed::new().world()).profile(profile);
        builder
            .passwords(PasswordOptions::default())
            .bad_callback_url(BadCallbackUrl::Refuse)
            .build()
            .unwrap()
    };
    let as_they_are = both().map(|(_, _, auth)| (false, auth));
    let told_to = Profile::ALL.map(|profile| (true, refusing(profile)));
    for (refuses, auth) in as_they_are.into_iter().chain(told_to) {
        for wish in ["https://evil.example/", "javascript:alert(1)", "https://[::1"] {
            let wish = crate::cookies::encode_component(wish);
            let request =
                Request::get(format!("/api/auth/signin?callbackUrl={wish}")).header("accept", "text/html");
            let page = Browser::new(&auth).send(request.body(Full::default()).unwrap()).await;
            let form = format!("email=a%40b.example&password=x&json=true&callbackUrl={wish}");
            let posted = Browser::new(&auth).post("/callback/credentials", &form).await;
            if refuses {
                assert_eq!((page.status, posted.status), (400, 400), "{wish}");
                assert!(page.body.contains("<h1>That address cannot be used</h1>"));
                assert!(posted.url().contains("error"));
            } else {
                assert_eq!((page.status, posted.status), (200, 401), "{wish}");
            }
        }
        for wish in ["/", "/a", SITE, "http://localhost:4405/a", ""] {
            let path = format!("/signin?callbackUrl={wish}");
            assert_eq!(Browser::new(&auth).get(&path).await.status, 200, "{wish}");
        }
    }
}

#[tokio::test]
async fn a_bearer_token_reads_a_session_in_compat_alone_and_writes_nothing_anywhere() {
    for (profile, fixed, auth) in both() {
        let mut owner = Browser::new(&auth);
        owner.sign_up("ada@example.com", "correct-horse").await;
        let token = owner.cookies[SESSION].clone();
        let asked = |method: &str, path: &str, header: &str| {
            let request = Request::builder().method(method).uri(format!("/api/auth{path}"));
            request.header("authorization", header).body(Full::default()).unwrap()
        };
        fixed.clock.advance(DAY);
        for scheme in ["Bearer", "bearer"] {
            let answer =
                Browser::new(&auth).send(asked("GET", "/session", &format!("{scheme} {token}"))).await;
            assert_eq!(answer.json() != serde_json::json!({}), profile == Profile::Compat);
            let varies = if profile == Profile::Compat { "Cookie, Authorization" } else { "Cookie" };
            assert_eq!(answer.headers["vary"], varies);
            assert_eq!(answer.headers["cache-control"], "private, no-cache, no-store");
            assert!(!answer.touches(SESSION) && !answer.headers.contains_key("access-control-allow-origin"));
        }
        for header in [format!("Basic {token}"), token.clone(), "Bearer ".into(), "Bearer x".into()] {
            let answer = Browser::new(&auth).send(asked("GET", "/session", &header)).await;
            assert_eq!(answer.body, "{}", "{profile:?}");
        }
        for path in ["/signout", "/session"] {
            let answer = Browser::new(&auth).send(asked("POST", path, &format!("Bearer {token}"))).await;
            assert!(!answer.touches(SESSION) && !answer.body.contains("ada@"), "{profile:?} {path}");
        }
        assert_eq!(owner.session().await["user"]["name"], "Ada", "nobody signed her out");
    }
}

#[tokio::test]
async fn a_cookie_counts_before_a_bearer_token() {
    let fixed = Fixed::new();
    let auth = on(Profile::Compat, &fixed).build().unwrap();
    let mut ada = Browser::new(&auth);
    ada.sign_up("ada@example.com", "correct-horse").await;
    let mut eve = Browser::new(&auth);
    eve.sign_up("eve@example.com", "correct-horse").await;
    let bearer = format!("Bearer {}", eve.cookies[SESSION]);
    let request = Request::get("/api/auth/session").header("authorization", bearer);
    let answer = ada.send(request.body(Full::default()).unwrap()).await;
    assert_eq!(answer.json()["user"]["email"], "ada@example.com");
}

#[tokio::test]
async fn neither_a_forwarded_host_nor_a_host_moves_the_links_in_either() {
    for (profile, fixed, auth) in both() {
        let mut browser = Browser::new(&auth);
        let token = browser.csrf_token().await;
        let request = Request::post("/api/auth/signin/email")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("host", "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("forwarded", "host=evil.example");
        let body = format!("{ASK}&csrfToken={token}");
        let answer = browser.send(request.body(Full::from(body)).unwrap()).await;
        assert!(answer.url().starts_with(SITE), "{profile:?}");
        assert!(!fixed.mail.sent.lock().unwrap().last().unwrap().text.contains("evil"), "{profile:?}");
    }
}

#[tokio::test]
async fn what_is_set_counts_over_the_profile_in_whatever_order() {
    let fixed = Fixed::new();
    let auth = on(Profile::Strict, &fixed)
        .bad_callback_url(BadCallbackUrl::LeadHome)
        .session(Profile::Compat.session())
        .email(Profile::Compat.email())
        .profile(Profile::Strict)
        .build()
        .unwrap();
    assert_eq!(Browser::new(&auth).get("/signin?callbackUrl=https%3A%2F%2Fevil.example").await.status, 200);
    Browser::new(&auth).post("/signin/email", ASK).await;
    let (_, form) = mailed(&fixed);
    let mut other = Browser::new(&auth);
    assert_eq!(other.post("/callback/email", &form).await.status, 302);
    fixed.clock.advance(DAY * 29);
    other.session().await;
    fixed.clock.advance(DAY * 2);
    assert_eq!(other.session().await["user"]["email"], "ada@example.com");
}
