//! Sessions in the database: the cookie holds 32 random bytes, the store their hash.

use hallpass_store::{Change, CommitError, Session as Row, Timestamp, TokenHash, User};

use super::{Current, Renew, Session, Started, expiry, is_due, is_over, session_user};
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
        session.expires = expiry(&setup.session, row.created, now);
        let renewal = Change::RenewSession { key, renewed: now, expires: session.expires };
        match store.commit(&[renewal]).await {
            Ok(()) => {}
            Err(CommitError::SessionGone) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        cookies.push(SetCookie::new(&setup.names.session, token).until(session.expires));
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
