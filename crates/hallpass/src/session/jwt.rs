//! Sessions in a cookie, as NextAuth.js writes them: sealed, or with the wire of 3 signed and legible.
//!
//! A read opens the cookie and asks nobody. The store also has a row for each, by the hash of the claim `sid`:
//! a prolongation has to find it there, so a session that was signed out, or whose user is gone, is over at
//! `update_age` everywhere. In the process that ended it, it is over at once ([`crate::ended`]). A token without `sid`, written by next-auth itself, is honoured until it expires.

use hallpass_store::{Session as Row, Timestamp, TokenHash, UserId};
use serde::{Deserialize, Serialize};

use super::claim::Claim;
use super::claims::Claims;
use super::{
    Current, Prolonged, Renew, Session, SessionUser, Started, Starting, expiry, is_over, json, prolong,
    renewed_claims, session_user,
};
use crate::config::Setup;
use crate::cookies::SetCookie;
use crate::error::Fault;
use crate::hooks::Object;
use crate::world::RANDOM_TOKEN_LENGTH;

/// The claims that are written (RFC 7519 §4.1, OpenID Connect Core §2 for `auth_time`); times in seconds, `auth_time` with
/// its milliseconds as a fraction (RFC 7519 §2).
#[derive(Serialize)]
struct Standard<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<&'a str>,
    sub: &'a str,
    iat: u64,
    exp: u64,
    /// For others: nobody here reads it.
    jti: &'a str,
    sid: &'a str,
    auth_time: f64,
}

/// The same claims as they are read, also from tokens that NextAuth.js wrote. There an application may have put what its
/// provider said among them, under the same names: what has another type is not there.
#[derive(Deserialize)]
struct Opened<'a> {
    #[serde(borrow, default)]
    name: Claim<'a>,
    #[serde(borrow, default)]
    email: Claim<'a>,
    #[serde(borrow, default)]
    picture: Claim<'a>,
    #[serde(borrow, default)]
    sub: Claim<'a>,
    #[serde(borrow)]
    iat: Claim<'a>,
    #[serde(borrow)]
    exp: Claim<'a>,
    #[serde(borrow, default)]
    sid: Claim<'a>,
    #[serde(borrow, default)]
    auth_time: Claim<'a>,
}

impl<'a> Opened<'a> {
    fn of(plain: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(plain).ok()
    }

    fn issued(&self) -> Option<Timestamp> {
        self.iat.seconds()
    }

    fn expires(&self) -> Option<Timestamp> {
        self.exp.seconds()
    }

    /// What the store knows the session by. A provider's own `sid` has another form.
    fn sid(&self) -> Option<&str> {
        let is_ours = |sid: &&str| {
            sid.len() == RANDOM_TOKEN_LENGTH
                && sid.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        self.sid.text().filter(is_ours)
    }

    /// When somebody signed in. Of another server's token only its age is known: its `auth_time` is a provider's.
    fn signed_in(&self) -> Option<Timestamp> {
        let ours = self.sid().and_then(|_| self.auth_time.seconds());
        ours.or_else(|| self.issued())
    }

    fn session(self, signed_in: Timestamp) -> Option<Session> {
        let expires = self.expires()?;
        let user = SessionUser {
            id: UserId(self.sub.into_text()?),
            name: self.name.into_text(),
            email: self.email.into_text(),
            image: self.picture.into_text(),
        };
        Some(Session { user, expires, signed_in, claims: Claims::default() })
    }
}

/// The session of an opened token, for whoever has nothing else to ask: it lasts as long as it says itself.
pub(crate) fn of_token(plain: Vec<u8>, now: Timestamp) -> Option<Session> {
    let opened = Opened::of(&plain)?;
    let signed_in = opened.signed_in()?;
    let session = opened.session(signed_in)?;
    (now < session.expires).then(|| Session { claims: Claims::of_token(plain), ..session })
}

pub(super) async fn read(
    setup: &Setup,
    token: &str,
    now: Timestamp,
    renew: Renew<'_>,
) -> Result<Option<Current>, Fault> {
    let Some(plain) = setup.session_tokens.read(token) else { return Ok(None) };
    let Some(opened) = Opened::of(&plain) else { return Ok(None) };
    let (Some(signed_in), Some(issued), Some(expires)) =
        (opened.signed_in(), opened.issued(), opened.expires())
    else {
        return Ok(None);
    };
    if is_over(&setup.session, signed_in, expires, now) {
        return Ok(None);
    }
    let key = opened.sid().map(TokenHash::of);
    if let Some(sid) = opened.sid() {
        if setup.ended.covers(sid, opened.sub.text().unwrap_or_default(), signed_in) {
            return Ok(None);
        }
        // Older than that, and what ended may be forgotten here: the store has the last word, also where nothing is written.
        if now >= issued.after(setup.session.update_age) || matches!(renew, Renew::Update(_)) {
            return renewed(setup, expires, Claims::of_token(plain.clone()), Due { sid, now, renew }).await;
        }
    }
    let session = opened.session(signed_in);
    Ok(session.map(|session| {
        let session = Session { claims: Claims::of_token(plain), ..session };
        Current { session, key, cookies: Vec::new(), access_token: None }
    }))
}

/// A prolongation that is due.
struct Due<'a> {
    sid: &'a str,
    now: Timestamp,
    renew: Renew<'a>,
}

