//! The anti-forgery token: a double submit, bound to the deployment's secret (wire §5.1), and a look at who
//! started the request.
//!
//! The token alone stops a foreign site that cannot read our cookies. `Origin` and `Sec-Fetch-Site` stop one
//! that can plant a cookie of its own choice (a sibling domain, plain http).

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::config::Setup;
use crate::cookies::{Cookies, Found};
use crate::error::Fault;
use crate::exchange::Exchange;
use crate::secret::Secret;
use hallpass_wire::CSRF_FIELD;

/// Proof: the POST came from this site and carries the token that fits its cookie.
#[derive(Debug)]
pub(crate) struct Csrf(());

/// The browser's token: the one of its cookie where that holds, else a fresh one.
pub(crate) struct CsrfToken {
    token: String,
    cookie: String,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Kept,
    Fresh,
    Repeated,
}

impl CsrfToken {
    /// Reads the cookie, or makes a fresh pair.
    pub(crate) fn open(setup: &Setup, cookies: &Cookies<'_>) -> Result<Self, Fault> {
        let name = &setup.names.csrf;
        if let Some(cookie) = cookies.value(name)
            && let Some((token, hash)) = cookie.split_once('|')
            && is_token(token)
            && setup.secrets.iter().any(|secret| fits(token, hash, secret))
        {
            return Ok(Self { token: token.to_owned(), cookie: String::new(), state: State::Kept });
        }
        let state = if cookies.find(name) == Found::Repeated { State::Repeated } else { State::Fresh };
        Ok(Self { state, ..Self::fresh(setup)? })
    }

    /// A fresh pair.
    pub(crate) fn fresh(setup: &Setup) -> Result<Self, Fault> {
        let mut bytes = [0; 32];
        setup.world.random.fill(&mut bytes)?;
        let token = hex(&bytes);
        let secret = setup.secrets.first().ok_or(Fault::Broken("no_secret"))?;
        let cookie = format!("{token}|{}", hash(&token, secret));
        Ok(Self { token, cookie, state: State::Fresh })
    }

    /// What a form has to carry: 64 hexadecimal digits.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// The cookie's value, where [`Self::is_fresh`].
    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Whether the browser has yet to be given the cookie.
    pub(crate) fn is_fresh(&self) -> bool {
        self.state != State::Kept
    }
}

/// Checks a POST.
pub(crate) fn csrf(x: &Exchange<'_>) -> Result<Csrf, Fault> {
    same_site(x)?;
    match x.csrf.state {
        State::Repeated => return Err(Fault::RepeatedCsrf),
        State::Fresh => return Err(Fault::MissingCsrf),
        State::Kept => {}
    }
    let sent = x.form.get(CSRF_FIELD).ok_or(Fault::MissingCsrf)?;
    if bool::from(sent.as_bytes().ct_eq(x.csrf.token.as_bytes())) {
        Ok(Csrf(()))
    } else {
        Err(Fault::MismatchedCsrf)
    }
}

/// Refuses what a browser says another site started. A client that says nothing is no browser, or one that
/// strips headers: the token decides.
fn same_site(x: &Exchange<'_>) -> Result<(), Fault> {
    let header = |name: &str| {
        let mut values = x.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => value.to_str().map(Some).map_err(|_| Fault::CrossSite),
            (Some(_), Some(_)) => Err(Fault::CrossSite),
        }
    };
    let fetched_by_us = match header("sec-fetch-site")? {
        Some("same-origin" | "none") => true,
        Some(_) => return Err(Fault::CrossSite),
        None => false,
    };
    match header("origin")? {
        Some("null") if fetched_by_us => Ok(()),
        Some(origin) if x.setup.site.is(origin) => Ok(()),
        Some(_) => Err(Fault::CrossSite),
        None if fetched_by_us => Ok(()),
        None => match header("referer")? {
            Some(referer) if !x.setup.site.is(referer) => Err(Fault::CrossSite),
            _ => Ok(()),
        },
    }
}

