//! Sessions: in a sealed cookie or in the database, the same two verbs to the rest of the code.
//!
//! [`read`] says who is signed in, and prolongs a session that is old enough; [`write`] replaces the browser's
//! session by another, or by none. A prolongation and a sign-out race safely: the store refuses to prolong what
//! was ended, and then no cookie is written.

mod claim;
mod claims;
mod database;
mod jwt;
mod token;

use std::fmt;

use hallpass_store::{Change, CommitError, SessionClaims, Timestamp, TokenHash, User, UserId};
use hallpass_wire::{SessionBody, UserBody, Wire};
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::config::{Bearer, SessionOptions, Setup, Strategy};
use crate::cookies::{self, Cookies, SetCookie};
use crate::error::Fault;
use crate::hooks::{Object, Person, SessionContext, TokenContext, Trigger};

pub use claims::{BadClaims, Claims};
pub(crate) use jwt::of_token;
pub(crate) use token::SessionTokens;

/// Somebody who is signed in.
///
/// As an axum extractor it makes an answer depend on who asks: put [`Auth::layer`](crate::Auth::layer) around the
/// routes, so that such answers are private and no cache keeps them.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub user: SessionUser,
    /// Until when, unless the session is prolonged.
    pub expires: Timestamp,
    /// When they signed in.
    pub signed_in: Timestamp,
    /// What the application added.
    pub claims: Claims,
}

/// What a session knows of its user.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionUser {
    /// The store's id; `sub` in a sealed cookie.
    pub id: UserId,
    /// What to call them.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// The URL of a picture.
    pub image: Option<String>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("user", &self.user.id)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SessionUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionUser").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Session {
    /// The JSON of `GET /session`.
    pub(crate) fn body(&self, wire: Wire) -> Result<Vec<u8>, Fault> {
        let expires = iso(self.expires).ok_or(Fault::Broken("expires"))?;
        let user = UserBody {
            name: self.user.name.as_deref().map(Into::into),
            email: self.user.email.as_deref().map(Into::into),
            image: self.user.image.as_deref().map(Into::into),
        };
        if wire.says_null() {
            return json(&SessionBody { user: user.with_nulls(), expires: &expires });
        }
        json(&SessionBody { user, expires: &expires })
    }

    /// Whose it is, for the application.
    pub(crate) fn person(&self) -> Person<'_> {
        let user = &self.user;
        Person {
            id: Some(&user.id.0),
            name: user.name.as_deref(),
            email: user.email.as_deref(),
            email_verified: false,
            image: user.image.as_deref(),
        }
    }
}

/// What a session shows to the browser, with what the application makes of it.
pub(crate) async fn shown(setup: &Setup, session: &Session) -> Result<Object, Fault> {
    let body = serde_json::from_slice(&session.body(setup.wire)?).map_err(|_| Fault::Broken("json"))?;
    if !setup.hooks.minds_reads() {
        return Ok(body);
    }
    let claims = &session.claims.added();
    setup.hooks.body(body, &SessionContext { person: session.person(), claims }).await
}

/// [`shown`] as JSON, byte by byte what `GET /session` answers; `access_token` where the wire tells it (wire §6).
pub(crate) async fn shown_json(
    setup: &Setup,
    session: &Session,
    access_token: Option<&str>,
) -> Result<Vec<u8>, Fault> {
    let plain = session.body(setup.wire)?;
    if !setup.hooks.minds_reads() && access_token.is_none() {
        return Ok(plain);
    }
    let mut body: Object = serde_json::from_slice(&plain).map_err(|_| Fault::Broken("json"))?;
    if let Some(token) = access_token {
        body.insert("accessToken".into(), token.into());
    }
    if setup.hooks.minds_reads() {
        let claims = &session.claims.added();
        body = setup.hooks.body(body, &SessionContext { person: session.person(), claims }).await?;
    }
    json(&body)
}

fn json(body: &impl Serialize) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(body).map_err(|_| Fault::Broken("json"))
}

/// A read's answer.
pub(crate) struct Current {
    pub(crate) session: Session,
    /// The key under which the store knows it. A token that next-auth itself wrote has none, and proves nothing lasting.
    pub(crate) key: Option<TokenHash>,
    /// Cookies to set where the session was prolonged.
    pub(crate) cookies: Vec<SetCookie>,
    /// What names the session to others, where the wire tells it (wire §6).
    pub(crate) access_token: Option<String>,
}

