//! A browser that shows everything.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::Value;
use url::Url;

use crate::jar::Jar;
use crate::{Log, Request, Response};

/// Fields of queries, forms and JSON whose values may not be logged.
const SECRET_FIELDS: [&str; 15] = [
    "csrfToken",
    "password",
    "currentPassword",
    "newPassword",
    "email",
    "token",
    "code",
    "state",
    "nonce",
    "code_verifier",
    "client_secret",
    "client_assertion",
    "posted",
    "access_token",
    "id_token",
];

/// Keeps cookies, follows redirects when told to, and knows the server under test.
///
/// Paths without a leading slash are below the base path: `session` is `/api/auth/session`.
#[derive(Clone, Debug)]
pub struct Browser {
    server: SocketAddr,
    origin: Url,
    log: Log,
    // Cookies know hosts and no ports, as in a real browser.
    jars: BTreeMap<String, Jar>,
}

impl Browser {
    pub(crate) fn new(server: SocketAddr, url: &str, log: Log) -> Self {
        let origin = Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        Self { server, origin, log, jars: BTreeMap::new() }
    }

    /// The public origin of the server, without a slash at the end.
    pub fn origin(&self) -> String {
        self.origin.origin().ascii_serialization()
    }

    /// Sends a request to the server, with this browser's cookies unless the request brings its own.
    pub fn send(&mut self, request: Request) -> Response {
        self.try_send(request).unwrap_or_else(|error| panic!("the server did not answer: {error}"))
    }

    /// As [`Browser::send`]; a connection that fails is an error.
    pub fn try_send(&mut self, mut request: Request) -> Result<Response, String> {
        request.target = target(&request.target);
        self.exchange(self.server, self.origin.clone(), request)
    }

    /// Goes to a URL, of the server or of a peer on the loopback.
    pub fn send_to(&mut self, url: &str, mut request: Request) -> Response {
        let url = Url::parse(url).unwrap_or_else(|error| panic!("{url:?}: {error}"));
        request.target = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        let to = if url.origin() == self.origin.origin() {
            self.server
        } else {
            let host = url.host_str().unwrap_or_default();
            assert!(["localhost", "127.0.0.1"].contains(&host), "{url} is not on the loopback");
            SocketAddr::from(([127, 0, 0, 1], url.port_or_known_default().unwrap_or(80)))
        };
        self.exchange(to, url, request).unwrap_or_else(|error| panic!("no answer: {error}"))
    }

