//! Passwords that are changed and forgotten, in the fixed world.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hallpass_store::{OneTimeToken, Purpose, TokenHash};

use crate::browser::{Answer, Browser, SESSION, SITE, builder, token_of_last_mail};
use crate::config::{Auth, EmailOptions, PasswordOptions, Strategy};
use crate::credentials::{Authorize, AuthorizeError, Credentials, Identity, Input};
use crate::secret::Secret;
use crate::session::Session;
use crate::world::fixed::Fixed;
use crate::world::{MailError, Pending};

const BOTH: [Strategy; 2] = [Strategy::Jwt, Strategy::Database];
const OLD: &str = "correct-horse";
const NEW: &str = "battery-staple";
const RESET: &str = "/password/reset";
const LINK: &str = "/password/new";

async fn signed_up(fixed: &Fixed, auth: &Auth) -> Browser {
    let mut browser = Browser::new(auth);
    assert!(browser.sign_up("ada@example.com", OLD).await.touches(SESSION));
    fixed.clock.advance(Duration::from_secs(1));
    browser
}

async fn sign_in(auth: &Auth, password: &str) -> (Browser, u16) {
    let mut browser = Browser::new(auth);
    let form = format!("email=ada%40example.com&password={password}&json=true");
    let status = browser.post("/callback/credentials", &form).await.status;
    (browser, status)
}

async fn change(browser: &mut Browser, current: &str, new: &str) -> Answer {
    browser.post("/password", &format!("currentPassword={current}&newPassword={new}")).await
}

/// Asks for a link and answers with the form's fields, but for the password.
async fn ask(fixed: &Fixed, auth: &Auth) -> String {
    let answer = Browser::new(auth).post(RESET, "email=Ada%40Example.com").await;
    assert_eq!(answer.location.unwrap(), format!("{SITE}/api/auth/password/reset?sent=true"));
    format!("token={}&email=ada%40example.com", token_of_last_mail(fixed))
}

async fn set(browser: &mut Browser, link: &str, new: &str) -> Answer {
    browser.post(LINK, &format!("{link}&newPassword={new}")).await
}

fn is_gone(answer: &Answer) -> bool {
    let url = answer.location.clone().unwrap_or_default();
    url == format!("{SITE}/api/auth/password/reset?error=Verification")
}

fn is_set(answer: &Answer) -> bool {
    assert!(!answer.set_cookies.iter().any(|line| line.starts_with(SESSION) && !line.contains("Max-Age=0")));
    answer.location.as_deref().is_some_and(|url| url.ends_with("&notice=PasswordChanged"))
}

fn mails(fixed: &Fixed) -> Vec<String> {
    fixed.mail.sent.lock().unwrap().iter().map(|mail| mail.subject.clone()).collect()
}

#[tokio::test]
async fn a_change_ends_every_other_session_and_this_one_gets_another_token() {
    for strategy in BOTH {
        let fixed = Fixed::new();
        let auth = builder(&fixed, strategy).build().unwrap();
        let mut here = signed_up(&fixed, &auth).await;
        let (mut phone, _) = sign_in(&auth, OLD).await;
        fixed.clock.advance(Duration::from_secs(1));
        let copied = here.cookies.clone();
        let answer = change(&mut here, OLD, NEW).await;
        assert_eq!(answer.location.as_deref(), Some(&*format!("{SITE}/api/auth/password?done=true")));
        assert_ne!(copied[SESSION], here.cookies[SESSION]);
        assert_eq!(here.session().await["user"]["email"], "ada@example.com");
        assert!(here.get("/password?done=true").await.body.contains("Your password was changed"));
        assert_eq!(phone.session().await, serde_json::json!({}));
        here.cookies = copied;
        assert_eq!(here.session().await, serde_json::json!({}), "the token of before is worth nothing");
        assert_eq!((sign_in(&auth, OLD).await.1, sign_in(&auth, NEW).await.1), (401, 200));
        assert_eq!(mails(&fixed), ["Your password was changed at localhost:4405"]);
    }
}

