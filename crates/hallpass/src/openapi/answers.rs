//! What an operation can answer: statuses, types, headers.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The type of a body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// One of our pages.
    Page,
    /// A sentence.
    Sentence,
    /// JSON of this schema.
    Json(&'static str),
}

/// The headers of an answer, by their names in the document.
const REQUEST_ID: (&str, &str) = ("X-Request-Id", "RequestId");
pub(super) const LOCATION: (&str, &str) = ("Location", "Location");
pub(super) const CSRF: (&str, &str) = ("X-Hallpass-CSRF", "Csrf");
pub(super) const COOKIES: (&str, &str) = ("Set-Cookie", "Cookies");
const RETRY: (&str, &str) = ("Retry-After", "RetryAfter");

/// Every status, with what comes under it.
#[derive(Default)]
pub(super) struct Answers {
    by_status: BTreeMap<u16, Answer>,
    /// Whether the cookies of the preamble are left out.
    bare: bool,
}

#[derive(Default)]
struct Answer {
    about: Vec<&'static str>,
    bodies: Vec<Body>,
    headers: Vec<(&'static str, &'static str)>,
}

impl Answers {
    /// What any request can be answered with.
    pub(super) fn of_any() -> Self {
        Self::default()
            .with(400, "The query cannot be read: a name comes twice, or is no UTF-8.", Body::Sentence)
            .with(431, "The cookies are too large.", Body::Sentence)
            .with(503, "Not at the moment: ask again later.", Body::Json("Message"))
            .header(503, RETRY)
    }

    /// What any request with a body can be answered with beside that.
    pub(super) fn of_any_with_body() -> Self {
        Self::of_any()
            .with(400, "The body cannot be read.", Body::Sentence)
            .with(
                408,
                "The body took too long to come. Only the program says so, not the library.",
                Body::Sentence,
            )
            .with(413, "The body is larger than 64 KiB.", Body::Sentence)
            .with(415, "The body is neither a form nor JSON.", Body::Sentence)
    }

    /// A body under this status, beside what is there.
    pub(super) fn with(mut self, status: u16, about: &'static str, body: Body) -> Self {
        self = self.empty(status, about);
        let answer = self.by_status.entry(status).or_default();
        if !answer.bodies.contains(&body) {
            answer.bodies.push(body);
        }
        self
    }

    /// Nothing under this status.
    pub(super) fn empty(mut self, status: u16, about: &'static str) -> Self {
        let answer = self.by_status.entry(status).or_default();
        if !answer.about.contains(&about) {
            answer.about.push(about);
        }
        self
    }

    /// A header under this status.
    pub(super) fn header(mut self, status: u16, header: (&'static str, &'static str)) -> Self {
        self.by_status.entry(status).or_default().headers.push(header);
        self
    }

    /// No cookie but those that are named.
    pub(super) fn bare(self) -> Self {
        Self { bare: true, ..self }
    }

    /// A redirect, or the same as JSON for a client that asks for it.
    pub(super) fn redirect(self, about: &'static str) -> Self {
        self.empty(302, about).header(302, LOCATION).redirect_as_json(200, about)
    }

    /// A redirect that only comes as JSON under this status.
    pub(super) fn redirect_as_json(self, status: u16, about: &'static str) -> Self {
        self.with(status, about, Body::Json("Redirect"))
    }

    /// What can go wrong once the request was read: a client that asks for JSON gets it, a browser a page.
    pub(super) fn later(self) -> Self {
        let about = "Not at the moment: ask again later.";
        self.with(503, about, Body::Json("Redirect")).with(503, about, Body::Page)
    }

    /// What a request that another site started is answered with.
    pub(super) fn own_site_only(self) -> Self {
        let about = "Another site started this request.";
        self.with(403, about, Body::Sentence).redirect_as_json(403, about)
    }

    pub(super) fn json(self) -> Value {
        let unread = [400, 408, 413, 415, 431];
        let with_cookies = |status: u16, mut answer: Answer| {
            if !self.bare && !unread.contains(&status) {
                answer.headers.push(COOKIES);
            }
            (status.to_string(), answer.json(status))
        };
        self.by_status.into_iter().map(|(status, answer)| with_cookies(status, answer)).collect()
    }
}

impl Answer {
    fn json(self, status: u16) -> Value {
        // The program's own answer does not know the request's name.
        let named = (status != 408).then_some(REQUEST_ID);
        let headers: Map<String, Value> = named
            .into_iter()
            .chain(self.headers)
            .map(|(name, part)| (name.to_owned(), reference("headers", part)))
            .collect();
        let mut json = json!({ "description": self.about.join(" "), "headers": headers });
        let content = content(&self.bodies);
        if !content.is_empty() {
            json["content"] = content.into();
        }
        json
    }
}

/// Bodies by their types; where several are JSON, it is one of them.
fn content(bodies: &[Body]) -> Map<String, Value> {
    let mut content = Map::new();
    let texts = [(Body::Page, "text/html"), (Body::Sentence, "text/plain")];
    for (_, kind) in texts.into_iter().filter(|(body, _)| bodies.contains(body)) {
        content.insert(kind.into(), json!({ "schema": { "type": "string" } }));
    }
    let schemas = bodies.iter().filter_map(|body| match body {
        Body::Json(name) => Some(reference("schemas", name)),
        Body::Page | Body::Sentence => None,
    });
    let schemas: Vec<Value> = schemas.collect();
    match schemas.as_slice() {
        [] => {}
        [one] => drop(content.insert("application/json".into(), json!({ "schema": one }))),
        _ => drop(content.insert("application/json".into(), json!({ "schema": { "anyOf": schemas } }))),
    }
    content
}

pub(super) fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

/// The headers that answers have.
pub(super) fn headers() -> Value {
    let text =
        |about: &str| json!({ "description": about, "required": true, "schema": { "type": "string" } });
    json!({
        "RequestId": text("Names the request in the log."),
        "Location": {
            "description": "Where to go.", "required": true, "schema": { "type": "string", "format": "uri" },
        },
        "RetryAfter": {
            "description": "After how many seconds to ask again.", "required": true,
            "schema": { "type": "string", "pattern": "^[0-9]+$" },
        },
        "Csrf": {
            "description": "The anti-forgery token, so that what follows need not ask for it.",
            "schema": { "type": "string", "pattern": "^[0-9a-f]{64}$" },
        },
        "Cookies": {
            "description": "Cookies to set or to clear, one a line.", "schema": { "type": "string" },
        },
    })
}
