//! The application's own `authorize`.

use hallpass_oauth::profile;
use hallpass_store::{AccountKind, UserBy, UserId};
use hallpass_wire::CSRF_FIELD;

use super::super::complete::complete;
use crate::address::normalise;
use crate::credentials::{AuthorizeError, Credentials, Input};
use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::hooks::{Way, WayKind};
use crate::proofs::Csrf;
use crate::sign_in::{Arrival, by_authorize};

/// The store's ids have 64 bytes at most.
const MAX_ID: usize = 64;
/// More than this nobody reads, and a `Location` does not hold.
const MAX_WORDS: usize = 200;

/// Asks the application, and signs in whom it names.
pub(super) async fn post(_: Csrf, x: &Exchange<'_>, way: &Credentials) -> Result<Reply, Fault> {
    let input = x.form.pairs().iter().filter(|(name, _)| name != CSRF_FIELD).cloned().collect();
    let identity = way
        .authorize
        .authorize(Input(input))
        .await
        .map_err(|error| match error {
            AuthorizeError::Words(words) => Fault::AuthorizeFailed(bounded(&words)),
            AuthorizeError::Unavailable(cause) => Fault::Hook(cause),
        })?
        .ok_or_else(|| Fault::CredentialsRejected { provider: way.id.clone() })?;
    if !(1..=MAX_ID).contains(&identity.id.len()) {
        return Err(Fault::IdentityUnfit);
    }
    let store = &x.setup.world.store;
    let by = UserBy::Account { provider: &way.id, provider_account_id: &identity.id };
    let owner = store.user(by).await?;
    if owner.is_none() && store.user(UserBy::Id(&UserId(identity.id.clone()))).await?.is_some() {
        return Err(Fault::AccountNotLinked);
    }
    let email = identity.email.as_deref().and_then(normalise);
    // As of a provider: a picture in a `data:` URL would make a cookie that no server takes, and lock the person out.
    let arrival = Arrival {
        provider: way.id.clone(),
        provider_account_id: identity.id,
        kind: AccountKind::Credentials,
        name: identity.name.and_then(|name| profile::name(&name.into())),
        email_verified: identity.email_verified && email.is_some(),
        email,
        image: identity.image.as_deref().and_then(profile::image_url),
    };
    let decision = by_authorize(arrival, owner, x.now);
    let how = Way { provider: &way.id, kind: WayKind::Credentials, profile: None };
    match complete(x, how, decision, &x.callback_url.url).await {
        Err(Fault::EmailTaken) => Err(Fault::AccountNotLinked),
        other => other,
    }
}

/// Words that fit into a URL.
fn bounded(words: &str) -> String {
    words.chars().filter(|letter| !letter.is_control()).take(MAX_WORDS).collect()
}

#[cfg(test)]
mod tests {
    use crate::browser::{Browser, SESSION, SITE, builder, token_of_last_mail};
    use crate::config::Strategy;
    use crate::credentials::{Authorize, AuthorizeError, Credentials, Identity, Input};
    use crate::world::Pending;
    use crate::world::fixed::Fixed;

    /// Knows ada; cannot tell about eve; says whether it vouches for addresses.
    struct Directory {
        vouches: bool,
    }

