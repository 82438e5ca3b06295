//! Signing in and out: the requests. Which of them, and how the page is left, the machine's tables say.

use std::rc::Rc;

use hallpass_session::Input;
use hallpass_session::sign_in::{self, Api, Lookup, Next, Redirect, Start, Way};
use hallpass_session::sign_out::{self, Answer as Ending};
use hallpass_wire::{Action, CALLBACK_URL_FIELD, CSRF_FIELD, JSON_FIELD};
use js_sys::encode_uri_component;
use wasm_bindgen::JsValue;
use web_sys::{AbortController, UrlSearchParams};

use super::ask::{Answer, Body};
use super::{Page, begun, drive, get_session, json, page};
use crate::pending::Pending;
use crate::session::Unread;
use crate::signing::{SignInOptions, SignInResponse, SignOutOptions, SignOutResponse};

/// Whose functions these are: those of `next-auth/react`, as the npm package's page without a framework has them.
const API: Api = Api::V4;

pub(crate) fn sign_in(provider: String, options: SignInOptions) -> Pending<Option<SignInResponse>> {
    match page() {
        Some(page) => begun(None, async move { page.sign_in(&provider, &options).await }),
        None => Pending::new(async { Some(SignInResponse::unreachable()) }),
    }
}

pub(crate) fn sign_out(options: SignOutOptions) -> Pending<Option<SignOutResponse>> {
    match page() {
        Some(page) => begun(None, async move { page.sign_out(&options).await }),
        None => Pending::new(async { Some(SignOutResponse { url: None }) }),
    }
}

impl Page {
    /// The list of the ways to sign in, as the server gave it.
    pub(super) async fn providers(&self) -> Option<JsValue> {
        let url = self.base() + &Action::Providers.path();
        let answer = self.world().ask.usual(&url, Body::Nothing).await?;
        answer.ok.then_some(answer.data)
    }

    async fn sign_in(self: Rc<Self>, provider: &str, options: &SignInOptions) -> Option<SignInResponse> {
        let callback_url = options.callback_url.clone().unwrap_or_else(|| self.here());
        let providers = self.providers().await;
        let lookup = lookup(providers.as_ref(), provider);
        let place = match (sign_in::start(lookup), encode_uri_component(provider).as_string()) {
            (Start::SignInPage, _) => return self.to_sign_in_page(&callback_url),
            (Start::PostToSignIn, Some(id)) => Action::SignIn(Some(&id)).path(),
            (Start::PostToCallback, Some(id)) => Action::Callback(&id).path(),
            (Start::ErrorPage, _) | (_, None) => return self.sign_in_failed(options),
        };
        let fields = sign_in_fields(options, &callback_url);
        let answer = self.change_form(&(place + &query(&options.authorization)), &fields).await;
        let way = if let Lookup::Listed(way) = lookup { way } else { Way::OAuth };
        self.signed_in(answer, way, options, &callback_url).await
    }

    async fn signed_in(
        &self,
        answer: Option<Answer>,
        way: Way,
        options: &SignInOptions,
        callback_url: &str,
    ) -> Option<SignInResponse> {
        let url = answer.as_ref().and_then(Answer::url);
        let error = self.fault(url.as_deref(), callback_url);
        let Some(answer) = answer else {
            drive(Input::Changed, None);
            return self.sign_in_failed(options);
        };
        let good = answer.ok && error.is_none();
        let then = sign_in::after(API, way, redirect(options.stay));
        self.decide(then);
        drive(if good && way != Way::OAuth { Input::Changed } else { Input::Unchanged }, None);
        let url = url.unwrap_or_default();
        if then != Next::Tell {
            self.go(then, &url);
            return None;
        }
        if good {
            // What it brings is known then; that nobody could be asked says `stale`.
            drop(get_session().await);
        }
        let led = if error.is_none() { self.there(&url).map(|url| url.href()) } else { None };
        Some(SignInResponse { error, status: answer.status, ok: answer.ok, url: led })
    }

    fn to_sign_in_page(&self, callback_url: &str) -> Option<SignInResponse> {
        let query = query(&[(CALLBACK_URL_FIELD.to_owned(), callback_url.to_owned())]);
        self.go(
            sign_in::after(API, Way::OAuth, Redirect::Yes),
            &(self.base() + &Action::SignIn(None).path() + &query),
        );
        None
    }

    fn sign_in_failed(&self, options: &SignInOptions) -> Option<SignInResponse> {
        if options.stay {
            return Some(SignInResponse::unreachable());
        }
        self.go(sign_in::after(API, Way::OAuth, Redirect::Yes), &(self.base() + &Action::Error(None).path()));
        None
    }

