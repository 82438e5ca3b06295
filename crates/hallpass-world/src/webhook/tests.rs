//! What a webhook hears, and what is made of its answers.

use std::collections::VecDeque;
use std::sync::Mutex;

use hallpass::hooks::{Person, Stage, Trigger, Way, WayKind};
use hallpass_store::Timestamp;

use super::*;
use crate::KernelRandom;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_secs(43_200)
    }
}

type Heard = (http::HeaderMap, Value);

/// An application: what it heard, and what it will answer. Without an answer it is down.
#[derive(Default)]
struct Application {
    heard: Mutex<Vec<Heard>>,
    /// How long each request was given.
    deadlines: Mutex<Vec<Duration>>,
    answers: Mutex<VecDeque<(u16, String)>>,
}

impl Http for Application {
    fn send(
        &self,
        request: http::Request<Bytes>,
        deadline: Duration,
    ) -> Pending<'_, Result<http::Response<Bytes>, HttpError>> {
        let (head, body) = request.into_parts();
        let body = serde_json::from_slice(&body).unwrap();
        self.heard.lock().unwrap().push((head.headers, body));
        self.deadlines.lock().unwrap().push(deadline);
        let answer = self.answers.lock().unwrap().pop_front();
        Box::pin(async {
            let (status, body) = answer.ok_or(HttpError::TimedOut)?;
            Ok(http::Response::builder().status(status).body(Bytes::from(body)).unwrap())
        })
    }
}

impl Application {
    fn will_answer(&self, status: u16, body: &str) {
        self.answers.lock().unwrap().push_back((status, body.to_owned()));
    }
}

fn outside(application: &Arc<Application>) -> Outside {
    Outside { http: application.clone(), clock: Arc::new(Noon), random: Arc::new(KernelRandom) }
}

fn webhook(application: &Arc<Application>) -> Webhook {
    let options = WebhookOptions {
        asks: vec![Ask::SignIn, Ask::Jwt, Ask::Session, Ask::Redirect],
        tells: vec!["signOut".into()],
        ..WebhookOptions::new("http://localhost:3000/api/hooks", SECRET)
    };
    Webhook::new(options, outside(application)).unwrap()
}

const ADA: Person<'static> = Person {
    id: Some("7"),
    name: Some("Ada"),
    email: Some("ada@example.com"),
    email_verified: true,
    image: None,
};

fn attempt() -> SigningIn<'static> {
    let way = Way { provider: "github", kind: WayKind::Oauth, profile: None };
    SigningIn { person: ADA, way, stage: Stage::New }
}

#[test]
fn a_url_that_is_not_safe_and_a_weak_secret_are_refused() {
    let application = Arc::new(Application::default());
    for url in ["", "ftp://a.example", "http://a.example/hooks", "http://10.0.0.1/", "https://u:p@a.example/"]
    {
        let made = Webhook::new(WebhookOptions::new(url, SECRET), outside(&application));
        assert_eq!(made.err(), Some(BadWebhook::Url), "{url}");
    }
    for url in ["https://a.example/hooks", "http://127.0.0.1:3000/", "http://[::1]/", "http://app.localhost/"]
    {
        assert!(Webhook::new(WebhookOptions::new(url, SECRET), outside(&application)).is_ok(), "{url}");
    }
    let made = Webhook::new(WebhookOptions::new("https://a.example", "weak"), outside(&application));
    assert_eq!(made.err(), Some(BadWebhook::Secret));
}

#[test]
fn a_read_concerns_a_webhook_that_is_asked_for_sessions_or_told_of_them() {
    let application = Arc::new(Application::default());
    let minds = |asks: &[Ask], tells: &[&str]| {
        let options = WebhookOptions {
            asks: asks.to_vec(),
            tells: tells.iter().map(|told| (*told).to_owned()).collect(),
            ..WebhookOptions::new("http://localhost:3000/api/hooks", SECRET)
        };
        Webhook::new(options, outside(&application)).unwrap().minds_reads()
    };
    assert!(minds(&[Ask::Session], &[]) && minds(&[], &["session"]));
    assert!(!minds(&[Ask::SignIn, Ask::Jwt, Ask::Redirect], &["signIn", "signOut"]));
}