fn is_token(token: &str) -> bool {
    token.len() == 64 && token.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn fits(token: &str, sent: &str, secret: &Secret) -> bool {
    hash(token, secret).as_bytes().ct_eq(sent.as_bytes()).into()
}

fn hash(token: &str, secret: &Secret) -> String {
    let digest = Sha256::new().chain_update(token).chain_update(secret.expose()).finalize();
    hex(&digest)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(DIGITS.get(usize::from(nibble)).map_or('0', |digit| char::from(*digit)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;
    use crate::browser::{Browser, SESSION, SITE, builder};
    use crate::config::Strategy;
    use crate::world::fixed::Fixed;

    const PAIR: &str = "next-auth.csrf-token";

    fn browser() -> Browser {
        Browser::new(&builder(&Fixed::new(), Strategy::Jwt).build().unwrap())
    }

    /// Posts a sign-up with the token and these headers; whether it was let through.
    async fn passes(headers: &[(&'static str, &str)]) -> bool {
        let mut browser = browser();
        let token = browser.csrf_token().await;
        let form = format!("csrfToken={token}&email=ada%40example.com&password=correct-horse");
        let mut request = http::Request::post("/api/auth/signup")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Full::from(form))
            .unwrap();
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().unwrap());
        }
        let answer = browser.send(request).await;
        assert!(answer.touches(SESSION) || answer.status == 403, "{headers:?}: {}", answer.status);
        answer.touches(SESSION)
    }

    #[tokio::test]
    async fn a_post_that_another_site_started_is_refused_although_it_has_the_token() {
        for headers in [
            [("origin", "https://evil.example")].as_slice(),
            &[("origin", "null")],
            &[("origin", "http://localhost:4405.evil.example")],
            &[("origin", "https://localhost:4405")],
            &[("origin", "http://localhost")],
            &[("origin", "")],
            &[("origin", SITE), ("origin", "https://evil.example")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site"), ("origin", SITE)],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            &[("referer", "https://evil.example/page")],
        ] {
            assert!(!passes(headers).await, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn a_post_of_this_site_passes_whatever_the_browser_tells_of_it() {
        for headers in [
            [].as_slice(),
            &[("origin", SITE)],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("referer", "http://localhost:4405/page")],
        ] {
            assert!(passes(headers).await, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn a_token_without_its_own_cookie_is_refused_and_nothing_happens() {
        let mut one = browser();
        let foreign = Browser::new(&one.auth).csrf_token().await;
        assert_ne!(one.csrf_token().await, foreign);
        let forged = "a".repeat(64);
        let unkeyed = hex(&Sha256::digest(forged.as_bytes()));
        let long = "a".repeat(1_000_000);
        let form = |token: &str| format!("csrfToken={token}&email=a%40b.example&password=correct-horse");
        for (cookie, token) in [
            (None, foreign.as_str()),
            (Some(format!("{forged}%7C{unkeyed}")), forged.as_str()),
            (Some(format!("{forged}%7C")), forged.as_str()),
            (Some("%7C".into()), ""),
            (Some(format!("{forged}%7C{unkeyed}%7C{unkeyed}")), forged.as_str()),
            (Some(one.cookies[PAIR].to_uppercase()), forged.as_str()),
            (Some(one.cookies[PAIR].clone()), "undefined"),
            (Some(one.cookies[PAIR].clone()), foreign.as_str()),
            (Some(one.cookies[PAIR].clone()), long.get(..60_000).unwrap()),
        ] {
            one.cookies.remove(PAIR);
            one.cookies.extend(cookie.map(|value| (PAIR.to_owned(), value)));
            let answer = one.post_bare("/signup", &form(token)).await;
            assert_eq!(answer.location.as_deref(), Some("http://localhost:4405/api/auth/signin?csrf=true"));
            assert!(!answer.touches(SESSION));
        }
    }

    #[tokio::test]
    async fn of_two_cookies_neither_is_believed() {
        let mut browser = browser();
        let token = browser.csrf_token().await;
        let pair = browser.cookies.remove(PAIR).unwrap();
        let request = http::Request::post("/api/auth/signup")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", format!("{PAIR}={pair}; {PAIR}={pair}"))
            .body(Full::from(format!("csrfToken={token}&email=a%40b.example&password=correct-horse")))
            .unwrap();
        browser.cookies.clear();
        assert!(!browser.send(request).await.touches(SESSION));
    }

    #[test]
    fn the_hash_is_the_one_next_auth_writes() {
        assert_eq!(
            hash(&"a".repeat(64), &Secret::new("topsecret")),
            "173b9f9913ff6c9d305203b115c79a205377330ba71af367ffb9c4009712e81d"
        );
    }

    #[test]
    fn only_64_lower_case_digits_are_a_token() {
        assert!(is_token(&"0".repeat(64)));
        for bad in ["", "abc", &"A".repeat(64), &"g".repeat(64), &"0".repeat(65)] {
            assert!(!is_token(bad), "{bad}");
        }
    }
}
