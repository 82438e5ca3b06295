//! `hallpass-client` against the real servers of NextAuth.js, versions 3, 4 and 5.

use std::future::Future;

use e2e::Peer;
use hallpass_client::{Client, Error, ErrorCode, Session, SignIn, SignInOptions};

const ADA: &str = "ada@example.com";

fn now<T>(asked: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be built").block_on(asked)
}

fn server(version: &str) -> (Peer, Client) {
    let server = Peer::start("next-auth", &[version, "--secret", "topsecret"]);
    let client =
        Client::new(&format!("{}/api/auth", server.text("/url"))).expect("the loopback may be asked");
    (server, client)
}

fn who(password: &str) -> SignInOptions {
    SignInOptions::new().field("email", ADA).field("password", password)
}

#[test]
fn a_password_signs_in_and_out_at_every_version_of_next_auth() {
    for version in ["3", "4", "5"] {
        let (server, ada) = server(version);
        now(async {
            assert_eq!(ada.get_session::<Session>().await, Ok(None), "{version}");
            assert!(ada.get_providers().await.unwrap().iter().any(|way| way.kind == "credentials"));
            let refused = ada.sign_in_with("credentials", who("not her password")).await.unwrap();
            let SignIn::Refused { code, .. } = &refused else { panic!("{version}: {refused:?}") };
            assert_eq!(*code, Some(ErrorCode::CredentialsSignin), "{version}");
            assert_eq!(ada.get_session::<Session>().await, Ok(None), "{version}");

            let came =
                ada.sign_in_with("credentials", who("correct-horse").callback_url("/after")).await.unwrap();
            let SignIn::SignedIn { url } = &came else { panic!("{version}: {came:?}") };
            assert_eq!(*url, format!("{}/after", server.text("/url")), "{version}");
            let session: Session = ada.get_session().await.unwrap().expect("she is signed in");
            assert_eq!(session.user.email.as_deref(), Some(ADA), "{version}");

            let told = ada.sign_in_with("gogle", SignInOptions::new()).await;
            assert_eq!(told, Err(Error::UnknownProvider("gogle".into())), "{version}");
            ada.sign_out().await.unwrap();
            assert_eq!(ada.get_session::<Session>().await, Ok(None), "{version}");
        });
    }
}

#[test]
fn an_update_hands_its_data_to_the_jwt_callback_of_versions_4_and_5() {
    for version in ["4", "5"] {
        let (_server, ada) = server(version);
        now(async {
            ada.sign_in_with("credentials", who("correct-horse")).await.unwrap();
            let data = serde_json::json!({ "name": "Countess of Lovelace" });
            // What version 4 answers is still of the token before; the next read is not.
            let updated: Session = ada.update(&data).await.unwrap().expect("she is signed in");
            assert_eq!(updated.user.email.as_deref(), Some(ADA), "{version}");
            let session: Session = ada.get_session().await.unwrap().expect("she is signed in");
            assert_eq!(session.user.name.as_deref(), Some("Countess of Lovelace"), "{version}");
        });
    }
}