    fn exchange(&mut self, to: SocketAddr, url: Url, mut request: Request) -> Result<Response, String> {
        let jar = self.jars.entry(url.host_str().unwrap_or_default().to_owned()).or_default();
        if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("cookie"))
            && let Some(cookies) = jar.header()
        {
            request = request.header("Cookie", cookies);
        }
        // What a client reports of itself is there to be logged.
        if !request.target.ends_with("/_log") {
            learn_pairs(&self.log, request.target.split_once('?').map_or("", |(_, query)| query));
            learn_body(&self.log, &String::from_utf8_lossy(&request.body));
        }
        let authority = url[url::Position::BeforeHost..url::Position::AfterPort].to_owned();
        let response = request.try_send(to, &authority)?;
        jar.take(&response);
        if to == self.server {
            is_kept_by_nobody_else(&response);
        }
        learn_response(&self.log, &response);
        Ok(response)
    }

    /// Remembers what may not be logged and went past this browser: what a peer told, what a page shows.
    pub fn learn(&self, told: &Value) {
        learn_json(&self.log, told);
    }

    /// `GET`.
    pub fn get(&mut self, path: &str) -> Response {
        self.send(Request::get(path))
    }

    /// `POST` of a form as it is.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.send(Request::post(path, fields))
    }

    /// `POST` of a form with this browser's anti-forgery token.
    pub fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let token = self.csrf();
        let mut all = vec![("csrfToken", token.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all)
    }

    /// `POST` of a form as next-auth's client sends it: with the token and `json=true`.
    pub fn submit_json(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let mut all = fields.to_vec();
        all.push(("json", "true"));
        self.submit(path, &all)
    }

    /// The anti-forgery token, as the client gets it.
    pub fn csrf(&mut self) -> String {
        let answer = self.get("csrf");
        answer.json()["csrfToken"]
            .as_str()
            .unwrap_or_else(|| panic!("no token in {}", answer.text()))
            .to_owned()
    }

    /// The session's JSON.
    pub fn session(&mut self) -> Value {
        let answer = self.get("session");
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Whether somebody is signed in.
    pub fn is_signed_in(&mut self) -> bool {
        self.session()["user"].is_object()
    }

    /// Makes an account with a password; the answer as JSON.
    pub fn sign_up(&mut self, email: &str, password: &str) -> Response {
        self.submit_json("signup", &[("email", email), ("password", password), ("name", "Ada Lovelace")])
    }

    /// Signs in with a password; the answer as JSON.
    pub fn sign_in(&mut self, email: &str, password: &str) -> Response {
        self.submit_json("callback/credentials", &[("email", email), ("password", password)])
    }

    /// Follows redirects, ten at most, and answers with the first page that is not one.
    pub fn follow(&mut self, mut response: Response) -> Response {
        for _ in 0..10 {
            if !(300..400).contains(&response.status) {
                return response;
            }
            let url = response.location().to_owned();
            response = self.send_to(&url, Request::get(""));
        }
        panic!("too many redirects, the last to {}", response.location())
    }

    /// The value of a cookie of the server's host.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.own_jar().and_then(|jar| jar.get(name)).map(str::to_owned)
    }

    /// The names of all cookies of the server's host.
    pub fn cookie_names(&self) -> Vec<String> {
        self.own_jar().map(Jar::names).unwrap_or_default()
    }

    /// Plants a cookie.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.log.secret(value);
        let host = self.origin.host_str().unwrap_or_default().to_owned();
        self.jars.entry(host).or_default().set(name, value);
    }

    /// Forgets a cookie.
    pub fn remove_cookie(&mut self, name: &str) {
        let host = self.origin.host_str().unwrap_or_default().to_owned();
        self.jars.entry(host).or_default().remove(name);
    }

    fn own_jar(&self) -> Option<&Jar> {
        self.jars.get(self.origin.host_str().unwrap_or_default())
    }
}

fn target(path: &str) -> String {
    let absolute = path.starts_with('/') || path.starts_with("http") || path == "*";
    if absolute { path.to_owned() } else { format!("/api/auth/{path}") }
}

/// A cache between the server and a browser would hand the session of one to another.
fn is_kept_by_nobody_else(response: &Response) {
    if !response.cookies().iter().any(|cookie| cookie.name.contains("session-token")) {
        return;
    }
    let says = |header: &str, word: &str| {
        response
            .all(header)
            .flat_map(|line| line.split(','))
            .any(|part| part.trim().eq_ignore_ascii_case(word))
    };
    assert!(
        says("cache-control", "no-store"),
        "a session cookie that a cache may keep: {:?}",
        response.headers
    );
    assert!(says("vary", "cookie"), "a session cookie for everybody: {:?}", response.headers);
}

fn learn_body(log: &Log, body: &str) {
    match serde_json::from_str(body) {
        Ok(json) => learn_json(log, &json),
        Err(_) => learn_pairs(log, body),
    }
}

fn learn_pairs(log: &Log, encoded: &str) {
    for (name, value) in url::form_urlencoded::parse(encoded.as_bytes()) {
        if SECRET_FIELDS.contains(&name.as_ref()) {
            log.secret(&value);
        }
    }
}

/// The texts of secret fields at any depth, and the queries of URLs.
fn learn_json(log: &Log, json: &Value) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(text) if SECRET_FIELDS.contains(&name.as_str()) => log.secret(text),
                    Some(text) => learn_pairs(log, text.split_once('?').map_or("", |(_, query)| query)),
                    None => learn_json(log, value),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| learn_json(log, value)),
        _ => {}
    }
}

fn learn_response(log: &Log, response: &Response) {
    for cookie in response.cookies() {
        if !cookie.name.ends_with("callback-url") {
            log.secret(&cookie.value);
            // The token before its hash stands in the page as well.
            log.secret(cookie.value.split("%7C").next().unwrap_or_default());
        }
    }
    if let Some((_, query)) = response.header("location").and_then(|url| url.split_once('?')) {
        learn_pairs(log, query);
    }
    if response.header("content-type").is_some_and(|kind| kind.starts_with("application/json"))
        && let Ok(body) = serde_json::from_slice(&response.body)
    {
        learn_json(log, &body);
    }
}
