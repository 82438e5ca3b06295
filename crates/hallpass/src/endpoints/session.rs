//! `/session`: who is signed in.

use http::StatusCode;

use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::hooks::Event;
use crate::proofs::Csrf;
use crate::session::{Current, Renew, read, read_of, shown_json};

/// The session, prolonged where it is old enough, and the token for what may follow. Never 401: nobody is an answer too.
pub(crate) async fn get(x: &Exchange<'_>) -> Result<Reply, Fault> {
    let current = read_of(x.setup, &x.cookies, x.headers, x.now, Renew::WhenDue).await?;
    let reply = answer(x, current).await?.with_token_of(x)?;
    Ok(reply.varying_by_bearer(x.setup))
}

/// `update()`: the session with its user as the store knows them at this moment.
pub(crate) async fn post(_: Csrf, x: &Exchange<'_>) -> Result<Reply, Fault> {
    answer(x, read(x.setup, &x.cookies, x.now, Renew::Update(x.form.data())).await?).await
}

async fn answer(x: &Exchange<'_>, current: Option<Current>) -> Result<Reply, Fault> {
    match current {
        Some(current) => {
            let body = body(x, &current).await?;
            Ok(Reply::json_bytes(StatusCode::OK, body).private().cookies(current.cookies))
        }
        // The cookie of a session that is over is left alone: a late answer to an old cookie would clear the new one.
        None => Ok(Reply::json_bytes(StatusCode::OK, x.setup.wire.no_session()).private()),
    }
}