/// Prolongs, where the read may, with the user as the store knows them at this moment.
async fn renewed(
    setup: &Setup,
    lasts: Timestamp,
    before: Claims,
    Due { sid, now, renew }: Due<'_>,
) -> Result<Option<Current>, Fault> {
    let (store, key) = (setup.world.store.as_ref(), TokenHash::of(sid));
    let Some((row, user)) = store.session(&key).await? else { return Ok(None) };
    let expires = expiry(&setup.session, row.created, now);
    let added = before.added();
    let as_it_was = |user| {
        let claims = before;
        let session = Session { user: session_user(user), expires: lasts, signed_in: row.created, claims };
        Ok(Some(Current { session, key: Some(key), cookies: Vec::new(), access_token: None }))
    };
    if matches!(renew, Renew::Never) {
        return as_it_was(user);
    }
    let Some(added) = renewed_claims(setup, added, &user, renew).await? else { return as_it_was(user) };
    match prolong(setup, key, now, expires, None).await? {
        Prolonged::Yes => {}
        Prolonged::Ended => return Ok(None),
        Prolonged::NotNow => return as_it_was(user),
    }
    let starting = Starting { user: &user, claims: &added, signed_in: row.created };
    let (token, plain) = seal(setup, starting, sid, Times { now, expires })?;
    let cookie = SetCookie::new(&setup.names.session, &token).until(expires);
    let claims = Claims::of_token(plain);
    let session = Session { user: session_user(user), expires, signed_in: row.created, claims };
    Ok(Some(Current { session, key: Some(key), cookies: vec![cookie], access_token: None }))
}

pub(super) fn start(setup: &Setup, starting: Starting<'_>, now: Timestamp) -> Result<Started, Fault> {
    let sid = setup.random_token()?;
    let expires = expiry(&setup.session, starting.signed_in, now);
    let (token, _) = seal(setup, starting, &sid, Times { now, expires })?;
    let session = Row {
        key: TokenHash::of(&sid),
        user: starting.user.id.clone(),
        created: starting.signed_in,
        renewed: now,
        expires,
        claims: None,
    };
    Ok(Started { session, token, expires })
}

/// The store's key of a session that is still ours, over or not.
pub(super) fn key(setup: &Setup, token: &str) -> Option<TokenHash> {
    let plain = setup.session_tokens.read(token)?;
    Opened::of(&plain)?.sid().map(TokenHash::of)
}

struct Times {
    now: Timestamp,
    expires: Timestamp,
}

/// The token, and the claims in it.
fn seal(
    setup: &Setup,
    Starting { user, claims: added, signed_in }: Starting<'_>,
    sid: &str,
    times: Times,
) -> Result<(String, Vec<u8>), Fault> {
    let jti = setup.random_token()?;
    let standard = Standard {
        name: user.name.as_deref(),
        email: user.email.as_deref(),
        picture: user.image.as_deref(),
        sub: &user.id.0,
        iat: times.now.secs(),
        exp: times.expires.secs(),
        jti: &jti,
        sid,
        auth_time: signed_in.millis() as f64 / 1000.0,
    };
    let plain = json(&Written { standard, added })?;
    Ok((setup.session_tokens.write(setup.world.random.as_ref(), &plain)?, plain))
}

