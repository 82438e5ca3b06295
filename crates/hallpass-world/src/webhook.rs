//! Questions and news to the application by HTTP, for applications that are not written in Rust.
//!
//! A question or an event is one `POST` of JSON, `{"type": …, "data": …}`, signed by the rules of Standard Webhooks
//! (standardwebhooks.com): `webhook-signature` is the HMAC-SHA256 of `<webhook-id>.<webhook-timestamp>.<body>`, so the
//! receiver knows who asks, and that it asks now. A question is answered by `200` and `{"result": …}`, where the result
//! is what the callback of NextAuth.js of that name returns. The type of an event begins with
//! `events.`; it is answered by any `2xx`, and sent again for a while otherwise.
//!
//! ```
//! use hallpass_world::{Ask, WebhookOptions};
//!
//! let options = WebhookOptions {
//!     asks: vec![Ask::SignIn, Ask::Jwt],
//!     tells: vec!["signIn".to_owned()],
//!     ..WebhookOptions::new("http://localhost:3000/api/hooks", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
//! };
//! assert_eq!(options.deadline.as_secs(), 2);
//! ```
//!
//! No answer in time, another status, or an answer of another shape is an error, and an error lets nobody in.

mod answer;
mod authorize;
mod events;
mod signature;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hallpass::hooks::{
    Event, HookError, Hooks, Object, Redirect, SessionContext, SigningIn, TokenContext, Verdict,
};
use hallpass::world::{Clock, Http, HttpError, Pending, Random};
use serde_json::{Value, json};
use url::{Host, Url};

pub use authorize::WebhookAuthorize;
use events::Events;
use signature::Signer;

/// Where to ask, and what.
#[derive(Clone)]
pub struct WebhookOptions {
    /// The URL that is posted to: `https`, or `http` on this machine.
    pub url: String,
    /// What requests are signed with: `whsec_` and base64, or the bytes of any other text. 24 bytes at least.
    pub secret: String,
    /// How long a question may take. By default 2 s.
    pub deadline: Duration,
    /// What is asked.
    pub asks: Vec<Ask>,
    /// The events that are told, by NextAuth.js's names: `signIn`, `signOut`, `createUser`, `updateUser`,
    /// `linkAccount`, `session`.
    pub tells: Vec<String>,
}

impl WebhookOptions {
    /// Asks nothing and tells nothing yet.
    pub fn new(url: impl Into<String>, secret: impl Into<String>) -> Self {
        let (url, secret) = (url.into(), secret.into());
        Self { url, secret, deadline: Duration::from_secs(2), asks: Vec::new(), tells: Vec::new() }
    }
}

impl fmt::Debug for WebhookOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookOptions")
            .field("asks", &self.asks)
            .field("tells", &self.tells)
            .finish_non_exhaustive()
    }
}

/// What an application can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Whether somebody may sign in.
    SignIn,
    /// Where to go afterwards.
    Redirect,
    /// The claims of a session.
    Jwt,
    /// The body of a session.
    Session,
}

impl Ask {
    /// Every question, by its name on the wire.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("signIn", Self::SignIn),
        ("redirect", Self::Redirect),
        ("jwt", Self::Jwt),
        ("session", Self::Session),
    ];
}

/// The names of the events that can be told.
pub const EVENTS: [&str; 6] = ["signIn", "signOut", "createUser", "updateUser", "linkAccount", "session"];

/// Why a webhook cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadWebhook {
    /// The URL is none, or is plain `http` to another machine.
    Url,
    /// The secret is shorter than 24 bytes, or not the base64 that it says it is.
    Secret,
}

impl fmt::Display for BadWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Url => "the URL of a webhook begins with https://, or with http:// on this machine",
            Self::Secret => "the secret of a webhook is whsec_ and the base64 of 24 bytes at least",
        })
    }
}

impl std::error::Error for BadWebhook {}

/// The parts of the world that a webhook needs.
#[derive(Clone)]
pub struct Outside {
    /// Sends.
    pub http: Arc<dyn Http>,
    /// Says when.
    pub clock: Arc<dyn Clock>,
    /// Names requests.
    pub random: Arc<dyn Random>,
}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outside")
    }
}

/// One place to post to.
#[derive(Clone)]
struct Place {
    url: Url,
    signer: Arc<Signer>,
    outside: Outside,
}

impl Place {
    fn new(url: &str, secret: &str, outside: Outside) -> Result<Self, BadWebhook> {
        let url = Url::parse(url).map_err(|_| BadWebhook::Url)?;
        let fits = url.scheme() == "https" || (url.scheme() == "http" && is_this_machine(&url));
        if !fits || !url.username().is_empty() || url.password().is_some() {
            return Err(BadWebhook::Url);
        }
        let signer = Arc::new(Signer::new(secret).ok_or(BadWebhook::Secret)?);
        Ok(Self { url, signer, outside })
    }