/// The session as the browser sees it, with what the application makes of it.
async fn body(x: &Exchange<'_>, current: &Current) -> Result<Vec<u8>, Fault> {
    let session = &current.session;
    let body = shown_json(x.setup, session, current.access_token.as_deref()).await?;
    if x.setup.hooks.minds_reads() {
        x.setup.hooks.tell(&Event::Session { person: session.person() }).await;
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use hallpass_store::{
        Account, Answer, Change, CommitError, Ending, Listed, Memory, OneTimeToken, Session as Row,
        SessionPage, Store, TokenHash, Unavailable, User, UserBy, UserId, UserPage,
    };

    use crate::browser::{Browser, SESSION, builder};
    use crate::config::{Profile, SessionOptions, Strategy};
    use crate::world::fixed::Fixed;

    const DAY: Duration = Duration::from_secs(86_400);
    const BOTH: [Strategy; 2] = [Strategy::Jwt, Strategy::Database];

    async fn signed_in(strategy: Strategy) -> (Fixed, Browser) {
        let fixed = Fixed::new();
        let auth = builder(&fixed, strategy).build().unwrap();
        let mut browser = Browser::new(&auth);
        assert_eq!(browser.sign_up("ada@example.com", "correct-horse").await.status, 302);
        (fixed, browser)
    }

    #[tokio::test]
    async fn nobody_is_an_empty_object_and_gets_the_cookies_of_the_preamble() {
        let fixed = Fixed::new();
        let mut browser = Browser::new(&builder(&fixed, Strategy::Jwt).build().unwrap());
        let answer = browser.get("/session").await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
        assert!(answer.touches("next-auth.csrf-token") && answer.touches("next-auth.callback-url"));
        assert_eq!(answer.headers["cache-control"], "private, no-cache, no-store");
        assert_eq!(answer.headers["vary"], "Cookie, Authorization", "compat reads bearer tokens");
        assert!(
            browser.get("/session").await.set_cookies.is_empty(),
            "the second time there is nothing to set"
        );
    }

    #[tokio::test]
    async fn a_read_brings_the_token_that_a_post_has_to_carry() {
        let (_, mut browser) = signed_in(Strategy::Jwt).await;
        let token = browser.get("/session").await.headers["x-hallpass-csrf"].to_str().unwrap().to_owned();
        assert_eq!(token, browser.csrf_token().await);
        assert!(!browser.get("/csrf").await.headers.contains_key("x-hallpass-csrf"));
        let answer = browser.post_bare("/signout", &format!("csrfToken={token}")).await;
        assert!(answer.touches(SESSION) && !answer.headers.contains_key("x-hallpass-csrf"));
    }

    #[tokio::test]
    async fn a_refused_post_brings_the_token_that_would_have_been_good() {
        let (_, mut browser) = signed_in(Strategy::Jwt).await;
        let refused = browser.post_bare("/signout", "csrfToken=bad&json=true").await;
        assert_eq!(refused.url(), "http://localhost:4405/api/auth/signout?csrf=true");
        let token = refused.headers["x-hallpass-csrf"].to_str().unwrap().to_owned();
        let answer = browser.post_bare("/signout", &format!("csrfToken={token}&json=true")).await;
        assert_eq!(answer.url(), "http://localhost:4405");
        assert!(answer.touches(SESSION));
    }

    #[tokio::test]
    async fn a_post_of_another_site_is_told_no_token() {
        let (_, mut browser) = signed_in(Strategy::Jwt).await;
        let request = http::Request::post("/api/auth/signout")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", "https://evil.example")
            .body(http_body_util::Full::from("csrfToken=bad&json=true"))
            .unwrap();
        assert!(!browser.send(request).await.headers.contains_key("x-hallpass-csrf"));
    }

    #[tokio::test]
    async fn a_session_has_the_documented_shape() {
        for strategy in BOTH {
            let (_, mut browser) = signed_in(strategy).await;
            assert_eq!(
                browser.get("/session").await.body,
                r#"{"user":{"name":"Ada","email":"ada@example.com"},"expires":"2026-12-23T10:51:11.000Z"}"#
            );
        }
    }

    #[tokio::test]
    async fn a_read_rewrites_the_cookie_only_after_update_age() {
        for strategy in BOTH {
            let (fixed, mut browser) = signed_in(strategy).await;
            fixed.clock.advance(DAY - Duration::from_secs(1));
            assert!(browser.get("/session").await.set_cookies.is_empty());
            fixed.clock.advance(Duration::from_secs(1));
            let answer = browser.get("/session").await;
            assert!(answer.touches(SESSION));
            assert_eq!(answer.json()["expires"], "2026-12-24T10:51:11.000Z");
            assert!(browser.get("/session").await.set_cookies.is_empty());
        }
    }

    #[tokio::test]
    async fn an_old_cookie_is_not_rewritten_after_a_sign_out() {
        for (strategy, profile) in
            BOTH.into_iter().flat_map(|kept| [(kept, Profile::Strict), (kept, Profile::Compat)])
        {
            let fixed = Fixed::new();
            let options = SessionOptions { strategy, ..profile.session() };
            let auth = builder(&fixed, strategy).profile(profile).session(options).build().unwrap();
            let mut browser = Browser::new(&auth);
            browser.sign_up("ada@example.com", "correct-horse").await;
            let stolen = browser.cookies[SESSION].clone();
            fixed.clock.advance(DAY);
            assert_eq!(browser.post("/signout", "").await.status, 302);
            browser.cookies.insert(SESSION.into(), stolen);
            let answer = browser.get("/session").await;
            assert_eq!(answer.body, "{}");
            assert!(!answer.touches(SESSION));
        }
    }

    #[tokio::test]
    async fn a_copied_cookie_is_worthless_after_the_sign_out() {
        for strategy in BOTH {
            let (_, mut browser) = signed_in(strategy).await;
            let copied = browser.cookies[SESSION].clone();
            browser.post("/signout", "").await;
            browser.cookies.insert(SESSION.into(), copied);
            assert_eq!(browser.session().await, serde_json::json!({}));
        }
    }

    #[tokio::test]
    async fn a_session_ends_at_max_age_although_the_browser_kept_the_cookie() {
        for strategy in BOTH {
            let (fixed, mut browser) = signed_in(strategy).await;
            fixed.clock.advance(30 * DAY);
            assert_eq!(browser.get("/session").await.body, "{}");
        }
    }

    #[tokio::test]
    async fn an_update_wants_the_token_and_brings_the_user_as_the_store_knows_them() {
        for strategy in BOTH {
            let (_, mut browser) = signed_in(strategy).await;
            let refused = browser.post_bare("/session", "csrfToken=bad").await;
            assert_eq!((refused.status, refused.body.as_str()), (400, "{}"));
            let answer = browser.post("/session", "").await;
            assert_eq!(answer.json()["user"]["name"], "Ada");
            assert!(answer.touches(SESSION));
        }
    }

    #[tokio::test]
    async fn two_session_cookies_are_no_session() {
        for strategy in BOTH {
            let (_, mut browser) = signed_in(strategy).await;
            let token = browser.cookies[SESSION].clone();
            let request = http::Request::get("/api/auth/session")
                .header("cookie", format!("{SESSION}={token}; {SESSION}={token}"))
                .body(http_body_util::Full::default())
                .unwrap();
            browser.cookies.clear();
            assert_eq!(browser.send(request).await.body, "{}");
        }
    }

    #[tokio::test]
    async fn a_secret_can_be_rotated_without_a_sign_out() {
        let fixed = Fixed::new();
        let old = builder(&fixed, Strategy::Jwt).build().unwrap();
        let mut browser = Browser::new(&old);
        browser.sign_up("ada@example.com", "correct-horse").await;
        let both = vec![crate::Secret::new("brand-new"), crate::Secret::new("topsecret")];
        browser.auth = crate::Auth::builder(crate::browser::SITE, both, fixed.world()).build().unwrap();
        assert_eq!(browser.session().await["user"]["name"], "Ada");
        let only_new = vec![crate::Secret::new("brand-new")];
        browser.auth = crate::Auth::builder(crate::browser::SITE, only_new, fixed.world()).build().unwrap();
        assert_eq!(browser.session().await, serde_json::json!({}));
    }

    #[tokio::test]
    async fn a_late_read_with_the_cookie_of_before_leaves_the_new_one_alone() {
        for strategy in BOTH {
            let (_, mut browser) = signed_in(strategy).await;
            let mut late = Browser::new(&browser.auth);
            late.cookies = browser.cookies.clone();
            let form = "email=ada%40example.com&password=correct-horse";
            assert_eq!(browser.post("/callback/credentials", form).await.status, 302);
            let answer = late.get("/session").await;
            assert_eq!(answer.body, "{}");
            assert!(answer.set_cookies.is_empty());
        }
    }

    /// A store on a disk that is full from a moment on: it reads, and refuses to write.
    #[derive(Default)]
    struct Full(Memory, AtomicBool);

    impl Store for Full {
        fn session<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<(Row, User)>> {
            self.0.session(key)
        }
        fn user<'a>(&'a self, by: UserBy<'a>) -> Answer<'a, Option<User>> {
            self.0.user(by)
        }
        fn accounts<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Account>> {
            self.0.accounts(user)
        }
        fn provider_tokens<'a>(
            &'a self,
            provider: &'a str,
            provider_account_id: &'a str,
        ) -> Answer<'a, Option<hallpass_store::ProviderTokens>> {
            self.0.provider_tokens(provider, provider_account_id)
        }
        fn token<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<OneTimeToken>> {
            self.0.token(key)
        }
        fn users<'a>(&'a self, page: UserPage<'a>) -> Answer<'a, Vec<Listed>> {
            self.0.users(page)
        }
        fn sessions<'a>(&'a self, page: SessionPage<'a>) -> Answer<'a, Vec<Row>> {
            self.0.sessions(page)
        }
        fn endings<'a>(&'a self, after: u64, most: usize) -> Answer<'a, Vec<Ending>> {
            self.0.endings(after, most)
        }
        fn commit<'a>(&'a self, changes: &'a [Change]) -> Answer<'a, (), CommitError> {
            if self.1.load(Ordering::Relaxed) {
                return Box::pin(async { Err(Unavailable::new("the disk is full").into()) });
            }
            self.0.commit(changes)
        }
    }

    #[tokio::test]
    async fn a_session_stays_readable_where_it_cannot_be_prolonged() {
        for strategy in BOTH {
            let store = Arc::new(Full::default());
            let fixed = Fixed::with_store(store.clone());
            let mut browser = Browser::new(&builder(&fixed, strategy).build().unwrap());
            browser.sign_up("ada@example.com", "correct-horse").await;
            fixed.clock.advance(DAY);
            store.1.store(true, Ordering::Relaxed);
            let answer = browser.get("/session").await;
            assert_eq!((answer.status, answer.touches(SESSION)), (200, false));
            assert_eq!(answer.json()["expires"], "2026-12-23T10:51:11.000Z");
            assert_eq!(browser.post("/signout", "").await.status, 503, "what has to be written is not");
            store.1.store(false, Ordering::Relaxed);
            assert!(browser.get("/session").await.touches(SESSION), "the next read tries again");
        }
    }
}
