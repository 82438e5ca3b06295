//! Sessions in the database: the cookie holds 32 random bytes, the store their hash.

use hallpass_store::{Session as Row, Timestamp, TokenHash, User};

use super::{Current, Prolonged, Renew, Session, Started, expiry, is_due, is_over, prolong, session_user};
use crate::config::Setup;
use crate::cookies::SetCookie;
use crate::error::Fault;

pub(super) async fn read(
    setup: &Setup,
    token: &str,
    now: Timestamp,
    renew: Renew,
) -> Result<Option<Current>, Fault> {
    let key = TokenHash::of(token);
    let store = setup.world.store.as_ref();
    let Some((row, user)) = store.session(&key).await? else { return Ok(None) };
    if is_over(&setup.session, row.created, row.expires, now) {
        return Ok(None);
    }
    let mut session = Session { user: session_user(user), expires: row.expires, signed_in: row.created };
    let mut cookies = Vec::new();
    if is_due(&setup.session, row.renewed, now, renew) {
        let expires = expiry(&setup.session, row.created, now);
        match prolong(setup, key, now, expires).await? {
            Prolonged::Yes => {
                session.expires = expires;
                cookies.push(SetCookie::new(&setup.names.session, token).until(expires));
            }
            Prolonged::Ended => return Ok(None),
            Prolonged::NotNow => {}
        }
    }
    Ok(Some(Current { session, key: Some(key), cookies }))
}

pub(super) fn start(setup: &Setup, user: &User, now: Timestamp) -> Result<Started, Fault> {
    let token = setup.random_token()?;
    let expires = expiry(&setup.session, now, now);
    let session =
        Row { key: TokenHash::of(&token), user: user.id.clone(), created: now, renewed: now, expires };
    Ok(Started { session, token, expires })
}
