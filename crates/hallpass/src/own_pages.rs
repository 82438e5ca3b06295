//! Pages of the application's own, in the place of the built-in ones (wire §10).

use hallpass_wire::CALLBACK_URL_FIELD;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::callback_url::Site;

/// Pages of the application's own: each a path such as `/signin`, or a URL of the site. What is not given is the page
/// that is built in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnPages {
    /// Where somebody signs in. Gets `?callbackUrl=`, and `&error=` with a code if something went wrong; as `code` what
    /// Auth.js 5 says more of it, where that wire is spoken.
    pub sign_in: Option<String>,
    /// Where somebody signs out.
    pub sign_out: Option<String>,
    /// What says why somebody is not signed in. Gets `?error=` with a code. With the wire of version 3 every error, else
    /// those that the sign-in page does not show.
    pub error: Option<String>,
    /// What tells to look for a mail. Gets `?provider=email&type=email` where the wire of version 5 is spoken.
    pub verify_request: Option<String>,
    /// Where somebody gets who has just been made a user. Gets `?callbackUrl=`.
    pub new_user: Option<String>,
    /// Where somebody who is signed in chooses another password. Gets `?callbackUrl=`, and `&error=` with a code if
    /// something went wrong.
    pub password: Option<String>,
    /// Where somebody asks for a mail because they forgot their password. Gets `?callbackUrl=`, and `&error=` with a
    /// code or `&sent=true`. The page behind the link in that mail is always the one that is built in: its URL holds the
    /// link's token.
    pub password_reset: Option<String>,
}

impl OwnPages {
    /// The same as URLs of the site, or the first that is none. Below the base path hallpass would send people to itself.
    pub(crate) fn on(self, site: &Site, base_path: &str) -> Result<Self, String> {
        let page = |given: Option<String>| match given {
            None => Ok(None),
            Some(given) => {
                let url = site.callback_url(&given);
                let taken =
                    url == site.origin && Url::parse(&given).map_or(given != "/", |_| given != site.origin);
                if taken || is_below(&url, base_path) { Err(given) } else { Ok(Some(url)) }
            }
        };
        let Self { sign_in, sign_out, error, verify_request, new_user, password, password_reset } = self;
        Ok(Self {
            sign_in: page(sign_in)?,
            sign_out: page(sign_out)?,
            error: page(error)?,
            verify_request: page(verify_request)?,
            new_user: page(new_user)?,
            password: page(password)?,
            password_reset: page(password_reset)?,
        })
    }

    /// The sign-in page.
    pub(crate) fn to_sign_in(
        &self,
        callback_url: &str,
        error: Option<&str>,
        code: Option<&str>,
    ) -> Option<String> {
        let mut told = vec![(CALLBACK_URL_FIELD, callback_url)];
        told.extend(error.map(|error| ("error", error)));
        told.extend(code.map(|code| ("code", code)));
        self.sign_in.as_deref().map(|page| with(page, &told))
    }

    /// The page that tells to look for a mail, with what is passed on to it.
    pub(crate) fn to_verify_request(&self, passed: &[(String, String)]) -> Option<String> {
        let told: Vec<_> = passed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.verify_request.as_deref().map(|page| with(page, &told))
    }

    /// The error page.
    pub(crate) fn to_error(&self, code: &str) -> Option<String> {
        self.error.as_deref().map(|page| with(page, &[("error", code)]))
    }

    /// The page of somebody who has just been made a user.
    pub(crate) fn to_new_user(&self, callback_url: &str) -> Option<String> {
        self.new_user.as_deref().map(|page| with(page, &[(CALLBACK_URL_FIELD, callback_url)]))
    }

    /// The page for another password.
    pub(crate) fn to_password(&self, callback_url: &str, told: &[(&str, &str)]) -> Option<String> {
        self.password.as_deref().map(|page| leading_on(page, callback_url, told))
    }

    /// The page for a forgotten password.
    pub(crate) fn to_password_reset(&self, callback_url: &str, told: &[(&str, &str)]) -> Option<String> {
        self.password_reset.as_deref().map(|page| leading_on(page, callback_url, told))
    }

    /// The sign-in page for whoever has just chosen another password.
    pub(crate) fn to_sign_in_anew(&self, callback_url: &str, notice: &str) -> Option<String> {
        self.sign_in.as_deref().map(|page| leading_on(page, callback_url, &[("notice", notice)]))
    }
}

