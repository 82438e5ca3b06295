//! Users and passwords, made by the operator or at sign-up.

use std::fmt;

use hallpass_store::{Change, CommitError, TokenHash, User, UserBy, UserId};

use crate::address::normalise;
use crate::config::{Auth, PasswordOptions};
use crate::password::NewPassword;
use crate::password_change::replaced;
use crate::sign_in::{Fresh, by_sign_up};
use crate::world::OutOfEntropy;

const MAX_NAME_CHARS: usize = 255;

/// A name as it is kept: one line, no control characters, not too long; `None` where nothing is left.
pub(crate) fn clean_name(name: &str) -> Option<String> {
    let name: String = name.chars().filter(|letter| !letter.is_control()).take(MAX_NAME_CHARS).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Why a user or password was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserError {
    /// Not an address that mail is sent to.
    Address,
    /// The password is too short or too long; the rule in words.
    Password(String),
    /// There is a user with this address.
    Taken,
    /// There is no user with this address.
    Unknown,
    /// The store, the hasher or the random number generator cannot be used at the moment.
    Unavailable(String),
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => f.write_str("this is no mail address: write it as ada@example.com"),
            Self::Password(rule) => f.write_str(rule),
            Self::Taken => f.write_str("there is a user with this address already"),
            Self::Unknown => f.write_str("there is no user with this address"),
            Self::Unavailable(cause) => f.write_str(cause),
        }
    }
}

impl std::error::Error for UserError {}

impl From<CommitError> for UserError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::EmailTaken => Self::Taken,
            CommitError::UserGone => Self::Unknown,
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl From<OutOfEntropy> for UserError {
    fn from(_: OutOfEntropy) -> Self {
        Self::Unavailable("the system has no random bytes".into())
    }
}

