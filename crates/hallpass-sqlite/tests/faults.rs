//! Locks, full disks, lost files and rows that lie.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod scratch;

use std::num::NonZeroUsize;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hallpass_sqlite::Options;
use hallpass_store::{
    Account, AccountKind, Change, CommitError, OneTimeToken, Purpose, Store, Timestamp, TokenHash, UserBy,
    UserId,
};
use scratch::{Scratch, cause_of, has_user, integrity, large_user, session, user, wait};

fn impatient() -> Options {
    Options { busy_timeout: Duration::from_millis(30), ..Options::default() }
}

#[test]
fn a_locked_database_refuses_commits_and_still_answers_reads() {
    let scratch = Scratch::with(impatient());
    wait(scratch.commit(&[Change::CreateUser(user("u1"))])).unwrap();
    let other = scratch.other_program();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let cause = cause_of(wait(scratch.commit(&[Change::CreateUser(user("u2"))])));
    assert!(cause.contains("locked"), "{cause}");
    assert!(has_user(&scratch, "u1") && !has_user(&scratch, "u2"));
    scratch.store.ready().unwrap();
    other.execute_batch("ROLLBACK").unwrap();
    wait(scratch.commit(&[Change::CreateUser(user("u2"))])).unwrap();
    assert!(has_user(&scratch, "u2"));
}

#[test]
fn a_commit_waits_for_a_lock_that_is_given_back_in_time() {
    let scratch = Scratch::new();
    let other = scratch.other_program();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let changes = [Change::CreateUser(user("u1"))];
    let mut commit = scratch.commit(&changes);
    let mut context = Context::from_waker(Waker::noop());
    assert!(commit.as_mut().poll(&mut context).is_pending());
    other.execute_batch("ROLLBACK").unwrap();
    wait(commit).unwrap();
}

#[test]
fn a_lock_refuses_every_commit_that_waits_and_nothing_is_written() {
    let scratch = Scratch::with(impatient());
    let other = scratch.other_program();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|threads| {
        for number in 0..20 {
            let scratch = &scratch;
            threads.spawn(move || {
                cause_of(wait(scratch.commit(&[Change::CreateUser(user(&format!("u{number}")))])))
            });
        }
    });
    other.execute_batch("ROLLBACK").unwrap();
    assert!((0..20).all(|number| !has_user(&scratch, &format!("u{number}"))));
}

#[test]
fn a_full_database_refuses_the_commit_whole_and_recovers_when_there_is_space() {
    let scratch = Scratch::with(Options { max_bytes: Some(256 * 1024), ..Options::default() });
    let token = OneTimeToken {
        key: TokenHash::of("t1"),
        purpose: Purpose::EmailSignIn,
        identifier: "ada@example.com".into(),
        callback_url: Some("/".repeat(100_000)),
        created: Timestamp::from_secs(1),
        expires: Timestamp::from_secs(2),
    };
    let signed_up = [Change::CreateUser(user("u1")), Change::StartSession(session("s1", "u1"))];
    wait(scratch.commit(&signed_up)).unwrap();
    wait(scratch.commit(&[Change::IssueToken(token)])).unwrap();

    let too_much = [Change::CreateUser(user("u2")), large_user("u3", 300_000)];
    let cause = cause_of(wait(scratch.commit(&too_much)));
    assert!(cause.contains("no space left"), "{cause}");
    assert!(!has_user(&scratch, "u2") && !has_user(&scratch, "u3"));
    assert_eq!(
        wait(scratch.session(&session("s1", "u1").key)).unwrap(),
        Some((session("s1", "u1"), user("u1")))
    );

    let fits_after_a_sweep = [large_user("u4", 150_000)];
    cause_of(wait(scratch.commit(&fits_after_a_sweep)));
    wait(scratch.commit(&[Change::Sweep(Timestamp::from_secs(2))])).unwrap();
    wait(scratch.commit(&fits_after_a_sweep)).unwrap();
    assert_eq!(integrity(&scratch.directory.file()), "ok");
}

#[test]
fn one_commit_that_does_not_fit_does_not_refuse_those_beside_it() {
    let scratch = Scratch::with(Options { max_bytes: Some(256 * 1024), ..Options::default() });
    let other = scratch.other_program();
    // While the lock is held the commits gather into one batch.
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let changes: Vec<[Change; 1]> =
        (0..20).map(|n| [large_user(&format!("u{n}"), if n == 7 { 300_000 } else { 10 })]).collect();
    let mut commits: Vec<_> = changes.iter().map(|changes| scratch.commit(changes)).collect();
    let mut context = Context::from_waker(Waker::noop());
    for commit in &mut commits {
        assert!(commit.as_mut().poll(&mut context).is_pending());
    }
    other.execute_batch("ROLLBACK").unwrap();
    for (number, commit) in commits.into_iter().enumerate() {
        let answer = wait(commit);
        assert_eq!(answer.is_ok(), number != 7, "{answer:?}");
        assert_eq!(has_user(&scratch, &format!("u{number}")), number != 7);
    }
}