/// Whether a URL's path is the base path, or lies below it.
fn is_below(url: &str, base_path: &str) -> bool {
    let path = Url::parse(url).map(|url| url.path().to_owned()).unwrap_or_default();
    path.strip_prefix(base_path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A page's URL with more in its query.
fn with(page: &str, told: &[(&str, &str)]) -> String {
    if told.is_empty() {
        return page.to_owned();
    }
    let query = Serializer::new(String::new()).extend_pairs(told).finish();
    let (before, fragment) = page.split_once('#').map_or((page, None), |(page, rest)| (page, Some(rest)));
    let joint = if before.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|rest| format!("#{rest}")).unwrap_or_default();
    format!("{before}{joint}{query}{fragment}")
}

/// A page's URL with where to go afterwards, and more.
fn leading_on(page: &str, callback_url: &str, told: &[(&str, &str)]) -> String {
    with(page, &[&[(CALLBACK_URL_FIELD, callback_url)], told].concat())
}

#[cfg(test)]
mod tests {
    use hallpass_wire::Wire;

    use super::*;
    use crate::browser::{Browser, SITE, builder, token_of_last_mail};
    use crate::config::{ConfigError, Strategy};
    use crate::world::fixed::Fixed;

    fn pages() -> OwnPages {
        OwnPages {
            sign_in: Some("/enter?from=auth".into()),
            sign_out: Some("/leave".into()),
            error: Some(format!("{SITE}/oops#why")),
            verify_request: Some("/look-for-a-mail".into()),
            new_user: Some("/welcome".into()),
            password: Some("/settings/password".into()),
            password_reset: Some("/forgot".into()),
        }
    }

    #[tokio::test]
    async fn the_applications_pages_take_the_place_of_the_built_in_ones() {
        let fixed = Fixed::new();
        let mut browser = Browser::new(&builder(&fixed, Strategy::Jwt).pages(pages()).build().unwrap());
        let there = "callbackUrl=http%3A%2F%2Flocalhost%3A4405%2Fa%3Fb%3Dc";
        for (path, leads) in [
            (format!("/signin?{there}"), format!("{SITE}/enter?from=auth&{there}")),
            (
                format!("/signin?{there}&error=CredentialsSignin"),
                format!("{SITE}/enter?from=auth&{there}&error=CredentialsSignin"),
            ),
            ("/signout".into(), format!("{SITE}/leave")),
            ("/error?error=AccessDenied".into(), format!("{SITE}/oops?error=AccessDenied#why")),
            ("/error?error=%3Cscript%3E".into(), format!("{SITE}/oops?error=%3Cscript%3E#why")),
            ("/error?error=EmailSignin".into(), format!("{SITE}/api/auth/signin?error=EmailSignin")),
            ("/verify-request".into(), format!("{SITE}/look-for-a-mail")),
            (format!("/password?{there}"), format!("{SITE}/settings/password?{there}")),
            (format!("/password/reset?{there}"), format!("{SITE}/forgot?{there}")),
            (format!("/password/reset?{there}&sent=true"), format!("{SITE}/forgot?{there}&sent=true")),
            (
                format!("/password/reset?{there}&error=Verification"),
                format!("{SITE}/forgot?{there}&error=Verification"),
            ),
        ] {
            let answer = browser.get(&path).await;
            assert_eq!((answer.status, answer.location), (302, Some(leads)), "{path}");
        }
    }

    #[tokio::test]
    async fn what_pages_are_told_is_what_their_generation_is_told() {
        let fixed = Fixed::new();
        let (sign_in, oops) = (format!("{SITE}/api/auth/signin"), format!("{SITE}/oops"));
        let mail = format!("{SITE}/look-for-a-mail");
        let credentials = "error=CredentialsSignin&code=credentials";
        let enter = format!("{SITE}/enter?from=auth&callbackUrl=http%3A%2F%2Flocalhost%3A4405");
        for (wire, error, verify) in [
            (Wire::V3, format!("{oops}?error=Callback#why"), mail.clone()),
            (Wire::V4, format!("{sign_in}?error=Callback"), mail.clone()),
            (Wire::V5, format!("{oops}?error=Callback#why"), format!("{mail}?provider=email&type=email")),
        ] {
            let auth = builder(&fixed, Strategy::Jwt).wire(wire).pages(pages()).build().unwrap();
            let mut browser = Browser::new(&auth);
            for (path, leads) in [
                ("/error?error=Callback".to_owned(), error),
                ("/verify-request?provider=email&type=email".into(), verify),
                ("/verify-request".into(), mail.clone()),
                (format!("/signin?{credentials}"), format!("{enter}&{credentials}")),
            ] {
                let answer = browser.get(&path).await;
                assert_eq!(answer.location, Some(leads), "{wire:?} {path}");
            }
        }
    }

    #[tokio::test]
    async fn who_is_new_is_welcomed_and_told_where_to_go_on() {
        let fixed = Fixed::new();
        let auth = builder(&fixed, Strategy::Jwt).pages(pages()).build().unwrap();
        for leads in [
            format!("{SITE}/welcome?callbackUrl=http%3A%2F%2Flocalhost%3A4405%2Fafter"),
            format!("{SITE}/after"),
        ] {
            let mut browser = Browser::new(&auth);
            browser.post("/signin/email", "email=ada%40example.com&callbackUrl=%2Fafter").await;
            let form = format!("token={}&email=ada%40example.com", token_of_last_mail(&fixed));
            let answer = browser.post("/callback/email", &form).await;
            assert_eq!(answer.location, Some(leads));
        }
    }

    #[test]
    fn a_page_of_another_site_is_refused() {
        let refused = |sign_in: &str| {
            let pages = OwnPages { sign_in: Some(sign_in.into()), ..OwnPages::default() };
            builder(&Fixed::new(), Strategy::Jwt).pages(pages).build().err()
        };
        for page in [
            "https://evil.example/signin",
            "signin",
            "javascript:alert(1)",
            "",
            "/api/auth",
            "/api/auth/signin",
            "/a/../api/auth/signin?x#y",
            "http://localhost:4405/api/auth/error",
        ] {
            assert_eq!(refused(page), Some(ConfigError::Page(page.into())), "{page}");
        }
        for page in ["/", "/signin", SITE, "http://localhost:4405/a", "/api/authors"] {
            assert_eq!(refused(page), None, "{page}");
        }
    }
}