    impl Authorize for Directory {
        fn authorize(&self, input: Input) -> Pending<'_, Result<Option<Identity>, AuthorizeError>> {
            assert_eq!(input.get("csrfToken"), None, "the token is nobody's business");
            let user = input.get("username").unwrap_or_default().to_owned();
            let (fits, email_verified) = (input.get("password") == Some("enchantress"), self.vouches);
            Box::pin(async move {
                match user.as_str() {
                    "ada" if fits => Ok(Some(Identity {
                        id: "7".into(),
                        name: Some("Ada".into()),
                        email: Some("Ada@Example.com".into()),
                        email_verified,
                        image: None,
                    })),
                    "eve" => Err(AuthorizeError::Words("Boom & co".into())),
                    "down" => Err(AuthorizeError::Unavailable("the directory is down".into())),
                    "mona" => Ok(Some(Identity {
                        id: "9".into(),
                        name: Some("Mona\u{7}".into()),
                        image: Some(format!("data:image/png;base64,{}", "A".repeat(40_000))),
                        ..Identity::default()
                    })),
                    "verbose" => Err(AuthorizeError::Words("a\nb".repeat(10_000))),
                    "nameless" => Ok(Some(Identity::default())),
                    _ => Ok(None),
                }
            })
        }
    }

    fn browser(fixed: &Fixed, strategy: Strategy, vouches: bool) -> Browser {
        let way = Credentials::new("ldap", "Company account", Directory { vouches })
            .field("username", "User")
            .secret_field("password", "Password");
        Browser::new(&builder(fixed, strategy).authorize(way).build().unwrap())
    }

    const ADA: &str = "username=ada&password=enchantress&json=true";

    #[tokio::test]
    async fn whom_the_application_names_is_signed_in_under_its_id() {
        for strategy in [Strategy::Jwt, Strategy::Database] {
            let fixed = Fixed::new();
            let mut browser = browser(&fixed, strategy, false);
            for _ in 0..2 {
                let answer = browser.post("/callback/ldap", ADA).await;
                assert_eq!((answer.status, answer.url()), (200, SITE.into()));
            }
            assert_eq!(browser.session().await["user"]["email"], "ada@example.com");
            let id = hallpass_store::UserId("7".into());
            let user = fixed.store.user(hallpass_store::UserBy::Id(&id)).await.unwrap().unwrap();
            assert_eq!((user.name.as_deref(), user.email_verified), (Some("Ada"), None));
        }
    }

    #[tokio::test]
    async fn what_no_cookie_can_carry_is_left_out_and_locks_nobody_out() {
        for strategy in [Strategy::Jwt, Strategy::Database] {
            let fixed = Fixed::new();
            let mut browser = browser(&fixed, strategy, true);
            let answer = browser.post("/callback/ldap", "username=mona&json=true").await;
            assert_eq!((answer.status, answer.url()), (200, SITE.into()));
            assert!(answer.set_cookies.iter().map(String::len).sum::<usize>() < 4096);
            assert_eq!(browser.session().await["user"]["name"], "Mona");
            let id = hallpass_store::UserId("9".into());
            let user = fixed.store.user(hallpass_store::UserBy::Id(&id)).await.unwrap().unwrap();
            assert_eq!((user.image, user.email_verified), (None, None), "no address, nothing to vouch for");
            let told = browser.post("/callback/ldap", "username=verbose&json=true").await;
            assert!(told.url().len() < 1_000, "{}", told.url().len());
        }
    }

    #[tokio::test]
    async fn a_no_an_error_and_an_identity_without_an_id_sign_nobody_in() {
        let fixed = Fixed::new();
        let mut browser = browser(&fixed, Strategy::Jwt, false);
        for (form, status, path) in [
            ("username=ada&password=wrong", 401, "/error?error=CredentialsSignin&provider=ldap"),
            ("username=eve", 401, "/error?error=Boom%20%26%20co"),
            ("username=down", 503, "/error?error=Configuration"),
            ("username=nameless", 200, "/error?error=OAuthCallback"),
        ] {
            let answer = browser.post("/callback/ldap", &format!("{form}&json=true")).await;
            assert_eq!((answer.status, answer.url()), (status, format!("{SITE}/api/auth{path}")));
            assert!(!answer.touches(SESSION));
        }
    }

    #[tokio::test]
    async fn an_address_that_the_application_vouches_for_keeps_its_way_in_after_a_mail_link() {
        for vouches in [true, false] {
            let fixed = Fixed::new();
            let mut ada = browser(&fixed, Strategy::Database, vouches);
            assert_eq!(ada.post("/callback/ldap", ADA).await.status, 200);
            let mut other = Browser::new(&ada.auth);
            other.post("/signin/email", "email=ada%40example.com").await;
            let token = token_of_last_mail(&fixed);
            other.post("/callback/email", &format!("token={token}&email=ada%40example.com")).await;
            let again = ada.post("/callback/ldap", ADA).await;
            assert_eq!(again.touches(SESSION), vouches, "vouches: {vouches}");
        }
    }

    #[tokio::test]
    async fn an_address_that_has_another_user_is_not_taken_over() {
        let fixed = Fixed::new();
        let mut browser = browser(&fixed, Strategy::Jwt, true);
        Browser::new(&browser.auth).sign_up("ada@example.com", "correct-horse").await;
        let answer = browser.post("/callback/ldap", ADA).await;
        assert_eq!(answer.url(), format!("{SITE}/api/auth/error?error=OAuthAccountNotLinked"));
        assert!(!answer.touches(SESSION));
    }

    #[tokio::test]
    async fn the_page_asks_for_what_the_application_wants_to_know() {
        let fixed = Fixed::new();
        let page = browser(&fixed, Strategy::Jwt, false).get("/signin").await.body;
        assert!(page.contains("input-username-for-ldap-provider") && page.contains("Company account"));
    }
}
