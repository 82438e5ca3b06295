//! Commits: in order, all or nothing, one after the other.

use super::subject::{Subject, account, at, redeem, session, token, user, user_at};
use crate::change::{Change, CommitError};
use crate::model::{Account, OneTimeToken, PasswordHash, Purpose, Session, TokenHash, UserId};
use crate::store::UserBy;

pub(super) fn an_empty_commit_is_fine(store: &Subject<'_>) {
    assert_eq!(store.commit(&[]), Ok(()));
}

pub(super) fn changes_apply_in_order(store: &Subject<'_>) {
    let (create, start) = (Change::CreateUser(user("u1")), Change::StartSession(session("s1", "u1")));
    assert_eq!(store.commit(&[start.clone(), create.clone()]), Err(CommitError::UserGone));
    assert_eq!(store.commit(&[create, start, Change::EndSession(TokenHash::of("s1"))]), Ok(()));
    assert_eq!(store.session(&TokenHash::of("s1")), None);
}

/// One user with an account, a session and a token; and everything a commit may do to them and beside them.
fn one_of_each_change(store: &Subject<'_>) -> Vec<Change> {
    store.given(&[
        Change::CreateUser(user_at("u1", "ada@example.com")),
        Change::Link(account("u1", "op", "1")),
        Change::StartSession(session("s1", "u1")),
        Change::StartSession(session("s2", "u1")),
        Change::IssueToken(token("t1", "ada@example.com")),
        Change::IssueToken(token("t2", "ada@example.com")),
    ]);
    vec![
        redeem("t1"),
        Change::RequireAccount(account("u1", "op", "1")),
        Change::RequireSession(TokenHash::of("s1")),
        Change::UpdateUser(user_at("u1", "lovelace@example.com")),
        Change::CreateUser(user_at("u2", "ada@example.com")),
        Change::Unlink { provider: "op".into(), provider_account_id: "1".into() },
        Change::Link(account("u2", "op", "1")),
        Change::Link(account("u1", "other-op", "1")),
        Change::UnlinkAllOf(UserId("u1".into())),
        Change::RenewSession { key: TokenHash::of("s1"), renewed: at(1), expires: at(2), claims: None },
        Change::StartSession(session("s3", "u2")),
        Change::EndSession(TokenHash::of("s2")),
        Change::EndSessionsOf { user: UserId("u1".into()), except: None },
        Change::IssueToken(token("t3", "bob@example.com")),
        Change::VoidTokens { purpose: Purpose::EmailSignIn, identifier: "ada@example.com".into() },
        Change::Sweep(at(1_000_000)),
    ]
}

pub(super) fn a_failing_last_change_leaves_nothing(store: &Subject<'_>) {
    let mut changes = one_of_each_change(store);
    changes.push(Change::UpdateUser(user("nobody")));
    assert_eq!(store.commit(&changes), Err(CommitError::UserGone));

    let ada = user_at("u1", "ada@example.com");
    assert_eq!(store.user_with("u1"), Some(ada.clone()));
    assert_eq!(store.user(UserBy::Email("ada@example.com")), Some(ada.clone()));
    assert_eq!(store.user(UserBy::Email("lovelace@example.com")), None);
    assert_eq!(store.user_with("u2"), None);
    assert_eq!(store.accounts("u1"), [account("u1", "op", "1")]);
    assert_eq!(store.user(UserBy::Account { provider: "op", provider_account_id: "1" }), Some(ada.clone()));
    for kept in ["s1", "s2"] {
        assert_eq!(store.session(&TokenHash::of(kept)), Some((session(kept, "u1"), ada.clone())));
    }
    assert_eq!(store.session(&TokenHash::of("s3")), None);
    for kept in ["t1", "t2"] {
        assert_eq!(store.token(&TokenHash::of(kept)), Some(token(kept, "ada@example.com")));
    }
    assert_eq!(store.token(&TokenHash::of("t3")), None);

    changes.pop();
    assert_eq!(store.commit(&changes), Ok(()), "the same without the failing change");
    assert_eq!(store.accounts("u2"), [account("u2", "op", "1")]);
    assert_eq!(store.accounts("u1"), []);
}

pub(super) fn a_failing_first_change_stops_the_rest(store: &Subject<'_>) {
    let changes = [redeem("t1"), Change::CreateUser(user("u1")), Change::UpdateUser(user("nobody"))];
    assert_eq!(store.commit(&changes), Err(CommitError::TokenGone));
    assert_eq!(store.user_with("u1"), None);
}

pub(super) fn a_refused_commit_does_not_stop_the_next(store: &Subject<'_>) {
    let wanted = |number: usize| if number.is_multiple_of(2) { "ada@example.com" } else { "" };
    let answers = store.race(20, |number| {
        let (id, email) = (format!("u{number}"), format!("{}{}", wanted(number), number / 2 % 2));
        store.commit(&[Change::CreateUser(user_at(&id, &email))])
    });
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 4, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| **answer == Err(CommitError::EmailTaken)).count(), 16);
}

pub(super) fn a_sweep_forgets_what_is_over_and_nothing_else(store: &Subject<'_>) {
    let lasting = |name: &str, secs| Session { expires: at(secs), ..session(name, "u1") };
    let good = |name: &str, secs| OneTimeToken { expires: at(secs), ..token(name, "ada@example.com") };
    store.given(&[
        Change::CreateUser(user("u1")),
        Change::Link(account("u1", "op", "1")),
        Change::StartSession(lasting("s before", 99)),
        Change::StartSession(lasting("s at", 100)),
        Change::StartSession(lasting("s after", 101)),
        Change::IssueToken(good("t before", 99)),
        Change::IssueToken(good("t at", 100)),
        Change::IssueToken(good("t after", 101)),
        Change::Sweep(at(100)),
    ]);
    let sessions = ["s before", "s at", "s after"].map(|s| store.session(&TokenHash::of(s)).is_some());
    let tokens = ["t before", "t at", "t after"].map(|t| store.token(&TokenHash::of(t)).is_some());
    assert_eq!((sessions, tokens), ([false, false, true], [false, false, true]));
    assert_eq!(store.user_with("u1"), Some(user("u1")));
    assert_eq!(store.accounts("u1").len(), 1);
}

