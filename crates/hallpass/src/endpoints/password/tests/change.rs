//! What happens to whoever changes their password.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{BOTH, LINK, NEW, OLD, RESET, ask, change, is_set, mails, set, sign_in, signed_up};
use crate::browser::{Answer, Browser, SESSION, SITE, builder};
use crate::config::Strategy;
use crate::session::{Renew, read};
use crate::world::MailError;
use crate::world::fixed::Fixed;

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
    let current = read(setup, &cookies, now, Renew::Never).await.unwrap();
    current.unwrap().session.signed_in
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
async fn a_change_is_made_although_nobody_can_be_told() {
    let fixed = Fixed::new();
    let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
    let mut here = signed_up(&fixed, &auth).await;
    *fixed.mail.fails.lock().unwrap() = Some(MailError::TimedOut);
    assert_eq!(change(&mut here, OLD, NEW).await.status, 302);
    assert_eq!(sign_in(&auth, NEW).await.1, 200);
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
