//! All hooks of a server, asked in turn. What they answer is checked here, once.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Event, Hooks, Object, RESERVED_CLAIMS, Redirect, SessionContext, SigningIn, TokenContext, Verdict,
};
use crate::callback_url::Site;
use crate::error::Fault;

/// More bytes of claims than this do not belong into a cookie that comes with every request.
const MAX_CLAIMS_BYTES: usize = 8 * 1024;

/// No sensible URL is longer.
const MAX_WISH_BYTES: usize = 2048;

/// The hooks, in the order in which they were handed in.
#[derive(Clone, Default)]
pub(crate) struct Chain {
    all: Vec<Arc<dyn Hooks>>,
    minds_reads: bool,
}

impl Chain {
    pub(crate) fn push(&mut self, hooks: Arc<dyn Hooks>) {
        self.minds_reads |= hooks.minds_reads();
        self.all.push(hooks);
    }

    /// Whether there is nobody to ask: then nothing that is only for hooks is made.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether anybody has to be asked about, or told of, a session that is read.
    pub(crate) fn minds_reads(&self) -> bool {
        self.minds_reads
    }

    /// Whether somebody may sign in: everybody has to agree. The first who does not is not outvoted.
    pub(crate) async fn sign_in(&self, site: &Site, attempt: &SigningIn<'_>) -> Result<(), Fault> {
        for hooks in &self.all {
            match hooks.sign_in(attempt).await.map_err(failed)? {
                Verdict::Allow => {}
                Verdict::Deny => return Err(Fault::AccessDenied),
                Verdict::Redirect(url) => return Err(Fault::SentAway(self.redirect(site, &url).await)),
            }
        }
        Ok(())
    }

    /// Where a wish leads. A hook that fails leaves it where it led before: on this site, so nobody is kept from signing out
    /// because an application is down.
    pub(crate) async fn redirect(&self, site: &Site, wish: &str) -> String {
        // What strangers can write is bounded before anybody is asked about it. No wish is the site, as in NextAuth.js.
        let fits = !wish.is_empty() && wish.len() <= MAX_WISH_BYTES;
        let wish = if fits { wish } else { site.origin.as_str() };
        let mut judged = site.callback_url(wish);
        for hooks in &self.all {
            let redirect = Redirect { url: wish, judged: &judged, base_url: &site.origin };
            match hooks.redirect(redirect).await {
                Ok(answer) => judged = site.allowed_by_application(&answer),
                Err(error) => tracing::warn!(cause = error.0, "the application could not say where to go"),
            }
        }
        judged
    }

    /// The claims of a session that is made or prolonged.
    pub(crate) async fn claims(&self, before: Object, context: &TokenContext<'_>) -> Result<Object, Fault> {
        let mut claims = before;
        for hooks in &self.all {
            claims = hooks.jwt(claims, context).await.map_err(failed)?;
        }
        if let Some(name) = RESERVED_CLAIMS.into_iter().find(|name| claims.contains_key(*name)) {
            return Err(Fault::Hook(format!("jwt set the claim {name}, which is hallpass's own")));
        }
        let size = serde_json::to_vec(&claims).map_or(usize::MAX, |text| text.len());
        if size > MAX_CLAIMS_BYTES {
            return Err(Fault::Hook(format!(
                "jwt answered {size} bytes of claims; {MAX_CLAIMS_BYTES} are allowed"
            )));
        }
        Ok(claims)
    }

    /// The body of a session that is read.
    pub(crate) async fn body(&self, body: Object, context: &SessionContext<'_>) -> Result<Object, Fault> {
        let expires = body.get("expires").cloned().unwrap_or_default();
        let mut body = body;
        for hooks in &self.all {
            body = hooks.session(body, context).await.map_err(failed)?;
        }
        if !body.get("user").is_some_and(Value::is_object) {
            return Err(Fault::Hook("session answered a body without the object user".into()));
        }
        body.insert("expires".into(), expires);
        Ok(body)
    }

    pub(crate) async fn tell(&self, event: &Event<'_>) {
        for hooks in &self.all {
            hooks.event(event).await;
        }
    }
}

