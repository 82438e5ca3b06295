//! Accounts: one user each, oldest first.

use super::subject::{DEEP_TEXT, Subject, account, at, user};
use crate::change::{Change, CommitError};
use crate::model::{Account, AccountKind, PasswordHash};
use crate::store::UserBy;

pub(super) fn an_account_comes_back_with_its_password_hash(store: &Subject<'_>) {
    let password = Account {
        kind: AccountKind::Credentials,
        secret: Some(PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA")),
        created: at(3),
        ..account("u1", "credentials", DEEP_TEXT)
    };
    store.given(&[Change::CreateUser(user("u1")), Change::Link(password.clone())]);
    assert_eq!(store.accounts("u1"), [password]);
}

pub(super) fn accounts_come_oldest_first(store: &Subject<'_>) {
    let old = Account { created: at(1), ..account("u1", "zitadel", "9") };
    let (twin_a, twin_b) = (
        Account { created: at(2), ..account("u1", "op", "b") },
        Account { created: at(2), ..account("u1", "other-op", "a") },
    );
    let twin_0 = Account { created: at(2), ..account("u1", "op", "B") };
    let young = Account { created: at(3), ..account("u1", "apple", "0") };
    let linked = [&young, &twin_b, &old, &twin_a, &twin_0].map(|account| Change::Link(account.clone()));
    store.given(&[Change::CreateUser(user("u1"))]);
    store.given(&linked);
    assert_eq!(store.accounts("u1"), [old, twin_0, twin_a, twin_b, young]);
}

pub(super) fn accounts_of_others_are_not_listed(store: &Subject<'_>) {
    store.given(&[
        Change::CreateUser(user("u1")),
        Change::CreateUser(user("U1")),
        Change::Link(account("u1", "op", "1")),
        Change::Link(account("U1", "op", "2")),
    ]);
    assert_eq!(store.accounts("u1"), [account("u1", "op", "1")]);
    assert_eq!(store.accounts("u2"), []);
}

pub(super) fn an_account_is_linked_to_one_user_only(store: &Subject<'_>) {
    store.given(&[
        Change::CreateUser(user("u1")),
        Change::CreateUser(user("u2")),
        Change::Link(account("u1", "op", "1")),
    ]);
    for whoever in ["u1", "u2"] {
        let refused = store.commit(&[Change::Link(account(whoever, "op", "1"))]);
        assert_eq!(refused, Err(CommitError::AccountTaken));
    }
    let found = store.user(UserBy::Account { provider: "op", provider_account_id: "1" });
    assert_eq!(found, Some(user("u1")));
    assert_eq!(store.accounts("u2"), []);
}

pub(super) fn the_same_id_at_two_providers_is_two_accounts(store: &Subject<'_>) {
    let pairs = [("ab", "c"), ("a", "bc"), ("abc", ""), ("", "abc"), ("AB", "c"), ("ab", "C")];
    for (number, (provider, id)) in pairs.iter().enumerate() {
        let owner = format!("u{number}");
        store.given(&[Change::CreateUser(user(&owner)), Change::Link(account(&owner, provider, id))]);
    }
    for (number, (provider, provider_account_id)) in pairs.iter().enumerate() {
        let found = store.user(UserBy::Account { provider, provider_account_id });
        assert_eq!(found, Some(user(&format!("u{number}"))));
    }
}

pub(super) fn linking_to_a_user_that_is_gone_is_refused(store: &Subject<'_>) {
    let refused = store.commit(&[Change::Link(account("u1", "op", "1"))]);
    assert_eq!(refused, Err(CommitError::UserGone));
    store.given(&[Change::CreateUser(user("u1"))]);
    assert_eq!(store.accounts("u1"), []);
}

pub(super) fn an_unlinked_account_is_gone_and_can_be_linked_again(store: &Subject<'_>) {
    let unlink = Change::Unlink { provider: "op".into(), provider_account_id: "1".into() };
    store.given(&[
        Change::CreateUser(user("u1")),
        Change::CreateUser(user("u2")),
        Change::Link(account("u1", "op", "1")),
        Change::Link(account("u1", "other-op", "1")),
    ]);
    store.given(std::slice::from_ref(&unlink));
    assert_eq!(store.accounts("u1"), [account("u1", "other-op", "1")]);
    assert_eq!(store.user(UserBy::Account { provider: "op", provider_account_id: "1" }), None);
    store.given(&[Change::Link(account("u2", "op", "1")), unlink, Change::Link(account("u1", "op", "1"))]);
    assert_eq!(store.accounts("u1").len(), 2);
    assert_eq!(store.accounts("u2"), []);
}

pub(super) fn unlinking_nothing_is_fine(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1")), Change::Link(account("u1", "op", "1"))]);
    store.given(&[Change::Unlink { provider: "op".into(), provider_account_id: "2".into() }]);
    assert_eq!(store.accounts("u1"), [account("u1", "op", "1")]);
}