#[test]
fn a_queue_that_is_full_refuses_instead_of_growing() {
    let scratch = Scratch::new();
    let other = scratch.other_program();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let changes = [Change::EndSession(TokenHash::of("s1"))];
    let mut context = Context::from_waker(Waker::noop());
    let mut still_waiting = Vec::new();
    let mut refused = Vec::new();
    for mut commit in (0..5_000).map(|_| scratch.commit(&changes)) {
        match commit.as_mut().poll(&mut context) {
            Poll::Ready(answer) => refused.push(cause_of(answer)),
            Poll::Pending => still_waiting.push(commit),
        }
    }
    assert!(!refused.is_empty() && refused.len() < 1_000, "{} of 5000", refused.len());
    assert!(refused.iter().all(|cause| cause.contains("too many")));
    other.execute_batch("ROLLBACK").unwrap();
    for commit in still_waiting {
        wait(commit).unwrap();
    }
    wait(scratch.commit(&[Change::CreateUser(user("u1"))])).unwrap();
}

#[cfg(unix)]
#[test]
fn a_database_that_was_removed_acknowledges_nothing_until_it_is_back() {
    let scratch = Scratch::new();
    let file = scratch.directory.file();
    for name in ["hallpass.db", "hallpass.db-wal"] {
        let (present, away) = (file.with_file_name(name), file.with_file_name("away"));
        std::fs::rename(&present, &away).unwrap();
        let cause = cause_of(wait(scratch.commit(&[Change::CreateUser(user(name))])));
        assert!(cause.contains(name) && cause.contains("removed"), "{cause}");
        assert!(scratch.store.ready().is_err());
        // Somebody else's file under the same name is not ours either.
        std::fs::write(&present, "").unwrap();
        cause_of(wait(scratch.commit(&[Change::CreateUser(user(name))])));
        std::fs::rename(&away, &present).unwrap();
        scratch.store.ready().unwrap();
        wait(scratch.commit(&[Change::CreateUser(user(name))])).unwrap();
    }
    assert_eq!(integrity(&file), "ok");
}

#[test]
fn rows_that_lie_are_an_error_and_never_a_session() {
    let scratch = Scratch::new();
    let signed_up = [Change::CreateUser(user("u1")), Change::StartSession(session("s1", "u1"))];
    wait(scratch.commit(&signed_up)).unwrap();
    let key = session("s1", "u1").key;
    let other = scratch.other_program();
    for (lie, truth) in [
        ("UPDATE sessions SET expires = -1", "UPDATE sessions SET expires = 1900000000000"),
        ("UPDATE users SET created = -9223372036854775808", "UPDATE users SET created = 1800000000000"),
        ("UPDATE users SET name = CAST(x'ff' AS TEXT)", "UPDATE users SET name = NULL"),
    ] {
        other.execute_batch(lie).unwrap();
        assert!(wait(scratch.session(&key)).is_err(), "{lie}");
        other.execute_batch(truth).unwrap();
        assert_eq!(wait(scratch.session(&key)).unwrap(), Some((session("s1", "u1"), user("u1"))));
    }
}

#[test]
fn a_token_of_a_purpose_nobody_knows_is_not_redeemed() {
    let scratch = Scratch::new();
    let key = TokenHash::of("t1");
    let token = OneTimeToken {
        key,
        purpose: Purpose::EmailSignIn,
        identifier: "ada@example.com".into(),
        callback_url: None,
        created: Timestamp::from_secs(1),
        expires: Timestamp::from_secs(1_000),
    };
    wait(scratch.commit(&[Change::IssueToken(token)])).unwrap();
    scratch.other_program().execute_batch("UPDATE tokens SET purpose = 'invitation'").unwrap();
    let redeem = Change::Redeem { key, purpose: Purpose::EmailSignIn, now: Timestamp::from_secs(10) };
    assert_eq!(wait(scratch.commit(&[redeem])), Err(CommitError::TokenGone));
    let void = Change::VoidTokens { purpose: Purpose::EmailSignIn, identifier: "ada@example.com".into() };
    wait(scratch.commit(&[void])).unwrap();
    let unknown = wait(scratch.token(&key)).expect_err("the word is unknown");
    assert!(!unknown.to_string().contains("ada@example.com"), "{unknown}");
}

#[test]
fn no_fault_shows_an_address_or_a_key() {
    let scratch = Scratch::new();
    let account = Account {
        user: UserId("u1".into()),
        kind: AccountKind::Oauth,
        provider: "github".into(),
        provider_account_id: "PRIVATE".into(),
        secret: None,
        created: Timestamp::from_secs(1),
    };
    let ada = hallpass_store::User { email: Some("PRIVATE@example.com".into()), ..user("u1") };
    wait(scratch.commit(&[Change::CreateUser(ada), Change::Link(account)])).unwrap();
    let other = scratch.other_program();
    other.execute_batch("UPDATE accounts SET kind = 'PRIVATE'; UPDATE users SET created = -1").unwrap();
    let faults = [
        wait(scratch.accounts(&UserId("u1".into()))).map(drop).unwrap_err(),
        wait(scratch.user(UserBy::Email("PRIVATE@example.com"))).map(drop).unwrap_err(),
    ];
    for fault in faults {
        assert!(!format!("{fault} {fault:?}").contains("PRIVATE"), "{fault}");
    }
}

#[test]
fn a_single_reader_serves_many_threads() {
    let scratch = Scratch::with(Options { readers: NonZeroUsize::MIN, ..Options::default() });
    let signed_up = [Change::CreateUser(user("u1")), Change::StartSession(session("s1", "u1"))];
    wait(scratch.commit(&signed_up)).unwrap();
    let key = session("s1", "u1").key;
    std::thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| {
                for _ in 0..200 {
                    assert!(wait(scratch.session(&key)).unwrap().is_some());
                }
            });
        }
    });
}
