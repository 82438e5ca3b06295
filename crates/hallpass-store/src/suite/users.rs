//! Users: found three ways, one per address.

use super::subject::{DEEP_TEXT, Subject, account, at, user, user_at};
use crate::change::{Change, CommitError};
use crate::model::{Timestamp, User, UserId};
use crate::store::UserBy;

pub(super) fn an_unknown_user_is_none(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user_at("u1", "ada@example.com"))]);
    assert_eq!(store.user_with("u2"), None);
    assert_eq!(store.user(UserBy::Email("u1")), None);
    assert_eq!(store.user(UserBy::Account { provider: "op", provider_account_id: "1" }), None);
}

pub(super) fn a_user_is_found_by_id_address_and_account(store: &Subject<'_>) {
    let ada = User {
        name: Some("Ada".into()),
        email_verified: Some(at(1)),
        image: Some("https://example.com/ada.png".into()),
        ..user_at("u1", "ada@example.com")
    };
    let bob = user_at("u2", "bob@example.com");
    store.given(&[
        Change::CreateUser(ada.clone()),
        Change::CreateUser(bob.clone()),
        Change::Link(account("u1", "op", "1")),
        Change::Link(account("u2", "op", "2")),
    ]);
    let by_account = |id| store.user(UserBy::Account { provider: "op", provider_account_id: id });
    assert_eq!(store.user_with("u1"), Some(ada.clone()));
    assert_eq!(store.user(UserBy::Email("ada@example.com")), Some(ada.clone()));
    assert_eq!(by_account("1"), Some(ada));
    assert_eq!(store.user(UserBy::Email("bob@example.com")), Some(bob.clone()));
    assert_eq!(by_account("2"), Some(bob));
}

pub(super) fn a_taken_address_is_refused(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user_at("u1", "ada@example.com"))]);
    let refused = store.commit(&[Change::CreateUser(user_at("u2", "ada@example.com"))]);
    assert_eq!(refused, Err(CommitError::EmailTaken));
    assert_eq!(store.user_with("u2"), None);
    assert_eq!(store.user(UserBy::Email("ada@example.com")), Some(user_at("u1", "ada@example.com")));
}

pub(super) fn an_address_is_compared_byte_by_byte(store: &Subject<'_>) {
    let alike = [
        "ada@example.com",
        "Ada@example.com",
        "ada@example.com ",
        " ada@example.com",
        "\u{e9}@example.com",
        "e\u{301}@example.com",
        "ａda@example.com",
        "a\u{200b}da@example.com",
        "strasse@example.com",
        "stra\u{df}e@example.com",
    ];
    for (number, email) in alike.iter().enumerate() {
        store.given(&[Change::CreateUser(user_at(&format!("u{number}"), email))]);
    }
    for (number, email) in alike.iter().enumerate() {
        assert_eq!(store.user(UserBy::Email(email)), Some(user_at(&format!("u{number}"), email)));
    }
    assert_eq!(store.user(UserBy::Email("ADA@EXAMPLE.COM")), None);
}

pub(super) fn users_without_an_address_are_many(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1")), Change::CreateUser(user("u2"))]);
    assert_eq!(store.user_with("u1"), Some(user("u1")));
    assert_eq!(store.user_with("u2"), Some(user("u2")));
}

pub(super) fn an_empty_address_is_not_a_missing_one(store: &Subject<'_>) {
    let empty = User { name: Some(String::new()), ..user_at("u1", "") };
    store.given(&[Change::CreateUser(empty.clone()), Change::CreateUser(user("u2"))]);
    assert_eq!(store.user(UserBy::Email("")), Some(empty));
    assert_eq!(store.commit(&[Change::CreateUser(user_at("u3", ""))]), Err(CommitError::EmailTaken));
}

pub(super) fn an_updated_user_is_replaced_whole(store: &Subject<'_>) {
    let before = User {
        name: Some("Ada".into()),
        email_verified: Some(at(1)),
        image: Some("https://example.com/ada.png".into()),
        ..user_at("u1", "ada@example.com")
    };
    let after = User { created: at(7), ..user("u1") };
    store.given(&[Change::CreateUser(before), Change::UpdateUser(after.clone())]);
    assert_eq!(store.user_with("u1"), Some(after));
    assert_eq!(store.user(UserBy::Email("ada@example.com")), None);
}

