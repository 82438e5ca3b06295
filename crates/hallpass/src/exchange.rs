//! What an endpoint receives and what it returns.

use bytes::Bytes;
use hallpass_store::Timestamp;
use hallpass_wire::{
    Action, AskedBy, CALLBACK_URL_FIELD, CSRF_HEADER, JSON_FIELD, RETURN_REDIRECT_HEADER, UrlBody,
};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, EXPIRES, HeaderName, HeaderValue, LOCATION, PRAGMA,
    SET_COOKIE, STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Response, StatusCode};
use http_body_util::Full;
use serde::Serialize;

use crate::config::{BadCallbackUrl, Bearer, Setup};
use crate::cookies::{Cookies, SetCookie};
use crate::csrf_token::CsrfToken;
use crate::error::Fault;
use crate::pages::{FormTargets, content_security_policy};
use crate::params::Params;
use crate::trace::Trace;

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The two verbs of the wire. `HEAD` is read as `GET` (RFC 9110 §9.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
}

/// One request, read: everything that an endpoint may look at.
pub(crate) struct Exchange<'a> {
    pub(crate) setup: &'a Setup,
    pub(crate) verb: Verb,
    pub(crate) action: Action<'a>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) query: Params,
    pub(crate) form: Params,
    pub(crate) cookies: Cookies<'a>,
    pub(crate) csrf: CsrfToken,
    /// Where to go afterwards: of this site, unless the application allows another.
    pub(crate) callback_url: CallbackUrl,
    pub(crate) now: Timestamp,
    pub(crate) trace: &'a Trace,
}

/// Where to go afterwards, and whether the browser's cookie says otherwise.
pub(crate) struct CallbackUrl {
    pub(crate) url: String,
    pub(crate) differs: bool,
    /// Whether the request asked for a place that it may not lead to.
    pub(crate) refused: bool,
}

impl CallbackUrl {
    /// The body's wish, else the query's, else the cookie's, else the site itself (wire §4.1).
    pub(crate) async fn resolve(
        setup: &Setup,
        action: Action<'_>,
        query: &Params,
        form: &Params,
        cookies: &Cookies<'_>,
    ) -> Result<Self, Fault> {
        let kept = cookies.value(&setup.names.callback_url);
        if !setup.hooks.is_empty() && !action.leads_on() {
            // The application is asked where it matters. Until then the cookie stays as it is.
            return Ok(Self { differs: kept.is_none(), url: setup.site.origin.clone(), refused: false });
        }
        let wish = form.get(CALLBACK_URL_FIELD).or_else(|| query.get(CALLBACK_URL_FIELD));
        let wish = wish.filter(|wish| !wish.is_empty());
        let url = match wish.or(kept.as_deref()) {
            Some(wish) => setup.judge(wish).await?,
            None => setup.site.origin.clone(),
        };
        let refusing = setup.bad_callback_url == BadCallbackUrl::Refuse && action.leads_on();
        // The cookie is not what somebody asks for, and the application may have led elsewhere.
        let refused =
            refusing && url == setup.site.origin && wish.is_some_and(|wish| !setup.site.allows(wish));
        Ok(Self { differs: kept.as_deref() != Some(url.as_str()), url, refused })
    }
}

impl Exchange<'_> {
    /// How the client asks for redirects as JSON, if it does.
    pub(crate) fn asked_by(&self) -> Option<AskedBy> {
        if self.form.get(JSON_FIELD) == Some("true") {
            Some(AskedBy::Field)
        } else if self.headers.contains_key(RETURN_REDIRECT_HEADER) {
            Some(AskedBy::Header)
        } else {
            None
        }
    }

    /// Whether the client wants redirects as JSON.
    pub(crate) fn wants_json(&self) -> bool {
        self.asked_by().is_some()
    }

    /// Whether the client is a browser that navigates.
    pub(crate) fn wants_page(&self) -> bool {
        !self.wants_json() && accepts_html(self.headers)
    }

    /// Adds the cookies of the preamble (wire §4.1) to a reply and finishes it.
    pub(crate) fn finish(&self, mut reply: Reply) -> Response<Full<Bytes>> {
        let bare = self.action.sets_no_cookie() || reply.status == StatusCode::BAD_REQUEST;
        let mut cookies = Vec::new();
        if !bare {
            if self.csrf.is_fresh() && !reply.rotates_csrf {
                cookies.push(SetCookie::new(&self.setup.names.csrf, self.csrf.cookie()));
            }
            if self.callback_url.differs && !reply.keeps_callback_url {
                cookies.push(SetCookie::new(&self.setup.names.callback_url, &self.callback_url.url));
            }
        }
        cookies.append(&mut reply.cookies);
        reply.cookies = cookies;
        reply.into_response(self.setup.secure, &self.trace.request_id)
    }
}

/// Whether an `Accept` header asks for a page.
pub(crate) fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(http::header::ACCEPT)
        .iter()
        .any(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")))
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    cookies: Vec<SetCookie>,
    /// The reply sets an anti-forgery cookie of its own.
    pub(crate) rotates_csrf: bool,
    /// The reply is the same whatever the callback URL is, and leaves its cookie alone.
    pub(crate) keeps_callback_url: bool,
    varies_by_bearer: bool,
}

impl Reply {
    fn new(status: StatusCode, content_type: Option<&'static str>, body: Bytes) -> Self {
        let mut headers = HeaderMap::with_capacity(8);
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        Self {
            status,
            headers,
            body,
            cookies: Vec::new(),
            rotates_csrf: false,
            keeps_callback_url: false,
            varies_by_bearer: false,
        }
    }

