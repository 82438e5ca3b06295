//! Accounts: one user each, oldest first.

use super::subject::{DEEP_TEXT, Subject, account, at, session, user};
use crate::change::{Change, CommitError};
use crate::model::{Account, AccountKind, PasswordHash, ProviderTokens, TokenHash, UserId};
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
    let young = Account { created: at(3), ..account("u1", "work", "0") };
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

fn unlink_all_of(of: &str) -> Change {
    Change::UnlinkAllOf(UserId(of.to_owned()))
}

pub(super) fn unlinking_all_takes_what_was_linked_after_the_list_was_read(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1")), Change::Link(account("u1", "op", "1"))]);
    let read = store.accounts("u1");
    store.given(&[Change::Link(account("u1", "other-op", "1"))]);
    assert_eq!(read.len(), 1);
    store.given(&[Change::Link(account("u1", "op", "2")), unlink_all_of("u1")]);
    assert_eq!(store.accounts("u1"), []);
    for (provider, provider_account_id) in [("op", "1"), ("other-op", "1"), ("op", "2")] {
        assert_eq!(store.user(UserBy::Account { provider, provider_account_id }), None);
    }
    store.given(&[Change::Link(account("u1", "op", "1"))]);
}

pub(super) fn unlinking_all_spares_other_users(store: &Subject<'_>) {
    for (number, owner) in ["u1", "U1", "u1 ", "u", ""].into_iter().enumerate() {
        let linked = account(owner, "op", &format!("{number}"));
        store.given(&[Change::CreateUser(user(owner)), Change::Link(linked)]);
    }
    store.given(&[unlink_all_of("u1")]);
    let left = ["u1", "U1", "u1 ", "u", ""].map(|owner| store.accounts(owner).len());
    assert_eq!(left, [0, 1, 1, 1, 1]);
    assert_eq!(store.user_with("u1"), Some(user("u1")));
}

pub(super) fn unlinking_all_where_there_is_none_is_fine(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1")), Change::CreateUser(user("u2"))]);
    store.given(&[Change::Link(account("u1", "op", "1"))]);
    store.given(&[unlink_all_of("u2"), unlink_all_of("nobody")]);
    assert_eq!(store.accounts("u1"), [account("u1", "op", "1")]);
}

fn password(of: &str, hash: &str) -> Account {
    let secret = Some(PasswordHash::new(hash));
    Account { kind: AccountKind::Credentials, secret, ..account(of, "credentials", of) }
}

/// Requires the account amid other changes, expects that it is refused, and that nothing was written.
fn refused_and_nothing_written(store: &Subject<'_>, required: Account) {
    let before = store.accounts("u1");
    let started = Change::StartSession(session("s1", "u1"));
    let another = Change::Link(account("u1", "yet-another-op", "1"));
    let around = [another, Change::RequireAccount(required.clone()), started];
    assert_eq!(store.commit(&around), Err(CommitError::AccountGone), "{required:?}");
    assert_eq!(store.session(&TokenHash::of("s1")), None);
    assert_eq!(store.accounts("u1"), before);
}

pub(super) fn a_required_account_that_stands_lets_the_rest_through(store: &Subject<'_>) {
    let linked = [account("u1", "op", "1"), password("u1", DEEP_TEXT)];
    store.given(&[Change::CreateUser(user("u1"))]);
    store.given(&linked.clone().map(Change::Link));
    store.given(&linked.clone().map(Change::RequireAccount));
    let otherwise = Account { kind: AccountKind::Credentials, created: at(9), ..linked[0].clone() };
    store.given(&[Change::RequireAccount(otherwise), Change::StartSession(session("s1", "u1"))]);
    assert!(store.session(&TokenHash::of("s1")).is_some());
    let mut kept = store.accounts("u1");
    kept.sort_by(|a, b| b.provider.cmp(&a.provider));
    assert_eq!(kept, linked, "it writes nothing");
}

pub(super) fn a_required_account_that_is_not_linked_is_refused_and_not_linked(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1")), Change::Link(account("u1", "op", "1"))]);
    for (provider, id) in [("op", "2"), ("other-op", "1"), ("OP", "1"), ("", "op1")] {
        refused_and_nothing_written(store, account("u1", provider, id));
        assert_eq!(store.user(UserBy::Account { provider, provider_account_id: id }), None);
    }
    store.given(&[unlink_all_of("u1")]);
    refused_and_nothing_written(store, account("u1", "op", "1"));
}

pub(super) fn a_required_account_of_another_user_is_refused(store: &Subject<'_>) {
    store.given(&[
        Change::CreateUser(user("u1")),
        Change::CreateUser(user("u2")),
        Change::Link(account("u2", "op", "1")),
    ]);
    for whoever in ["u1", "U2", "nobody"] {
        refused_and_nothing_written(store, account(whoever, "op", "1"));
    }
}