pub(super) fn an_update_keeps_its_own_address(store: &Subject<'_>) {
    let verified = User { email_verified: Some(at(5)), ..user_at("u1", "ada@example.com") };
    store.given(&[Change::CreateUser(user_at("u1", "ada@example.com"))]);
    store.given(&[Change::UpdateUser(verified.clone())]);
    assert_eq!(store.user(UserBy::Email("ada@example.com")), Some(verified));
}

pub(super) fn an_update_to_a_taken_address_is_refused(store: &Subject<'_>) {
    let (ada, bob) = (user_at("u1", "ada@example.com"), user_at("u2", "bob@example.com"));
    store.given(&[Change::CreateUser(ada.clone()), Change::CreateUser(bob.clone())]);
    let refused = store.commit(&[Change::UpdateUser(user_at("u2", "ada@example.com"))]);
    assert_eq!(refused, Err(CommitError::EmailTaken));
    assert_eq!(store.user(UserBy::Email("ada@example.com")), Some(ada));
    assert_eq!(store.user(UserBy::Email("bob@example.com")), Some(bob));
}

pub(super) fn an_update_of_a_user_that_is_gone_is_refused(store: &Subject<'_>) {
    let refused = store.commit(&[Change::UpdateUser(user_at("u1", "ada@example.com"))]);
    assert_eq!(refused, Err(CommitError::UserGone));
    assert_eq!(store.user(UserBy::Email("ada@example.com")), None);
}

pub(super) fn a_given_up_address_is_free_at_once(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user_at("u1", "ada@example.com"))]);
    store.given(&[
        Change::UpdateUser(user_at("u1", "lovelace@example.com")),
        Change::CreateUser(user_at("u2", "ada@example.com")),
    ]);
    assert_eq!(store.user(UserBy::Email("ada@example.com")), Some(user_at("u2", "ada@example.com")));
    assert_eq!(
        store.user(UserBy::Email("lovelace@example.com")),
        Some(user_at("u1", "lovelace@example.com"))
    );
}

pub(super) fn a_user_id_in_use_is_refused(store: &Subject<'_>) {
    let ada = user_at("u1", "ada@example.com");
    store.given(&[Change::CreateUser(ada.clone())]);
    let refused = store.commit(&[Change::CreateUser(user_at("u1", "bob@example.com"))]);
    assert!(matches!(refused, Err(CommitError::Unavailable(_))), "{refused:?}");
    assert_eq!(store.user_with("u1"), Some(ada));
    assert_eq!(store.user(UserBy::Email("bob@example.com")), None);
}

pub(super) fn ids_that_look_alike_are_not_confused(store: &Subject<'_>) {
    let alike =
        ["1", "01", "1.0", "1e0", "+1", "1 ", " 1", "١", "1\u{200b}", "%", "_", "", "null", "a", "A", "'"];
    for id in alike {
        store.given(&[Change::CreateUser(User { name: Some(format!("<{id}>")), ..user(id) })]);
    }
    for id in alike {
        let found = store.user(UserBy::Id(&UserId(id.to_owned())));
        assert_eq!(found.and_then(|user| user.name), Some(format!("<{id}>")));
    }
    assert_eq!(store.user_with("10"), None);
}

pub(super) fn text_comes_back_as_it_went(store: &Subject<'_>) {
    let deep = User {
        id: UserId(DEEP_TEXT.to_owned()),
        name: Some(DEEP_TEXT.to_owned()),
        email: Some(DEEP_TEXT.to_owned()),
        image: Some(DEEP_TEXT.repeat(1_000)),
        ..user("")
    };
    store.given(&[Change::CreateUser(deep.clone())]);
    assert_eq!(store.user(UserBy::Id(&deep.id)), Some(deep.clone()));
    assert_eq!(store.user(UserBy::Email(DEEP_TEXT)), Some(deep));
}

pub(super) fn times_come_back_to_the_millisecond(store: &Subject<'_>) {
    let exact = [0, 1, 999, 1_000, 1_800_000_000_123, 253_402_300_799_999];
    for millis in exact {
        let time = Timestamp::from_millis(millis);
        let born = User { email_verified: Some(time), created: time, ..user(&millis.to_string()) };
        store.given(&[Change::CreateUser(born.clone())]);
        assert_eq!(store.user_with(&millis.to_string()), Some(born));
    }
    let end = User { created: Timestamp::from_millis(u64::MAX), ..user("end") };
    store.given(&[Change::CreateUser(end)]);
    let kept = store.user_with("end").expect("the user was made").created;
    assert!(kept > Timestamp::from_millis(253_402_300_799_999), "the end of time came before the year 10000");
}