#[tokio::test]
async fn other_processes_learn_of_the_sessions_that_a_change_ended() {
    let fixed = Fixed::new();
    let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
    let mut here = signed_up(&fixed, &auth).await;
    let beside = builder(&fixed, Strategy::Jwt).build().unwrap();
    let (mut phone, _) = sign_in(&beside, OLD).await;
    fixed.clock.advance(Duration::from_secs(1));
    change(&mut here, OLD, NEW).await;
    beside.learn_ended().await.unwrap();
    assert_eq!(phone.session().await, serde_json::json!({}));
    here.auth = beside;
    assert_eq!(here.session().await["user"]["name"], "Ada", "and this one goes on there");
}

#[tokio::test]
async fn a_session_is_no_younger_for_a_change_of_password() {
    for strategy in BOTH {
        let fixed = Fixed::new();
        let auth = builder(&fixed, strategy).build().unwrap();
        let mut here = signed_up(&fixed, &auth).await;
        let before = signed_in_at(&here).await;
        fixed.clock.advance(Duration::from_secs(3600));
        change(&mut here, OLD, NEW).await;
        assert_eq!(signed_in_at(&here).await, before);
    }
}

async fn signed_in_at(browser: &Browser) -> hallpass_store::Timestamp {
    let pairs: Vec<_> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut headers = http::HeaderMap::new();
    headers.insert("cookie", pairs.join("; ").parse().unwrap());
    let cookies = crate::cookies::Cookies::parse(&headers).unwrap();
    let setup = &browser.auth.0;
    let now = setup.world.clock.now();
    let current = crate::session::read(setup, &cookies, now, crate::session::Renew::Never).await.unwrap();
    let session: Session = current.unwrap().session;
    session.signed_in
}