pub(super) fn a_required_account_with_another_secret_is_refused(store: &Subject<'_>) {
    let without = account("u1", "op", "1");
    store.given(&[Change::CreateUser(user("u1"))]);
    store.given(&[Change::Link(password("u1", "hash")), Change::Link(without.clone())]);
    for secret in [None, Some(""), Some("Hash"), Some("has"), Some("hash ")] {
        let secret = secret.map(PasswordHash::new);
        refused_and_nothing_written(store, Account { secret, ..password("u1", "hash") });
    }
    for secret in ["", "hash"] {
        let secret = Some(PasswordHash::new(secret));
        refused_and_nothing_written(store, Account { secret, ..without.clone() });
    }
}

pub(super) fn a_required_account_whose_secret_was_replaced_is_refused(store: &Subject<'_>) {
    let (read, replaced) = (password("u1", "old"), password("u1", "fresh"));
    let (provider, id) = (read.provider.clone(), read.provider_account_id.clone());
    store.given(&[Change::CreateUser(user("u1")), Change::Link(read.clone())]);
    store.given(&[Change::Unlink { provider, provider_account_id: id }, Change::Link(replaced.clone())]);
    refused_and_nothing_written(store, read);
    store.given(&[Change::RequireAccount(replaced.clone())]);
    assert_eq!(store.accounts("u1"), [replaced]);
}

fn tokens(provider: &str, id: &str, revision: &str) -> ProviderTokens {
    ProviderTokens {
        provider: provider.to_owned(),
        provider_account_id: id.to_owned(),
        revision: revision.to_owned(),
        sealed: format!("{DEEP_TEXT}{revision}"),
        busy_until: Some(at(7)),
    }
}

fn keep(tokens: &ProviderTokens, replaces: Option<&str>) -> Change {
    Change::KeepTokens { tokens: tokens.clone(), replaces: replaces.map(str::to_owned) }
}

fn given_account(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1")), Change::Link(account("u1", "op", "1"))]);
}

pub(super) fn an_account_has_no_tokens_until_some_are_kept(store: &Subject<'_>) {
    given_account(store);
    assert_eq!(store.provider_tokens("op", "1"), None);
    store.given(&[keep(&tokens("op", "1", "a"), None)]);
    assert_eq!(store.provider_tokens("op", "2"), None);
    assert_eq!(store.provider_tokens("OP", "1"), None);
}

pub(super) fn kept_tokens_come_back_as_they_went_and_the_next_replace_them(store: &Subject<'_>) {
    given_account(store);
    for revision in ["a", "b"] {
        let kept = tokens("op", "1", revision);
        store.given(&[keep(&kept, None)]);
        assert_eq!(store.provider_tokens("op", "1"), Some(kept));
    }
    let next = ProviderTokens { busy_until: None, ..tokens("op", "1", "c") };
    store.given(&[keep(&next, Some("b"))]);
    assert_eq!(store.provider_tokens("op", "1"), Some(next));
}

pub(super) fn tokens_for_an_account_that_is_not_linked_are_refused(store: &Subject<'_>) {
    given_account(store);
    for replaces in [None, Some("a")] {
        let refused = store.commit(&[keep(&tokens("op", "2", "b"), replaces)]);
        assert_eq!(refused, Err(CommitError::AccountGone));
    }
}

pub(super) fn tokens_that_were_overtaken_are_refused_and_those_that_stand_stay(store: &Subject<'_>) {
    given_account(store);
    let next = tokens("op", "1", "b");
    assert_eq!(store.commit(&[keep(&next, Some("a"))]), Err(CommitError::TokensOvertaken), "there are none");
    let stands = tokens("op", "1", "a");
    store.given(&[keep(&stands, None)]);
    for other in ["A", "", "b"] {
        assert_eq!(store.commit(&[keep(&next, Some(other))]), Err(CommitError::TokensOvertaken));
    }
    assert_eq!(store.provider_tokens("op", "1"), Some(stands));
}

pub(super) fn tokens_go_with_their_account(store: &Subject<'_>) {
    given_account(store);
    let unlink = Change::Unlink { provider: "op".to_owned(), provider_account_id: "1".to_owned() };
    for unlinking in [unlink, Change::UnlinkAllOf(UserId("u1".to_owned()))] {
        store.given(&[keep(&tokens("op", "1", "a"), None)]);
        let failing = [unlinking.clone(), Change::RequireSession(TokenHash::of("none"))];
        assert_eq!(store.commit(&failing), Err(CommitError::SessionGone));
        assert!(store.provider_tokens("op", "1").is_some(), "a refused commit takes nothing");
        store.given(&[unlinking]);
        assert_eq!(store.provider_tokens("op", "1"), None);
        store.given(&[Change::Link(account("u1", "op", "1"))]);
        assert_eq!(store.provider_tokens("op", "1"), None, "they do not come back");
    }
}

pub(super) fn of_fifty_racing_replacements_one_wins(store: &Subject<'_>) {
    given_account(store);
    store.given(&[keep(&tokens("op", "1", "a"), None)]);
    let replace = |racer: usize| store.commit(&[keep(&tokens("op", "1", &racer.to_string()), Some("a"))]);
    let answers = store.race(50, replace);
    let won = answers.iter().position(Result::is_ok).expect("one wins");
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    assert_eq!(store.provider_tokens("op", "1"), Some(tokens("op", "1", &won.to_string())));
}
