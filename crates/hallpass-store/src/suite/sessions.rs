//! Sessions: each its own key, ended for good.

use super::subject::{Subject, at, session, user, user_at};
use crate::change::{Change, CommitError};
use crate::model::{Session, SessionClaims, TokenHash, User, UserId};

fn renew(token: &str) -> Change {
    Change::RenewSession { key: TokenHash::of(token), renewed: at(500), expires: at(1_500), claims: None }
}

fn end_all(of: &str, except: Option<&str>) -> Change {
    Change::EndSessionsOf { user: UserId(of.to_owned()), except: except.map(TokenHash::of) }
}

fn kept(store: &Subject<'_>, tokens: &[&str]) -> Vec<bool> {
    tokens.iter().map(|token| store.session(&TokenHash::of(token)).is_some()).collect()
}

/// Two users; `s1` and `s2` are of the first, `s3` of the second.
fn three_sessions(store: &Subject<'_>) {
    store.given(&[
        Change::CreateUser(user("u1")),
        Change::CreateUser(user("u2")),
        Change::StartSession(session("s1", "u1")),
        Change::StartSession(session("s2", "u1")),
        Change::StartSession(session("s3", "u2")),
    ]);
}

pub(super) fn an_unknown_session_is_none(store: &Subject<'_>) {
    three_sessions(store);
    assert_eq!(store.session(&TokenHash::of("s4")), None);
    assert_eq!(store.session(&TokenHash::from_bytes([0; 32])), None);
}

pub(super) fn a_session_comes_with_its_user_as_they_are(store: &Subject<'_>) {
    let started = Session { created: at(1), renewed: at(2), expires: at(3), ..session("s1", "u1") };
    store.given(&[Change::CreateUser(user("u1")), Change::StartSession(started.clone())]);
    assert_eq!(store.session(&started.key), Some((started.clone(), user("u1"))));
    let renamed = User { name: Some("Ada".into()), ..user_at("u1", "ada@example.com") };
    store.given(&[Change::UpdateUser(renamed.clone())]);
    assert_eq!(store.session(&started.key), Some((started, renamed)));
}

pub(super) fn a_session_of_a_user_that_is_gone_is_refused(store: &Subject<'_>) {
    let refused = store.commit(&[Change::StartSession(session("s1", "u1"))]);
    assert_eq!(refused, Err(CommitError::UserGone));
    assert_eq!(store.session(&TokenHash::of("s1")), None);
}

pub(super) fn a_session_key_in_use_is_refused_and_stays_whose_it_is(store: &Subject<'_>) {
    three_sessions(store);
    let refused = store.commit(&[Change::StartSession(session("s1", "u2"))]);
    assert!(matches!(refused, Err(CommitError::Unavailable(_))), "{refused:?}");
    assert_eq!(store.session(&TokenHash::of("s1")), Some((session("s1", "u1"), user("u1"))));
}

pub(super) fn an_expired_session_is_returned_as_it_is(store: &Subject<'_>) {
    let over = Session { expires: at(0), ..session("s1", "u1") };
    store.given(&[Change::CreateUser(user("u1")), Change::StartSession(over.clone())]);
    assert_eq!(store.session(&over.key), Some((over, user("u1"))));
}

pub(super) fn a_renewed_session_keeps_its_user_and_its_beginning(store: &Subject<'_>) {
    three_sessions(store);
    store.given(&[renew("s1")]);
    let renewed = Session { renewed: at(500), expires: at(1_500), ..session("s1", "u1") };
    assert_eq!(store.session(&renewed.key), Some((renewed, user("u1"))));
    assert_eq!(store.session(&TokenHash::of("s2")), Some((session("s2", "u1"), user("u1"))));
}

pub(super) fn a_session_keeps_its_claims_until_a_renewal_brings_others(store: &Subject<'_>) {
    let claims = |text: &str| Some(SessionClaims::new(text));
    let first = claims("{\"role\":\"ad\u{e9}\\u0000min'\" }");
    let started = Session { claims: first.clone(), ..session("s1", "u1") };
    store.given(&[Change::CreateUser(user("u1")), Change::StartSession(started.clone())]);
    assert_eq!(store.session(&started.key), Some((started.clone(), user("u1"))), "byte by byte");
    store.given(&[renew("s1")]);
    assert_eq!(store.session(&started.key).and_then(|(session, _)| session.claims), first);
    let key = started.key;
    let renewal = Change::RenewSession { key, renewed: at(600), expires: at(1_600), claims: claims("{}") };
    store.given(&[renewal]);
    assert_eq!(store.session(&key).and_then(|(session, _)| session.claims), claims("{}"));
}

