//! Who is signed in, for a server that did not sign them in: an API beside the site.
//!
//! It needs the secret, or the public keys, and nothing else: no database, no pages, no cookies of its own. It reads the
//! session cookies that hallpass, next-auth 3 and 4 and Auth.js 5 write, the same tokens as `Authorization: Bearer …`, and
//! what `GET /token` of hallpass signs.
//!
//! A cookie comes along whoever's page made the request. So it counts for reads, and for all else only from pages of the site that
//! [`Verifier::site`] names; what is sent as a bearer counts always.
//!
//! What is verified is what was true when the token was written. Whoever signs out, or is disabled, is let in here until
//! the token is over: that is minutes for what `/token` signs, and up to `max_age` for a cookie. Only the server that
//! keeps the sessions knows better. A session of its database is a random text that says nothing here.
//!
//! ```
//! use std::sync::Arc;
//!
//! use hallpass::Secret;
//! use hallpass::verify::Verifier;
//! # struct SystemClock;
//! # impl hallpass::world::Clock for SystemClock {
//! #     fn now(&self) -> hallpass_store::Timestamp { hallpass_store::Timestamp::from_secs(1_795_431_124) }
//! # }
//! # let secret = "topsecret".to_owned();
//! # let token = include_str!("../testdata/next-auth-v4.jwe").trim();
//! # let mut request = http::Request::builder().header("authorization", format!("Bearer {token}")).body(())?;
//!
//! // `hallpass_world::SystemClock`, or a clock of your own.
//! let verifier = Verifier::new(Arc::new(SystemClock)).secrets(vec![Secret::new(secret)])?;
//! let session = verifier.session(request.method(), request.headers()).expect("somebody is signed in");
//! assert_eq!(session.user.id.0, "7");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod keys;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use hallpass_wire::Wire;
use http::header::{AUTHORIZATION, ORIGIN};
use http::{HeaderMap, Method};
use url::Url;

use crate::callback_url::Site;
use crate::cookies::Cookies;
use crate::proofs::{Starter, changes_nothing, starter};
use crate::secret::Secret;
use crate::session::{Session, SessionTokens, of_token};
use crate::world::Clock;
use keys::PublishedKeys;

/// Reads who is signed in from a request. Cheap to clone: its clones have the same keys.
#[derive(Clone)]
pub struct Verifier {
    clock: Arc<dyn Clock>,
    sealed: Option<Arc<SessionTokens>>,
    signed: Vec<Arc<PublishedKeys>>,
    /// Whose pages may change something with a cookie.
    site: Option<Site>,
    /// The names that a session cookie may have.
    cookies: Vec<String>,
    /// The name that the application has given it, if it has.
    named: Option<String>,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("cookies", &self.cookies).finish_non_exhaustive()
    }
}

/// Why a [`Verifier`] cannot be. Says the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifierError {
    /// There is no secret, or it is empty: give the one that the server which signs people in has.
    Secret,
    /// What should be a set of public keys is none: give the body of its `GET /jwks`.
    Keys,
    /// No issuer or no audience is named: without them a token that was meant for others would be accepted.
    Unnamed,
    /// It is no address of a site, such as `https://app.example.com`.
    Site,
    /// Nothing of this issuer is accepted, so it has no keys to be replaced: give the one of [`Verifier::signed_by`].
    Issuer,
}

impl fmt::Display for VerifierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret => "there is no secret: give the one of the server that signs people in",
            Self::Keys => {
                "these are no public keys: give the body of `/jwks` of the server that signs people in"
            }
            Self::Unnamed => "a signed token needs an issuer and an audience that it has to be from and for",
            Self::Site => "this is no address of a site: give one such as `https://app.example.com`",
            Self::Issuer => "no tokens of this issuer are accepted: give the one that `signed_by` was given",
        })
    }
}

impl std::error::Error for VerifierError {}