    /// Names a request: unguessable, and the same however often it is repeated.
    fn id(&self) -> Result<String, HookError> {
        let mut bytes = [0; 16];
        self.outside.random.fill(&mut bytes).map_err(|_| HookError("no random bytes".into()))?;
        Ok(bytes.iter().fold("msg_".to_owned(), |id, byte| format!("{id}{byte:02x}")))
    }

    async fn post(
        &self,
        id: &str,
        body: &Bytes,
        within: Duration,
    ) -> Result<http::Response<Bytes>, HookError> {
        let at = self.outside.clock.now().secs();
        let request = http::Request::post(self.url.as_str())
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", at)
            .header("webhook-signature", self.signer.sign(id, at, body))
            .body(body.clone())
            .map_err(|_| HookError("the webhook's request cannot be written".into()))?;
        self.outside.http.send(request, within).await.map_err(|error| match error {
            HttpError::TimedOut => HookError("the webhook did not answer in time".into()),
            HttpError::TooLarge => HookError("the webhook's answer is too large".into()),
            HttpError::NotSent(why) | HttpError::Unreachable(why) => {
                HookError(format!("the webhook cannot be reached: {why}"))
            }
        })
    }

    /// Asks, and answers the `result`.
    async fn ask(&self, what: &str, data: Value, within: Duration) -> Result<Object, HookError> {
        let body = Bytes::from(json!({ "type": what, "data": data }).to_string());
        let response = self.post(&self.id()?, &body, within).await?;
        answer::read(&response)
    }
}

/// Whether a URL leads to this machine itself.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// [`Hooks`] that ask and tell a webhook.
pub struct Webhook {
    place: Place,
    deadline: Duration,
    asks: Vec<Ask>,
    tells: Vec<String>,
    events: Events,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("asks", &self.asks)
            .field("tells", &self.tells)
            .finish_non_exhaustive()
    }
}

impl Webhook {
    /// Asks and tells as the options say. Events are sent by tasks of tokio, so it has to be told of them within its
    /// runtime.
    ///
    /// # Errors
    /// [`BadWebhook`] where URL or secret cannot be used.
    pub fn new(options: WebhookOptions, outside: Outside) -> Result<Self, BadWebhook> {
        let place = Place::new(&options.url, &options.secret, outside)?;
        let events = Events::new(place.clone());
        let WebhookOptions { deadline, asks, tells, .. } = options;
        Ok(Self { place, deadline, asks, tells, events })
    }

    fn asks(&self, what: Ask) -> bool {
        self.asks.contains(&what)
    }

    async fn result(&self, what: &str, data: Value) -> Result<Value, HookError> {
        let mut said = self.place.ask(what, data, self.deadline).await?;
        said.remove("result").ok_or_else(|| HookError("the webhook's answer has no member result".into()))
    }
}

impl Hooks for Webhook {
    fn sign_in<'a>(&'a self, attempt: &'a SigningIn<'a>) -> Pending<'a, Result<Verdict, HookError>> {
        Box::pin(async move {
            if !self.asks(Ask::SignIn) {
                return Ok(Verdict::Allow);
            }
            answer::verdict(self.result("signIn", words::signing_in(attempt)).await?)
        })
    }

    fn redirect<'a>(&'a self, redirect: Redirect<'a>) -> Pending<'a, Result<String, HookError>> {
        Box::pin(async move {
            if !self.asks(Ask::Redirect) {
                return Ok(redirect.judged.to_owned());
            }
            let data =
                json!({ "url": redirect.url, "judged": redirect.judged, "baseUrl": redirect.base_url });
            answer::text(self.result("redirect", data).await?)
        })
    }

    fn jwt<'a>(
        &'a self,
        claims: Object,
        context: &'a TokenContext<'a>,
    ) -> Pending<'a, Result<Object, HookError>> {
        Box::pin(async move {
            if !self.asks(Ask::Jwt) {
                return Ok(claims);
            }
            let result = self.result("jwt", words::token(&claims, context)).await?;
            answer::claims(result)
        })
    }

    fn session<'a>(
        &'a self,
        body: Object,
        context: &'a SessionContext<'a>,
    ) -> Pending<'a, Result<Object, HookError>> {
        Box::pin(async move {
            if !self.asks(Ask::Session) {
                return Ok(body);
            }
            answer::object(self.result("session", words::session(&body, context)).await?)
        })
    }

    fn minds_reads(&self) -> bool {
        self.asks(Ask::Session) || self.tells.iter().any(|told| told == "session")
    }

    fn event<'a>(&'a self, event: &'a Event<'a>) -> Pending<'a, ()> {
        if self.tells.iter().any(|told| told == event.name()) {
            self.events.tell(event.name(), &words::event(event));
        }
        Box::pin(std::future::ready(()))
    }
}