/// Whether a read may prolong.
#[derive(Clone, Copy)]
pub(crate) enum Renew<'a> {
    /// Whenever it is old enough.
    WhenDue,
    /// In any case, with the user as the store knows them (`POST /session`), and with what the client sent.
    Update(&'a Value),
    /// Not at all: the answer carries no cookie.
    Never,
}

/// What to write: changes for the store, cookies for the browser.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) changes: Vec<Change>,
    pub(crate) cookies: Vec<SetCookie>,
}

/// Who is signed in.
pub(crate) async fn read(
    setup: &Setup,
    cookies: &Cookies<'_>,
    now: Timestamp,
    renew: Renew<'_>,
) -> Result<Option<Current>, Fault> {
    let Some(token) = cookies.joined(&setup.names.session) else { return Ok(None) };
    match setup.session.strategy {
        Strategy::Jwt => jwt::read(setup, &token, now, renew).await,
        Strategy::Database => database::read(setup, &token, now, renew).await,
    }
    .map(|current| current.map(|current| current.replacing(setup, cookies)))
}

/// [`read`], and where there is no session's cookie the token in `Authorization: Bearer` (RFC 6750 §2.1), if the
/// configuration says so. That one is read and never prolonged: whoever sends it keeps it where no cookie reaches.
pub(crate) async fn read_of(
    setup: &Setup,
    cookies: &Cookies<'_>,
    headers: &http::HeaderMap,
    now: Timestamp,
    renew: Renew<'_>,
) -> Result<Option<Current>, Fault> {
    let in_cookies = !cookies.pieces(&setup.names.session).is_empty();
    if setup.session.bearer == Bearer::Refused || in_cookies {
        return read(setup, cookies, now, renew).await;
    }
    let Some(token) = bearer(headers) else { return Ok(None) };
    match setup.session.strategy {
        Strategy::Jwt => jwt::read(setup, &token, now, Renew::Never).await,
        Strategy::Database => database::read(setup, &token, now, Renew::Never).await,
    }
}

/// The one bearer token of a request, percent-decoded as `getToken` of next-auth 4 does (wire §3).
fn bearer(headers: &http::HeaderMap) -> Option<String> {
    let mut values = headers.get_all(http::header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let token = token.trim_matches(' ');
    if !scheme.eq_ignore_ascii_case("bearer") || token.len() > cookies::MAX_HEADER_BYTES {
        return None;
    }
    percent_encoding::percent_decode_str(token).decode_utf8().ok().map(Into::into)
}

impl Current {
    /// A prolonged session's cookies also clear the chunks that it no longer needs.
    fn replacing(mut self, setup: &Setup, cookies: &Cookies<'_>) -> Self {
        if let [one] = self.cookies.as_slice() {
            let stale = cookies.pieces(&setup.names.session);
            self.cookies = one.clone().split(setup.wire.chunk_size(), &stale);
        }
        self
    }
}

/// Ends the browser's session, and starts one for a user where there is one. Every sign-in gets a new identifier.
pub(crate) fn write(
    setup: &Setup,
    cookies: &Cookies<'_>,
    now: Timestamp,
    starting: Option<Starting<'_>>,
) -> Result<Written, Fault> {
    let mut written = Written::default();
    if let Some(token) = cookies.joined(&setup.names.session) {
        let key = match setup.session.strategy {
            Strategy::Jwt => jwt::key(setup, &token),
            Strategy::Database => Some(TokenHash::of(&token)),
        };
        written.changes.extend(key.map(Change::EndSession));
    }
    let stale = cookies.pieces(&setup.names.session);
    let Some(starting) = starting else {
        written.cookies = stale.into_iter().map(SetCookie::cleared).collect();
        return Ok(written);
    };
    let started = match setup.session.strategy {
        Strategy::Jwt => jwt::start(setup, starting, now)?,
        Strategy::Database => database::start(setup, starting, now)?,
    };
    written.changes.push(Change::StartSession(started.session));
    let name = &setup.names.session;
    written.cookies =
        cookies::chunked(name, &started.token, setup.wire.chunk_size(), started.expires, &stale);
    Ok(written)
}

/// For whom a session is made, and what the application adds to it.
#[derive(Clone, Copy)]
pub(crate) struct Starting<'a> {
    pub(crate) user: &'a User,
    pub(crate) claims: &'a Object,
    /// When they signed in: a session in the place of another is as old as that.
    pub(crate) signed_in: Timestamp,
}

/// A session that was made.
struct Started {
    session: hallpass_store::Session,
    token: String,
    expires: Timestamp,
}