/// All claims of a token: the standard ones, and the application's, whose names are others.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    standard: Standard<'a>,
    #[serde(flatten)]
    added: &'a Object,
}

#[cfg(test)]
mod tests {
    use hallpass_wire::{TokenFormat, Wire};

    use std::time::Duration;

    use crate::browser::{Browser, SITE, builder};
    use crate::config::{Auth, Strategy};
    use crate::cookies::Cookies;
    use crate::jose::{A256Gcm, Hs512};
    use crate::secret::Secret;
    use crate::session::{Renew, read};
    use crate::world::fixed::Fixed;

    /// A session of ours, read where nothing can be prolonged, long after this process forgot that it ended.
    #[tokio::test]
    async fn what_ended_stays_ended_also_for_reads_that_prolong_nothing() {
        let fixed = Fixed::new();
        let mut browser = Browser::new(&builder(&fixed, Strategy::Jwt).build().unwrap());
        browser.sign_up("ada@example.com", "correct-horse").await;
        let never = |browser: &Browser| {
            let (name, value) =
                browser.cookies.iter().find(|(name, _)| name.contains("session-token")).unwrap();
            let headers = http::HeaderMap::from_iter([(
                http::header::COOKIE,
                http::HeaderValue::try_from(format!("{name}={value}")).unwrap(),
            )]);
            let auth = browser.auth.clone();
            async move {
                let cookies = Cookies::parse(&headers).unwrap();
                read(&auth.0, &cookies, auth.0.world.clock.now(), Renew::Never).await.unwrap()
            }
        };
        let copy = browser.cookies.clone();
        for days in [0, 1, 3] {
            fixed.clock.advance(Duration::from_secs(days * 86_400));
            let current = never(&browser).await.expect("it lasts");
            assert!(current.cookies.is_empty(), "nothing is prolonged");
        }
        browser.post("/signout", "").await;
        browser.cookies = copy;
        let elsewhere = builder(&fixed, Strategy::Jwt).build().unwrap();
        browser.auth = elsewhere;
        assert!(never(&browser).await.is_none(), "a process that never heard of it asks the store");
    }

    #[tokio::test]
    async fn what_a_provider_said_does_not_make_a_foreign_token_ours_or_nobodys() {
        let fixed = Fixed::new();
        let secrets = vec![Secret::new("topsecret")];
        let signed = Hs512::new(&secrets, &TokenFormat::Hs512.derivation("")).unwrap();
        let auth = builder(&fixed, Strategy::Jwt).build().unwrap();
        for claims in [
            r#""sid":"6b0bbd4c-3c4c-4a7e-9d7b-0d3c1d8d2b1f""#,
            r#""sid":5"#,
            r#""auth_time":"1700000000""#,
            r#""auth_time":1"#,
            r#""picture":{"u":1},"name":7,"email":["a"]"#,
            r#""x":1"#,
        ] {
            let claims = format!(r#"{{"sub":"7","iat":1795341000.25,"exp":1797000000.5,{claims}}}"#);
            let mut browser = Browser::new(&auth);
            let token = signed.sign(claims.as_bytes()).unwrap();
            browser.cookies.insert("next-auth.session-token".into(), token);
            assert!(browser.session().await["user"].is_object(), "{claims}");
        }
    }

    /// NextAuth sealed the verifier of a sign-in under way with the keys of its sessions.
    #[tokio::test]
    async fn the_verifier_of_a_sign_in_under_way_is_nobodys_session() {
        for wire in Wire::ALL {
            let fixed = Fixed::new();
            let secrets = vec![Secret::new("topsecret")];
            let world = fixed.world();
            let claims = br#"{"code_verifier":"v","value":"v","iat":1795431000,"exp":1795439999}"#;
            let signed = Hs512::new(&secrets, &TokenFormat::Hs512.derivation("")).unwrap();
            let sealed = A256Gcm::new(&secrets, &TokenFormat::A256Gcm.derivation("")).unwrap();
            let auth = Auth::builder(SITE, secrets, world.clone()).wire(*wire).build().unwrap();
            for token in [signed.sign(claims).unwrap(), sealed.seal(world.random.as_ref(), claims).unwrap()] {
                let mut browser = Browser::new(&auth);
                browser.cookies.insert(wire.cookie_names(false).session, token);
                assert_eq!(browser.get("/session").await.body, wire.no_session());
            }
        }
    }
}