fn failed(error: super::HookError) -> Fault {
    Fault::Hook(error.0)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::browser::{Browser, SESSION, SITE, builder, token_of_last_mail};
    use crate::config::Strategy;
    use crate::hooks::{AllowedDomains, AllowedOrigins, HookError, Trigger};
    use crate::world::Pending;
    use crate::world::fixed::Fixed;

    const BOTH: [Strategy; 2] = [Strategy::Jwt, Strategy::Database];

    /// Writes down what it is asked, and answers what it is told to.
    #[derive(Clone, Default)]
    struct Recorder {
        asked: Arc<Mutex<Vec<String>>>,
        verdict: Arc<Mutex<Verdict>>,
        broken: Arc<Mutex<Option<&'static str>>>,
        claim: Arc<Mutex<Option<(&'static str, Value)>>>,
        blind: bool,
    }

    impl Recorder {
        fn note(&self, what: &'static str, detail: &str) -> Result<(), HookError> {
            self.asked.lock().unwrap().push(format!("{what} {detail}").trim().to_owned());
            match *self.broken.lock().unwrap() {
                Some(broken) if broken == what => Err(HookError("the database of roles is down".into())),
                _ => Ok(()),
            }
        }

        fn taken(&self) -> Vec<String> {
            std::mem::take(&mut *self.asked.lock().unwrap())
        }
    }

    impl Hooks for Recorder {
        fn minds_reads(&self) -> bool {
            !self.blind
        }

        fn sign_in<'a>(&'a self, attempt: &'a SigningIn<'a>) -> Pending<'a, Result<Verdict, HookError>> {
            let noted = self.note("sign_in", &format!("{} {:?}", attempt.way.provider, attempt.stage));
            let verdict = self.verdict.lock().unwrap().clone();
            Box::pin(async { noted.map(|()| verdict) })
        }

        fn jwt<'a>(
            &'a self,
            mut claims: Object,
            context: &'a TokenContext<'a>,
        ) -> Pending<'a, Result<Object, HookError>> {
            let why = match context.trigger {
                Trigger::SignIn { .. } => "sign-in".to_owned(),
                Trigger::Update { data } => format!("update {data}"),
                Trigger::Renewal => "renewal".to_owned(),
            };
            let noted = self.note("jwt", &why);
            if let Some((name, value)) = self.claim.lock().unwrap().clone() {
                claims.insert(name.into(), value);
            }
            Box::pin(async { noted.map(|()| claims) })
        }

        fn session<'a>(
            &'a self,
            mut body: Object,
            context: &'a SessionContext<'a>,
        ) -> Pending<'a, Result<Object, HookError>> {
            let noted = self.note("session", "");
            body["user"]["id"] = context.person.id.into();
            body["user"]["role"] = context.claims.get("role").cloned().unwrap_or_default();
            body.insert("expires".into(), "never".into());
            Box::pin(async { noted.map(|()| body) })
        }

        fn event<'a>(&'a self, event: &'a Event<'a>) -> Pending<'a, ()> {
            let _ = self.note("event", event.name());
            Box::pin(async {})
        }
    }

    fn with(hooks: &Recorder, strategy: Strategy) -> (Fixed, Browser) {
        let fixed = Fixed::new();
        let browser = Browser::new(&builder(&fixed, strategy).hooks(hooks.clone()).build().unwrap());
        (fixed, browser)
    }

    #[tokio::test]
    async fn everybody_is_asked_before_anything_is_written_and_told_after() {
        for strategy in BOTH {
            let hooks = Recorder::default();
            let (fixed, mut browser) = with(&hooks, strategy);
            browser.sign_up("ada@example.com", "correct-horse").await;
            let expected = ["sign_in credentials New", "jwt sign-in", "event createUser", "event signIn"];
            assert_eq!(hooks.taken(), expected);
            browser.get("/session").await;
            assert_eq!(hooks.taken(), ["session", "event session"]);
            browser.post("/signout", "").await;
            assert_eq!(hooks.taken(), ["event signOut"]);
            browser.post("/signin/email", "email=ada%40example.com").await;
            assert_eq!(hooks.taken(), ["sign_in email MailWanted"]);
            let token = token_of_last_mail(&fixed);
            browser.post("/callback/email", &format!("token={token}&email=ada%40example.com")).await;
            let expected = ["sign_in email Returning", "jwt sign-in", "event updateUser", "event signIn"];
            assert_eq!(hooks.taken(), expected);
        }
    }

    #[tokio::test]
    async fn who_is_denied_or_sent_away_is_not_signed_in_and_nothing_is_written() {
        for strategy in BOTH {
            let hooks = Recorder::default();
            let (fixed, mut browser) = with(&hooks, strategy);
            for (verdict, leads) in [
                (Verdict::Deny, format!("{SITE}/api/auth/error?error=AccessDenied")),
                (Verdict::Redirect("/waiting-list".into()), format!("{SITE}/waiting-list")),
                (Verdict::Redirect("https://evil.example".into()), SITE.to_owned()),
            ] {
                *hooks.verdict.lock().unwrap() = verdict.clone();
                let form = "email=ada%40example.com&password=correct-horse&name=Ada";
                let answer = browser.post("/signup", form).await;
                assert!(!answer.touches(SESSION));
                assert_eq!(answer.location.as_deref(), Some(leads.as_str()), "{verdict:?}");
                let answer = browser.post("/signin/email", "email=ada%40example.com").await;
                assert_eq!(answer.location.as_deref(), Some(leads.as_str()), "{verdict:?}");
            }
            assert!(fixed.mail.sent.lock().unwrap().is_empty());
            let by = hallpass_store::UserBy::Email("ada@example.com");
            assert_eq!(fixed.store.user(by).await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn a_hook_that_fails_signs_nobody_in_and_nobody_out() {
        for strategy in BOTH {
            let hooks = Recorder::default();
            let (fixed, mut browser) = with(&hooks, strategy);
            for broken in ["sign_in", "jwt"] {
                *hooks.broken.lock().unwrap() = Some(broken);
                let form = "email=ada%40example.com&password=correct-horse&json=true";
                let answer = browser.post("/signup", form).await;
                assert_eq!((answer.status, answer.touches(SESSION)), (503, false), "{broken}");
            }
            *hooks.broken.lock().unwrap() = None;
            browser.sign_up("ada@example.com", "correct-horse").await;
            *hooks.broken.lock().unwrap() = Some("session");
            let answer = browser.get("/session").await;
            assert_eq!((answer.status, answer.touches(SESSION)), (503, false));
            *hooks.broken.lock().unwrap() = Some("jwt");
            fixed.clock.advance(Duration::from_secs(86_400));
            let read = browser.get("/session").await;
            assert_eq!((read.status, read.touches(SESSION)), (200, false), "as it was, and not prolonged");
            assert_eq!(read.json()["user"]["email"], "ada@example.com");
            let body = json!({ "csrfToken": browser.csrf_token().await });
            let updated = browser.post_json("/session", &body).await;
            assert_eq!((updated.status, updated.touches(SESSION)), (503, false));
            *hooks.broken.lock().unwrap() = None;
            assert!(browser.get("/session").await.touches(SESSION), "the next read prolongs");
        }
    }

    /// An application that cannot say where to go.
    struct Lost;

    impl Hooks for Lost {
        fn redirect<'a>(&'a self, _: Redirect<'a>) -> Pending<'a, Result<String, HookError>> {
            Box::pin(async { Err(HookError("the table of tenants is down".into())) })
        }
    }

    #[tokio::test]
    async fn an_application_that_cannot_say_where_to_go_keeps_nobody_from_signing_in_or_out() {
        for strategy in BOTH {
            let fixed = Fixed::new();
            let mut browser = Browser::new(&builder(&fixed, strategy).hooks(Lost).build().unwrap());
            let form = "email=ada%40example.com&password=correct-horse&callbackUrl=%2Fwelcome";
            let signed_up = browser.post("/signup", form).await;
            assert_eq!(signed_up.location, Some(format!("{SITE}/welcome")));
            assert_eq!(browser.session().await["user"]["email"], "ada@example.com");
            let copy = browser.cookies.clone();
            let signed_out = browser.post("/signout", "callbackUrl=https%3A%2F%2Fevil.example").await;
            assert_eq!((signed_out.location.as_deref(), signed_out.touches(SESSION)), (Some(SITE), true));
            browser.cookies = copy;
            assert_eq!(browser.session().await, json!({}), "it is over, and not only forgotten");
        }
    }

    #[tokio::test]
    async fn claims_are_kept_and_shown_as_the_application_says_and_the_expiry_is_not_its() {
        for strategy in BOTH {
            let hooks = Recorder::default();
            let (fixed, mut browser) = with(&hooks, strategy);
            *hooks.claim.lock().unwrap() = Some(("role", json!("admin")));
            browser.sign_up("ada@example.com", "correct-horse").await;
            *hooks.claim.lock().unwrap() = None;
            let session = browser.session().await;
            assert_eq!(session["user"]["role"], "admin");
            assert_eq!(session["expires"], "2026-12-23T10:51:11.000Z");
            fixed.clock.advance(Duration::from_secs(86_400));
            hooks.taken();
            assert_eq!(browser.session().await["user"]["role"], "admin", "kept when it is prolonged");
            assert_eq!(hooks.taken()[0], "jwt renewal");
            *hooks.claim.lock().unwrap() = Some(("role", json!(["a", "b"])));
            let body = json!({ "csrfToken": browser.csrf_token().await, "data": { "role": "root" } });
            let updated = browser.post_json("/session", &body).await;
            assert_eq!(updated.json()["user"]["role"], json!(["a", "b"]));
            assert_eq!(hooks.taken()[0], r#"jwt update {"role":"root"}"#);
            assert_eq!(browser.session().await["user"]["role"], json!(["a", "b"]));
        }
    }

    #[tokio::test]
    async fn hooks_that_mind_no_reads_are_not_asked_about_one_and_the_session_is_the_same() {
        for strategy in BOTH {
            let hooks = Recorder { blind: true, ..Recorder::default() };
            let (_, mut browser) = with(&hooks, strategy);
            browser.sign_up("ada@example.com", "correct-horse").await;
            hooks.taken();
            assert_eq!(browser.session().await["user"]["email"], "ada@example.com");
            assert_eq!(hooks.taken(), [""; 0]);
        }
    }

    #[tokio::test]
    async fn a_claim_of_hallpass_or_too_many_bytes_are_refused() {
        let hooks = Recorder::default();
        let (_, mut browser) = with(&hooks, Strategy::Jwt);
        for claim in
            [("sub", json!("root")), ("exp", json!(9_999_999_999_u64)), ("role", json!("x".repeat(9000)))]
        {
            *hooks.claim.lock().unwrap() = Some(claim);
            let form = "email=ada%40example.com&password=correct-horse&json=true";
            let answer = browser.post("/signup", form).await;
            assert_eq!((answer.status, answer.touches(SESSION)), (503, false));
        }
    }

    #[tokio::test]
    async fn an_allowed_origin_is_a_place_to_go_also_by_a_link_that_is_opened_elsewhere() {
        let fixed = Fixed::new();
        let rule = AllowedOrigins::new(["https://docs.example.com"]).unwrap();
        let auth = builder(&fixed, Strategy::Jwt).hooks(rule).build().unwrap();
        let wish = "callbackUrl=https%3A%2F%2Fdocs.example.com%2Fstart";
        let mut browser = Browser::new(&auth);
        browser.post("/signin/email", &format!("email=ada%40example.com&{wish}")).await;
        let form = format!("token={}&email=ada%40example.com", token_of_last_mail(&fixed));
        let mut other = Browser::new(&auth);
        let answer = other.post("/callback/email", &form).await;
        assert_eq!(answer.location.as_deref(), Some("https://docs.example.com/start"));
        let answer = other.post("/signout", "callbackUrl=https%3A%2F%2Fevil.example").await;
        assert_eq!(answer.location.as_deref(), Some(SITE));
        browser.get(&format!("/signin?{wish}")).await;
        let read = browser.get("/session").await;
        assert!(!read.touches("next-auth.callback-url"), "a read leaves the wish alone");
    }

    #[tokio::test]
    async fn only_a_proved_address_counts_for_an_allowed_domain() {
        let fixed = Fixed::new();
        let rule = AllowedDomains::new(["example.com"]).unwrap();
        let mut browser = Browser::new(&builder(&fixed, Strategy::Jwt).hooks(rule).build().unwrap());
        let denied = format!("{SITE}/api/auth/error?error=AccessDenied");
        let form = "email=ada%40example.com&password=correct-horse";
        assert_eq!(browser.post("/signup", form).await.location.as_deref(), Some(denied.as_str()));
        let elsewhere = browser.post("/signin/email", "email=ada%40evil.example").await;
        assert_eq!(elsewhere.location.as_deref(), Some(denied.as_str()));
        browser.post("/signin/email", "email=ada%40example.com").await;
        let form = format!("token={}&email=ada%40example.com", token_of_last_mail(&fixed));
        assert!(browser.post("/callback/email", &form).await.touches(SESSION));
    }

    #[tokio::test]
    async fn of_several_hooks_one_no_is_a_no_and_each_builds_on_the_one_before() {
        let (first, second) = (Recorder::default(), Recorder::default());
        let fixed = Fixed::new();
        let auth = builder(&fixed, Strategy::Jwt).hooks(first.clone()).hooks(second.clone()).build().unwrap();
        *second.verdict.lock().unwrap() = Verdict::Deny;
        let mut browser = Browser::new(&auth);
        let form = "email=ada%40example.com&password=correct-horse";
        assert!(!browser.post("/signup", form).await.touches(SESSION));
        assert_eq!(first.taken(), ["sign_in credentials New"]);
        *second.verdict.lock().unwrap() = Verdict::Allow;
        *first.claim.lock().unwrap() = Some(("role", json!("one")));
        *second.claim.lock().unwrap() = Some(("role", json!("two")));
        browser.post("/signup", form).await;
        assert_eq!(browser.session().await["user"]["role"], "two");
        assert_eq!(second.taken().iter().filter(|asked| asked.starts_with("sign_in")).count(), 2);
    }
}
