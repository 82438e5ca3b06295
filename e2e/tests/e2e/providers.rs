//! `GET /providers`.

use e2e::{Config, Server};

use crate::scene::{Post, with_oidc};

#[test]
fn every_way_in_is_listed_with_five_fields_and_no_secret() {
    let post = Post::start(&[]);
    let server =
        Server::start(with_oidc(post.plain(Config::new()), "basic").text("providers.oidc.name", "Example"));
    let answer = server.browser().get("providers");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(answer.cookies(), []);
    let body = answer.json();
    let base = server.at("/api/auth");
    let entry = |id: &str, name: &str, kind: &str| {
        serde_json::json!({
            "id": id, "name": name, "type": kind,
            "signinUrl": format!("{base}/signin/{id}"), "callbackUrl": format!("{base}/callback/{id}"),
        })
    };
    assert_eq!(body["oidc"], entry("oidc", "Example", "oauth"));
    assert_eq!(body["email"]["type"], "email");
    assert_eq!(body["email"]["signinUrl"], format!("{base}/signin/email"));
    assert_eq!(body["credentials"]["type"], "credentials");
    assert_eq!(body["credentials"]["callbackUrl"], format!("{base}/callback/credentials"));
    assert_eq!(body.as_object().unwrap().len(), 3);
    assert!(body.as_object().unwrap().values().all(|entry| entry.as_object().unwrap().len() == 5));
}

#[test]
fn only_what_is_configured_is_listed() {
    let server = Server::start(Config::new());
    let body = server.browser().get("providers").json();
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["credentials"]);
}
