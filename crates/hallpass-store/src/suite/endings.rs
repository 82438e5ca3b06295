//! Announced ends: what a process that reads sessions from cookies alone has to learn from its neighbours.

use super::subject::{Subject, at, session, user};
use crate::change::{Change, CommitError};
use crate::model::{TokenHash, UserId};

fn announce(token: &str, until: u64) -> Change {
    Change::AnnounceEnd { key: TokenHash::of(token), until: at(until) }
}

fn announce_all(except: Option<&str>) -> Change {
    let except = except.map(TokenHash::of);
    Change::AnnounceEndsOf { user: UserId("u1".into()), except, until: at(100) }
}

/// `s1`, `s2` and `s3` of one user, `s4` of another.
fn four_sessions(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1")), Change::CreateUser(user("u2"))]);
    for (token, of) in [("s1", "u1"), ("s2", "u1"), ("s3", "u1"), ("s4", "u2")] {
        store.given(&[Change::StartSession(session(token, of))]);
    }
}

fn told(store: &Subject<'_>) -> Vec<TokenHash> {
    store.endings(0, 100).into_iter().map(|ending| ending.key).collect()
}

pub(super) fn an_announced_end_is_told_once_and_in_order(store: &Subject<'_>) {
    assert_eq!(store.endings(0, 100), []);
    four_sessions(store);
    store.given(&[announce("s2", 100), Change::EndSession(TokenHash::of("s2"))]);
    store.given(&[announce("s1", 50), Change::EndSession(TokenHash::of("s1"))]);
    let endings = store.endings(0, 100);
    assert_eq!(told(store), ["s2", "s1"].map(TokenHash::of));
    assert_eq!((endings[0].until, endings[1].until), (at(100), at(50)));
    assert!(endings[0].number < endings[1].number);
    assert_eq!(store.endings(0, 1), endings[..1]);
    assert_eq!(store.endings(endings[0].number, 100), endings[1..]);
    assert_eq!(store.endings(endings[1].number, 100), []);
    assert_eq!(store.endings(u64::MAX, 100), []);
}

pub(super) fn ends_of_all_but_one_are_announced_without_that_one(store: &Subject<'_>) {
    four_sessions(store);
    store.given(&[announce_all(Some("s2"))]);
    let mut keys = told(store);
    keys.sort();
    let mut expected = ["s1", "s3"].map(TokenHash::of);
    expected.sort();
    assert_eq!(keys, expected);
}

pub(super) fn an_end_of_no_session_is_not_announced(store: &Subject<'_>) {
    four_sessions(store);
    store.given(&[Change::EndSession(TokenHash::of("s1")), announce("s1", 100), announce("s9", 100)]);
    assert_eq!(told(store), []);
}

pub(super) fn a_refused_commit_announces_nothing(store: &Subject<'_>) {
    four_sessions(store);
    let refused = store.commit(&[announce_all(None), Change::RequireSession(TokenHash::of("s9"))]);
    assert_eq!(refused, Err(CommitError::SessionGone));
    assert_eq!(told(store), []);
}

pub(super) fn a_sweep_forgets_announcements_that_are_over(store: &Subject<'_>) {
    four_sessions(store);
    store.given(&[announce("s1", 50), announce("s2", 51), Change::Sweep(at(50))]);
    assert_eq!(told(store), [TokenHash::of("s2")]);
}

pub(super) fn a_number_is_not_given_again_after_a_sweep(store: &Subject<'_>) {
    four_sessions(store);
    store.given(&[announce("s1", 50)]);
    let first = store.endings(0, 100)[0].number;
    store.given(&[Change::Sweep(at(50)), announce("s2", 100)]);
    assert!(store.endings(0, 100)[0].number > first);
    assert_eq!(store.endings(first, 100).len(), 1);
}
