//! One-time tokens: once, in time, and not lost.

use super::subject::{DEEP_TEXT, Subject, at, redeem, redeem_at, session, token, user, user_at};
use crate::change::{Change, CommitError};
use crate::model::{OneTimeToken, Purpose, Timestamp, TokenHash};
use crate::store::UserBy;

pub(super) fn an_unknown_token_is_none(store: &Subject<'_>) {
    store.given(&[Change::IssueToken(token("t1", "ada@example.com"))]);
    assert_eq!(store.token(&TokenHash::of("t2")), None);
}

pub(super) fn a_token_is_looked_at_without_being_spent(store: &Subject<'_>) {
    let issued = OneTimeToken { callback_url: Some(DEEP_TEXT.to_owned()), ..token("t1", DEEP_TEXT) };
    store.given(&[Change::IssueToken(issued.clone())]);
    assert_eq!(store.token(&issued.key), Some(issued.clone()));
    assert_eq!(store.token(&issued.key), Some(issued));
    assert_eq!(store.commit(&[redeem("t1")]), Ok(()));
}

pub(super) fn a_spent_token_is_refused(store: &Subject<'_>) {
    store.given(&[Change::IssueToken(token("t1", "ada@example.com"))]);
    assert_eq!(store.commit(&[redeem("t1")]), Ok(()));
    assert_eq!(store.commit(&[redeem("t1")]), Err(CommitError::TokenGone));
    assert_eq!(store.token(&TokenHash::of("t1")), None);
}

fn millis_around_expiry(offset: i64) -> Timestamp {
    Timestamp::from_millis(at(1_000).millis().saturating_add_signed(offset))
}

pub(super) fn a_token_works_until_the_millisecond_before_it_expires(store: &Subject<'_>) {
    store.given(&[Change::IssueToken(token("t1", "ada@example.com"))]);
    assert_eq!(store.commit(&[redeem_at("t1", millis_around_expiry(-1))]), Ok(()));
}

pub(super) fn a_token_is_worthless_from_the_moment_it_expires(store: &Subject<'_>) {
    store.given(&[Change::IssueToken(token("t1", "ada@example.com"))]);
    for offset in [0, 1, 60_000] {
        let refused = store.commit(&[redeem_at("t1", millis_around_expiry(offset))]);
        assert_eq!(refused, Err(CommitError::TokenGone), "{offset} ms past the expiry");
    }
}

pub(super) fn an_expired_token_is_returned_as_it_is(store: &Subject<'_>) {
    let over = OneTimeToken { expires: at(0), ..token("t1", "ada@example.com") };
    store.given(&[Change::IssueToken(over.clone())]);
    assert_eq!(store.commit(&[redeem("t1")]), Err(CommitError::TokenGone));
    assert_eq!(store.token(&over.key), Some(over));
}

pub(super) fn a_token_that_was_never_issued_is_refused(store: &Subject<'_>) {
    store.given(&[Change::IssueToken(token("t1", "ada@example.com"))]);
    assert_eq!(store.commit(&[redeem("t2")]), Err(CommitError::TokenGone));
    assert_eq!(store.commit(&[redeem("t1")]), Ok(()));
}

pub(super) fn a_token_is_not_lost_when_a_later_change_fails(store: &Subject<'_>) {
    store.given(&[Change::IssueToken(token("t1", "ada@example.com"))]);
    let signed_in_as_nobody = [redeem("t1"), Change::StartSession(session("s1", "u1"))];
    assert_eq!(store.commit(&signed_in_as_nobody), Err(CommitError::UserGone));
    let ada = user_at("u1", "ada@example.com");
    let signed_in = [redeem("t1"), Change::CreateUser(ada), Change::StartSession(session("s1", "u1"))];
    assert_eq!(store.commit(&signed_in), Ok(()));
}

pub(super) fn a_token_is_not_spent_twice_in_one_commit(store: &Subject<'_>) {
    store.given(&[Change::IssueToken(token("t1", "ada@example.com"))]);
    assert_eq!(store.commit(&[redeem("t1"), redeem("t1")]), Err(CommitError::TokenGone));
    assert_eq!(store.commit(&[redeem("t1")]), Ok(()));
}

pub(super) fn a_token_issued_in_a_commit_can_be_spent_in_it(store: &Subject<'_>) {
    store.given(&[Change::IssueToken(token("t1", "ada@example.com")), redeem("t1")]);
    assert_eq!(store.token(&TokenHash::of("t1")), None);
}

pub(super) fn a_token_key_in_use_is_refused(store: &Subject<'_>) {
    let issued = token("t1", "ada@example.com");
    store.given(&[Change::IssueToken(issued.clone())]);
    let refused = store.commit(&[Change::IssueToken(token("t1", "eve@example.com"))]);
    assert!(matches!(refused, Err(CommitError::Unavailable(_))), "{refused:?}");
    assert_eq!(store.token(&issued.key), Some(issued));
}

pub(super) fn voided_tokens_are_gone_and_others_stay(store: &Subject<'_>) {
    store.given(&[
        Change::IssueToken(token("t1", "ada@example.com")),
        Change::IssueToken(token("t2", "ada@example.com")),
        Change::IssueToken(token("t3", "Ada@example.com")),
    ]);
    let void = |identifier: &str| Change::VoidTokens {
        purpose: Purpose::EmailSignIn,
        identifier: identifier.to_owned(),
    };
    store.given(&[void("ada@example.com"), void("nobody@example.com")]);
    assert_eq!(store.commit(&[redeem("t1")]), Err(CommitError::TokenGone));
    assert_eq!(store.commit(&[redeem("t2")]), Err(CommitError::TokenGone));
    assert_eq!(store.commit(&[redeem("t3")]), Ok(()));
}

pub(super) fn of_fifty_racing_redeems_one_wins(store: &Subject<'_>) {
    store.given(&[Change::IssueToken(token("t1", "ada@example.com"))]);
    let answers = store.race(50, |racer| {
        let id = format!("u{racer}");
        let signed_in_as = session(&format!("s{racer}"), &id);
        store.commit(&[redeem("t1"), Change::CreateUser(user(&id)), Change::StartSession(signed_in_as)])
    });
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    for (racer, answer) in answers.into_iter().enumerate() {
        let id = format!("u{racer}");
        assert_eq!(store.user_with(&id).is_some(), answer.is_ok());
        assert_eq!(store.session(&TokenHash::of(&format!("s{racer}"))).is_some(), answer.is_ok());
        assert!(matches!(answer, Ok(()) | Err(CommitError::TokenGone)), "{answer:?}");
    }
    assert_eq!(store.user(UserBy::Email("ada@example.com")), None);
}
