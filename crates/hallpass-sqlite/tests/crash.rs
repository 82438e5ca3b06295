//! `kill -9`: what was acknowledged is there afterwards, and nothing is there by half.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test without a harness says itself how it went")]

mod scratch;

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use hallpass_sqlite::Sqlite;
use hallpass_store::{Change, OneTimeToken, Purpose, Store, Timestamp, TokenHash};
use scratch::{Directory, has_user, integrity, session, user, wait};

const ROUNDS: usize = 25;
const THREADS: usize = 4;

const CHILD: &str = "as-the-child";

/// This program is its own child process, so it has a `main` and no test harness.
fn main() {
    if std::env::args().nth(1).as_deref() == Some(CHILD) {
        return a_process_that_commits_until_it_is_killed();
    }
    what_was_acknowledged_survives_kill_9_and_nothing_is_there_by_half();
    println!(
        "test what_was_acknowledged_survives_kill_9_and_nothing_is_there_by_half ... ok\n\ntest result: ok. 1 passed; 0 failed"
    );
}

/// The process that is killed; it is told the file and the round. It signs users up by mail link until it dies, and says
/// so each time it was acknowledged.
fn a_process_that_commits_until_it_is_killed() {
    let mut order = String::new();
    std::io::stdin().read_line(&mut order).unwrap();
    let (round, file) = order.trim_end().split_once(' ').unwrap();
    let store = Sqlite::open(file).unwrap();
    std::thread::scope(|threads| {
        for thread in 0..THREADS {
            let store = &store;
            threads.spawn(move || {
                for number in 0.. {
                    let name = format!("{round}.{thread}.{number}");
                    sign_up(store, &name);
                    let mut out = std::io::stdout().lock();
                    out.write_all(format!("\nacknowledged {name}\n").as_bytes()).unwrap();
                    out.flush().unwrap();
                }
            });
        }
    });
}

/// A token is issued, and spent in the commit that makes the user and the session.
fn sign_up(store: &Sqlite, name: &str) {
    let token = OneTimeToken {
        key: TokenHash::of(name),
        purpose: Purpose::EmailSignIn,
        identifier: name.to_owned(),
        callback_url: None,
        created: Timestamp::from_secs(1),
        expires: Timestamp::from_secs(1_000),
    };
    let redeem = Change::Redeem { key: token.key, purpose: token.purpose, now: Timestamp::from_secs(2) };
    wait(store.commit(&[Change::IssueToken(token)])).unwrap();
    let signed_up = [redeem, Change::CreateUser(user(name)), Change::StartSession(session(name, name))];
    wait(store.commit(&signed_up)).unwrap();
}

/// Lets a process commit, kills it after that many acknowledgements, and answers all of them.
fn acknowledged_before_the_kill(file: &Path, round: usize, after: usize) -> Vec<String> {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .arg(CHILD)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(process.stdin.take().unwrap(), "{round} {}", file.display()).unwrap();
    let mut acknowledged = Vec::new();
    // The kill may cut the last line short; an acknowledgement that was not sent whole does not count.
    let mut lines = BufReader::new(process.stdout.take().unwrap());
    let mut line = String::new();
    while lines.read_line(&mut line).unwrap() > 0 {
        if let Some(name) = line.strip_prefix("acknowledged ").and_then(|rest| rest.strip_suffix('\n')) {
            acknowledged.push(name.to_owned());
            if acknowledged.len() == after {
                process.kill().unwrap();
            }
        }
        line.clear();
    }
    assert!(!process.wait().unwrap().success(), "it was killed");
    acknowledged
}

fn what_was_acknowledged_survives_kill_9_and_nothing_is_there_by_half() {
    let directory = Directory::new();
    let file = directory.file();
    let mut acknowledged = HashSet::new();
    let mut seed: u32 = 2_463_534_242;
    for round in 0..ROUNDS {
        // xorshift: the same points on every run.
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        let after = 1 + (seed % 120) as usize;
        acknowledged.extend(acknowledged_before_the_kill(&file, round, after));

        let store = Sqlite::open(&file).unwrap();
        for name in &acknowledged {
            let kept = wait(store.session(&TokenHash::of(name))).unwrap();
            assert_eq!(kept, Some((session(name, name), user(name))), "{name} was acknowledged");
            assert_eq!(wait(store.token(&TokenHash::of(name))).unwrap(), None, "{name} is spent");
        }
        for name in unacknowledged(&acknowledged, round) {
            let signed_in = wait(store.session(&TokenHash::of(&name))).unwrap().is_some();
            let unspent = wait(store.token(&TokenHash::of(&name))).unwrap().is_some();
            assert_eq!(has_user(&store, &name), signed_in, "{name} is there by half");
            assert!(!(signed_in && unspent), "{name} could be redeemed twice");
        }
        drop(store);
        assert_eq!(integrity(&file), "ok");
    }
    assert!(acknowledged.len() > ROUNDS, "the processes did commit");
}

/// The sign-ups that may have been under way when the process was killed.
fn unacknowledged(acknowledged: &HashSet<String>, round: usize) -> Vec<String> {
    let next = |thread| {
        let names = (0..).map(|number| format!("{round}.{thread}.{number}"));
        names.filter(|name| !acknowledged.contains(name)).take(2).collect::<Vec<_>>()
    };
    (0..THREADS).flat_map(next).collect()
}
