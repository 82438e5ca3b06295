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

/// A token of the purpose that is not [`token`]'s.
fn mark(name: &str) -> OneTimeToken {
    OneTimeToken { purpose: Purpose::OauthTransaction, ..token(name, "ada@example.com") }
}

fn void(purpose: Purpose, identifier: &str) -> Change {
    Change::VoidTokens { purpose, identifier: identifier.to_owned() }
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

pub(super) fn a_token_key_in_use_is_refused_and_stays_whose_it_is(store: &Subject<'_>) {
    let lasting = token("t1", "ada@example.com");
    let over = OneTimeToken { expires: at(0), ..token("t2", "ada@example.com") };
    store.given(&[Change::IssueToken(lasting.clone()), Change::IssueToken(over.clone())]);
    for issued in [lasting, over] {
        let other = OneTimeToken { key: issued.key, ..mark("t3") };
        for again in [issued.clone(), other] {
            assert_eq!(store.commit(&[Change::IssueToken(again)]), Err(CommitError::TokenTaken));
        }
        assert_eq!(store.token(&issued.key), Some(issued));
    }
}

pub(super) fn a_token_of_another_purpose_is_refused_and_not_spent(store: &Subject<'_>) {
    store.given(&[Change::IssueToken(mark("t1")), Change::IssueToken(token("t2", "ada@example.com"))]);
    let (key, now) = (TokenHash::of("t2"), at(10));
    let redeem_mail_as_mark = Change::Redeem { key, purpose: Purpose::OauthTransaction, now };
    for refused in [redeem("t1"), redeem_mail_as_mark] {
        assert_eq!(store.commit(&[refused]), Err(CommitError::TokenGone));
    }
    assert_eq!(store.token(&TokenHash::of("t1")), Some(mark("t1")));
    assert_eq!(store.commit(&[redeem("t2")]), Ok(()));
}

pub(super) fn voided_tokens_are_gone_and_others_stay(store: &Subject<'_>) {
    store.given(&[
        Change::IssueToken(token("t1", "ada@example.com")),
        Change::IssueToken(token("t2", "ada@example.com")),
        Change::IssueToken(token("t3", "Ada@example.com")),
    ]);
    let mail = Purpose::EmailSignIn;
    store.given(&[void(mail, "ada@example.com"), void(mail, "nobody@example.com")]);
    assert_eq!(store.commit(&[redeem("t1")]), Err(CommitError::TokenGone));
    assert_eq!(store.commit(&[redeem("t2")]), Err(CommitError::TokenGone));
    assert_eq!(store.commit(&[redeem("t3")]), Ok(()));
}

pub(super) fn voiding_spares_tokens_of_another_purpose(store: &Subject<'_>) {
    let mail = token("t2", "ada@example.com");
    store.given(&[Change::IssueToken(mark("t1")), Change::IssueToken(mail.clone())]);
    store.given(&[void(Purpose::EmailSignIn, "ada@example.com")]);
    assert_eq!(store.token(&TokenHash::of("t1")), Some(mark("t1")));
    assert_eq!(store.token(&mail.key), None);

    store.given(&[Change::IssueToken(mail.clone()), void(Purpose::OauthTransaction, "ada@example.com")]);
    assert_eq!(store.token(&TokenHash::of("t1")), None);
    assert_eq!(store.token(&mail.key), Some(mail));
}

pub(super) fn a_link_to_sign_in_and_one_to_set_a_password_are_never_taken_for_each_other(
    store: &Subject<'_>,
) {
    let reset = OneTimeToken { purpose: Purpose::PasswordReset, ..token("reset", "ada@example.com") };
    let sign_in = token("sign-in", "ada@example.com");
    store.given(&[Change::IssueToken(reset.clone()), Change::IssueToken(sign_in.clone())]);
    let taken = |key: TokenHash, purpose| Change::Redeem { key, purpose, now: at(1) };
    for (key, purpose) in [(reset.key, Purpose::EmailSignIn), (sign_in.key, Purpose::PasswordReset)] {
        assert_eq!(store.commit(&[taken(key, purpose)]), Err(CommitError::TokenGone));
    }
    let identifier = || "ada@example.com".to_owned();
    store.given(&[Change::VoidTokens { purpose: Purpose::PasswordReset, identifier: identifier() }]);
    assert_eq!((store.token(&reset.key), store.token(&sign_in.key)), (None, Some(sign_in.clone())));
    store.given(&[taken(sign_in.key, Purpose::EmailSignIn)]);
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

pub(super) fn of_fifty_racing_issues_of_one_key_one_wins(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1"))]);
    let answers = store.race(50, |racer| {
        let started = session(&format!("s{racer}"), "u1");
        // Half of them start the session first: the order within a commit makes no difference.
        let mut changes = [Change::IssueToken(mark("t1")), Change::StartSession(started)];
        changes.rotate_left(racer % 2);
        store.commit(&changes)
    });
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    for (racer, answer) in answers.into_iter().enumerate() {
        assert_eq!(store.session(&TokenHash::of(&format!("s{racer}"))).is_some(), answer.is_ok());
        assert!(matches!(answer, Ok(()) | Err(CommitError::TokenTaken)), "{answer:?}");
    }
    assert_eq!(store.token(&TokenHash::of("t1")), Some(mark("t1")));
}
