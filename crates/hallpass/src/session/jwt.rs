//! Sessions in a cookie, as NextAuth.js writes them: sealed, or with the wire of 3 signed and legible.
//!
//! A read opens the cookie and asks nobody. The store also has a row for each, by the hash of the claim `sid`:
//! a prolongation has to find it there, so a session that was signed out, or whose user is gone, is over at
//! `update_age` everywhere. In the process that ended it, it is over at once ([`crate::ended`]). A token without `sid`, written by next-auth itself, is honoured until it expires.

use std::borrow::Cow;

use hallpass_store::{Session as Row, Timestamp, TokenHash, UserId};
use serde::{Deserialize, Serialize};

use super::claims::Claims;
use super::{
    Current, Prolonged, Renew, Session, SessionUser, Started, Starting, expiry, is_due, is_over, json,
    prolong, renewed_claims, session_user,
};
use crate::config::Setup;
use crate::cookies::SetCookie;
use crate::error::Fault;
use crate::hooks::Object;

/// The claims (RFC 7519 §4.1, OpenID Connect Core §2 for `auth_time`); times in seconds, `auth_time` with its
/// milliseconds as a fraction (RFC 7519 §2).
#[derive(Serialize, Deserialize)]
struct Standard<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    email: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    picture: Option<Cow<'a, str>>,
    #[serde(borrow)]
    sub: Option<Cow<'a, str>>,
    iat: u64,
    exp: u64,
    /// For others: nobody here reads it.
    #[serde(skip_deserializing)]
    jti: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    sid: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<f64>,
}

impl Standard<'_> {
    fn signed_in(&self) -> Timestamp {
        let whole = Timestamp::from_secs(self.iat);
        self.auth_time.map_or(whole, |seconds| Timestamp::from_millis((seconds * 1000.0).round() as u64))
    }

    fn session(self) -> Option<Session> {
        let (signed_in, expires) = (self.signed_in(), Timestamp::from_secs(self.exp));
        let user = SessionUser {
            id: UserId(self.sub?.into_owned()),
            name: self.name.map(Cow::into_owned),
            email: self.email.map(Cow::into_owned),
            image: self.picture.map(Cow::into_owned),
        };
        Some(Session { user, expires, signed_in, claims: Claims::default() })
    }
}

/// The session of an opened token, for whoever has nothing else to ask: it lasts as long as it says itself.
pub(crate) fn of_token(plain: Vec<u8>, now: Timestamp) -> Option<Session> {
    let session = serde_json::from_slice::<Standard<'_>>(&plain).ok()?.session()?;
    (now < session.expires).then(|| Session { claims: Claims::of_token(plain), ..session })
}

pub(super) async fn read(
    setup: &Setup,
    token: &str,
    now: Timestamp,
    renew: Renew<'_>,
) -> Result<Option<Current>, Fault> {
    let Some(plain) = setup.session_tokens.read(token) else { return Ok(None) };
    let Ok(claims) = serde_json::from_slice::<Standard<'_>>(&plain) else { return Ok(None) };
    let signed_in = claims.signed_in();
    if is_over(&setup.session, signed_in, Timestamp::from_secs(claims.exp), now) {
        return Ok(None);
    }
    if let Some(sid) = claims.sid.as_deref() {
        if setup.ended.covers(sid, claims.sub.as_deref().unwrap_or_default(), signed_in) {
            return Ok(None);
        }
        if is_due(&setup.session, Timestamp::from_secs(claims.iat), now, renew) {
            let added = Claims::of_token(plain.clone()).added();
            return renewed(setup, &claims, added, Due { sid, now, renew }).await;
        }
    }
    let key = claims.sid.as_deref().map(TokenHash::of);
    let session = claims.session();
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

/// Prolongs, with the user as the store knows them at this moment.
async fn renewed(
    setup: &Setup,
    claims: &Standard<'_>,
    added: Object,
    Due { sid, now, renew }: Due<'_>,
) -> Result<Option<Current>, Fault> {
    let (store, key) = (setup.world.store.as_ref(), TokenHash::of(sid));
    let Some((row, user)) = store.session(&key).await? else { return Ok(None) };
    let expires = expiry(&setup.session, row.created, now);
    let before = json(&added)?;
    let as_it_was = |user| {
        let (expires, claims) = (Timestamp::from_secs(claims.exp), Claims::of_token(before));
        let session = Session { user: session_user(user), expires, signed_in: row.created, claims };
        Ok(Some(Current { session, key: Some(key), cookies: Vec::new(), access_token: None }))
    };
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
    serde_json::from_slice::<Standard<'_>>(&plain).ok()?.sid.as_deref().map(TokenHash::of)
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
        name: user.name.as_deref().map(Into::into),
        email: user.email.as_deref().map(Into::into),
        picture: user.image.as_deref().map(Into::into),
        sub: Some(user.id.0.as_str().into()),
        iat: times.now.secs(),
        exp: times.expires.secs(),
        jti: Some(jti.as_str().into()),
        sid: Some(sid.into()),
        auth_time: Some(signed_in.millis() as f64 / 1000.0),
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

    use crate::browser::{Browser, SITE};
    use crate::config::Auth;
    use crate::jose::{A256Gcm, Hs512};
    use crate::secret::Secret;
    use crate::world::fixed::Fixed;

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
