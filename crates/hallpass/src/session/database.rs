//! Sessions in the database: the cookie holds 32 random bytes, the store their hash.

use hallpass_store::{Session as Row, SessionClaims, Timestamp, TokenHash};

use super::claims::{Claims, kept};
use super::{
    Current, Prolonged, Renew, Session, Started, Starting, expiry, is_due, is_over, prolong, renewed_claims,
    session_user,
};
use crate::config::Setup;
use crate::cookies::SetCookie;
use crate::error::Fault;

pub(super) async fn read(
    setup: &Setup,
    token: &str,
    now: Timestamp,
    renew: Renew<'_>,
) -> Result<Option<Current>, Fault> {
    let key = TokenHash::of(token);
    let store = setup.world.store.as_ref();
    let Some((row, user)) = store.session(&key).await? else { return Ok(None) };
    if is_over(&setup.session, row.created, row.expires, now) {
        return Ok(None);
    }
    let mut cookies = Vec::new();
    let (mut lasts, mut claims) = (row.expires, Claims::of_row(row.claims));
    if is_due(&setup.session, row.renewed, now, renew)
        && let Some(added) = renewed_claims(setup, claims.added(), &user, renew).await?
    {
        let expires = expiry(&setup.session, row.created, now);
        // Also where there are none left, if there were some.
        let text = serde_json::to_string(&added).map_err(|_| Fault::Broken("json"))?;
        let other = (added != claims.added()).then(|| SessionClaims::new(text));
        match prolong(setup, key, now, expires, other.clone()).await? {
            Prolonged::Yes => {
                lasts = expires;
                if other.is_some() {
                    claims = Claims::of_row(other);
                }
                cookies.push(SetCookie::new(&setup.names.session, token).until(expires));
            }
            Prolonged::Ended => return Ok(None),
            Prolonged::NotNow => {}
        }
    }
    let session = Session { user: session_user(user), expires: lasts, signed_in: row.created, claims };
    let access_token = setup.wire.has_access_token().then(|| access_token(token));
    Ok(Some(Current { session, key: Some(key), cookies, access_token }))
}

/// 64 hexadecimal digits that name the session as long as it lasts, and say nothing about its cookie. next-auth 3 keeps
/// such a token in a column; an application may show it or compare it, hallpass takes it for nothing.
fn access_token(token: &str) -> String {
    let hash = TokenHash::of(&format!("access-token:{token}"));
    hash.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn start(setup: &Setup, starting: Starting<'_>, now: Timestamp) -> Result<Started, Fault> {
    let token = setup.random_token()?;
    let expires = expiry(&setup.session, starting.signed_in, now);
    let session = Row {
        key: TokenHash::of(&token),
        user: starting.user.id.clone(),
        created: starting.signed_in,
        renewed: now,
        expires,
        claims: kept(starting.claims)?,
    };
    Ok(Started { session, token, expires })
}
