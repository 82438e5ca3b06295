//! A server that is set up like the recorded ones, and a browser that does again what theirs did.

use std::collections::BTreeMap;

use hallpass_oauth::profile::ClaimNames;
use hallpass_oauth::{Client, ClientSecret, Mapping, Provider, UserInfo};
use hallpass_wire::Wire;
use http::Request;
use serde_json::json;

use super::recording::{Exchange, add_cookie, json_fact, url_fact};
use crate::browser::{Answer, Browser, SITE, token_of_last_mail};
use crate::config::{Auth, Profile, SessionOptions, Strategy};
use crate::credentials::{Authorize, AuthorizeError, Credentials, Identity, Input};
use crate::secret::Secret;
use crate::world::Pending;
use crate::world::fixed::Fixed;

/// The recordings, by version and by what was configured.
pub(super) const RECORDINGS: [&str; 10] = [
    "3.1.0-jwt",
    "3.29.10-jwt",
    "3.29.10-email-db",
    "3.29.10-oauth-pkce-db",
    "4.24.15-jwt",
    "4.24.15-email-db",
    "4.24.15-oauth-pkce-db",
    "authcore-0.41.3-jwt",
    "authcore-0.41.3-email-db",
    "authcore-0.41.3-oauth-db",
];

/// The application's own sign-in, as it was recorded: one good password, and an error with words.
struct Recorded;

impl Authorize for Recorded {
    fn authorize(&self, input: Input) -> Pending<'_, Result<Option<Identity>, AuthorizeError>> {
        let (name, password) = (input.get("username"), input.get("password"));
        let answer = match (name, password) {
            (Some("a"), Some("ok")) => Ok(Some(Identity {
                id: "7".into(),
                name: Some("J Smith".into()),
                email: Some("j@example.com".into()),
                image: Some("http://img/x.png".into()),
                ..Identity::default()
            })),
            (Some("throw"), _) => Err(AuthorizeError::Words("Boom & co".into())),
            _ => Ok(None),
        };
        Box::pin(async { answer })
    }
}

/// The provider of the recording: its id stands in the path, its name where the ways to sign in are listed.
fn provider(text: &str, scope: &'static str) -> Client {
    let after = |mark: &str, ends: [char; 2]| text.split_once(mark)?.1.split(ends).next().map(str::to_owned);
    let id = after("> POST /api/auth/signin/", ['?', ' ']).unwrap();
    let name = after("\"name\":\"", ['"', '"']).unwrap_or_else(|| id.clone());
    let provider = Provider {
        id: id.into(),
        name: name.into(),
        authorization: Some("https://provider.example/fake/authorize".into()),
        token: Some("https://provider.example/fake/token".into()),
        userinfo: UserInfo::Endpoint("https://provider.example/fake/user".into()),
        scope: scope.into(),
        mapping: Mapping::Claims(ClaimNames::OPENID),
        ..Provider::OAUTH2
    };
    Client::builder(provider, "cid").secret(ClientSecret::new("csec".into())).build().unwrap()
}

/// The server and its one browser.
pub(super) struct Server {
    fixed: Fixed,
    browser: Browser,
    /// The state of the sign-in that was started last.
    state: String,
}

impl Server {
    /// Set up like the one that was recorded.
    pub(super) fn like(name: &str, text: &str) -> Self {
        let fixed = Fixed::new();
        let (wire, scope) = match name.get(..2) {
            Some("3.") => (Wire::V3, "user"),
            Some("4.") => (Wire::V4, "read:user user:email"),
            _ => (Wire::V5, "read:user"),
        };
        let strategy = if name.ends_with("-db") { Strategy::Database } else { Strategy::Jwt };
        let mut builder = Auth::builder(SITE, vec![Secret::new("topsecret")], fixed.world())
            .wire(wire)
            .profile(Profile::Compat)
            .session(SessionOptions { strategy, ..Profile::Compat.session() });
        if name.contains("email") {
            builder = builder.email(Profile::Compat.email());
        } else {
            builder = builder.oauth(provider(text, scope));
        }
        if strategy == Strategy::Jwt {
            builder = builder.authorize(Credentials::new("credentials", "Credentials", Recorded));
        }
        let browser = Browser::new(&builder.build().unwrap());
        Self { fixed, browser, state: String::new() }
    }

