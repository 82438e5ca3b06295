//! `/token`: who is signed in, signed for an API in any language.

use hallpass_wire::TokenBody;
use http::StatusCode;

use crate::error::Fault;
use crate::exchange::{Exchange, Reply};
use crate::proofs::OwnSite;
use crate::session::{Renew, iso, read};
use crate::signing::{SignedTokenError, sign};

/// A token for the session of this browser, which is prolonged as by any read. Nobody is 401, and there is no such endpoint
/// where nothing is signed.
pub(crate) async fn get(_: OwnSite, x: &Exchange<'_>) -> Result<Reply, Fault> {
    if x.setup.signer.is_none() {
        return Err(Fault::UnknownAction);
    }
    let Some(current) = read(x.setup, &x.cookies, x.now, Renew::WhenDue).await? else { return Ok(nobody()) };
    let signed = match sign(x.setup, &current.session, x.now).await {
        Ok(signed) => signed,
        Err(SignedTokenError::SessionOver) => return Ok(nobody()),
        Err(SignedTokenError::Off) => return Err(Fault::UnknownAction),
        Err(SignedTokenError::Application) => return Err(Fault::Hook("no answer for a signed token".into())),
        Err(SignedTokenError::OutOfEntropy) => return Err(Fault::OutOfEntropy),
    };
    let expires = iso(signed.expires).ok_or(Fault::Broken("expires"))?;
    let body = TokenBody { token: &signed.token, expires: &expires };
    Ok(Reply::json(StatusCode::OK, &body)?.private().cookies(current.cookies))
}