#[tokio::test]
async fn a_wrong_current_password_changes_nothing_and_is_said() {
    for strategy in BOTH {
        let fixed = Fixed::new();
        let auth = builder(&fixed, strategy).build().unwrap();
        let mut here = signed_up(&fixed, &auth).await;
        for wrong in ["", "wrong-horse", "Correct-horse", "correct-horse%00", &"a".repeat(1025)] {
            let before = here.cookies.clone();
            let answer = change(&mut here, wrong, NEW).await;
            assert_eq!(answer.status, 400, "{wrong}");
            assert!(answer.body.contains("That is not your current password."));
            let form = format!("currentPassword={wrong}&newPassword={NEW}&json=true");
            let answer = here.post("/password", &form).await;
            let url = format!("{SITE}/api/auth/password?error=CredentialsSignin");
            assert_eq!((answer.status, answer.url()), (401, url));
            assert_eq!(before, here.cookies);
        }
        assert_eq!(sign_in(&auth, OLD).await.1, 200);
        assert_eq!(mails(&fixed), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_password_of_no_fit_length_is_refused_before_anything_is_hashed() {
    let fixed = Fixed::new();
    let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
    let mut here = signed_up(&fixed, &auth).await;
    let link = ask(&fixed, &auth).await;
    for unfit in ["", "1234567", &"a".repeat(1025), &"%C3%A4".repeat(600)] {
        let compared = fixed.passwords.compared.load(Ordering::Relaxed);
        let answer = change(&mut here, OLD, unfit).await;
        assert!(answer.status == 400 && answer.body.contains("must have 8 to 1024"), "{}", answer.status);
        let answer = set(&mut here, &link, unfit).await;
        assert!(answer.status == 400 && answer.body.contains("must have 8 to 1024"), "{}", answer.status);
        assert_eq!(fixed.passwords.compared.load(Ordering::Relaxed), compared);
        let json = here.post(LINK, &format!("{link}&newPassword={unfit}&json=true")).await;
        assert_eq!(
            (json.status, json.url()),
            (400, format!("{SITE}/api/auth/password/new?error=PasswordUnfit"))
        );
    }
    assert!(is_set(&set(&mut Browser::new(&auth), &link, NEW).await), "the link was not spent");
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_sent_to_the_sign_in_page_and_back() {
    let fixed = Fixed::new();
    let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
    signed_up(&fixed, &auth).await;
    let mut nobody = Browser::new(&auth);
    let back = "callbackUrl=http%3A%2F%2Flocalhost%3A4405%2Fapi%2Fauth%2Fpassword&error=SessionRequired";
    let there = format!("{SITE}/api/auth/signin?{back}");
    assert_eq!(nobody.get("/password").await.location, Some(there.clone()));
    assert_eq!(change(&mut nobody, OLD, NEW).await.location, Some(there.clone()));
    let form = format!("currentPassword={OLD}&newPassword={NEW}&json=true");
    let answer = nobody.post("/password", &form).await;
    assert_eq!((answer.status, answer.url()), (401, there));
    assert_eq!(fixed.passwords.compared.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn the_page_leads_on_to_where_was_asked_and_never_round_to_itself() {
    let fixed = Fixed::new();
    let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
    let mut ada = signed_up(&fixed, &auth).await;
    for (wish, leads) in [
        ("%2Fsettings%3Fa%3Db", format!("{SITE}/settings?a=b")),
        ("%2Fapi%2Fauth%2Fpassword", SITE.into()),
        ("%2Fapi%2Fauth%2Fpassword%3Fdone%3Dtrue", SITE.into()),
        ("https%3A%2F%2Fevil.example", SITE.into()),
    ] {
        let page = ada.get(&format!("/password?callbackUrl={wish}")).await.body;
        assert!(page.contains(&format!("href=\"{leads}\">Back")), "{wish}: {page}");
        let done = ada.get("/password?done=true").await.body;
        assert!(done.contains(&format!("href=\"{leads}\">Continue")), "{wish}: {done}");
    }
    let asked = Browser::new(&auth).get("/password?callbackUrl=%2Fsettings").await.location.unwrap();
    let there = "callbackUrl=http%3A%2F%2Flocalhost%3A4405%2Fapi%2Fauth%2Fpassword%3FcallbackUrl%3D\
                 http%253A%252F%252Flocalhost%253A4405%252Fsettings&error=SessionRequired";
    assert_eq!(asked, format!("{SITE}/api/auth/signin?{there}"));
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing_and_is_shown_again() {
    let fixed = Fixed::new();
    let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
    let mut here = signed_up(&fixed, &auth).await;
    let link = ask(&fixed, &auth).await;
    let form = format!("currentPassword={OLD}&newPassword={NEW}");
    let answer = here.post_bare("/password", &form).await;
    assert_eq!(answer.location.as_deref(), Some(&*format!("{SITE}/api/auth/password?csrf=true")));
    assert!(here.get("/password?csrf=true").await.body.contains("The page had expired."));
    let answer = here.post_bare(RESET, "email=ada%40example.com").await;
    assert_eq!(answer.location.as_deref(), Some(&*format!("{SITE}/api/auth/password/reset?csrf=true")));
    let answer = here.post_bare(LINK, &format!("{link}&newPassword={NEW}")).await;
    assert_eq!(answer.location.as_deref(), Some(&*format!("{SITE}/api/auth/password/new?{link}")));
    assert_eq!((mails(&fixed).len(), sign_in(&auth, OLD).await.1), (1, 200));
}

#[tokio::test]
async fn a_session_that_ends_while_its_password_is_compared_changes_nothing() {
    for strategy in BOTH {
        let fixed = Fixed::new();
        let auth = builder(&fixed, strategy).build().unwrap();
        let mut here = signed_up(&fixed, &auth).await;
        let gate = Arc::new(tokio::sync::Semaphore::new(0));
        *fixed.passwords.gate.lock().unwrap() = Some(gate.clone());
        let id = auth.find_user("ada@example.com").await.unwrap().id;
        let (answer, ()) = tokio::join!(change(&mut here, OLD, NEW), async {
            while fixed.passwords.compared.load(Ordering::Relaxed) == 0 {
                tokio::task::yield_now().await;
            }
            auth.end_sessions_of(&id).await.unwrap();
            gate.add_permits(9);
        });
        assert!(answer.location.unwrap().contains("error=SessionRequired"));
        assert_eq!((sign_in(&auth, NEW).await.1, sign_in(&auth, OLD).await.1), (401, 200));
    }
}

#[tokio::test]
async fn of_two_racing_changes_one_wins_and_the_other_learns_that_its_session_is_over() {
    for strategy in BOTH {
        let fixed = Fixed::new();
        let auth = builder(&fixed, strategy).build().unwrap();
        let mut one = signed_up(&fixed, &auth).await;
        let (mut other, _) = sign_in(&auth, OLD).await;
        fixed.clock.advance(Duration::from_secs(1));
        let gate = Arc::new(tokio::sync::Semaphore::new(0));
        *fixed.passwords.gate.lock().unwrap() = Some(gate.clone());
        let (first, second, ()) = tokio::join!(
            change(&mut one, OLD, "first-password"),
            change(&mut other, OLD, "second-password"),
            async {
                while fixed.passwords.compared.load(Ordering::Relaxed) < 3 {
                    tokio::task::yield_now().await;
                }
                gate.add_permits(99);
            }
        );
        let done = |answer: &Answer| answer.location.as_deref().unwrap().ends_with("?done=true");
        assert!(done(&first) ^ done(&second));
        let statuses = (sign_in(&auth, "first-password").await.1, sign_in(&auth, "second-password").await.1);
        assert_eq!(statuses, if done(&first) { (200, 401) } else { (401, 200) });
    }
}

#[tokio::test]
async fn links_of_before_are_void_after_a_change_by_whomever() {
    for by_operator in [true, false] {
        let fixed = Fixed::new();
        let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
        let mut here = signed_up(&fixed, &auth).await;
        let reset = ask(&fixed, &auth).await;
        here.post("/signin/email", "email=ada%40example.com").await;
        let sign_in_link = format!("token={}&email=ada%40example.com", token_of_last_mail(&fixed));
        if by_operator {
            auth.set_password("ada@example.com", NEW).await.unwrap();
        } else {
            assert_eq!(change(&mut here, OLD, NEW).await.status, 302);
        }
        assert!(is_gone(&set(&mut Browser::new(&auth), &reset, "third-password").await));
        let refused = Browser::new(&auth).post("/callback/email", &sign_in_link).await;
        assert_eq!(refused.location.unwrap(), format!("{SITE}/api/auth/error?error=Verification"));
    }
}

#[tokio::test]
async fn a_change_is_made_although_nobody_can_be_told() {
    let fixed = Fixed::new();
    let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
    let mut here = signed_up(&fixed, &auth).await;
    *fixed.mail.fails.lock().unwrap() = Some(MailError::TimedOut);
    assert_eq!(change(&mut here, OLD, NEW).await.status, 302);
    assert_eq!(sign_in(&auth, NEW).await.1, 200);
}

#[tokio::test]
async fn a_reset_sets_the_password_proves_the_address_and_signs_everybody_out() {
    for strategy in BOTH {
        let fixed = Fixed::new();
        let auth = builder(&fixed, strategy).build().unwrap();
        let mut old = signed_up(&fixed, &auth).await;
        let link = ask(&fixed, &auth).await;
        fixed.clock.advance(Duration::from_secs(1));
        let mut phone = Browser::new(&auth);
        let page = phone.get(&format!("{LINK}?{link}")).await;
        assert!(page.status == 200 && page.body.contains("value=\"ada@example.com\" readonly"));
        assert_eq!(page.headers["referrer-policy"], "strict-origin");
        assert_eq!(page.headers["cache-control"], "private, no-cache, no-store");
        assert!(is_set(&set(&mut phone, &link, NEW).await));
        assert_eq!(
            (phone.session().await, old.session().await),
            (serde_json::json!({}), serde_json::json!({}))
        );
        assert_eq!((sign_in(&auth, OLD).await.1, sign_in(&auth, NEW).await.1), (401, 200));
        assert!(auth.find_user("ada@example.com").await.unwrap().email_verified.is_some());
        assert!(is_gone(&set(&mut phone, &link, "third-password").await), "a link is good once");
        assert_eq!(
            mails(&fixed),
            ["Choose another password for localhost:4405", "Your password was changed at localhost:4405"]
        );
    }
}

#[tokio::test]
async fn the_browser_that_was_signed_in_as_the_user_is_signed_out_and_one_of_somebody_else_is_not() {
    for strategy in BOTH {
        let fixed = Fixed::new();
        let auth = builder(&fixed, strategy).build().unwrap();
        let mut ada = signed_up(&fixed, &auth).await;
        let mut bob = Browser::new(&auth);
        bob.sign_up("bob@example.com", OLD).await;
        let (first, second) = (ask(&fixed, &auth).await, ask(&fixed, &auth).await);
        fixed.clock.advance(Duration::from_secs(1));
        assert!(is_set(&set(&mut ada, &first, NEW).await));
        assert!(!ada.cookies.contains_key(SESSION));
        assert!(is_gone(&set(&mut bob, &second, NEW).await), "the other link went with the first");
        let third = ask(&fixed, &auth).await;
        assert!(is_set(&set(&mut bob, &third, "third-password").await));
        assert_eq!(bob.session().await["user"]["email"], "bob@example.com");
        assert_eq!(auth.find_user("ada@example.com").await.unwrap().name.as_deref(), Some("Ada"));
    }
}

#[tokio::test]
async fn a_known_an_unknown_and_a_disabled_address_get_the_same_answer_and_the_same_work() {
    let fixed = Fixed::new();
    let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
    signed_up(&fixed, &auth).await;
    auth.add_user("off@example.com", None, OLD).await.unwrap();
    let off = auth.find_user("off@example.com").await.unwrap().id;
    auth.disable_user(&off).await.unwrap();
    let mut looks = Vec::new();
    for name in ["ada", "nobody", "off"] {
        for form in ["json=true", "x=y"] {
            let before = fixed.mail.sent.lock().unwrap().len();
            let answer = Browser::new(&auth).post(RESET, &format!("email={name}%40example.com&{form}")).await;
            assert_eq!(fixed.mail.sent.lock().unwrap().len(), before + 1, "{name}");
            looks.push((answer.status, answer.location, answer.body));
        }
    }
    assert_eq!((&looks[..2], &looks[..2]), (&looks[2..4], &looks[4..]));
    assert!(mails(&fixed)[2].starts_with("No account with this address"));
    let told = &fixed.mail.sent.lock().unwrap()[2];
    assert!(!told.text.contains("http") && !told.text.contains("nobody"), "nothing that could be opened");
}

#[tokio::test]
async fn a_disabled_user_cannot_use_their_link_and_keeps_it_until_they_are_enabled() {
    let fixed = Fixed::new();
    let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
    signed_up(&fixed, &auth).await;
    let id = auth.find_user("ada@example.com").await.unwrap().id;
    let link = ask(&fixed, &auth).await;
    auth.disable_user(&id).await.unwrap();
    let refused = set(&mut Browser::new(&auth), &link, NEW).await;
    assert_eq!(refused.location.unwrap(), format!("{SITE}/api/auth/error?error=AccessDenied"));
    auth.enable_user(&id).await.unwrap();
    assert_eq!((sign_in(&auth, NEW).await.1, sign_in(&auth, OLD).await.1), (401, 200));
    assert!(is_set(&set(&mut Browser::new(&auth), &link, NEW).await));
}

#[tokio::test]
async fn what_a_stranger_registered_goes_to_the_owner_of_the_address_without_the_strangers_name() {
    for strategy in BOTH {
        let fixed = Fixed::new();
        let auth = builder(&fixed, strategy).build().unwrap();
        let mut mallory = signed_up(&fixed, &auth).await;
        let link = ask(&fixed, &auth).await;
        fixed.clock.advance(Duration::from_secs(1));
        assert!(is_set(&set(&mut Browser::new(&auth), &link, NEW).await));
        assert_eq!(mallory.session().await, serde_json::json!({}));
        assert_eq!(sign_in(&auth, OLD).await.1, 401);
        let (mut owner, _) = sign_in(&auth, NEW).await;
        assert_eq!(owner.session().await["user"], serde_json::json!({"email": "ada@example.com"}));
    }
}

#[tokio::test]
async fn whoever_is_signed_in_as_the_user_keeps_what_they_put_there() {
    let fixed = Fixed::new();
    let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
    let mut ada = signed_up(&fixed, &auth).await;
    let link = ask(&fixed, &auth).await;
    assert!(is_set(&set(&mut ada, &link, NEW).await));
    let user = auth.find_user("ada@example.com").await.unwrap();
    assert_eq!((user.name.as_deref(), user.email_verified.is_some()), (Some("Ada"), true));
}

#[tokio::test]
async fn a_link_is_good_for_its_purpose_its_address_its_user_and_ten_minutes() {
    let fixed = Fixed::new();
    let auth = builder(&fixed, Strategy::Database).build().unwrap();
    let mut browser = signed_up(&fixed, &auth).await;
    browser.sign_up("bob@example.com", OLD).await;
    let link = ask(&fixed, &auth).await;
    let token = token_of_last_mail(&fixed);
    browser.post("/signin/email", "email=ada%40example.com").await;
    let sign_in_token = token_of_last_mail(&fixed);
    for (token, email) in [
        (token.as_str(), "bob%40example.com"),
        (token.as_str(), "nobody%40example.com"),
        (token.as_str(), ""),
        ("", "ada%40example.com"),
        (sign_in_token.as_str(), "ada%40example.com"),
        (&token[1..], "ada%40example.com"),
    ] {
        let wrong = format!("token={token}&email={email}");
        assert!(is_gone(&set(&mut Browser::new(&auth), &wrong, NEW).await), "{email}");
        assert!(is_gone(&Browser::new(&auth).get(&format!("{LINK}?{wrong}")).await), "{email}");
    }
    let taken_for_a_sign_in = Browser::new(&auth).post("/callback/email", &link).await;
    assert_eq!(taken_for_a_sign_in.location.unwrap(), format!("{SITE}/api/auth/error?error=Verification"));
    for nothing in ["", "x=y"] {
        assert!(is_gone(&Browser::new(&auth).post(LINK, nothing).await), "an empty form");
    }
    fixed.clock.advance(Duration::from_secs(599));
    assert_eq!(Browser::new(&auth).get(&format!("{LINK}?{link}")).await.status, 200);
    fixed.clock.advance(Duration::from_secs(1));
    assert!(is_gone(&Browser::new(&auth).get(&format!("{LINK}?{link}")).await));
    assert!(is_gone(&set(&mut Browser::new(&auth), &link, NEW).await));
    assert_eq!(sign_in(&auth, OLD).await.1, 200, "nothing of it changed anything");
}

#[tokio::test]
async fn a_token_that_a_sign_in_was_issued_under_the_key_of_a_reset_is_none() {
    let fixed = Fixed::new();
    let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
    signed_up(&fixed, &auth).await;
    let id = auth.find_user("ada@example.com").await.unwrap().id;
    let key: TokenHash = crate::password_change::link_key("t", "ada@example.com", &id);
    let setup = &auth.0;
    let now = setup.world.clock.now();
    let issued = OneTimeToken {
        key,
        purpose: Purpose::EmailSignIn,
        identifier: "ada@example.com".into(),
        callback_url: None,
        created: now,
        expires: now.after(Duration::from_secs(60)),
    };
    setup.world.store.commit(&[hallpass_store::Change::IssueToken(issued)]).await.unwrap();
    let link = "token=t&email=ada%40example.com";
    assert!(is_gone(&set(&mut Browser::new(&auth), link, NEW).await));
}

#[tokio::test]
async fn of_two_racing_forms_of_one_link_exactly_one_wins() {
    for strategy in BOTH {
        let fixed = Fixed::new();
        let auth = builder(&fixed, strategy).build().unwrap();
        signed_up(&fixed, &auth).await;
        let link = ask(&fixed, &auth).await;
        let (mut one, mut other) = (Browser::new(&auth), Browser::new(&auth));
        let (first, second) =
            tokio::join!(set(&mut one, &link, "first-password"), set(&mut other, &link, "second-password"));
        assert!(is_set(&first) ^ is_set(&second));
        assert!(is_gone(&first) ^ is_gone(&second));
    }
}

#[tokio::test]
async fn a_mail_that_cannot_be_sent_is_said_to_everybody_alike_and_leaves_no_link() {
    let fixed = Fixed::new();
    let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
    signed_up(&fixed, &auth).await;
    *fixed.mail.fails.lock().unwrap() = Some(MailError::TimedOut);
    for name in ["ada", "nobody"] {
        let answer = Browser::new(&auth).post(RESET, &format!("email={name}%40example.com")).await;
        assert!(answer.location.unwrap().contains("error=EmailSignin"), "{name}");
    }
    for bad in ["", "ada", "ada%40example.com%0d%0aBcc%3a%20x%40y.z"] {
        let answer = Browser::new(&auth).post(RESET, &format!("email={bad}")).await;
        assert!(answer.status == 400 && answer.body.contains("does not look like an email address"), "{bad}");
        let json = Browser::new(&auth).post(RESET, &format!("email={bad}&json=true")).await;
        assert_eq!((json.status, json.url().contains("error=EmailSignin")), (400, true));
    }
}

#[tokio::test]
async fn where_to_go_afterwards_is_kept_with_the_link_and_stays_on_the_site() {
    let fixed = Fixed::new();
    let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
    signed_up(&fixed, &auth).await;
    for (wish, leads) in [("%2Finbox", "%2Finbox"), ("https%3A%2F%2Fevil.example", "")] {
        let form = format!("email=ada%40example.com&callbackUrl={wish}");
        Browser::new(&auth).post(RESET, &form).await;
        let link = format!("token={}&email=ada%40example.com", token_of_last_mail(&fixed));
        let answer = set(&mut Browser::new(&auth), &link, NEW).await;
        let site = "http%3A%2F%2Flocalhost%3A4405";
        let expected = format!("{SITE}/api/auth/signin?callbackUrl={site}{leads}&notice=PasswordChanged");
        assert_eq!(answer.location, Some(expected));
    }
    let page = Browser::new(&auth).get("/signin?notice=PasswordChanged").await;
    assert!(page.body.contains("Your password was changed. Sign in with the new one."));
}

struct AdaAlways;

impl Authorize for AdaAlways {
    fn authorize(&self, _: Input) -> Pending<'_, Result<Option<Identity>, AuthorizeError>> {
        let ada = Identity {
            id: "7".into(),
            email: Some("ada@example.com".into()),
            email_verified: true,
            ..Identity::default()
        };
        Box::pin(async { Ok(Some(ada)) })
    }
}

#[tokio::test]
async fn who_has_no_password_sets_a_first_one_by_mail_and_by_nothing_else() {
    let fixed = Fixed::new();
    let own = Credentials::new("own", "Own", AdaAlways);
    let auth = builder(&fixed, Strategy::Jwt).authorize(own).build().unwrap();
    let mut ada = Browser::new(&auth);
    ada.post("/callback/own", "x=y").await;
    let page = ada.get("/password").await.body;
    assert!(page.contains("no password yet") && page.contains("Email me a link"));
    for guess in ["", NEW] {
        assert_eq!(change(&mut ada, guess, NEW).await.status, 400);
    }
    let link = ask(&fixed, &auth).await;
    assert!(is_set(&set(&mut Browser::new(&auth), &link, NEW).await));
    assert_eq!(sign_in(&auth, NEW).await.1, 200);
    assert!(ada.post("/callback/own", "x=y").await.touches(SESSION), "the way in of before is still theirs");
}

#[tokio::test]
async fn without_mail_the_page_says_so_and_without_passwords_there_is_none() {
    let fixed = Fixed::new();
    let bare = || Auth::builder(SITE, vec![Secret::new("topsecret")], fixed.world());
    let auth = bare().passwords(PasswordOptions::default()).build().unwrap();
    let mut ada = signed_up(&fixed, &auth).await;
    assert!(ada.get(RESET).await.body.contains("This site sends no mail"));
    assert!(!ada.get("/signin").await.body.contains("Forgot"));
    assert!(!ada.get("/password").await.body.contains("Forgot"));
    assert_eq!(ada.post(RESET, "email=ada%40example.com").await.status, 400);
    assert_eq!((ada.get(LINK).await.status, ada.post(LINK, "token=x").await.status), (400, 400));
    assert_eq!(change(&mut ada, OLD, NEW).await.status, 302);
    let auth = bare().email(EmailOptions::default()).build().unwrap();
    for path in ["/password", RESET, LINK] {
        assert_eq!(Browser::new(&auth).get(path).await.status, 400, "{path}");
        assert_eq!(Browser::new(&auth).post(path, "email=ada%40example.com").await.status, 400, "{path}");
    }
    assert!(mails(&fixed).is_empty());
}

#[tokio::test]
async fn a_client_that_asks_for_json_gets_it() {
    let fixed = Fixed::new();
    let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
    let mut ada = signed_up(&fixed, &auth).await;
    let token = ada.csrf_token().await;
    let body = serde_json::json!({
        "csrfToken": token, "currentPassword": OLD, "newPassword": NEW, "callbackUrl": "/settings", "json": "true",
    });
    let answer = ada.post_json("/password", &body).await;
    assert_eq!((answer.status, answer.url()), (200, format!("{SITE}/settings")));
    assert!(answer.touches(SESSION));
    let body = serde_json::json!({ "csrfToken": token, "email": "ada@example.com", "json": "true" });
    let answer = ada.post_json(RESET, &body).await;
    assert_eq!((answer.status, answer.url()), (200, format!("{SITE}/api/auth/password/reset?sent=true")));
}