pub(super) fn renewing_an_ended_session_is_refused(store: &Subject<'_>) {
    three_sessions(store);
    store.given(&[Change::EndSession(TokenHash::of("s1"))]);
    assert_eq!(store.commit(&[renew("s1")]), Err(CommitError::SessionGone));
    assert_eq!(store.commit(&[renew("s9")]), Err(CommitError::SessionGone));
    assert_eq!(kept(store, &["s1", "s9"]), [false, false]);
}

pub(super) fn ending_no_session_is_fine(store: &Subject<'_>) {
    three_sessions(store);
    store.given(&[Change::EndSession(TokenHash::of("s9")), end_all("u9", None)]);
    assert_eq!(kept(store, &["s1", "s2", "s3"]), [true, true, true]);
}

pub(super) fn ending_one_session_spares_the_others(store: &Subject<'_>) {
    three_sessions(store);
    store.given(&[Change::EndSession(TokenHash::of("s1"))]);
    assert_eq!(kept(store, &["s1", "s2", "s3"]), [false, true, true]);
}

pub(super) fn ending_all_sessions_of_a_user_spares_other_users(store: &Subject<'_>) {
    three_sessions(store);
    store.given(&[end_all("u1", None)]);
    assert_eq!(kept(store, &["s1", "s2", "s3"]), [false, false, true]);
}

pub(super) fn ending_all_sessions_but_one_spares_that_one(store: &Subject<'_>) {
    three_sessions(store);
    store.given(&[end_all("u1", Some("s2"))]);
    assert_eq!(kept(store, &["s1", "s2", "s3"]), [false, true, true]);
}

pub(super) fn another_users_session_is_no_exception(store: &Subject<'_>) {
    three_sessions(store);
    store.given(&[end_all("u1", Some("s3"))]);
    assert_eq!(kept(store, &["s1", "s2", "s3"]), [false, false, true]);
}

fn require(token: &str) -> Change {
    Change::RequireSession(TokenHash::of(token))
}

pub(super) fn a_required_session_that_stands_lets_the_rest_through(store: &Subject<'_>) {
    three_sessions(store);
    store.given(&[require("s1"), Change::EndSession(TokenHash::of("s2")), require("s3")]);
    assert_eq!(kept(store, &["s1", "s2", "s3"]), [true, false, true]);
    assert_eq!(store.session(&TokenHash::of("s1")), Some((session("s1", "u1"), user("u1"))));
}

pub(super) fn a_required_session_that_is_over_but_not_swept_stands(store: &Subject<'_>) {
    let over = Session { expires: at(0), ..session("s1", "u1") };
    store.given(&[Change::CreateUser(user("u1")), Change::StartSession(over), require("s1")]);
    let swept = [Change::Sweep(at(0)), require("s1")];
    assert_eq!(store.commit(&swept), Err(CommitError::SessionGone));
}

pub(super) fn a_required_session_that_was_ended_is_refused(store: &Subject<'_>) {
    three_sessions(store);
    store.given(&[end_all("u1", Some("s2")), Change::EndSession(TokenHash::of("s3"))]);
    for gone in ["s1", "s3", "s9"] {
        let around = [Change::CreateUser(user("u3")), require(gone), Change::CreateUser(user("u4"))];
        assert_eq!(store.commit(&around), Err(CommitError::SessionGone), "{gone}");
        assert_eq!(
            store.commit(&[Change::EndSession(TokenHash::of("s2")), require(gone)]),
            Err(CommitError::SessionGone)
        );
    }
    assert_eq!(store.commit(&[end_all("u1", None), require("s2")]), Err(CommitError::SessionGone));
    assert_eq!(kept(store, &["s1", "s2", "s3"]), [false, true, false]);
    assert_eq!((store.user_with("u3"), store.user_with("u4")), (None, None));
}