    /// Makes the request, with this browser's token, state and mail link in the place of the recorded ones.
    pub(super) async fn answer(&mut self, exchange: &Exchange) -> BTreeMap<String, String> {
        let path = self.current(&exchange.path);
        let body = self.current(&exchange.body);
        let mut request = Request::builder().method(exchange.method.as_str()).uri(path.as_str());
        if !body.is_empty() {
            let json = body.starts_with('{');
            let kind = if json { "application/json" } else { "application/x-www-form-urlencoded" };
            request = request.header("content-type", kind);
        }
        for (name, value) in &exchange.headers {
            request = request.header(name, value);
        }
        if path.contains("code=abc") {
            self.script();
        }
        let answer = self.browser.send(request.body(body.into()).unwrap()).await;
        let mut facts = facts(&answer);
        if path.contains("/callback/email?") && answer.status == 200 {
            facts = self::facts(&self.click(&path).await);
            facts.insert("first".into(), "a page with a button".into());
        }
        let led =
            facts.get("location").or(facts.get("json")).is_some_and(|url| url.contains("/fake/authorize"));
        if led {
            let url = answer.location.clone().unwrap_or_else(|| answer.url());
            self.state = parameter(&url, "state").to_owned();
        }
        facts
    }

    /// Sends the form that a mail link shows here, so that what was recorded after it can be compared.
    async fn click(&mut self, path: &str) -> Answer {
        let form = path.split_once('?').unwrap().1.to_owned();
        self.browser.post("/callback/email", &form).await
    }

    /// What the provider will answer.
    fn script(&self) {
        self.fixed.http.script.lock().unwrap().clear();
        self.fixed.http.answer(&json!({"access_token": "at123", "token_type": "bearer"}));
        self.fixed.http.answer(&json!({
            "sub": "99", "name": "Octo Cat", "email": "octo@example.com", "picture": "http://img/o.png"
        }));
    }

    /// The recorded text with what belongs to this browser.
    fn current(&self, recorded: &str) -> String {
        let mut text = recorded.replace("{site%}", "http%3A%2F%2Flocalhost%3A4405").replace("{site}", SITE);
        let csrf = ["next-auth.csrf-token", "authjs.csrf-token"];
        let kept = csrf.iter().find_map(|name| self.browser.cookies.get(*name));
        if let Some(kept) = kept {
            let token = kept.split('%').next().unwrap_or_default();
            text = swapped(&text, "csrfToken=", token);
            text = swapped(&text, "\"csrfToken\":\"", token);
        }
        if text.contains("/callback/email?") {
            text = swapped(&text, "token=", &token_of_last_mail(&self.fixed));
        }
        let text = swapped(&text, "state=", &self.state);
        // Auth.js 5 asked its provider with no state, and got none back.
        let back = text.contains("code=abc") || text.contains("error=access_denied");
        let stateless = back && !text.contains("state=");
        if stateless { format!("{text}&state={}", self.state) } else { text }
    }
}

/// Puts another value after a name, where the recorded one is random: long, that is.
fn swapped(text: &str, name: &str, value: &str) -> String {
    let Some((before, after)) = text.split_once(name) else { return text.to_owned() };
    let end = after.find(['&', '"']).unwrap_or(after.len());
    if end < 32 {
        return text.to_owned();
    }
    format!("{before}{name}{value}{}", &after[end..])
}

fn parameter<'a>(url: &'a str, name: &str) -> &'a str {
    let query = url.split_once('?').unwrap().1;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap()
}

/// What is compared of an answer.
fn facts(answer: &Answer) -> BTreeMap<String, String> {
    let site = |text: &str| text.replace("http%3A%2F%2Flocalhost%3A4405", "{site%}").replace(SITE, "{site}");
    let mut facts = BTreeMap::from([("status".to_owned(), answer.status.to_string())]);
    if let Some(location) = &answer.location {
        facts.insert("location".into(), url_fact(&site(location)));
    }
    let kind = answer.headers.get("content-type").map_or("", |kind| kind.to_str().unwrap());
    if kind.starts_with("application/json") && !answer.body.is_empty() {
        facts.insert("json".into(), json_fact(&site(&answer.body)));
    }
    for line in &answer.set_cookies {
        add_cookie(&mut facts, &site(line));
    }
    facts
}
