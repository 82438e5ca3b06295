//! Forms that the application renders itself, and signing in and out from a server function.

use std::fmt;

use axum::extract::{FromRef, FromRequestParts};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hallpass_wire::{Action, CALLBACK_URL_FIELD, CSRF_FIELD, JSON_FIELD};
use http::header::{
    ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HeaderValue, SET_COOKIE, TRANSFER_ENCODING,
};
use http::request::Parts;
use http::{Extensions, HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use tower_service::Service;
use url::Url;
use url::form_urlencoded::Serializer;

use super::layer::Reading;
use super::same_origin::is_told;
use super::{NotSignedIn, Refusal, problem, unavailable};
use crate::config::{Auth, Way};
use crate::cookies::{Cookies, SetCookie, encode_component};
use crate::csrf_token::CsrfToken;
use crate::error::Fault;
use crate::proofs::is_safe;

/// The browser that sent a request: what the forms of a page need that the application renders itself, and signing it in and out from
/// a server function.
///
/// It needs [`Auth::layer`] around the router: the cookies that an answer has to carry are written there.
///
/// ```
/// use axum::response::{Html, Redirect};
/// use hallpass::Visitor;
///
/// /// The form works without JavaScript: it posts to hallpass itself.
/// async fn sign_in_page(visitor: Visitor) -> Html<String> {
///     let token = visitor.csrf_token();
///     Html(format!(r#"<form method="post" action="/api/auth/callback/credentials">
///         <input type="hidden" name="csrfToken" value="{token}">
///         <input name="email"><input name="password" type="password"><button>Sign in</button></form>"#))
/// }
///
/// /// What a server function does: it signs out, and leads home.
/// async fn leave(visitor: Visitor) -> Redirect {
///     match visitor.sign_out("/").await {
///         Ok(url) => Redirect::to(&url),
///         Err(error) => Redirect::to(&format!("/?problem={}", error.code())),
///     }
/// }
/// # use axum::routing::{get, post};
/// # let _: axum::Router<hallpass::Auth> = axum::Router::new().route("/", get(sign_in_page)).route("/leave", post(leave));
/// ```
///
/// What the other extractors say of this request stays what it came with: whoever signs in is there with the next request.
pub struct Visitor {
    auth: Auth,
    csrf_token: String,
    reading: Reading,
    method: Method,
    headers: HeaderMap,
    extensions: Extensions,
}

impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visitor").field("csrf_token", &"[redacted]").finish_non_exhaustive()
    }
}

/// Why a server function could not sign in or out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VisitorError {
    /// hallpass refused, with one of the error codes of its pages, such as `CredentialsSignin`.
    Refused(String),
    /// The request is not surely one that this site's own page made: it was read with GET, or another site started it, or it does not say
    /// who did. Such a request must not sign anybody in or out.
    NotOurs,
    /// The store cannot be asked at the moment: nothing was changed.
    Unavailable,
}

impl VisitorError {
    /// The code, as the pages of the application get it as `?error=`.
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(code) => code,
            Self::NotOurs => "NotOurs",
            Self::Unavailable => "FetchError",
        }
    }
}

impl fmt::Display for VisitorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(code) => write!(f, "hallpass refused it: {code}"),
            Self::NotOurs => f.write_str(
                "the request was not surely made by a page of this site: sign in and out with POST, and let a proxy pass Origin and Sec-Fetch-Site on",
            ),
            Self::Unavailable => f.write_str("the sign-in service is not available at the moment. Nothing was changed"),
        }
    }
}

impl std::error::Error for VisitorError {}

