//! The description against what happens: every answer of every test of this crate is looked up in it.

use hallpass_oauth::{Client, ClientSecret, Provider, ResponseMode, UserInfo};
use http::Method;
use serde_json::Value;

use crate::browser::{Answer, Browser, SITE};
use crate::config::{Auth, EmailOptions, PasswordOptions};
use crate::credentials::{Authorize, AuthorizeError, Credentials, Identity, Input};
use crate::secret::Secret;
use crate::signing::SigningOptions;
use crate::signing_key::{SigningAlgorithm, SigningKey};
use crate::world::Pending;
use crate::world::fixed::Fixed;
use hallpass_wire::{Action, Wire};

/// Fails where an answer is not described: its status, its type, its headers. What is not described has to be refused.
pub(crate) fn is_described(auth: &Auth, (method, path): (&Method, &str), answer: &Answer) {
    let Some(action) = path.strip_prefix(auth.base_path()).and_then(Action::parse) else { return };
    let document = auth.openapi();
    let verb = if method == Method::HEAD { "get".to_owned() } else { method.as_str().to_lowercase() };
    let Some(operation) = operation(&document, auth, &verb, action) else {
        // A provider that there is not is refused in a way of its own.
        let refused = [302, 400, 403, 413, 415, 431, 503].contains(&answer.status);
        assert!(
            refused || matches!(action, Action::SignIn(_) | Action::ProviderToken(_)),
            "{method} {path} is not described: {}",
            answer.status
        );
        return;
    };
    let place = format!("{method} {path}: {} {:?}", answer.status, answer.headers);
    let described = &operation["responses"][answer.status.to_string()];
    assert!(described.is_object(), "{place} is not described");
    let kind = answer.headers.get("content-type").map(|kind| kind.to_str().unwrap());
    let kind = kind.map(|kind| kind.split(';').next().unwrap());
    match kind {
        Some(kind) => assert!(described["content"][kind].is_object(), "{place}: the type is not described"),
        None => assert!(answer.body.is_empty(), "{place}: a body without a type"),
    }
    for (name, header) in described["headers"].as_object().unwrap() {
        let part = header["$ref"].as_str().unwrap().trim_start_matches('#');
        let required = document.pointer(part).unwrap()["required"] == true;
        assert!(!required || answer.headers.contains_key(name.as_str()), "{place}: {name} is missing");
    }
    for name in ["location", "retry-after", "x-hallpass-csrf", "set-cookie"] {
        let mut known = described["headers"].as_object().unwrap().keys();
        let told = known.any(|known| known.eq_ignore_ascii_case(name));
        assert!(told || !answer.headers.contains_key(name), "{place}: {name} is not described");
    }
}

/// The operation of a request, if there is one: of its template, and with its provider among those that it takes.
fn operation<'a>(document: &'a Value, auth: &Auth, verb: &str, action: Action<'_>) -> Option<&'a Value> {
    let (template, part) = match action {
        Action::SignIn(Some(id)) => (Action::SignIn(Some("{provider}")), Some(id)),
        Action::Callback(id) => (Action::Callback("{provider}"), Some(id)),
        Action::ProviderToken(id) => (Action::ProviderToken("{provider}"), Some(id)),
        Action::Error(Some(_)) => (Action::Error(Some("{code}")), None),
        other => (other, None),
    };
    let operation = document["paths"][format!("{}{}", auth.base_path(), template.path())].get(verb)?;
    let takes = |id: &str| {
        let mut parameters = operation["parameters"].as_array().unwrap().iter();
        let provider = parameters.find(|parameter| parameter["name"] == "provider").unwrap();
        provider["schema"]["enum"].as_array().unwrap().iter().any(|known| known == id)
    };
    part.is_none_or(takes).then_some(operation)
}

struct Nobody;

impl Authorize for Nobody {
    fn authorize(&self, _: Input) -> Pending<'_, Result<Option<Identity>, AuthorizeError>> {
        Box::pin(async { Ok(None) })
    }
}

