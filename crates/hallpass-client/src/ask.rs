//! One request, and what its answer is.

use std::error::Error as _;
use std::time::Duration;

use hallpass_wire::{Action, RETURN_REDIRECT_HEADER};
use reqwest::cookie::CookieStore;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, DATE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER,
    SET_COOKIE,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::{Client, Error};

/// What is told with a POST.
pub(crate) enum Body {
    Form(String),
    Json(Vec<u8>),
}

/// An answer in JSON of somebody who speaks the protocol, or seems to.
pub(crate) struct Answer {
    pub(crate) status: u16,
    content_type: String,
    pub(crate) data: Value,
}

impl Answer {
    /// For JSON that is not what was asked for.
    pub(crate) fn foreign(&self) -> Error {
        Error::NotHallpass { status: self.status, content_type: self.content_type.clone() }
    }

    pub(crate) fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Where it leads.
    pub(crate) fn url(&self) -> Result<&str, Error> {
        self.data.get("url").and_then(Value::as_str).ok_or_else(|| self.foreign())
    }

    /// The data as a type of the caller's.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, Error> {
        serde_path_to_error::deserialize(self.data).map_err(|error| {
            let member = error.path().to_string();
            Error::Shape { member, expected: expected(&error.into_inner().to_string()) }
        })
    }
}

/// serde's sentence without the value that it found: that is somebody's.
fn expected(sentence: &str) -> String {
    match sentence.split_once(", expected ") {
        Some((_, wanted)) => format!("expected {wanted}"),
        None if sentence.starts_with("missing field") => sentence.to_owned(),
        None => "it is refused by the type".to_owned(),
    }
}

impl Client {
    pub(crate) async fn get(&self, action: Action<'_>) -> Result<Answer, Error> {
        let request = self.http.get(self.at(action, &[]));
        self.ask(request, self.bearer.as_ref().map(|token| token.as_str())).await
    }

    pub(crate) async fn post(
        &self,
        action: Action<'_>,
        query: &[(String, String)],
        body: Body,
    ) -> Result<Answer, Error> {
        let (kind, bytes) = match body {
            Body::Form(form) => ("application/x-www-form-urlencoded", form.into_bytes()),
            Body::Json(json) => ("application/json", json),
        };
        let request = self.http.post(self.at(action, query)).header(CONTENT_TYPE, kind).body(bytes);
        self.ask(request.header(RETURN_REDIRECT_HEADER, "1"), None).await
    }

    fn at(&self, action: Action<'_>, query: &[(String, String)]) -> Url {
        let mut url = self.base.clone();
        // An id is a segment: what it holds cannot lead to another path.
        if let Ok(mut segments) = url.path_segments_mut() {
            match action {
                Action::SignIn(Some(id)) => segments.extend(["signin", id]),
                Action::Callback(id) => segments.extend(["callback", id]),
                other => segments.extend(other.path().split('/').filter(|part| !part.is_empty())),
            };
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    async fn ask(&self, request: reqwest::RequestBuilder, bearer: Option<&str>) -> Result<Answer, Error> {
        let mut request =
            request.timeout(self.deadline).header(ACCEPT, "application/json").build().map_err(broken)?;
        if let Some(cookies) = self.jar.cookies(request.url()) {
            request.headers_mut().insert(COOKIE, cookies);
        }
        if let Some(token) = bearer {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
                .map_err(|_| Error::Setup("the bearer token holds what no header can".to_owned()))?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        let asked = request.url().clone();
        let mut response = self.http.execute(request).await.map_err(broken)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        if *response.url() != asked {
            return Err(Error::Redirected { status, to: origin(response.url()) });
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if body.len().saturating_add(chunk.len()) > self.max_bytes {
                return Err(Error::TooLarge { max_bytes: self.max_bytes });
            }
            body.extend_from_slice(&chunk);
        }
        let answer = judge(status, &headers, &body, &asked)?;
        self.jar.set_cookies(&mut headers.get_all(SET_COOKIE).iter(), &asked);
        Ok(answer)
    }
}

/// What `Retry-After` asks for: seconds, or a date, which is counted from the answer's own (RFC 9110 §10.2.3).
fn wait(retry_after: &str, date: &str) -> Option<Duration> {
    if let Ok(seconds) = retry_after.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let (then, now) = (httpdate::parse_http_date(retry_after).ok()?, httpdate::parse_http_date(date).ok()?);
    Some(then.duration_since(now).unwrap_or_default())
}

/// Tells an answer of the protocol from what proxies, other sites and overload say. The cookies of those are not kept.
fn judge(status: u16, headers: &HeaderMap, body: &[u8], asked: &Url) -> Result<Answer, Error> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if status == 429 || status == 503 {
        return Err(Error::Busy { status, retry_after: wait(text(RETRY_AFTER), text(DATE)) });
    }
    if (300..400).contains(&status) {
        let to = asked.join(text(LOCATION)).map(|to| origin(&to)).unwrap_or_default();
        return Err(Error::Redirected { status, to });
    }
    let content_type = text(CONTENT_TYPE).to_owned();
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    let json = kind.eq_ignore_ascii_case("application/json");
    let Some(data) = json.then(|| serde_json::from_slice(body).ok()).flatten() else {
        let plain = kind.eq_ignore_ascii_case("text/plain") && status == 400 && body.starts_with(b"Error: ");
        return Err(if plain {
            Error::Unsupported { status }
        } else {
            Error::NotHallpass { status, content_type }
        });
    };
    if status >= 500 {
        return Err(Error::Server { status });
    }
    Ok(Answer { status, content_type, data })
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn broken(error: reqwest::Error) -> Error {
    if error.is_timeout() {
        return Error::Unreachable("not in time".to_owned());
    }
    Error::Unreachable(innermost(&error))
}

/// The cause at the bottom of the chain; the layers above it name the URL.
pub(crate) fn innermost(error: &reqwest::Error) -> String {
    let Some(mut cause) = error.source() else { return "the connection broke".to_owned() };
    while let Some(below) = cause.source() {
        cause = below;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests;
