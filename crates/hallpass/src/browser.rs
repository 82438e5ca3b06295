//! A browser for the tests of this crate: it keeps cookies, reads forms, and calls the service in the process.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tower_service::Service;

use crate::config::builder::AuthBuilder;
use crate::config::{Auth, EmailOptions, PasswordOptions, Profile, SessionOptions, Strategy};
use crate::openapi::trials::is_described;
use crate::secret::Secret;
use crate::world::fixed::Fixed;

/// The site of the tests.
pub(crate) const SITE: &str = "http://localhost:4405";

/// A browser, the server it talks to, and the world of both.
pub(crate) struct Browser {
    pub(crate) auth: Auth,
    pub(crate) cookies: BTreeMap<String, String>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) set_cookies: Vec<String>,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// The `url` of a redirect as JSON.
    pub(crate) fn url(&self) -> String {
        self.json()["url"].as_str().unwrap().to_owned()
    }

    /// Whether it sets or clears the cookie with this name.
    pub(crate) fn touches(&self, name: &str) -> bool {
        self.set_cookies.iter().any(|line| line.starts_with(&format!("{name}=")))
    }
}

/// A server with passwords and mail links, before the test adds to it.
pub(crate) fn builder(fixed: &Fixed, strategy: Strategy) -> AuthBuilder {
    Auth::builder(SITE, vec![Secret::new("topsecret")], fixed.world())
        .profile(Profile::Compat)
        .session(SessionOptions { strategy, ..Profile::Compat.session() })
        .passwords(PasswordOptions::default())
        .email(EmailOptions { max_age: Duration::from_secs(600), ..Profile::Compat.email() })
}

/// The token of the link in the mail that was sent last.
pub(crate) fn token_of_last_mail(fixed: &Fixed) -> String {
    let mail = fixed.mail.sent.lock().unwrap().last().unwrap().clone();
    let (_, rest) = mail.text.split_once("token=").unwrap();
    rest.split('&').next().unwrap().to_owned()
}

/// The name of the session's cookie in the tests.
pub(crate) const SESSION: &str = "next-auth.session-token";

impl Browser {
    pub(crate) fn new(auth: &Auth) -> Self {
        Self { auth: auth.clone(), cookies: BTreeMap::new() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(format!("/api/auth{path}")).body(Full::default()).unwrap()).await
    }

    /// Posts a form without adding to it.
    pub(crate) async fn post_bare(&mut self, path: &str, form: &str) -> Answer {
        let request = Request::post(format!("/api/auth{path}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Full::from(form.to_owned()))
            .unwrap();
        self.send(request).await
    }

    /// Posts a form with the browser's anti-forgery token, as next-auth's client does.
    pub(crate) async fn post(&mut self, path: &str, form: &str) -> Answer {
        let token = self.csrf_token().await;
        self.post_bare(path, &format!("{form}&csrfToken={token}")).await
    }

    /// Posts JSON, as next-auth's `update()` does.
    pub(crate) async fn post_json(&mut self, path: &str, body: &serde_json::Value) -> Answer {
        let request = Request::post(format!("/api/auth{path}"))
            .header("content-type", "application/json")
            .body(Full::from(body.to_string()))
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn csrf_token(&mut self) -> String {
        self.get("/csrf").await.json()["csrfToken"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn session(&mut self) -> serde_json::Value {
        self.get("/session").await.json()
    }

    /// Sends a request. Whatever comes back has to be what the description of the endpoints says.
    pub(crate) async fn send(&mut self, mut request: Request<Full<Bytes>>) -> Answer {
        let asked = (request.method().clone(), request.uri().path().to_owned());
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert("cookie", pairs.join("; ").parse().unwrap());
        }
        let response: Result<Response<Full<Bytes>>, Infallible> = self.auth.service().call(request).await;
        let (parts, body) = response.unwrap().into_parts();
        let text = |name| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let set_cookies: Vec<String> = parts
            .headers
            .get_all("set-cookie")
            .iter()
            .map(|line| line.to_str().unwrap().to_owned())
            .collect();
        for line in &set_cookies {
            let (name, rest) = line.split_once('=').unwrap();
            if rest.contains("; Max-Age=0;") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
            }
        }
        let answer = Answer {
            status: parts.status.as_u16(),
            location: text("location"),
            set_cookies,
            body: String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap(),
            headers: parts.headers,
        };
        is_described(&self.auth, (&asked.0, &asked.1), &answer);
        answer
    }

    /// Signs up, which also signs in.
    pub(crate) async fn sign_up(&mut self, email: &str, password: &str) -> Answer {
        let email = email.replace('@', "%40");
        self.post("/signup", &format!("email={email}&password={password}&name=Ada")).await
    }
}