/// A server with every way in, and keys to sign with.
fn everything(wire: Wire) -> Auth {
    let provider = Provider {
        id: "op".into(),
        name: "OP".into(),
        authorization: Some("https://op.example/authorize".into()),
        token: Some("https://op.example/token".into()),
        userinfo: UserInfo::Endpoint("https://op.example/me".into()),
        ..Provider::OAUTH2
    };
    let posting =
        Provider { id: "posting".into(), response_mode: ResponseMode::FormPost, ..provider.clone() };
    let client =
        |provider| Client::builder(provider, "id").secret(ClientSecret::new("s".into())).build().unwrap();
    let pem = SigningKey::generate(SigningAlgorithm::EdDsa).unwrap();
    Auth::builder(SITE, vec![Secret::new("topsecret")], Fixed::new().world())
        .wire(wire)
        .email(EmailOptions::default())
        .passwords(PasswordOptions::default())
        .authorize(Credentials::new("own", "Own", Nobody))
        .application_secret(Secret::new("a secret of the application's server"))
        .oauth(client(provider))
        .oauth(client(posting))
        .signing(SigningOptions::new(vec![SigningKey::from_pem(&pem).unwrap()]))
        .build()
        .unwrap()
}

/// What the router says of a path and a method that it does not have.
const UNKNOWN: &str = "Error: there is no such endpoint, or not with this HTTP method.";

#[tokio::test]
async fn what_is_routed_is_described_and_nothing_else() {
    for wire in Wire::ALL {
        let auth = everything(*wire);
        let document = auth.openapi();
        let mut routed = 0;
        for action in Action::EVERY {
            let concrete: Vec<Action<'_>> = match action {
                Action::SignIn(Some(_)) => {
                    ["op", "posting", "email", "credentials", "own"].map(|id| Action::SignIn(Some(id))).into()
                }
                Action::Callback(_) => {
                    ["op", "posting", "email", "credentials", "own"].map(Action::Callback).into()
                }
                Action::ProviderToken(_) => vec![Action::ProviderToken("op")],
                Action::Error(Some(_)) => vec![Action::Error(Some("AccessDenied"))],
                other => vec![other],
            };
            for action in concrete {
                let get = Browser::new(&auth).get(&action.path()).await;
                let post = Browser::new(&auth).post(&action.path(), "x=y").await;
                for (verb, answer) in [("get", get), ("post", post)] {
                    let is_routed = answer.body != UNKNOWN;
                    let is_described = operation(&document, &auth, verb, action).is_some();
                    assert_eq!(is_routed, is_described, "{verb} {}: {}", action.path(), answer.status);
                    routed += usize::from(is_routed);
                }
            }
        }
        assert!(routed > 25, "{routed}");
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_has_its_own_name() {
    let document = everything(Wire::V4).openapi();
    let mut names = Vec::new();
    for operation in
        document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values())
    {
        names.push(operation["operationId"].as_str().unwrap());
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

#[test]
fn what_is_not_configured_is_not_described() {
    let auth = Auth::builder(SITE, vec![Secret::new("topsecret")], Fixed::new().world()).build().unwrap();
    let document = auth.openapi();
    for path in ["/token", "/jwks", "/signup", "/signin/{provider}", "/callback/{provider}"] {
        assert!(document["paths"][format!("/api/auth{path}")].is_null(), "{path}");
    }
    assert!(document["paths"]["/api/auth/session"]["get"].is_object());
}

#[tokio::test]
async fn it_is_for_everybody_and_may_be_kept() {
    let mut browser = Browser::new(&everything(Wire::V4));
    let answer = browser.get("/openapi.json").await;
    assert_eq!((answer.status, &answer.json()), (200, &browser.auth.openapi()));
    assert_eq!(answer.headers["cache-control"], "public, max-age=300");
    assert!(answer.set_cookies.is_empty());
}