impl From<hallpass_store::Unavailable> for UserError {
    fn from(error: hallpass_store::Unavailable) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl Auth {
    /// Makes a user with a password. That the address is theirs counts as not shown, as at sign-up.
    pub async fn add_user(
        &self,
        email: &str,
        name: Option<&str>,
        password: &str,
    ) -> Result<UserId, UserError> {
        let email = normalise(email).ok_or(UserError::Address)?;
        let secret = self.hash(password).await?;
        let world = &self.0.world;
        let fresh = Fresh { id: UserId(self.0.random_token()?), now: world.clock.now() };
        let decision = by_sign_up(name.and_then(clean_name), email, secret, fresh);
        world.store.commit(&decision.changes).await?;
        Ok(decision.user.id)
    }

    /// Gives a user another password, ends all their sessions, and voids the links that were mailed to them.
    pub async fn set_password(&self, email: &str, password: &str) -> Result<(), UserError> {
        let email = normalise(email).ok_or(UserError::Address)?;
        let world = &self.0.world;
        let user = world.store.user(UserBy::Email(&email)).await?.ok_or(UserError::Unknown)?;
        let secret = self.hash(password).await?;
        Ok(self.0.commit(&replaced(&user, secret, world.clock.now())).await?)
    }

    /// The user with this address or id. What holds an `@` is an address.
    ///
    /// # Errors
    ///
    /// [`UserError::Unknown`] where there is none, [`UserError::Address`] where it is no address.
    pub async fn find_user(&self, address_or_id: &str) -> Result<User, UserError> {
        let store = &self.0.world.store;
        let id = UserId(address_or_id.to_owned());
        let found = if address_or_id.contains('@') {
            let email = normalise(address_or_id).ok_or(UserError::Address)?;
            store.user(UserBy::Email(&email)).await?
        } else {
            store.user(UserBy::Id(&id)).await?
        };
        found.ok_or(UserError::Unknown)
    }

    /// Keeps a user from signing in, whichever way, and ends all their sessions in the same commit. A sign-in that is
    /// under way ends here too: the store refuses its session. Sealed sessions end like those of a sign-out: here at
    /// once, in other processes when they [learn](Auth::learn_ended) of it. A token that next-auth itself wrote has no
    /// row in the store, and is good until it expires.
    pub async fn disable_user(&self, user: &UserId) -> Result<(), UserError> {
        let changes = [
            Change::DisableUser { user: user.clone(), at: self.0.world.clock.now() },
            Change::EndSessionsOf { user: user.clone(), except: None },
        ];
        Ok(self.0.commit(&changes).await?)
    }

    /// Lets a user sign in again. Sessions of before stay ended.
    pub async fn enable_user(&self, user: &UserId) -> Result<(), UserError> {
        Ok(self.0.commit(&[Change::EnableUser(user.clone())]).await?)
    }

    /// Ends all sessions of a user.
    pub async fn end_sessions_of(&self, user: &UserId) -> Result<(), UserError> {
        Ok(self.0.commit(&[Change::EndSessionsOf { user: user.clone(), except: None }]).await?)
    }

    /// Ends these sessions, in one commit. One that is over already stays over.
    pub async fn end_sessions(&self, keys: &[TokenHash]) -> Result<(), UserError> {
        let changes: Vec<Change> = keys.iter().copied().map(Change::EndSession).collect();
        Ok(self.0.commit(&changes).await?)
    }

    /// Forgets sessions and links that are over. The binary does it every hour; an application that embeds the
    /// library should too. Nothing depends on it but the size of the database: what is over is refused anyway.
    pub async fn sweep(&self) -> Result<(), UserError> {
        let world = &self.0.world;
        Ok(world.store.commit(&[Change::Sweep(world.clock.now())]).await?)
    }

    async fn hash(&self, password: &str) -> Result<hallpass_store::PasswordHash, UserError> {
        let min_length =
            self.0.passwords.as_ref().map_or(PasswordOptions::default().min_length, |o| o.min_length);
        let password = NewPassword::check(password, min_length)
            .ok_or_else(|| UserError::Password(NewPassword::rule(min_length)))?;
        let busy = |_| UserError::Unavailable("too many passwords are being hashed: try again".into());
        self.0.world.passwords.hash(password.into_inner()).await.map_err(busy)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http_body_util::Full;
    use tower_service::Service;

    use super::*;
    use crate::browser::{Answer, Browser, SESSION, SITE, builder, token_of_last_mail};
    use crate::config::Strategy;
    use crate::credentials::{Authorize, AuthorizeError, Credentials, Identity, Input};
    use crate::trace::Outcome;
    use crate::world::Pending;
    use crate::world::fixed::Fixed;

    const BOTH: [Strategy; 2] = [Strategy::Jwt, Strategy::Database];
    const ADA: &str = "email=ada%40example.com&password=correct-horse&json=true";

    struct AdaAlways;

    impl Authorize for AdaAlways {
        fn authorize(&self, _: Input) -> Pending<'_, Result<Option<Identity>, AuthorizeError>> {
            let ada = Identity { id: "7".into(), name: Some("Ada".into()), ..Identity::default() };
            Box::pin(async { Ok(Some(ada)) })
        }
    }

    async fn with_ada(fixed: &Fixed, strategy: Strategy) -> (Browser, UserId) {
        let way = Credentials::new("ldap", "Company account", AdaAlways).field("username", "User");
        let auth = builder(fixed, strategy).authorize(way).build().unwrap();
        let mut ada = Browser::new(&auth);
        assert!(ada.sign_up("ada@example.com", "correct-horse").await.touches(SESSION));
        let id = auth.find_user("Ada@Example.com").await.unwrap().id;
        (ada, id)
    }

    fn is_denied(answer: &Answer) -> bool {
        assert!(!answer.touches(SESSION));
        let url = answer.location.clone().unwrap_or_else(|| answer.url());
        url == format!("{SITE}/api/auth/error?error=AccessDenied")
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(clean_name("  Ada\r\nLovelace\u{1b}[0m ").as_deref(), Some("AdaLovelace[0m"));
        assert_eq!(clean_name(" \n"), None);
    }

    #[tokio::test]
    async fn a_disabled_user_is_signed_out_at_once_and_back_in_when_enabled() {
        for strategy in BOTH {
            let fixed = Fixed::new();
            let (mut ada, id) = with_ada(&fixed, strategy).await;
            let mut bob = Browser::new(&ada.auth);
            bob.sign_up("bob@example.com", "correct-horse").await;
            fixed.clock.advance(std::time::Duration::from_secs(1));
            ada.auth.disable_user(&id).await.unwrap();
            assert_eq!(ada.session().await, serde_json::json!({}));
            assert_eq!(bob.session().await["user"]["email"], "bob@example.com");
            assert!(is_denied(&ada.post("/callback/credentials", ADA).await));
            ada.auth.enable_user(&id).await.unwrap();
            assert_eq!(ada.session().await, serde_json::json!({}), "the old session stays ended");
            assert!(ada.post("/callback/credentials", ADA).await.touches(SESSION));
            assert_eq!(ada.session().await["user"]["email"], "ada@example.com");
        }
    }

    #[tokio::test]
    async fn who_is_disabled_is_told_only_whoever_knows_the_password() {
        let fixed = Fixed::new();
        let (ada, id) = with_ada(&fixed, Strategy::Jwt).await;
        ada.auth.disable_user(&id).await.unwrap();
        let mut browser = Browser::new(&ada.auth);
        let mut looks = Vec::new();
        for email in ["ada%40example.com", "nobody%40example.com"] {
            let form = format!("email={email}&password=wrong-horse&json=true");
            let answer = browser.post("/callback/credentials", &form).await;
            looks.push((answer.status, answer.body));
            let asked = browser.post("/signin/email", &format!("email={email}&json=true")).await;
            looks.push((asked.status, asked.body));
        }
        assert_eq!(looks[..2], looks[2..]);
        assert_eq!(fixed.mail.sent.lock().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_mail_link_and_the_applications_own_word_do_not_let_a_disabled_user_in() {
        for strategy in BOTH {
            let fixed = Fixed::new();
            let (ada, id) = with_ada(&fixed, strategy).await;
            ada.auth.disable_user(&id).await.unwrap();
            let mut browser = Browser::new(&ada.auth);
            browser.post("/signin/email", "email=ada%40example.com").await;
            let token = token_of_last_mail(&fixed);
            let form = format!("token={token}&email=ada%40example.com");
            assert!(is_denied(&browser.post("/callback/email", &form).await));
            assert!(browser.post("/callback/ldap", "username=ada&json=true").await.touches(SESSION));
            ada.auth.disable_user(&UserId("7".into())).await.unwrap();
            assert!(is_denied(&browser.post("/callback/ldap", "username=ada&json=true").await));
            let mut listed = ada.auth.find_user("ada@example.com").await.unwrap();
            assert_eq!(listed.email_verified.take(), None, "nothing of the refused sign-in was written");
        }
    }

    #[tokio::test]
    async fn a_sign_in_during_which_the_user_is_disabled_makes_no_session() {
        for strategy in BOTH {
            let fixed = Fixed::new();
            let (mut ada, id) = with_ada(&fixed, strategy).await;
            let gate = Arc::new(tokio::sync::Semaphore::new(0));
            *fixed.passwords.gate.lock().unwrap() = Some(gate.clone());
            let auth = ada.auth.clone();
            let disabled = async {
                while fixed.passwords.compared.load(std::sync::atomic::Ordering::Relaxed) == 0 {
                    tokio::task::yield_now().await;
                }
                auth.disable_user(&id).await.unwrap();
                gate.add_permits(1);
            };
            let (answer, ()) = tokio::join!(ada.post("/callback/credentials", ADA), disabled);
            assert!(is_denied(&answer));
        }
    }

    #[tokio::test]
    async fn another_process_refuses_an_ended_session_once_it_has_learnt_of_it() {
        let fixed = Fixed::new();
        let (mut ada, id) = with_ada(&fixed, Strategy::Jwt).await;
        let beside = builder(&fixed, Strategy::Jwt).build().unwrap();
        fixed.clock.advance(std::time::Duration::from_secs(1));
        beside.disable_user(&id).await.unwrap();
        assert_eq!(ada.session().await["user"]["email"], "ada@example.com", "the cookie alone says so");
        ada.auth.learn_ended().await.unwrap();
        assert_eq!(ada.session().await, serde_json::json!({}));
        let restarted = builder(&fixed, Strategy::Jwt).build().unwrap();
        restarted.learn_ended().await.unwrap();
        ada.auth = restarted;
        assert_eq!(ada.session().await, serde_json::json!({}), "a start learns it too");
    }

    #[tokio::test]
    async fn a_session_that_goes_on_is_not_learnt_as_ended() {
        let fixed = Fixed::new();
        let (mut ada, _) = with_ada(&fixed, Strategy::Jwt).await;
        let mut phone = Browser::new(&ada.auth);
        phone.post("/callback/credentials", ADA).await;
        phone.post("/signout", "json=true").await;
        ada.auth.learn_ended().await.unwrap();
        assert_eq!(ada.session().await["user"]["email"], "ada@example.com");
    }

    #[tokio::test]
    async fn what_came_of_a_request_is_told_the_shell() {
        let fixed = Fixed::new();
        let (mut ada, id) = with_ada(&fixed, Strategy::Jwt).await;
        let token = ada.csrf_token().await;
        let cookie = ada.cookies.iter().map(|(name, value)| format!("{name}={value}; ")).collect::<String>();
        let ask = async |path: &str, form: String| {
            let request = http::Request::post(format!("/api/auth{path}"))
                .header("content-type", "application/x-www-form-urlencoded")
                .header("cookie", cookie.trim_end_matches("; "))
                .body(Full::<bytes::Bytes>::from(form))
                .unwrap();
            let Ok(response) = ada.auth.service().call(request).await;
            response.extensions().get::<Outcome>().cloned()
        };
        let told = |way: Option<&str>, refused| {
            Some(Outcome { endpoint: "callback", way: way.map(str::to_owned), refused })
        };
        let right = format!("{ADA}&csrfToken={token}");
        assert_eq!(ask("/callback/credentials", right.clone()).await, told(Some("credentials"), None));
        let wrong = format!("email=x&password=y&csrfToken={token}");
        let rejected = Some("credentials_rejected");
        assert_eq!(ask("/callback/credentials", wrong).await, told(Some("credentials"), rejected));
        let nobody = ask("/callback/who-knows", format!("csrfToken={token}")).await;
        assert_eq!(nobody, told(None, Some("unknown_action")));
        ada.auth.disable_user(&id).await.unwrap();
        assert_eq!(
            ask("/callback/credentials", right).await,
            told(Some("credentials"), Some("user_disabled"))
        );
        assert_eq!(ask("/signout", format!("csrfToken={token}")).await, None);
    }
}
