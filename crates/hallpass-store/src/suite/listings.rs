//! Listings: page by page, in an order that does not change under the reader.

use super::subject::{Subject, at, session, user, user_at};
use crate::change::Change;
use crate::model::{TokenHash, User, UserId};
use crate::store::{SessionPage, UserPage};

const ALL: UserPage<'static> = UserPage { address: None, after: None, most: 100 };

fn ids(store: &Subject<'_>, page: UserPage<'_>) -> Vec<String> {
    store.users(page).into_iter().map(|listed| listed.user.id.0).collect()
}

/// Made in another order than that of their ids.
fn four_users(store: &Subject<'_>) {
    for (id, made) in [("c", 1), ("a", 3), ("d", 2), ("b", 2)] {
        let email = format!("{id}@{}.example", if made == 2 { "two" } else { "other" });
        store.given(&[Change::CreateUser(User { created: at(made), ..user_at(id, &email) })]);
    }
}

pub(super) fn users_come_oldest_first_page_by_page(store: &Subject<'_>) {
    assert_eq!(ids(store, ALL), [""; 0]);
    four_users(store);
    assert_eq!(ids(store, ALL), ["c", "b", "d", "a"]);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = UserPage { after: after.as_ref().map(|(made, id)| (*made, id)), most: 1, ..ALL };
        let Some(listed) = store.users(page).pop() else { break };
        seen.push(listed.user.id.0.clone());
        after = Some((listed.user.created, listed.user.id));
    }
    assert_eq!(seen, ["c", "b", "d", "a"]);
    assert_eq!(ids(store, UserPage { most: 3, ..ALL }), ["c", "b", "d"]);
    assert_eq!(ids(store, UserPage { most: 0, ..ALL }), [""; 0]);
    let whole = store.users(UserPage { most: 1, ..ALL }).pop().expect("there is one");
    assert_eq!(Some(whole.user), store.user_with("c"));
}

pub(super) fn a_page_goes_on_behind_a_user_that_moved(store: &Subject<'_>) {
    four_users(store);
    let b = UserId("b".into());
    store.given(&[Change::UpdateUser(User { created: at(9), ..user("b") })]);
    assert_eq!(ids(store, UserPage { after: Some((at(2), &b)), ..ALL }), ["d", "a", "b"]);
    let nobody = UserId("bb".into());
    assert_eq!(ids(store, UserPage { after: Some((at(2), &nobody)), ..ALL }), ["d", "a", "b"]);
}

pub(super) fn users_are_found_by_a_part_of_their_address(store: &Subject<'_>) {
    four_users(store);
    store.given(&[Change::CreateUser(user("without"))]);
    let by = |address| ids(store, UserPage { address: Some(address), ..ALL });
    assert_eq!(by("@two"), ["b", "d"]);
    assert_eq!(by("d@two.example"), ["d"]);
    assert_eq!(by(""), ["c", "b", "d", "a"], "an address holds nothing, and no address does not");
    for nobody in ["@TWO", "%", "_@two", "*", "@two.example ", "without"] {
        assert_eq!(by(nobody), [""; 0], "{nobody}");
    }
    let b = UserId("b".into());
    let behind = UserPage { address: Some("@two"), after: Some((at(2), &b)), most: 9 };
    assert_eq!(ids(store, behind), ["d"]);
}

pub(super) fn a_listing_tells_who_is_disabled(store: &Subject<'_>) {
    four_users(store);
    store.given(&[Change::DisableUser { user: UserId("d".into()), at: at(77) }]);
    let told: Vec<_> = store.users(ALL).into_iter().map(|listed| listed.disabled).collect();
    assert_eq!(told, [None, None, Some(at(77)), None]);
}

fn five_sessions(store: &Subject<'_>) -> Vec<TokenHash> {
    store.given(&[Change::CreateUser(user("u1")), Change::CreateUser(user("u2"))]);
    let mut keys = Vec::new();
    for (token, of) in [("s1", "u1"), ("s2", "u2"), ("s3", "u1"), ("s4", "u1"), ("s5", "u2")] {
        store.given(&[Change::StartSession(session(token, of))]);
        keys.push(TokenHash::of(token));
    }
    keys.sort();
    keys
}

pub(super) fn sessions_come_by_key_page_by_page(store: &Subject<'_>) {
    let keys = five_sessions(store);
    let all = SessionPage { of: None, after: None, most: 100 };
    let listed = |page| store.sessions(page).into_iter().map(|session| session.key).collect::<Vec<_>>();
    assert_eq!(listed(all), keys);
    assert_eq!(listed(SessionPage { most: 2, ..all }), keys[..2]);
    assert_eq!(listed(SessionPage { after: Some(&keys[1]), ..all }), keys[2..]);
    assert_eq!(listed(SessionPage { after: Some(&keys[4]), ..all }), []);
    let between = TokenHash::from_bytes({
        let mut bytes = *keys[2].as_bytes();
        bytes[31] = bytes[31].wrapping_add(1);
        bytes
    });
    assert_eq!(listed(SessionPage { after: Some(&between), ..all }), keys[3..]);
    let whole = store.sessions(SessionPage { most: 1, ..all }).pop().expect("there is one");
    assert_eq!(store.session(&whole.key).map(|(session, _)| session), Some(whole));
}

pub(super) fn sessions_of_one_user_are_listed_without_others(store: &Subject<'_>) {
    let keys = five_sessions(store);
    let u1 = UserId("u1".into());
    let page = SessionPage { of: Some(&u1), after: None, most: 100 };
    let mut theirs: Vec<_> = ["s1", "s3", "s4"].map(TokenHash::of).to_vec();
    theirs.sort();
    let listed = |page| store.sessions(page).into_iter().map(|session| session.key).collect::<Vec<_>>();
    assert_eq!(listed(page), theirs);
    assert_eq!(listed(SessionPage { after: Some(&theirs[0]), most: 1, ..page }), theirs[1..2]);
    let nobody = UserId("u9".into());
    assert_eq!(listed(SessionPage { of: Some(&nobody), ..page }), []);
    assert_eq!(keys.len(), 5);
}
