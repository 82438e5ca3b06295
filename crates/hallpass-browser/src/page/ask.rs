//! One request, and a sentence about what went wrong with it.

use std::cell::{Cell, RefCell};

use hallpass_wire::{Action, CSRF_HEADER};
use js_sys::{Date, Error};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestInit, Response, UrlSearchParams, Window, console};

use super::json;
use super::timer::Timer;
use crate::session::Unread;

/// How long an answer may take, in milliseconds: less than the time after which the machine counts it as lost.
pub(super) const PATIENCE: f64 = 14_000.0;

/// An answer that is JSON.
pub(super) struct Answer {
    /// The JSON; who asked looks into it.
    pub(super) data: JsValue,
    /// The JSON as it was written.
    pub(super) text: String,
    pub(super) ok: bool,
    pub(super) status: u16,
    /// The server's clock, in milliseconds since 1970, if it said.
    pub(super) date: Option<f64>,
    /// A token against forgery: of a read, for the next change; of a change, because it was refused for its own.
    pub(super) token: Option<String>,
}

impl Answer {
    /// Where it leads, if it says so.
    pub(super) fn url(&self) -> Option<String> {
        json::text(&self.data, "url")
    }
}

/// What is sent.
pub(super) enum Body {
    Nothing,
    Form(UrlSearchParams),
    Json(String),
}

/// Asks, and says what went wrong.
pub(super) struct Ask {
    window: Window,
    leaving: Cell<bool>,
    /// The token against forgery that an earlier answer brought.
    pub(super) token: RefCell<Option<String>>,
    /// The last word about each thing that went wrong.
    said: RefCell<Vec<(String, String)>>,
}

impl Ask {
    pub(super) fn new(window: Window) -> Self {
        Self { window, leaving: Cell::new(false), token: RefCell::default(), said: RefCell::default() }
    }

    /// Whether the page is being left, which ends its requests and is no fault.
    pub(super) fn leave(&self, left: bool) {
        self.leaving.set(left);
    }

    /// A question about the session, or a change whose answer is one; keeps the token that comes along.
    pub(super) async fn session(
        &self,
        url: &str,
        body: Body,
        control: &AbortController,
    ) -> Result<Answer, Unread> {
        let answer = self.ask(url, body, control, |data, ok| ok && json::is_session(data)).await;
        *self.token.borrow_mut() = answer.as_ref().ok().and_then(|answer| answer.token.clone());
        answer
    }

    /// A change, or another question: what went wrong says where to go.
    pub(super) async fn usual(&self, url: &str, body: Body) -> Option<Answer> {
        let control = AbortController::new().ok()?;
        self.ask(url, body, &control, |data, ok| ok || json::text(data, "url").is_some()).await.ok()
    }

    /// Fails if there was no answer, or none that `good` accepts; that has been reported, unless the request was given up.
    async fn ask(
        &self,
        url: &str,
        body: Body,
        control: &AbortController,
        good: impl Fn(&JsValue, bool) -> bool,
    ) -> Result<Answer, Unread> {
        let method = if matches!(body, Body::Nothing) { "GET" } else { "POST" };
        // Parameters are for a provider, and can be somebody's address.
        let about = format!("{method} {}", url.split('?').next().unwrap_or(url));
        let patience = Timer::new(self.window.clone(), {
            let control = control.clone();
            move || control.abort_with_reason(&"no answer".into())
        });
        patience.set(PATIENCE);
        let came = self.send(url, method, body, control).await;
        drop(patience);
        let (status, problem, text) = match came {
            Ok((response, text)) => {
                let header = |name: &str| response.headers().get(name).ok().flatten();
                let (status, ok) = (response.status(), response.ok());
                if let Some(data) = json::parse(&text).filter(|data| good(data, ok)) {
                    self.remember(&about, "");
                    let date = header("date").map(|date| Date::parse(&date)).filter(|date| date.is_finite());
                    return Ok(Answer { data, text, ok, status, date, token: header(CSRF_HEADER) });
                }
                let kind = header("content-type").unwrap_or_else(|| "null".to_owned());
                (status, format!("{status} {kind}"), text)
            }
            // Who gave the request up knows.
            Err(error) => {
                (0, problem(&error).ok_or_else(|| Unread::Unreachable(String::new()))?, String::new())
            }
        };
        self.report(&about, &problem, &self.details(status, &text));
        Err(if status == 0 { Unread::Unreachable(problem) } else { Unread::Refused { status } })
    }

    async fn send(
        &self,
        url: &str,
        method: &str,
        body: Body,
        control: &AbortController,
    ) -> Result<(Response, String), JsValue> {
        let init = RequestInit::new();
        init.set_method(method);
        init.set_signal(Some(&control.signal()));
        match body {
            Body::Nothing => {}
            Body::Form(fields) => init.set_body(&fields),
            Body::Json(text) => {
                let headers = Headers::new()?;
                headers.set("content-type", "application/json")?;
                init.set_headers(&headers);
                init.set_body(&text.into());
            }
        }
        let came = JsFuture::from(self.window.fetch_with_str_and_init(url, &init)).await?;
        let response: Response = came.dyn_into()?;
        let text = JsFuture::from(response.text()?).await?;
        Ok((response, text.as_string().unwrap_or_default()))
    }

    fn details(&self, status: u16, text: &str) -> String {
        let likely = match status {
            200..500 => "hallpass at this base path",
            _ => "hallpass running",
        };
        let likely = if self.window.navigator().on_line() { likely } else { "this device online" };
        // What begins like a session or a token can be one that is cut off.
        let secret = ["{\"c", "{\"u", "{\"e"].iter().any(|start| text.starts_with(start));
        let start: String = if secret { String::new() } else { text.chars().take(80).collect() };
        format!(" {start}. Is {likely}?")
    }

    /// Notes the last word about a thing; whether it is another one than before.
    fn remember(&self, about: &str, problem: &str) -> bool {
        let mut said = self.said.borrow_mut();
        match said.iter_mut().find(|(its, _)| its == about) {
            Some((_, last)) if last == problem => false,
            Some((_, last)) => {
                problem.clone_into(last);
                true
            }
            None => {
                said.push((about.to_owned(), problem.to_owned()));
                !problem.is_empty()
            }
        }
    }

    /// Says what is wrong, to the console and to the server's log; the same about one thing once, whatever the details.
    pub(super) fn report(&self, about: &str, problem: &str, details: &str) {
        if self.leaving.get() {
            return;
        }
        if !self.remember(about, problem) {
            return;
        }
        let message = format!("{about}: {problem}{details}");
        console::error_1(&format!("[hallpass] {message}").into());
        if let Ok(fields) = UrlSearchParams::new() {
            fields.append("level", "error");
            fields.append("code", "CLIENT_FETCH_ERROR");
            fields.append("message", &message);
            let base = super::page().map(|page| page.base()).unwrap_or_default();
            let url = base + &Action::Log.path();
            // If it does not go out, the console has it.
            let _lost = self.window.navigator().send_beacon_with_opt_url_search_params(&url, Some(&fields));
        }
    }
}

/// What went wrong, in the browser's words; `None` if the request was given up.
fn problem(error: &JsValue) -> Option<String> {
    match error.dyn_ref::<Error>() {
        Some(error) if error.name() == "AbortError" => None,
        Some(error) => Some(error.to_string().into()),
        None => Some(error.as_string().unwrap_or_else(|| "no answer".to_owned())),
    }
}