    /// JSON that is there already.
    pub(crate) fn json_bytes(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::new(status, Some("application/json; charset=utf-8"), body.into())
    }

    /// JSON.
    pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, Fault> {
        let body = serde_json::to_vec(body).map_err(|_| Fault::Broken("json"))?;
        Ok(Self::json_bytes(status, body))
    }

    /// A sentence.
    pub(crate) fn text(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::new(status, Some("text/plain; charset=utf-8"), body.into())
    }

    /// Nothing.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self::new(status, None, Bytes::new())
    }

    /// One of our pages: no script, no frame, and of its URL, which may hold a token, no more than the origin in
    /// anybody's log. Not `no-referrer`: under that a browser writes `Origin: null` on the very forms of these pages.
    pub(crate) fn page(setup: &Setup, status: StatusCode, html: String) -> Self {
        let targets = if setup.secure { FormTargets::Https } else { FormTargets::HttpToo };
        Self::html(setup, status, html, targets)
    }

    /// One of our pages that has no form.
    pub(crate) fn notice(setup: &Setup, status: StatusCode, html: String) -> Self {
        Self::html(setup, status, html, FormTargets::Nowhere)
    }

    fn html(setup: &Setup, status: StatusCode, html: String, targets: FormTargets) -> Self {
        let policy = content_security_policy(&setup.sheet, targets, setup.logo_source.as_deref());
        let headers = [
            ("x-frame-options", "DENY"),
            ("referrer-policy", "strict-origin"),
            ("cross-origin-opener-policy", "same-origin"),
        ];
        let mut page = Self::new(status, Some("text/html; charset=utf-8"), html.into());
        if let Ok(policy) = HeaderValue::try_from(policy) {
            page.headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        headers.into_iter().fold(page, |page, (name, value)| page.header(name, value)).private()
    }

    /// A redirect: `302`, or JSON with `status` for clients that ask for it (wire §4.2).
    pub(crate) fn redirect(x: &Exchange<'_>, status: StatusCode, url: &str) -> Result<Self, Fault> {
        if x.wants_json() {
            return Ok(Self::json(status, &UrlBody { url })?.private());
        }
        let location = HeaderValue::from_str(url).map_err(|_| Fault::Broken("location"))?;
        let mut reply = Self::empty(StatusCode::FOUND).private().header("referrer-policy", "strict-origin");
        reply.headers.insert(LOCATION, location);
        Ok(reply)
    }

    /// A redirect after a mail was sent, or to the page that says so; a client that asks for JSON is told the code too,
    /// because its application shows the page.
    pub(crate) fn redirect_with_code(x: &Exchange<'_>, url: &str, code: Option<&str>) -> Result<Self, Fault> {
        match code.filter(|_| x.wants_json()) {
            Some(code) => {
                let body = serde_json::json!({ "url": url, "code": code });
                Ok(Self::json(StatusCode::OK, &body)?.private())
            }
            None => Self::redirect(x, StatusCode::OK, url),
        }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        self
    }

    /// Gives the client the token that its next POST has to carry, and so spares it a request for it.
    pub(crate) fn with_token_of(mut self, x: &Exchange<'_>) -> Result<Self, Fault> {
        let mut token = HeaderValue::from_str(x.csrf.token()).map_err(|_| Fault::Broken("csrf_header"))?;
        token.set_sensitive(true);
        self.headers.insert(HeaderName::from_static(CSRF_HEADER), token);
        Ok(self)
    }

    /// For this browser only, and not to be kept (A83).
    pub(crate) fn private(mut self) -> Self {
        self.headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache, no-store"));
        self.headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
        self.headers.insert(EXPIRES, HeaderValue::from_static("0"));
        self.headers.insert(VARY, HeaderValue::from_static("Cookie"));
        self
    }

    /// What depends on `Authorization` too, where that is read.
    pub(crate) fn varying_by_bearer(mut self, setup: &Setup) -> Self {
        self.varies_by_bearer = setup.session.bearer == Bearer::Read;
        self
    }

    /// For everybody, and to be kept for five minutes.
    pub(crate) fn public(self) -> Self {
        self.header("cache-control", "public, max-age=300")
    }

    /// Sets cookies; whatever sets one is private.
    pub(crate) fn cookies(mut self, cookies: impl IntoIterator<Item = SetCookie>) -> Self {
        self.cookies.extend(cookies);
        self
    }

    /// Leaves the cookies of the preamble as they are: the request could not bring them, so none is missing.
    pub(crate) fn leaving_cookies(mut self) -> Self {
        (self.rotates_csrf, self.keeps_callback_url) = (true, true);
        self
    }

    /// Writes it out.
    pub(crate) fn into_response(self, secure: bool, request_id: &str) -> Response<Full<Bytes>> {
        let reply = if self.cookies.is_empty() { self } else { self.private() };
        let mut response = Response::new(Full::new(reply.body));
        *response.status_mut() = reply.status;
        let headers = response.headers_mut();
        *headers = reply.headers;
        if reply.varies_by_bearer {
            headers.insert(VARY, HeaderValue::from_static("Cookie, Authorization"));
        }
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if secure {
            headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
        }
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(&X_REQUEST_ID, id);
        }
        for cookie in reply.cookies {
            if let Some(line) = cookie.header(secure) {
                headers.append(SET_COOKIE, line);
            }
        }
        response
    }
}
