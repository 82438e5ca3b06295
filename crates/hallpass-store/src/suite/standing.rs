//! Disabled users: nobody starts a session for them.

use super::subject::{Subject, at, redeem, session, token, user};
use crate::change::{Change, CommitError};
use crate::model::{TokenHash, User, UserId};
use crate::store::{SessionPage, UserPage};

fn disable(id: &str, secs: u64) -> Change {
    Change::DisableUser { user: UserId(id.to_owned()), at: at(secs) }
}

fn enable(id: &str) -> Change {
    Change::EnableUser(UserId(id.to_owned()))
}

fn end_all(of: &str) -> Change {
    Change::EndSessionsOf { user: UserId(of.to_owned()), except: None }
}

fn sessions(store: &Subject<'_>) -> usize {
    store.sessions(SessionPage { of: None, after: None, most: 1_000 }).len()
}

pub(super) fn a_disabled_user_gets_no_session(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1")), Change::CreateUser(user("u2")), disable("u1", 1)]);
    let refused = store.commit(&[Change::StartSession(session("s1", "u1"))]);
    assert_eq!(refused, Err(CommitError::UserDisabled));
    assert_eq!(store.session(&TokenHash::of("s1")), None);
    store.given(&[Change::StartSession(session("s2", "u2"))]);
    let in_one = [disable("u2", 1), Change::StartSession(session("s3", "u2"))];
    assert_eq!(store.commit(&in_one), Err(CommitError::UserDisabled));
    store.given(&[Change::StartSession(session("s3", "u2"))]);
}

pub(super) fn disabling_twice_keeps_the_first_moment(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1")), disable("u1", 1), disable("u1", 2)]);
    let listed = store.users(UserPage { address: None, after: None, most: 9 });
    assert_eq!(listed.first().and_then(|listed| listed.disabled), Some(at(1)));
}

pub(super) fn an_enabled_user_gets_sessions_again(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1")), disable("u1", 1), enable("u1"), enable("u1")]);
    store.given(&[Change::StartSession(session("s1", "u1"))]);
    let listed = store.users(UserPage { address: None, after: None, most: 9 });
    assert_eq!(listed.first().and_then(|listed| listed.disabled), None);
}

pub(super) fn disabling_or_enabling_nobody_is_refused(store: &Subject<'_>) {
    for change in [disable("u9", 1), enable("u9")] {
        let around = [Change::CreateUser(user("u1")), change];
        assert_eq!(store.commit(&around), Err(CommitError::UserGone));
        assert_eq!(store.user_with("u1"), None);
    }
}

pub(super) fn an_update_does_not_enable_a_user(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1")), disable("u1", 1)]);
    store.given(&[Change::UpdateUser(User { name: Some("Ada".into()), ..user("u1") })]);
    let refused = store.commit(&[Change::StartSession(session("s1", "u1"))]);
    assert_eq!(refused, Err(CommitError::UserDisabled));
}

pub(super) fn disabling_and_ending_in_one_commit_leaves_no_session(store: &Subject<'_>) {
    store.given(&[
        Change::CreateUser(user("u1")),
        Change::CreateUser(user("u2")),
        Change::StartSession(session("s1", "u1")),
        Change::StartSession(session("s2", "u1")),
        Change::StartSession(session("s3", "u2")),
    ]);
    store.given(&[disable("u1", 1)]);
    assert_eq!(sessions(store), 3, "what runs is not ended by it alone");
    store.given(&[disable("u1", 1), end_all("u1")]);
    assert_eq!(sessions(store), 1);
    assert!(store.session(&TokenHash::of("s3")).is_some());
}

pub(super) fn a_disabled_user_that_is_refused_keeps_their_link(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1")), disable("u1", 1), Change::IssueToken(token("t", "a@b.c"))]);
    let sign_in = [redeem("t"), Change::StartSession(session("s1", "u1"))];
    assert_eq!(store.commit(&sign_in), Err(CommitError::UserDisabled));
    assert!(store.token(&TokenHash::of("t")).is_some());
}

pub(super) fn a_sign_in_that_races_a_disabling_leaves_no_session(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1"))]);
    let outcomes = store.race(16, |number| {
        if number == 7 {
            return store.commit(&[disable("u1", 1), end_all("u1")]);
        }
        store.commit(&[Change::StartSession(session(&number.to_string(), "u1"))])
    });
    assert_eq!(outcomes[7], Ok(()));
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(()) | Err(CommitError::UserDisabled))));
    assert_eq!(sessions(store), 0);
}

pub(super) fn what_is_only_for_who_can_sign_in_is_refused_to_others_and_writes_nothing(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1")), Change::CreateUser(user("u2")), disable("u1", 1)]);
    store.given(&[Change::IssueToken(token("t", "a@b.c"))]);
    let require = |id: &str| Change::RequireEnabled(UserId(id.to_owned()));
    for (id, why) in
        [("u1", CommitError::UserDisabled), ("u9", CommitError::UserGone), ("U2", CommitError::UserGone)]
    {
        assert_eq!(store.commit(&[redeem("t"), require(id)]), Err(why), "{id}");
    }
    assert_eq!(store.commit(&[disable("u2", 2), require("u2")]), Err(CommitError::UserDisabled));
    store.given(&[require("u2"), enable("u1"), require("u1"), redeem("t")]);
    assert_eq!(store.user_with("u2"), Some(user("u2")));
}