impl IntoResponse for VisitorError {
    /// For an API: 401, 403 or 503. A page says it in words of its own.
    fn into_response(self) -> Response {
        match self {
            Self::Refused(_) => problem(
                StatusCode::UNAUTHORIZED,
                r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"Nobody was signed in."}"#,
            ),
            Self::NotOurs => NotSignedIn(Refusal::Forbidden).into_response(),
            Self::Unavailable => NotSignedIn(Refusal::Unavailable).into_response(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor
where
    Auth: FromRef<S>,
{
    type Rejection = NotSignedIn;

    /// Refuses with 503 where there is no randomness for a token, and with 500 where there is no [`Auth::layer`].
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, NotSignedIn> {
        let auth = Auth::from_ref(state);
        let refused = |fault| NotSignedIn(unavailable(&auth.0, &fault, parts));
        let reading = Reading::owed(parts)?.clone();
        let csrf_token = csrf_token(&auth, parts, &reading).map_err(refused)?;
        let (method, headers, extensions) =
            (parts.method.clone(), parts.headers.clone(), parts.extensions.clone());
        Ok(Self { auth, csrf_token, reading, method, headers, extensions })
    }
}

/// The browser's token, one for a request, however many forms there are.
fn csrf_token(auth: &Auth, parts: &Parts, reading: &Reading) -> Result<String, Fault> {
    if let Some(token) = reading.note(auth, |seen| seen.csrf.as_ref().map(|(token, _)| token.clone())) {
        return Ok(token);
    }
    let csrf = match Cookies::parse(&parts.headers) {
        Ok(cookies) => CsrfToken::open(&auth.0, &cookies)?,
        Err(_) => CsrfToken::fresh(&auth.0)?,
    };
    let cookie = csrf.is_fresh().then(|| SetCookie::new(&auth.0.names.csrf, csrf.cookie()));
    reading.note(auth, |seen| seen.csrf = Some((csrf.token().to_owned(), cookie)));
    Ok(csrf.token().to_owned())
}

impl Visitor {
    /// The token against forgery: the value of a hidden field `csrfToken` in every form that posts to hallpass.
    pub fn csrf_token(&self) -> &str {
        &self.csrf_token
    }

    /// Signs in with the provider of this id, as a form of hallpass's own would, and says where to lead the browser: a page of this site,
    /// the provider's page, or the one that says to look for a mail. `fields` are those of the form, such as `email` and `password`;
    /// `callback_url` is where to go in the end.
    ///
    /// # Errors
    ///
    /// See [`VisitorError`]; nobody is signed in then.
    pub async fn sign_in(
        &self,
        provider: &str,
        fields: &[(&str, &str)],
        callback_url: &str,
    ) -> Result<String, VisitorError> {
        let action = match self.auth.0.way(provider) {
            Some(Way::Password | Way::Credentials(_)) => Action::Callback(provider),
            _ => Action::SignIn(Some(provider)),
        };
        self.send(action, fields, callback_url).await
    }

    /// Signs out, everywhere in this browser, and says where to lead it.
    ///
    /// # Errors
    ///
    /// See [`VisitorError`]; nobody is signed out then.
    pub async fn sign_out(&self, callback_url: &str) -> Result<String, VisitorError> {
        self.send(Action::SignOut, &[], callback_url).await
    }

    /// Posts to hallpass, within the process, what a form of its own would.
    async fn send(
        &self,
        action: Action<'_>,
        fields: &[(&str, &str)],
        callback_url: &str,
    ) -> Result<String, VisitorError> {
        if !self.is_ours() {
            return Err(VisitorError::NotOurs);
        }
        let csrf = CsrfToken::fresh(&self.auth.0).map_err(|_| VisitorError::Unavailable)?;
        let form = form(&csrf, fields, callback_url);
        let mut request = Request::post(self.auth.0.url(action))
            .body(Full::<Bytes>::from(form))
            .map_err(|_| VisitorError::Unavailable)?;
        *request.headers_mut() = self.headers_with(&csrf)?;
        *request.extensions_mut() = self.extensions.clone();
        let Ok(answer) = self.auth.service().call(request).await;
        let (head, body) = answer.into_parts();
        let Ok(body) = body.collect().await;
        let led = led(&self.auth, head.status, &body.to_bytes());
        // A refusal has cookies too: a session that ended, a token that was replaced.
        self.reading.note(&self.auth, |seen| {
            if led.is_ok() {
                seen.prolonged.clear();
            }
            seen.moved.extend(head.headers.get_all(SET_COOKIE).iter().cloned());
        });
        led
    }

    /// Whether a page of this site surely made the request. The token that a form would bring is ours here, so silence proves nothing.
    fn is_ours(&self) -> bool {
        is_told(&self.auth, &self.headers) && !is_safe(&self.method)
    }

    /// The request's own headers, with a token against forgery that fits.
    fn headers_with(&self, csrf: &CsrfToken) -> Result<HeaderMap, VisitorError> {
        let mut headers = self.headers.clone();
        for name in [CONTENT_LENGTH, TRANSFER_ENCODING, COOKIE] {
            headers.remove(name);
        }
        let name = &self.auth.0.names.csrf;
        let pair = format!("{name}={}", encode_component(csrf.cookie()));
        let brought = self
            .headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'));
        let others = brought.map(str::trim).filter(|pair| pair.split('=').next() != Some(name.as_str()));
        let cookies: Vec<&str> = others.chain([pair.as_str()]).collect();
        let cookies = HeaderValue::try_from(cookies.join("; ")).map_err(|_| VisitorError::NotOurs)?;
        headers.insert(COOKIE, cookies);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Ok(headers)
    }
}

/// What a form of hallpass's own would post. The fields that are ours are not the caller's.
fn form(csrf: &CsrfToken, fields: &[(&str, &str)], callback_url: &str) -> String {
    let ours = [(CSRF_FIELD, csrf.token()), (CALLBACK_URL_FIELD, callback_url), (JSON_FIELD, "true")];
    let theirs = fields.iter().filter(|(name, _)| !ours.iter().any(|(taken, _)| taken == name));
    Serializer::new(String::new()).extend_pairs(theirs).extend_pairs(ours).finish()
}

/// What the answer leads to.
fn led(auth: &Auth, status: StatusCode, body: &Bytes) -> Result<String, VisitorError> {
    let json = serde_json::from_slice::<serde_json::Value>(body).unwrap_or_default();
    let Some(url) = json.get("url").and_then(serde_json::Value::as_str) else {
        return Err(if status.is_server_error() { VisitorError::Unavailable } else { VisitorError::NotOurs });
    };
    if status.is_server_error() {
        return Err(VisitorError::Unavailable);
    }
    let ours = Url::parse(url).ok().filter(|url| auth.0.site.is(url.as_str()));
    let told = |name: &str| {
        ours.as_ref().and_then(|url| {
            url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        })
    };
    match told("error") {
        Some(code) => Err(VisitorError::Refused(code)),
        None if told("csrf").is_some() => Err(VisitorError::NotOurs),
        None if !status.is_success() => Err(VisitorError::Refused(status.as_str().to_owned())),
        None => Ok(url.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::Router;
    use axum::body::Body;
    use axum::routing::{get, post};

    use super::*;
    use crate::Session;
    use crate::browser::{Browser, SESSION, SITE, builder};
    use crate::config::Strategy;
    use crate::world::fixed::Fixed;

    const PAIR: &str = "next-auth.csrf-token";
    const OURS: [(&str, &str); 1] = [("origin", SITE)];

    struct Answer {
        body: String,
        set_cookies: Vec<String>,
        headers: HeaderMap,
    }

    async fn ask(app: &mut Router, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, body) = app.call(request.body(Body::empty()).unwrap()).await.unwrap().into_parts();
        let body = String::from_utf8(axum::body::to_bytes(body, 9999).await.unwrap().to_vec()).unwrap();
        let lines = head.headers.get_all(SET_COOKIE).iter();
        let set_cookies = lines.map(|line| line.to_str().unwrap().to_owned()).collect();
        Answer { body, set_cookies, headers: head.headers }
    }

    fn told(led: Result<String, VisitorError>) -> String {
        led.unwrap_or_else(|error| format!("refused: {}", error.code()))
    }

    fn app(auth: &Auth) -> Router {
        let enter = |session: Option<Session>, visitor: Visitor| async move {
            let before = session.is_some();
            let fields = [
                ("email", "ada@example.com"),
                ("password", "correct-horse"),
                ("csrfToken", "none"),
                ("json", "false"),
            ];
            let led = told(visitor.sign_in("credentials", &fields, "/inner").await);
            format!("{led} {before}")
        };
        let wrong = |visitor: Visitor| async move {
            told(
                visitor.sign_in("credentials", &[("email", "ada@example.com"), ("password", "x")], "/").await,
            )
        };
        let mail = |visitor: Visitor| async move {
            told(visitor.sign_in("email", &[("email", "ada@example.com")], "/").await)
        };
        let nowhere = |visitor: Visitor| async move { told(visitor.sign_in("nowhere", &[], "/").await) };
        let leave = |session: Option<Session>, visitor: Visitor| async move {
            let led = told(visitor.sign_out("https://evil.example/").await);
            drop(session);
            led
        };
        let form = |one: Visitor, two: Visitor| async move {
            assert_eq!(one.csrf_token(), two.csrf_token());
            one.csrf_token().to_owned()
        };
        Router::new()
            .route("/form", get(form))
            .route("/enter", post(enter).get(enter))
            .route("/wrong", post(wrong))
            .route("/mail", post(mail))
            .route("/nowhere", post(nowhere))
            .route("/leave", post(leave))
            .layer(auth.layer())
            .with_state(auth.clone())
    }

    fn names(answer: &Answer) -> Vec<&str> {
        answer.set_cookies.iter().filter_map(|line| line.split('=').next()).collect()
    }

    #[tokio::test]
    async fn a_form_of_the_applications_own_gets_one_token_and_its_cookie_once() {
        let auth = builder(&Fixed::new(), Strategy::Jwt).build().unwrap();
        let mut app = app(&auth);
        let first = ask(&mut app, Method::GET, "/form", &[]).await;
        assert_eq!(names(&first), [PAIR]);
        assert_eq!(first.headers["cache-control"], "private, no-store");
        let pair = first.set_cookies[0].split(';').next().unwrap();
        assert!(pair.contains(&first.body));
        let again = ask(&mut app, Method::GET, "/form", &[("cookie", pair)]).await;
        assert_eq!((again.body, again.set_cookies.len()), (first.body, 0));
    }

    #[tokio::test]
    async fn a_server_function_signs_in_and_out_as_the_forms_do() {
        for strategy in [Strategy::Jwt, Strategy::Database] {
            let fixed = Fixed::new();
            let auth = builder(&fixed, strategy).build().unwrap();
            let mut browser = Browser::new(&auth);
            browser.sign_up("ada@example.com", "correct-horse").await;
            let mut app = app(&auth);
            let entered = ask(&mut app, Method::POST, "/enter", &OURS).await;
            assert_eq!(entered.body, format!("{SITE}/inner false"));
            assert!(names(&entered).contains(&SESSION), "{:?}", entered.set_cookies);
            let cookie = entered.set_cookies.iter().find(|line| line.starts_with(SESSION)).unwrap();
            let cookie = cookie.split(';').next().unwrap();
            // Old enough to be prolonged: what the sign-out clears must not be set again.
            fixed.clock.advance(Duration::from_secs(86_400));
            let left = ask(&mut app, Method::POST, "/leave", &[("origin", SITE), ("cookie", cookie)]).await;
            assert_eq!(left.body, SITE, "to the site, wherever it was asked to lead");
            let of_session: Vec<_> =
                left.set_cookies.iter().filter(|line| line.starts_with(SESSION)).collect();
            assert!(
                matches!(of_session.as_slice(), [line] if line.starts_with(&format!("{SESSION}=;"))),
                "{of_session:?}"
            );
            let after = browser_with(&auth, cookie).get("/session").await;
            assert_eq!(after.body, "{}", "the copy of the cookie is worth nothing");
        }
    }

    fn browser_with(auth: &Auth, cookie: &str) -> Browser {
        let mut browser = Browser::new(auth);
        let (name, value) = cookie.split_once('=').unwrap();
        browser.cookies.insert(name.to_owned(), value.to_owned());
        browser
    }

    #[tokio::test]
    async fn a_refusal_is_told_by_its_code_and_signs_nobody_in() {
        let fixed = Fixed::new();
        let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
        let mut app = app(&auth);
        for (path, expected) in
            [("/enter", "refused: CredentialsSignin false"), ("/wrong", "refused: CredentialsSignin")]
        {
            let answer = ask(&mut app, Method::POST, path, &OURS).await;
            assert_eq!(answer.body, expected);
            assert!(!names(&answer).contains(&SESSION));
        }
        let unknown = ask(&mut app, Method::POST, "/nowhere", &OURS).await;
        assert!(!unknown.body.contains("evil") && !names(&unknown).contains(&SESSION), "{}", unknown.body);
        let mail = ask(&mut app, Method::POST, "/mail", &OURS).await;
        assert!(mail.body.starts_with(&format!("{SITE}/api/auth/verify-request")), "{}", mail.body);
        assert_eq!(fixed.mail.sent.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_request_that_no_page_of_ours_surely_made_signs_nobody_in_or_out() {
        let auth = builder(&Fixed::new(), Strategy::Jwt).build().unwrap();
        let mut browser = Browser::new(&auth);
        browser.sign_up("ada@example.com", "correct-horse").await;
        let cookie = format!("{SESSION}={}", browser.cookies[SESSION]);
        let mut app = app(&auth);
        for headers in [
            [].as_slice(),
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("referer", SITE)],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
            &[("sec-fetch-site", "cross-site"), ("origin", SITE)],
        ] {
            let entered = ask(&mut app, Method::POST, "/enter", headers).await;
            assert!(
                entered.body.starts_with("refused: ") && !names(&entered).contains(&SESSION),
                "{headers:?}: {}",
                entered.body
            );
            let headers: Vec<_> = headers.iter().copied().chain([("cookie", cookie.as_str())]).collect();
            let left = ask(&mut app, Method::POST, "/leave", &headers).await;
            assert!(
                left.body.starts_with("refused: ") && !names(&left).contains(&SESSION),
                "{headers:?}: {}",
                left.body
            );
        }
        // A link that somebody follows is read with GET.
        let followed = ask(&mut app, Method::GET, "/enter", &[("sec-fetch-site", "same-origin")]).await;
        assert!(followed.body.starts_with("refused: NotOurs"), "{}", followed.body);
        assert!(browser.get("/session").await.body.contains("ada@example.com"));
    }

    #[test]
    fn an_error_is_an_answer_for_an_api() {
        for (error, status) in [
            (VisitorError::Refused("CredentialsSignin".into()), 401),
            (VisitorError::NotOurs, 403),
            (VisitorError::Unavailable, 503),
        ] {
            let answer = error.into_response();
            assert_eq!(
                (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
                (status, "application/problem+json")
            );
        }
    }

    #[tokio::test]
    async fn without_the_layer_there_is_nowhere_to_put_a_cookie_and_that_is_said() {
        let auth = builder(&Fixed::new(), Strategy::Jwt).build().unwrap();
        let page = |visitor: Visitor| async move { visitor.csrf_token().to_owned() };
        let mut app = Router::new().route("/", get(page)).with_state::<()>(auth);
        let answer = ask(&mut app, Method::GET, "/", &[]).await;
        assert!(
            answer.body.contains("500") && answer.body.contains(".layer(auth.layer())"),
            "{}",
            answer.body
        );
    }
}