/// What came of prolonging a session.
enum Prolonged {
    /// It lasts longer: say so in its cookie.
    Yes,
    /// It was ended meanwhile.
    Ended,
    /// The store takes no writes at the moment. The session is as good as it was, and the next read tries again.
    NotNow,
}

/// Prolongs a session in the store, which refuses where it was ended.
async fn prolong(
    setup: &Setup,
    key: TokenHash,
    now: Timestamp,
    expires: Timestamp,
    claims: Option<SessionClaims>,
) -> Result<Prolonged, Fault> {
    match setup.world.store.commit(&[Change::RenewSession { key, renewed: now, expires, claims }]).await {
        Ok(()) => Ok(Prolonged::Yes),
        Err(CommitError::SessionGone) => Ok(Prolonged::Ended),
        Err(CommitError::Unavailable(unavailable)) => {
            tracing::warn!(cause = unavailable.cause, "a session was not prolonged");
            Ok(Prolonged::NotNow)
        }
        Err(error) => Err(error.into()),
    }
}

/// Until when a session lasts that is prolonged at this moment.
fn expiry(options: &SessionOptions, signed_in: Timestamp, now: Timestamp) -> Timestamp {
    let idle = now.after(options.max_age);
    options.absolute_max_age.map_or(idle, |limit| idle.min(signed_in.after(limit)))
}

/// Whether a session is over: its own end has come, or the absolute limit, whatever it says itself.
pub(crate) fn is_over(
    options: &SessionOptions,
    signed_in: Timestamp,
    expires: Timestamp,
    now: Timestamp,
) -> bool {
    now >= expires || options.absolute_max_age.is_some_and(|limit| now >= signed_in.after(limit))
}

/// Whether a read should prolong a session.
fn is_due(options: &SessionOptions, renewed: Timestamp, now: Timestamp, renew: Renew<'_>) -> bool {
    match renew {
        Renew::WhenDue => now >= renewed.after(options.update_age),
        Renew::Update(_) => true,
        Renew::Never => false,
    }
}

/// What the application adds to a session that is prolonged: what it added before, unless it says otherwise.
///
/// `None` where it cannot say at the moment. A read that nobody asked to prolong anything then leaves the session as it
/// is, and the next one asks again: who only looks is not to be told that the application is down.
async fn renewed_claims(
    setup: &Setup,
    before: Object,
    user: &User,
    renew: Renew<'_>,
) -> Result<Option<Object>, Fault> {
    if setup.hooks.is_empty() {
        return Ok(Some(before));
    }
    let trigger = match renew {
        Renew::Update(data) => Trigger::Update { data },
        Renew::WhenDue | Renew::Never => Trigger::Renewal,
    };
    match setup.hooks.claims(before, &TokenContext { person: Person::from(user), trigger }).await {
        Ok(claims) => Ok(Some(claims)),
        Err(Fault::Hook(cause)) if matches!(renew, Renew::WhenDue) => {
            tracing::warn!(cause, "a session was not prolonged");
            Ok(None)
        }
        Err(fault) => Err(fault),
    }
}

fn session_user(user: User) -> SessionUser {
    SessionUser { id: user.id, name: user.name, email: user.email, image: user.image }
}

/// `YYYY-MM-DDTHH:mm:ss.SSSZ`, as JavaScript's `toISOString` writes it.
pub(crate) fn iso(at: Timestamp) -> Option<String> {
    let nanos = i128::from(at.millis()) * 1_000_000;
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?.format(format).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expires_is_written_as_javascript_writes_it() {
        let at = Timestamp::from_millis(1_798_023_071_631);
        assert_eq!(iso(at).as_deref(), Some("2026-12-23T10:51:11.631Z"));
        assert_eq!(iso(Timestamp::from_millis(0)).as_deref(), Some("1970-01-01T00:00:00.000Z"));
    }

    #[test]
    fn the_absolute_limit_wins_over_every_prolongation() {
        let options = SessionOptions {
            absolute_max_age: Some(std::time::Duration::from_secs(100)),
            max_age: std::time::Duration::from_secs(60),
            ..SessionOptions::default()
        };
        let at = Timestamp::from_secs;
        assert_eq!(expiry(&options, at(1000), at(1010)), at(1070));
        assert_eq!(expiry(&options, at(1000), at(1090)), at(1100));
        assert!(!is_over(&options, at(1000), at(9999), at(1099)));
        assert!(is_over(&options, at(1000), at(9999), at(1100)));
    }
}