    async fn sign_out(self: Rc<Self>, options: &SignOutOptions) -> Option<SignOutResponse> {
        let callback_url = options.callback_url.clone().unwrap_or_else(|| self.here());
        let fields = leaving_fields(&callback_url);
        let answer = self.change_form(&Action::SignOut.path(), &fields).await;
        let url = answer.as_ref().and_then(Answer::url);
        let ending = match answer {
            Some(answer) if answer.ok => match self.fault(url.as_deref(), &callback_url) {
                None => Ending::SignedOut,
                Some(_) => Ending::Unconfirmed,
            },
            _ => Ending::Lost,
        };
        let then = sign_out::then(API, ending, redirect(options.stay));
        self.decide(then);
        drive(sign_out::means(ending), None);
        match then {
            way @ (Next::Assign | Next::Replace) => {
                self.go(way, &url.unwrap_or_default());
                None
            }
            Next::Tell | Next::Fail => Some(SignOutResponse { url }),
        }
    }

    /// Sends a form, with a token against forgery; reads wait until its end is told. `None` if it was lost. The token of an
    /// earlier answer may be no longer the browser's, which has signed in since: then it is sent once more.
    async fn change_form(&self, place: &str, fields: &[(String, String)]) -> Option<Answer> {
        let early = self.world().ask.token.borrow().clone();
        let answer = self.send_form(place, fields, early.clone()).await;
        let refused = answer.as_ref().and_then(|answer| answer.token.clone());
        if early.is_some() && refused.is_some() {
            return self.send_form(place, fields, refused).await;
        }
        answer
    }

    async fn send_form(
        &self,
        place: &str,
        fields: &[(String, String)],
        token: Option<String>,
    ) -> Option<Answer> {
        let token = match token {
            Some(token) => Some(token),
            None => self.csrf_token().await,
        };
        drive(Input::Changing, None);
        let form = UrlSearchParams::new().ok()?;
        for (name, value) in fields {
            form.set(name, value);
        }
        if let Some(token) = token {
            form.set(CSRF_FIELD, &token);
        }
        let answer = self.world().ask.usual(&(self.base() + place), Body::Form(form)).await;
        *self.world().ask.token.borrow_mut() = answer.as_ref().and_then(|answer| answer.token.clone());
        answer
    }

    /// As [`Self::change_form`], for an endpoint that takes JSON and answers with a session.
    pub(super) async fn change_json(&self, place: &str, data: &str) -> Result<Answer, Unread> {
        let csrf_token = self.csrf_token().await;
        drive(Input::Changing, None);
        let token = serde_json::to_string(&csrf_token).map_err(|error| Unread::Data(error.to_string()))?;
        // `null` stands for no data, and is left out.
        let data = if data == "null" { String::new() } else { format!(r#""data":{data},"#) };
        let text = format!(r#"{{{data}"{CSRF_FIELD}":{token}}}"#);
        let control = AbortController::new().map_err(|_| Unread::NoPage)?;
        self.world().ask.session(&(self.base() + place), Body::Json(text), &control).await
    }
}

/// What the list of providers says of the one that is asked for.
fn lookup(providers: Option<&JsValue>, id: &str) -> Lookup {
    let Some(providers) = providers else { return Lookup::Unreachable };
    match json::own(providers, id).map(|entry| json::text(&entry, "type")) {
        None => Lookup::Unknown,
        Some(kind) => Lookup::Listed(match kind.as_deref() {
            Some("email") => Way::Email,
            Some("credentials") => Way::Credentials,
            _ => Way::OAuth,
        }),
    }
}

const fn redirect(stay: bool) -> Redirect {
    if stay { Redirect::No } else { Redirect::Yes }
}

fn sign_in_fields(options: &SignInOptions, callback_url: &str) -> Vec<(String, String)> {
    let mut fields = options.fields.clone();
    if options.stay {
        fields.push(("redirect".to_owned(), "false".to_owned()));
    }
    fields.extend(leaving_fields(callback_url));
    fields
}

fn leaving_fields(callback_url: &str) -> [(String, String); 2] {
    [(CALLBACK_URL_FIELD.to_owned(), callback_url.to_owned()), (JSON_FIELD.to_owned(), "true".to_owned())]
}

/// Parameters as a query, with its question mark; nothing of none.
pub(super) fn query(parameters: &[(String, String)]) -> String {
    let Ok(query) = UrlSearchParams::new() else { return String::new() };
    for (name, value) in parameters {
        query.append(name, value);
    }
    if parameters.is_empty() { String::new() } else { format!("?{}", String::from(query.to_string())) }
}