impl Verifier {
    /// Accepts nothing yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let cookies = session_cookies(true);
        Self { clock, sealed: None, signed: Vec::new(), site: None, cookies, named: None }
    }

    /// Looks for the cookies that a site over plain `http` has, in development: without `__Secure-`, so anybody on the
    /// network, and every site on a subdomain, may have set them.
    #[must_use]
    pub fn over_plain_http(self) -> Self {
        Self { cookies: session_cookies(false), ..self }
    }

    /// Looks for the session in the cookie of this name, and in no other: for a site that has given it another name
    /// (`cookies.sessionToken.name` of NextAuth.js). Call it before [`Verifier::secrets`]: Auth.js 5
    /// seals with a key that is made of the name too.
    #[must_use]
    pub fn cookie(self, name: &str) -> Self {
        Self { named: Some(name.to_owned()), ..self }
    }

    /// Accepts what was sealed or signed with these secrets, by hallpass or by NextAuth.js of any version: the secret of
    /// today first, then older ones.
    ///
    /// # Errors
    /// [`VerifierError::Secret`] where there is none.
    pub fn secrets(self, secrets: Vec<Secret>) -> Result<Self, VerifierError> {
        if secrets.is_empty() || secrets.iter().any(|secret| secret.expose().is_empty()) {
            return Err(VerifierError::Secret);
        }
        let mut names = Wire::V4.cookie_names(true);
        names.session = self.named.clone().unwrap_or(names.session);
        let tokens = SessionTokens::new(&secrets, Wire::V4, &names);
        Ok(Self { sealed: Some(Arc::new(tokens.ok_or(VerifierError::Secret)?)), ..self })
    }

    /// The site, such as `https://app.example.com`, whose pages may change something here with the session's cookie. They say so by `Origin`,
    /// as `SameOrigin` of the site itself asks it; so an API on another host of the site is for them too.
    ///
    /// # Errors
    /// [`VerifierError::Site`] where it is no web address.
    pub fn site(self, url: &str) -> Result<Self, VerifierError> {
        let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        Ok(Self { site: Some(Site::new(&url.ok_or(VerifierError::Site)?)), ..self })
    }

    /// Accepts what hallpass signed for this audience. `issuer` is the URL of its base path
    /// (`https://www.example.com/api/auth`), `audience` its `signing.audience` (without one the URL of the site), `jwks` the
    /// body of its `GET /jwks`. Keys change: see [`Verifier::replace_keys`].
    ///
    /// # Errors
    /// [`VerifierError::Keys`] and [`VerifierError::Unnamed`].
    pub fn signed_by(mut self, issuer: &str, audience: &str, jwks: &[u8]) -> Result<Self, VerifierError> {
        if issuer.is_empty() || audience.is_empty() {
            return Err(VerifierError::Unnamed);
        }
        let keys = PublishedKeys::new(issuer, audience, jwks).ok_or(VerifierError::Keys)?;
        self.signed.push(Arc::new(keys));
        Ok(self)
    }

    /// Takes these keys in place of those that this issuer had, here and in every clone. `jwks` is the body of its `GET /jwks`, to be
    /// fetched every five minutes, and where [`Verifier::wants_keys`].
    ///
    /// ```
    /// use hallpass::verify::Verifier;
    ///
    /// const ISSUER: &str = "https://www.example.com/api/auth";
    ///
    /// /// What a task of the application does every ten seconds; `fetch` is its HTTP client's, or `get_keys` of `hallpass-client`.
    /// fn look(verifier: &Verifier, is_old: bool, fetch: impl Fn() -> Option<Vec<u8>>) {
    ///     if !is_old && !verifier.wants_keys() {
    ///         return;
    ///     }
    ///     match fetch().map(|keys| verifier.replace_keys(ISSUER, &keys)) {
    ///         Some(Ok(())) => {}
    ///         // Those of before are good until the next time.
    ///         Some(Err(error)) => eprintln!("{error}"),
    ///         None => eprintln!("no keys came"),
    ///     }
    /// }
    /// # let _: fn(&Verifier, bool, fn() -> Option<Vec<u8>>) = look;
    /// ```
    ///
    /// # Errors
    /// [`VerifierError::Keys`] and [`VerifierError::Issuer`]; the keys of before stay.
    pub fn replace_keys(&self, issuer: &str, jwks: &[u8]) -> Result<(), VerifierError> {
        let mut theirs = self.signed.iter().filter(|keys| keys.are_of(issuer)).peekable();
        theirs.peek().ok_or(VerifierError::Issuer)?;
        theirs.try_for_each(|keys| keys.replace(jwks).ok_or(VerifierError::Keys))
    }

    /// Whether a token from and for whom it should be named a key that is not there, since the keys were replaced. Its signature is
    /// unknown, so anybody can bring this about: fetch no more often than every few seconds.
    pub fn wants_keys(&self) -> bool {
        self.signed.iter().any(|keys| keys.are_wanted())
    }

    /// The session of a request: from its cookie, else from `Authorization: Bearer …`. `None` where there is none, where it
    /// is over, where it is not from whom it should be, or where a cookie alone would change something (every method but GET, HEAD and
    /// OPTIONS, and a socket) and it is not surely a page of [`Verifier::site`] that asks.
    pub fn session(&self, method: &Method, headers: &HeaderMap) -> Option<Session> {
        let by_cookie = changes_nothing(method, headers) || self.is_asked_by_site(headers);
        let of_cookie = by_cookie.then(|| self.of_cookie(headers)).flatten();
        of_cookie.or_else(|| self.token(bearer(headers)?))
    }

    /// To an API on another host a page of the site is no `same-origin`, and its `Origin` says whose it is.
    fn is_asked_by_site(&self, headers: &HeaderMap) -> bool {
        let Some(site) = &self.site else { return false };
        let mut origins = headers.get_all(ORIGIN).into_iter();
        let is_named = origins.next().and_then(|origin| origin.to_str().ok()).is_some_and(|one| site.is(one));
        (is_named && origins.next().is_none()) || matches!(starter(site, headers), Ok(Starter::ThisSite))
    }

    /// The session that a token tells of.
    pub fn token(&self, token: &str) -> Option<Session> {
        let now = self.clock.now();
        let sealed = self.sealed.as_ref().and_then(|sealed| of_token(sealed.read(token)?, now));
        sealed.or_else(|| self.signed.iter().find_map(|keys| keys.session(token, now)))
    }

    fn of_cookie(&self, headers: &HeaderMap) -> Option<Session> {
        let cookies = Cookies::parse(headers).ok()?;
        let names = self.named.as_ref().map_or(self.cookies.as_slice(), std::slice::from_ref);
        names.iter().find_map(|name| self.token(&cookies.joined(name)?))
    }
}

/// What the session cookie is called, by every generation.
fn session_cookies(secure: bool) -> Vec<String> {
    [Wire::V4, Wire::V5].map(|wire| wire.cookie_names(secure).session).into()
}

/// The token of `Authorization: Bearer …` (RFC 6750 §2.1); the scheme's case does not count (RFC 9110 §11.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(AUTHORIZATION).into_iter();
    let (scheme, token) = given.next()?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && given.next().is_none()).then(|| token.trim())
}