fn nobody() -> Reply {
    Reply::json_bytes(StatusCode::UNAUTHORIZED, r#"{"message":"Sign in first."}"#).private()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use bytes::Bytes;
    use http::Request;
    use http_body_util::Full;
    use serde_json::{Value, json};

    use crate::browser::{Browser, SESSION, SITE, builder};
    use crate::config::builder::AuthBuilder;
    use crate::config::{Auth, ConfigError, Profile, SessionOptions, Strategy};
    use crate::hooks::{HookError, Hooks, Object, SessionContext, TokenContext};
    use crate::signing::{SignedTokenError, SigningOptions};
    use crate::signing_key::{SigningAlgorithm, SigningKey};
    use crate::world::Pending;
    use crate::world::fixed::Fixed;

    const BOTH: [Strategy; 2] = [Strategy::Jwt, Strategy::Database];

    fn key(algorithm: SigningAlgorithm) -> SigningKey {
        SigningKey::from_pem(&SigningKey::generate(algorithm).unwrap()).unwrap()
    }

    fn options() -> SigningOptions {
        SigningOptions::new(vec![key(SigningAlgorithm::Es256)])
    }

    async fn signed_in(builder: AuthBuilder) -> Browser {
        let mut browser = Browser::new(&builder.build().unwrap());
        assert_eq!(browser.sign_up("ada@example.com", "correct-horse").await.status, 302);
        browser
    }

    fn part(token: &str, index: usize) -> Value {
        let part = token.split('.').nth(index).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    async fn token(browser: &mut Browser) -> String {
        let answer = browser.get("/token").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn it_says_who_is_signed_in_for_whom_and_how_long_under_a_published_key() {
        for strategy in BOTH {
            let fixed = Fixed::new();
            let mut browser = signed_in(builder(&fixed, strategy).signing(options())).await;
            let answer = browser.get("/token").await;
            assert_eq!(answer.headers["cache-control"], "private, no-cache, no-store");
            assert_eq!(answer.json()["expires"], "2026-11-23T10:56:11.000Z");
            let token = answer.json()["token"].as_str().unwrap().to_owned();
            let jwk = browser.get("/jwks").await.json()["keys"][0].clone();
            assert_eq!(part(&token, 0), json!({ "alg": "ES256", "kid": jwk["kid"], "typ": "hallpass+jwt" }));
            let mut claims = part(&token, 1);
            let user = claims["sub"].as_str().unwrap().to_owned();
            assert_eq!(claims["jti"].as_str().unwrap().len(), 43);
            claims["jti"] = Value::Null;
            let start = 1_795_431_071;
            let expected = json!({
                "iss": format!("{SITE}/api/auth"), "aud": SITE, "sub": user, "name": "Ada", "email": "ada@example.com",
                "iat": start, "exp": start + 300, "auth_time": start, "jti": null,
            });
            assert_eq!(claims, expected);
            let (signed, signature) = token.rsplit_once('.').unwrap();
            let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
            let point = [vec![4], coordinate("x"), coordinate("y")].concat();
            let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
            public.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        }
    }

    #[tokio::test]
    async fn nobody_gets_no_token_and_neither_does_a_session_that_is_over() {
        for strategy in BOTH {
            let fixed = Fixed::new();
            let mut browser = signed_in(builder(&fixed, strategy).signing(options())).await;
            let mut nobody = Browser::new(&browser.auth);
            let answer = nobody.get("/token").await;
            assert_eq!((answer.status, answer.body.as_str()), (401, r#"{"message":"Sign in first."}"#));
            let copy = browser.cookies.clone();
            browser.post("/signout", "").await;
            browser.cookies = copy;
            assert_eq!(browser.get("/token").await.status, 401, "signed out");
            let form = "email=ada%40example.com&password=correct-horse";
            browser.post("/callback/credentials", form).await;
            token(&mut browser).await;
            fixed.clock.advance(Duration::from_secs(31 * 86_400));
            assert_eq!(browser.get("/token").await.status, 401, "over");
        }
    }

    #[tokio::test]
    async fn a_token_never_outlives_the_session_nor_its_absolute_limit() {
        for strategy in BOTH {
            for (session, expected) in [
                (SessionOptions { max_age: Duration::from_secs(90), ..Profile::Compat.session() }, 90),
                (
                    SessionOptions {
                        max_age: Duration::from_secs(200),
                        absolute_max_age: Some(Duration::from_secs(200)),
                        ..Profile::Compat.session()
                    },
                    200,
                ),
            ] {
                let session = SessionOptions { strategy, update_age: Duration::ZERO, ..session };
                let fixed = Fixed::new();
                let mut browser =
                    signed_in(builder(&fixed, strategy).session(session.clone()).signing(options())).await;
                let claims = part(&token(&mut browser).await, 1);
                let start = claims["iat"].as_u64().unwrap();
                assert_eq!(claims["exp"].as_u64().unwrap(), start + expected, "{session:?}");
                if session.absolute_max_age.is_some() {
                    fixed.clock.advance(Duration::from_secs(199));
                    let claims = part(&token(&mut browser).await, 1);
                    assert_eq!(claims["exp"].as_u64().unwrap(), start + expected, "{session:?}");
                }
            }
        }
    }

    #[tokio::test]
    async fn asking_for_tokens_alone_keeps_a_session_alive() {
        for strategy in BOTH {
            let fixed = Fixed::new();
            let mut browser = signed_in(builder(&fixed, strategy).signing(options())).await;
            for _ in 0..3 {
                fixed.clock.advance(Duration::from_secs(20 * 86_400));
                token(&mut browser).await;
            }
        }
    }

    #[tokio::test]
    async fn what_another_site_starts_gets_no_token() {
        let fixed = Fixed::new();
        let mut browser = signed_in(builder(&fixed, Strategy::Jwt).signing(options())).await;
        for (name, value, status) in [
            ("sec-fetch-site", "cross-site", 403),
            ("sec-fetch-site", "same-site", 403),
            ("origin", "https://evil.example", 403),
            ("referer", "https://evil.example/", 403),
            ("sec-fetch-site", "same-origin", 200),
            ("sec-fetch-site", "none", 200),
            ("origin", SITE, 200),
        ] {
            let request: Request<Full<Bytes>> =
                Request::get("/api/auth/token").header(name, value).body(Full::default()).unwrap();
            let answer = browser.send(request).await;
            assert_eq!(answer.status, status, "{name}: {value}");
            assert!(status == 200 || !answer.body.contains("eyJ"));
            assert!(!answer.headers.contains_key("access-control-allow-origin"));
        }
    }

    // A20, A70
    #[tokio::test]
    async fn a_signed_token_is_nothing_but_itself() {
        for strategy in BOTH {
            let fixed = Fixed::new();
            let mut browser = signed_in(builder(&fixed, strategy).signing(options())).await;
            let token = token(&mut browser).await;
            let pair = browser.cookies["next-auth.csrf-token"].clone();
            let csrf = browser.csrf_token().await;
            let mut thief = Browser::new(&browser.auth);
            thief.cookies.insert(SESSION.into(), token.clone());
            assert_eq!(thief.get("/session").await.body, "{}", "no session");
            assert_eq!(thief.get("/token").await.status, 401, "no way to another token");
            thief.cookies.clear();
            let request: Request<Full<Bytes>> = Request::get("/api/auth/session")
                .header("authorization", format!("Bearer {token}"))
                .body(Full::default())
                .unwrap();
            assert_eq!(thief.send(request).await.body, "{}", "no session by a header");
            thief.cookies.insert("next-auth.csrf-token".into(), pair);
            assert_ne!(thief.csrf_token().await, token);
            let answer = thief.post_bare("/signout", &format!("csrfToken={token}")).await;
            assert!(answer.location.unwrap().ends_with("/signout?csrf=true"), "no anti-forgery token");
            assert_eq!(thief.csrf_token().await, csrf);
            let answer = thief.get(&format!("/callback/email?token={token}&email=ada%40example.com")).await;
            assert!(answer.location.unwrap().ends_with("error=Verification"), "no mail link");
        }
    }

    // A69: the public key is no secret, so nothing may verify under it as if it were one.
    #[tokio::test]
    async fn a_session_forged_with_the_public_key_is_nobodys() {
        let fixed = Fixed::new();
        let mut browser = signed_in(builder(&fixed, Strategy::Jwt).signing(options())).await;
        let token = token(&mut browser).await;
        let claims = token.split('.').nth(1).unwrap().to_owned();
        let jwks = browser.get("/jwks").await.body;
        for algorithm in ["HS256", "HS512", "none", "ES256"] {
            let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{algorithm}"}}"#));
            let signed = format!("{header}.{claims}");
            let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA512, jwks.as_bytes());
            let tag = URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, signed.as_bytes()));
            for forged in [format!("{signed}.{tag}"), format!("{signed}.")] {
                let mut thief = Browser::new(&browser.auth);
                thief.cookies.insert(SESSION.into(), forged);
                assert_eq!(thief.get("/session").await.body, "{}", "{algorithm}");
            }
        }
    }

    /// Shows a role, hides the address, and tries to be somebody else.
    struct Application;

    impl Hooks for Application {
        fn jwt<'a>(
            &'a self,
            mut claims: Object,
            _: &'a TokenContext<'a>,
        ) -> Pending<'a, Result<Object, HookError>> {
            claims.insert("role".into(), "admin".into());
            claims.insert("internal".into(), "canary".into());
            Box::pin(async move { Ok(claims) })
        }

        fn session<'a>(
            &'a self,
            mut body: Object,
            context: &'a SessionContext<'a>,
        ) -> Pending<'a, Result<Object, HookError>> {
            let role = context.claims["role"].clone();
            body["user"].as_object_mut().unwrap().remove("email");
            body["user"]["role"] = role;
            body.insert("plan".into(), "free".into());
            for name in ["sub", "iss", "aud", "exp", "auth_time"] {
                body.insert(name.into(), "forged".into());
                body["user"][name] = "forged".into();
            }
            Box::pin(async move { Ok(body) })
        }
    }

    #[tokio::test]
    async fn a_token_says_what_the_session_shows_and_nothing_that_it_hides() {
        for strategy in BOTH {
            let fixed = Fixed::new();
            let mut browser =
                signed_in(builder(&fixed, strategy).signing(options()).hooks(Application)).await;
            let claims = part(&token(&mut browser).await, 1);
            assert_eq!((&claims["role"], &claims["plan"]), (&"admin".into(), &"free".into()));
            assert_eq!((claims.get("email"), claims.get("internal")), (None, None));
            assert_eq!(claims["name"], "Ada");
            assert!(!claims.to_string().contains("forged"), "{claims}");
        }
    }

    #[tokio::test]
    async fn without_a_key_there_is_no_such_endpoint() {
        let fixed = Fixed::new();
        let mut browser = signed_in(builder(&fixed, Strategy::Jwt)).await;
        for path in ["/token", "/jwks", "/.well-known/jwks.json"] {
            assert_eq!(browser.get(path).await.status, 400, "{path}");
        }
        let session = crate::Session {
            user: crate::SessionUser {
                id: hallpass_store::UserId("7".into()),
                name: None,
                email: None,
                image: None,
            },
            expires: hallpass_store::Timestamp::from_secs(4_000_000_000),
            signed_in: hallpass_store::Timestamp::from_secs(0),
            claims: crate::Claims::default(),
        };
        assert_eq!(browser.auth.signed_token(&session).await, Err(SignedTokenError::Off));
        let auth = builder(&fixed, Strategy::Jwt).signing(options()).build().unwrap();
        let claims = part(&auth.signed_token(&session).await.unwrap().token, 1);
        assert_eq!((&claims["sub"], claims.get("email")), (&"7".into(), None));
        let over = crate::Session { expires: hallpass_store::Timestamp::from_secs(1), ..session };
        assert_eq!(auth.signed_token(&over).await, Err(SignedTokenError::SessionOver));
    }

    #[tokio::test]
    async fn every_key_is_published_the_first_signs_and_the_private_half_stays_here() {
        let keys = vec![key(SigningAlgorithm::EdDsa), key(SigningAlgorithm::Es256)];
        let fixed = Fixed::new();
        let mut browser =
            signed_in(builder(&fixed, Strategy::Jwt).signing(SigningOptions::new(keys.clone()))).await;
        for path in ["/jwks", "/.well-known/jwks.json"] {
            let answer = Browser::new(&browser.auth).get(path).await;
            assert_eq!(answer.headers["cache-control"], "public, max-age=300");
            assert!(answer.set_cookies.is_empty() && !answer.body.contains("\"d\""));
            let published: Vec<_> = answer.json()["keys"].as_array().unwrap().clone();
            let ids: Vec<_> = published.iter().map(|jwk| jwk["kid"].as_str().unwrap()).collect();
            assert_eq!(ids, [keys[0].key_id(), keys[1].key_id()]);
            assert!(published.iter().all(|jwk| jwk["use"] == "sig"));
        }
        let header = part(&token(&mut browser).await, 0);
        assert_eq!((&header["alg"], &header["kid"]), (&"EdDSA".into(), &keys[0].key_id().into()));
    }

    #[test]
    fn options_that_cannot_be_are_refused() {
        let key = key(SigningAlgorithm::EdDsa);
        let build = |options| -> Result<Auth, ConfigError> {
            builder(&Fixed::new(), Strategy::Jwt).signing(options).build()
        };
        let error = |options| build(options).unwrap_err();
        assert_eq!(error(SigningOptions::new(Vec::new())), ConfigError::SigningKeys);
        assert_eq!(error(SigningOptions::new(vec![key.clone(), key.clone()])), ConfigError::SigningKeys);
        let options = SigningOptions::new(vec![key]);
        for seconds in [0, 29, 3601] {
            let max_age = Duration::from_secs(seconds);
            assert_eq!(error(SigningOptions { max_age, ..options.clone() }), ConfigError::SigningMaxAge);
        }
        let audience = Some(String::new());
        assert_eq!(error(SigningOptions { audience, ..options.clone() }), ConfigError::SigningAudience);
        build(options).unwrap();
    }
}