#[tokio::test]
async fn a_question_is_signed_and_shaped_like_the_callback_of_next_auth() {
    let application = Arc::new(Application::default());
    application.will_answer(200, r#"{"result":true}"#);
    assert_eq!(webhook(&application).sign_in(&attempt()).await, Ok(Verdict::Allow));
    let (headers, body) = application.heard.lock().unwrap().pop().unwrap();
    let user =
        json!({ "id": "7", "name": "Ada", "email": "ada@example.com", "emailVerified": true, "image": null });
    let account = json!({ "provider": "github", "type": "oauth" });
    let data = json!({ "user": user, "account": account, "isNewUser": true });
    assert_eq!(body, json!({ "type": "signIn", "data": data }));
    assert_eq!(headers["webhook-timestamp"], "43200");
    let id = headers["webhook-id"].to_str().unwrap();
    let signed = Signer::new(SECRET).unwrap().sign(id, 43_200, body.to_string().as_bytes());
    assert_eq!(headers["webhook-signature"], signed.as_str());
}

#[tokio::test]
async fn an_answer_that_is_not_understood_lets_nobody_in() {
    let application = Arc::new(Application::default());
    let webhook = webhook(&application);
    for (status, body) in [
        (200, ""),
        (200, "true"),
        (200, "{}"),
        (200, r#"{"result":null}"#),
        (200, r#"{"result":1}"#),
        (201, r#"{"result":true}"#),
        (302, r#"{"result":true}"#),
        (500, r#"{"result":true}"#),
    ] {
        application.will_answer(status, body);
        assert!(webhook.sign_in(&attempt()).await.is_err(), "{status} {body}");
    }
    let error = webhook.sign_in(&attempt()).await.unwrap_err();
    assert_eq!(error.0, "the webhook did not answer in time");
    for (body, verdict) in
        [(r#"{"result":false}"#, Verdict::Deny), (r#"{"result":"/wait"}"#, Verdict::Redirect("/wait".into()))]
    {
        application.will_answer(200, body);
        assert_eq!(webhook.sign_in(&attempt()).await, Ok(verdict));
    }
}

#[tokio::test(start_paused = true)]
async fn a_decision_has_the_configured_time_and_is_asked_for_once() {
    let application = Arc::new(Application::default());
    let deadline = Duration::from_millis(1_234);
    let options = WebhookOptions {
        deadline,
        asks: vec![Ask::SignIn, Ask::Jwt, Ask::Session, Ask::Redirect],
        ..WebhookOptions::new("http://localhost:3000/api/hooks", SECRET)
    };
    let webhook = Webhook::new(options, outside(&application)).unwrap();
    let asked = || application.heard.lock().unwrap().len();
    assert!(webhook.sign_in(&attempt()).await.is_err());
    application.will_answer(503, "");
    assert!(webhook.sign_in(&attempt()).await.is_err());
    let context = TokenContext { person: ADA, trigger: Trigger::Renewal };
    assert!(webhook.jwt(Object::new(), &context).await.is_err());
    let context = SessionContext { person: ADA, claims: &Object::new() };
    assert!(webhook.session(Object::new(), &context).await.is_err());
    let judged = Redirect { url: "x", judged: "https://b.example", base_url: "https://b.example" };
    assert!(webhook.redirect(judged).await.is_err());
    assert_eq!(asked(), 5);
    // Unlike an event, it does not come again: whoever waited has been refused.
    tokio::time::sleep(Duration::from_secs(86_400)).await;
    assert_eq!(asked(), 5);
    assert_eq!(*application.deadlines.lock().unwrap(), [deadline; 5]);
}

#[tokio::test]
async fn a_token_comes_back_without_what_is_hallpasss_own() {
    let application = Arc::new(Application::default());
    let webhook = webhook(&application);
    let before: Object = serde_json::from_value(json!({ "role": "member" })).unwrap();
    application.will_answer(200, r#"{"result":{"sub":"root","exp":1,"role":"admin"}}"#);
    let data = json!({ "role": "root" });
    let context = TokenContext { person: ADA, trigger: Trigger::Update { data: &data } };
    let claims = webhook.jwt(before, &context).await.unwrap();
    assert_eq!(Value::from(claims), json!({ "role": "admin" }));
    let (_, body) = application.heard.lock().unwrap().pop().unwrap();
    let token = json!({ "sub": "7", "name": "Ada", "email": "ada@example.com", "role": "member" });
    assert_eq!(body["data"], json!({ "token": token, "trigger": "update", "session": { "role": "root" } }));
}

#[tokio::test]
async fn what_is_not_wanted_is_not_asked() {
    let application = Arc::new(Application::default());
    let webhook =
        Webhook::new(WebhookOptions::new("https://a.example", SECRET), outside(&application)).unwrap();
    assert_eq!(webhook.sign_in(&attempt()).await, Ok(Verdict::Allow));
    let judged = Redirect { url: "x", judged: "https://b.example", base_url: "https://b.example" };
    assert_eq!(webhook.redirect(judged).await.as_deref(), Ok("https://b.example"));
    webhook.event(&Event::SignOut { person: ADA }).await;
    assert!(application.heard.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_event_is_sent_again_under_the_same_id_until_it_is_taken() {
    let application = Arc::new(Application::default());
    for status in [500, 404, 204] {
        application.will_answer(status, "");
    }
    webhook(&application).event(&Event::SignOut { person: ADA }).await;
    while application.heard.lock().unwrap().len() < 3 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    tokio::time::sleep(Duration::from_secs(3600)).await;
    let heard = application.heard.lock().unwrap();
    assert_eq!(heard.len(), 3, "taken is taken");
    assert_eq!(heard[0].1["type"], "events.signOut");
    assert!(heard.windows(2).all(|pair| pair[0].0["webhook-id"] == pair[1].0["webhook-id"]));
}

#[tokio::test(start_paused = true)]
async fn an_event_that_nobody_takes_is_given_up() {
    let application = Arc::new(Application::default());
    webhook(&application).event(&Event::SignOut { person: ADA }).await;
    tokio::time::sleep(Duration::from_secs(86_400)).await;
    assert_eq!(application.heard.lock().unwrap().len(), 7);
}

#[tokio::test]
async fn credentials_are_judged_by_the_application() {
    let application = Arc::new(Application::default());
    // None that is a default anywhere.
    let deadline = Duration::from_millis(1_700);
    let ask =
        WebhookAuthorize::new("ldap", "https://a.example", SECRET, deadline, outside(&application)).unwrap();
    let input = || hallpass::Input::from_pairs([("username", "ada"), ("password", "enchantress")]);
    application.will_answer(200, r#"{"result":{"id":7,"name":"Ada","email":"ada@example.com"}}"#);
    let identity = hallpass::Authorize::authorize(&ask, input()).await.unwrap().unwrap();
    assert_eq!(
        (identity.id.as_str(), identity.name.as_deref(), identity.email_verified),
        ("7", Some("Ada"), false)
    );
    assert_eq!(*application.deadlines.lock().unwrap(), [deadline]);
    let (_, body) = application.heard.lock().unwrap().pop().unwrap();
    let credentials = json!({ "username": "ada", "password": "enchantress" });
    assert_eq!(body["data"], json!({ "provider": "ldap", "credentials": credentials }));
    application.will_answer(200, r#"{"result":null}"#);
    assert_eq!(hallpass::Authorize::authorize(&ask, input()).await, Ok(None));
    application.will_answer(200, r#"{"error":"Locked out"}"#);
    let words = hallpass::AuthorizeError::Words("Locked out".into());
    assert_eq!(hallpass::Authorize::authorize(&ask, input()).await, Err(words));
    for body in ["{}", r#"{"result":{}}"#, r#"{"result":true}"#] {
        application.will_answer(200, body);
        let answer = hallpass::Authorize::authorize(&ask, input()).await;
        assert!(matches!(answer, Err(hallpass::AuthorizeError::Unavailable(_))), "{body}");
    }
}

#[tokio::test]
async fn many_events_of_one_kind_leave_room_for_the_others() {
    let application = Arc::new(Application::default());
    let events = webhook(&application).events;
    let told = || {
        let heard = application.heard.lock().unwrap();
        ["events.session", "events.signOut"]
            .map(|kind| heard.iter().filter(|(_, body)| body["type"] == kind).count())
    };
    for _ in 0..1_005 {
        events.tell("session", &json!({}));
    }
    events.tell("signOut", &json!({}));
    for _ in 0..10_000 {
        if told()[1] == 1 {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(told(), [1_000, 1]);
}
