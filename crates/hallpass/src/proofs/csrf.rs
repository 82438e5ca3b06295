//! Checks a POST: who started the request, and whether it carries the anti-forgery token.
//!
//! The token alone stops a foreign site that cannot read our cookies. `Origin` and `Sec-Fetch-Site` stop one
//! that can plant a cookie of its own choice (a sibling domain, plain http).

use hallpass_wire::CSRF_FIELD;
use http::header::UPGRADE;
use http::{HeaderMap, Method};
use subtle::ConstantTimeEq;

use crate::callback_url::Site;
use crate::csrf_token::State;
use crate::error::{Fault, Stranger};
use crate::exchange::Exchange;

/// Proof: the POST came from this site and carries the token that fits its cookie.
#[derive(Debug)]
pub(crate) struct Csrf(());

/// Proof: no other site started the read, as far as the browser tells.
#[derive(Debug)]
pub(crate) struct OwnSite(());

/// Checks a read whose answer is worth stealing. Another site cannot read our answers, and a page that is opened from there
/// has no use for this one: so what it starts is refused, and need not be thought about.
pub(crate) fn own_site(x: &Exchange<'_>) -> Result<OwnSite, Fault> {
    same_site(x).map(|()| OwnSite(())).map_err(|Foreign| Fault::CrossSite(stranger(x)))
}

/// Checks a POST.
pub(crate) fn csrf(x: &Exchange<'_>) -> Result<Csrf, Fault> {
    same_site(x).map_err(|Foreign| Fault::CrossSite(stranger(x)))?;
    match x.csrf.state {
        State::Repeated => return Err(Fault::RepeatedCsrf),
        State::Fresh => return Err(Fault::MissingCsrf),
        State::Kept => {}
    }
    let sent = x.form.get(CSRF_FIELD).ok_or(Fault::MissingCsrf)?;
    if bool::from(sent.as_bytes().ct_eq(x.csrf.token().as_bytes())) {
        Ok(Csrf(()))
    } else {
        Err(Fault::MismatchedCsrf)
    }
}

/// Another site started the request.
pub(crate) struct Foreign;

/// What a request says of who started it, unless it was another site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Starter {
    /// A page of this site.
    ThisSite,
    /// The person, by the address bar or a bookmark; or a client that is no browser, or one that strips headers.
    Untold,
}

/// Refuses what a browser says another site started. Where nothing is said, the token decides.
fn same_site(x: &Exchange<'_>) -> Result<(), Foreign> {
    starter(&x.setup.site, x.headers).map(|_| ())
}

/// Who started a request with these headers.
pub(crate) fn starter(site: &Site, headers: &HeaderMap) -> Result<Starter, Foreign> {
    let header = |name: &str| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => value.to_str().map(Some).map_err(|_| Foreign),
            (Some(_), Some(_)) => Err(Foreign),
        }
    };
    let fetched = match header("sec-fetch-site")? {
        Some("same-origin") => Some(Starter::ThisSite),
        Some("none") => Some(Starter::Untold),
        Some(_) => return Err(Foreign),
        None => None,
    };
    match (header("origin")?, fetched) {
        // A page with `Referrer-Policy: no-referrer` has this origin, and a frame that may do nothing.
        (Some("null") | None, Some(starter)) => Ok(starter),
        (Some(origin), _) if site.is(origin) => Ok(Starter::ThisSite),
        (Some(_), _) => Err(Foreign),
        (None, None) => match header("referer")? {
            Some(referer) if !site.is(referer) => Err(Foreign),
            _ => Ok(Starter::Untold),
        },
    }
}

/// Whether the method is one that changes nothing (RFC 9110 §9.2.1).
pub(crate) const fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether nothing comes of a request but an answer that its starter cannot read if that was another site. A socket is more (RFC 6455
/// §4.1): the browser opens it with cookies, and lets any page read what comes over it. With HTTP/2 its method is CONNECT (RFC 8441).
pub(crate) fn changes_nothing(method: &Method, headers: &HeaderMap) -> bool {
    is_safe(method) && !headers.contains_key(UPGRADE)
}

/// The other site, as its own request names it.
fn stranger(x: &Exchange<'_>) -> Option<Stranger> {
    let mut named = ["origin", "referer"].into_iter().flat_map(|name| x.headers.get_all(name));
    let origin = named.find_map(|value| x.setup.site.other(value.to_str().ok()?))?;
    Some(Stranger { origin, url: x.setup.site.origin.clone() })
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

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
        let unkeyed = format!("{:064x}", 7);
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
}
