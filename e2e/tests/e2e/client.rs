//! `hallpass-client` against the real binary.

use std::future::Future;

use e2e::{Config, Server, hallpass};
use hallpass_client::{Client, Error, ErrorCode, Session, SignIn, SignInOptions, SignOutOptions};

use crate::scene::{ADA, PASSWORD, Post, SESSION, strategies, with_ada, with_ada_signed_in};

fn now<T>(asked: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be built").block_on(asked)
}

fn client(server: &Server) -> Client {
    Client::new(server.url()).expect("the loopback may be asked")
}

fn who(password: &str) -> SignInOptions {
    SignInOptions::new().field("email", ADA).field("password", password)
}

async fn signed_in(client: &Client) -> Option<Session> {
    client.get_session().await.expect("the server answers")
}

#[test]
fn a_password_signs_in_and_out_under_every_wire() {
    for wire in ["v3", "v4", "v5"] {
        for config in strategies() {
            let server = with_ada(config.text("wire", wire));
            let ada = client(&server);
            now(async {
                assert_eq!(signed_in(&ada).await, None);
                server.log.secret("not her password");
                let refused = ada.sign_in_with("credentials", who("not her password")).await.unwrap();
                let SignIn::Refused { error, code, .. } = refused else { panic!("{refused:?}") };
                assert_eq!((error.as_str(), code), ("CredentialsSignin", Some(ErrorCode::CredentialsSignin)));
                assert_eq!(signed_in(&ada).await, None);

                let options = who(PASSWORD).callback_url("/after?error=mine");
                let came = ada.sign_in_with("credentials", options).await.unwrap();
                assert_eq!(came, SignIn::SignedIn { url: server.at("/after?error=mine") });
                assert_eq!(signed_in(&ada).await.unwrap().user.email.as_deref(), Some(ADA));
                let updated: Session = ada.update(&()).await.unwrap().expect("she is signed in");
                assert_eq!(updated.user.email.as_deref(), Some(ADA));

                assert_eq!(signed_in(&client(&server)).await, None, "another client is another visitor");
                assert_eq!(
                    ada.sign_out_with(SignOutOptions::new().callback_url("/bye")).await.unwrap(),
                    server.at("/bye")
                );
                assert_eq!(signed_in(&ada).await, None);
                ada.sign_out().await.unwrap();
            });
        }
    }
}

#[test]
fn a_session_ended_elsewhere_is_nobody() {
    let server = with_ada(Config::database_sessions());
    let ada = client(&server);
    now(async { ada.sign_in_with("credentials", who(PASSWORD)).await.unwrap() });
    assert!(now(signed_in(&ada)).is_some());
    let told = server.command(&["sessions", "revoke", "--user", ADA, "--yes"], "");
    assert_eq!(told.code, Some(0), "{}", told.text());
    assert_eq!(now(signed_in(&ada)), None);
    assert_eq!(now(ada.update::<Session, _>(&())), Ok(None));
}

#[test]
fn a_server_that_is_down_is_unreachable_and_the_session_is_there_afterwards() {
    for config in strategies() {
        let server = with_ada(config);
        let ada = client(&server);
        now(async { ada.sign_in_with("credentials", who(PASSWORD)).await.unwrap() });
        server.kill();
        let told = now(ada.get_session::<Session>());
        assert!(matches!(told, Err(Error::Unreachable(_))), "{told:?}");
        assert!(matches!(now(ada.sign_out()), Err(Error::Unreachable(_))));
        server.spawn();
        server.wait_until_up();
        assert!(now(signed_in(&ada)).is_some());
    }
}

#[test]
fn a_mail_is_sent_and_the_client_is_told() {
    let post = Post::start(&[]);
    let server = Server::start(post.plain(Config::new()));
    let ada = client(&server);
    server.log.secret(ADA);
    now(async {
        let came = ada.sign_in_with("email", SignInOptions::new().field("email", ADA)).await.unwrap();
        assert!(matches!(&came, SignIn::MailSent { url } if url.contains("/verify-request")), "{came:?}");
        assert_eq!(signed_in(&ada).await, None, "the link signs in whoever opens it");
    });
    assert!(post.link().starts_with(&server.at("/api/auth/callback/email?")));
    post.mode("refuse");
    let came = now(ada.sign_in_with("email", SignInOptions::new().field("email", ADA))).unwrap();
    let SignIn::Refused { code, .. } = came else { panic!("{came:?}") };
    assert_eq!(code, Some(ErrorCode::EmailSignin));
}

#[test]
fn a_session_token_as_bearer_is_read_in_compat_alone() {
    for (profile, is_read) in [("compat", true), ("strict", false)] {
        let (server, ada) = with_ada_signed_in(Config::new().text("profile", profile));
        let token = ada.cookie(SESSION).expect("she has a session").to_owned();
        let service = Client::builder(server.url()).bearer(token).build().unwrap();
        assert_eq!(now(signed_in(&service)).is_some(), is_read, "{profile}");
    }
}

#[test]
fn ways_to_sign_in_are_listed_and_one_that_is_not_is_named() {
    let server = with_ada(Config::new());
    let nobody = client(&server);
    now(async {
        let providers = nobody.get_providers().await.unwrap();
        assert_eq!(
            providers.iter().map(|provider| provider.kind.as_str()).collect::<Vec<_>>(),
            ["credentials"]
        );
        let told = nobody.sign_in_with("gogle", SignInOptions::new()).await;
        assert_eq!(told, Err(Error::UnknownProvider("gogle".into())));
        assert!(matches!(nobody.get_token().await, Err(Error::Unsupported { .. })), "nothing is signed here");
        assert!(matches!(nobody.get_keys().await, Err(Error::Unsupported { .. })), "nothing is signed here");
    });
}

#[test]
fn a_signed_token_is_for_who_is_signed_in() {
    let server = Server::prepare(Config::new().raw("signing.keys", r#"["a.pem"]"#), &[]);
    let made = hallpass(server.folder().path(), &["secret", "--signing-key", "es256"], &[], "");
    std::fs::write(server.folder().file("a.pem"), made.stdout).unwrap();
    server.spawn();
    server.wait_until_up();
    assert_eq!(server.browser().sign_up(ADA, PASSWORD).status, 200);
    let ada = client(&server);
    now(async {
        assert!(matches!(ada.get_token().await, Err(Error::SignInFirst)));
        let keys = String::from_utf8(ada.get_keys().await.unwrap()).unwrap();
        assert!(keys.contains(r#""kid":"#), "{keys}");
        ada.sign_in_with("credentials", who(PASSWORD)).await.unwrap();
        let signed = ada.get_token().await.unwrap();
        server.log.secret(signed.token.expose());
        assert_eq!(signed.token.expose().split('.').count(), 3);
        assert!(!format!("{signed:?}").contains(signed.token.expose()));
    });
}

#[test]
fn another_base_path_is_no_hallpass() {
    let server = with_ada(Config::new());
    let lost = Client::new(&server.at("/elsewhere")).unwrap();
    let told = now(lost.get_session::<Session>());
    assert!(matches!(told, Err(Error::NotHallpass { .. } | Error::Redirected { .. })), "{told:?}");
}
