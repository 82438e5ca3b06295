//! What happens to whoever forgot their password.

use std::time::Duration;

use hallpass_store::{OneTimeToken, Purpose, TokenHash};

use super::{BOTH, LINK, NEW, OLD, RESET, ask, change, is_gone, is_set, mails, set, sign_in, signed_up};
use crate::browser::{Browser, SESSION, SITE, builder, token_of_last_mail};
use crate::config::{Auth, EmailOptions, PasswordOptions, Strategy};
use crate::credentials::{Authorize, AuthorizeError, Credentials, Identity, Input};
use crate::own_pages::OwnPages;
use crate::secret::Secret;
use crate::world::fixed::Fixed;
use crate::world::{MailError, Pending};

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
async fn an_applications_own_sign_in_page_is_told_that_it_was_done() {
    let fixed = Fixed::new();
    let own = OwnPages { sign_in: Some("/enter".into()), ..OwnPages::default() };
    let auth = builder(&fixed, Strategy::Jwt).pages(own).build().unwrap();
    signed_up(&fixed, &auth).await;
    let link = ask(&fixed, &auth).await;
    let answer = set(&mut Browser::new(&auth), &link, NEW).await;
    let there = "callbackUrl=http%3A%2F%2Flocalhost%3A4405&notice=PasswordChanged";
    assert_eq!(answer.location, Some(format!("{SITE}/enter?{there}")));
}