pub(super) fn racing_sign_ups_with_one_address_make_one_user(store: &Subject<'_>) {
    let answers = store.race(20, |racer| {
        let id = format!("u{racer}");
        let sign_up =
            [Change::CreateUser(user_at(&id, "ada@example.com")), Change::StartSession(session(&id, &id))];
        store.commit(&sign_up)
    });
    let winner = answers.iter().position(Result::is_ok).expect("somebody signs up");
    let refused = answers.iter().filter(|answer| **answer == Err(CommitError::EmailTaken)).count();
    assert_eq!(refused, 19, "{answers:?}");
    let owner = store.user(UserBy::Email("ada@example.com")).expect("the winner has the address");
    assert_eq!(owner.id, UserId(format!("u{winner}")));
}

pub(super) fn racing_links_of_one_account_link_it_once(store: &Subject<'_>) {
    let users: Vec<Change> = (0..20).map(|n| Change::CreateUser(user(&format!("u{n}")))).collect();
    store.given(&users);
    let answers =
        store.race(20, |racer| store.commit(&[Change::Link(account(&format!("u{racer}"), "op", "1"))]));
    let winner = answers.iter().position(Result::is_ok).expect("somebody links");
    let refused = answers.iter().filter(|answer| **answer == Err(CommitError::AccountTaken)).count();
    assert_eq!(refused, 19, "{answers:?}");
    let owner = store.user(UserBy::Account { provider: "op", provider_account_id: "1" });
    assert_eq!(owner, Some(user(&format!("u{winner}"))));
}

pub(super) fn a_renewal_that_races_an_end_does_not_bring_the_session_back(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1"))]);
    for round in 0..20 {
        let name = format!("s{round}");
        let key = TokenHash::of(&name);
        store.given(&[Change::StartSession(session(&name, "u1"))]);
        let answers = store.race(2, |racer| {
            if racer == 0 {
                return store.commit(&[Change::EndSession(key)]);
            }
            store.commit(&[Change::RenewSession { key, renewed: at(1), expires: at(9_000), claims: None }])
        });
        assert_eq!(answers[0], Ok(()));
        assert!(matches!(answers[1], Ok(()) | Err(CommitError::SessionGone)), "{answers:?}");
        assert_eq!(store.session(&key), None);
    }
}

pub(super) fn a_sign_in_that_races_a_change_of_password_leaves_no_session(store: &Subject<'_>) {
    let password = |round: usize, hash: &str| Account {
        secret: Some(PasswordHash::new(hash)),
        ..account("u1", "credentials", &format!("{round}"))
    };
    store.given(&[Change::CreateUser(user("u1"))]);
    for round in 0..20 {
        let (old, fresh) = (password(round, "old"), password(round, "fresh"));
        let started = session(&format!("s{round}"), "u1");
        store.given(&[Change::Link(old.clone())]);
        let answers = store.race(2, |racer| {
            if racer == 0 {
                let (provider, id) = (old.provider.clone(), old.provider_account_id.clone());
                return store.commit(&[
                    Change::Unlink { provider, provider_account_id: id },
                    Change::Link(fresh.clone()),
                    Change::EndSessionsOf { user: old.user.clone(), except: None },
                ]);
            }
            store.commit(&[Change::RequireAccount(old.clone()), Change::StartSession(started.clone())])
        });
        assert_eq!(answers[0], Ok(()));
        assert!(matches!(answers[1], Ok(()) | Err(CommitError::AccountGone)), "{answers:?}");
        assert_eq!(store.session(&started.key), None);
    }
}

pub(super) fn a_link_that_races_a_lockout_leaves_no_account(store: &Subject<'_>) {
    store.given(&[Change::CreateUser(user("u1"))]);
    for round in 0..20 {
        let signed_in = session(&format!("s{round}"), "u1");
        let linked = account("u1", "op", &format!("{round}"));
        store.given(&[Change::StartSession(signed_in.clone())]);
        let answers = store.race(2, |racer| {
            if racer == 0 {
                let end = Change::EndSessionsOf { user: signed_in.user.clone(), except: None };
                return store.commit(&[end, Change::UnlinkAllOf(signed_in.user.clone())]);
            }
            store.commit(&[Change::RequireSession(signed_in.key), Change::Link(linked.clone())])
        });
        assert_eq!(answers[0], Ok(()));
        assert!(matches!(answers[1], Ok(()) | Err(CommitError::SessionGone)), "{answers:?}");
        assert_eq!(store.accounts("u1"), []);
    }
}

pub(super) fn commits_from_many_threads_are_all_kept(store: &Subject<'_>) {
    let answers = store.race(16, |racer| {
        (0..25).all(|number| {
            let id = format!("{racer}/{number}");
            let signed_up =
                store.commit(&[Change::CreateUser(user(&id)), Change::StartSession(session(&id, &id))]);
            // Whoever was told that it is done finds it done.
            signed_up == Ok(()) && store.session(&TokenHash::of(&id)) == Some((session(&id, &id), user(&id)))
        })
    });
    assert_eq!(answers, [true; 16]);
    for racer in 0..16 {
        for number in 0..25 {
            assert!(store.user_with(&format!("{racer}/{number}")).is_some());
        }
    }
}
