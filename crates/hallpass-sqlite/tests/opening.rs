//! What opening refuses, makes and shares.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod scratch;

use std::error::Error as _;
use std::path::Path;
use std::sync::Barrier;
use std::time::Duration;

use hallpass_sqlite::{OpenError, Options, Schema, Sqlite, schema_of};
use hallpass_store::{Change, Store};
use rusqlite::Connection;
use scratch::{Directory, Scratch, has_user, session, user, wait};

fn refusal(file: &Path) -> OpenError {
    Sqlite::open(file).expect_err("the database is refused")
}

#[test]
fn a_missing_directory_is_named_and_not_made() {
    let directory = Directory::new();
    let file = directory.file().join("below/hallpass.db");
    let refused = refusal(&file);
    assert!(matches!(&refused, OpenError::NoDirectory(missing) if *missing == file.parent().unwrap()));
    assert!(refused.to_string().contains("hallpass.db/below"), "{refused}");
    assert!(!file.parent().unwrap().exists());
}

#[test]
fn a_look_at_the_schema_makes_and_changes_nothing() {
    let directory = Directory::new();
    assert_eq!(schema_of(directory.file()).unwrap(), Schema::Absent);
    assert!(!directory.file().exists());
    std::fs::write(directory.file(), "").unwrap();
    assert_eq!(schema_of(directory.file()).unwrap(), Schema::Behind { applied: 0, known: 4 });
    assert_eq!(std::fs::metadata(directory.file()).unwrap().len(), 0);
    let store = Sqlite::open(directory.file()).unwrap();
    assert_eq!(schema_of(directory.file()).unwrap(), Schema::Current, "while it is open");
    drop(store);
    assert_eq!(schema_of(directory.file()).unwrap(), Schema::Current);
    std::fs::write(directory.file(), "Dear Ada, ".repeat(1_000)).unwrap();
    assert!(matches!(schema_of(directory.file()), Err(OpenError::NotADatabase(_))));
    let nowhere = directory.file().join("below/hallpass.db");
    assert!(matches!(schema_of(nowhere), Err(OpenError::NoDirectory(_))));
}

#[test]
fn a_directory_is_no_database() {
    let directory = Directory::new();
    let refused = refusal(directory.file().parent().unwrap());
    assert!(refused.to_string().contains(env!("CARGO_TARGET_TMPDIR")), "{refused}");
    assert!(refusal(Path::new("")).source().is_some());
}

#[test]
fn a_file_that_is_no_database_is_refused_and_stays_as_it_is() {
    let directory = Directory::new();
    let letter = "Dear Ada, ".repeat(1_000);
    std::fs::write(directory.file(), &letter).unwrap();
    let refused = refusal(&directory.file());
    assert!(matches!(refused, OpenError::NotADatabase(_)), "{refused:?}");
    assert!(
        refused.to_string().contains("hallpass.db") && refused.to_string().contains("backup"),
        "{refused}"
    );
    assert_eq!(std::fs::read_to_string(directory.file()).unwrap(), letter);
}

#[test]
fn a_database_whose_schema_is_damaged_is_refused() {
    let directory = Directory::new();
    drop(Sqlite::open(directory.file()).unwrap());
    let mut bytes = std::fs::read(directory.file()).unwrap();
    bytes[100..4096].fill(0xa5);
    std::fs::write(directory.file(), bytes).unwrap();
    let refused = refusal(&directory.file());
    assert!(matches!(refused, OpenError::NotADatabase(_)), "{refused:?}");
}

#[test]
fn another_programs_database_is_refused_and_stays_as_it_is() {
    let directory = Directory::new();
    let theirs = Connection::open(directory.file()).unwrap();
    theirs.execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)").unwrap();
    let before = std::fs::read(directory.file()).unwrap();
    let refused = refusal(&directory.file());
    assert!(matches!(refused, OpenError::Foreign(_)), "{refused:?}");
    assert_eq!(std::fs::read(directory.file()).unwrap(), before);
    let mode: String = theirs.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "delete");
}

#[test]
fn a_database_of_a_later_version_is_refused_with_the_way_out_and_stays_as_it_is() {
    let directory = Directory::new();
    drop(Sqlite::open(directory.file()).unwrap());
    Connection::open(directory.file()).unwrap().pragma_update(None, "user_version", 7).unwrap();
    let before = std::fs::read(directory.file()).unwrap();
    let refused = refusal(&directory.file());
    assert!(matches!(refused, OpenError::Newer { found: 7, known: 4, .. }), "{refused:?}");
    let words = refused.to_string();
    assert!(words.contains("hallpass.db") && words.contains("later hallpass"), "{words}");
    assert_eq!(std::fs::read(directory.file()).unwrap(), before);
}

#[test]
fn a_database_that_stays_locked_is_refused_after_the_wait() {
    let directory = Directory::new();
    let holder = Connection::open(directory.file()).unwrap();
    holder.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
    let options = Options { busy_timeout: Duration::from_millis(30), ..Options::default() };
    let refused = Sqlite::open_with(directory.file(), options.clone()).expect_err("it is locked");
    assert!(matches!(refused, OpenError::Locked(_)), "{refused:?}");
    drop(holder);
    Sqlite::open_with(directory.file(), options).unwrap();
}

#[test]
fn an_empty_file_becomes_a_database() {
    let directory = Directory::new();
    std::fs::write(directory.file(), "").unwrap();
    Sqlite::open(directory.file()).unwrap().ready().unwrap();
}

#[cfg(unix)]
#[test]
fn the_files_are_made_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    wait(scratch.commit(&[Change::CreateUser(user("u1"))])).unwrap();
    let mut seen = 0;
    for entry in std::fs::read_dir(scratch.directory.file().parent().unwrap()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
        seen += 1;
    }
    assert_eq!(seen, 3, "the database, its log and the log's index");
}

#[test]
fn a_name_that_sqlite_takes_for_something_else_is_a_file() {
    let directory = Directory::new();
    for name in [":memory:", "file:hallpass.db?mode=memory"] {
        let file = directory.file().with_file_name(name);
        drop(Sqlite::open(&file).unwrap());
        assert!(file.is_file(), "{name}");
    }
}

#[test]
fn of_many_that_open_at_once_one_migrates_and_all_work() {
    for _ in 0..5 {
        let directory = Directory::new();
        let start = Barrier::new(8);
        std::thread::scope(|threads| {
            for number in 0..8 {
                let (file, start) = (directory.file(), &start);
                threads.spawn(move || {
                    start.wait();
                    let store = Sqlite::open(file).unwrap();
                    wait(store.commit(&[Change::CreateUser(user(&format!("u{number}")))])).unwrap();
                });
            }
        });
        let store = Sqlite::open(directory.file()).unwrap();
        assert!((0..8).all(|number| has_user(&store, &format!("u{number}"))));
    }
}

#[test]
fn two_open_stores_see_each_others_commits_at_once() {
    let scratch = Scratch::new();
    let second = Sqlite::open(scratch.directory.file()).unwrap();
    let signed_up = [Change::CreateUser(user("u1")), Change::StartSession(session("s1", "u1"))];
    wait(scratch.commit(&signed_up)).unwrap();
    assert_eq!(
        wait(second.session(&session("s1", "u1").key)).unwrap(),
        Some((session("s1", "u1"), user("u1")))
    );
    wait(second.commit(&[Change::EndSession(session("s1", "u1").key)])).unwrap();
    assert_eq!(wait(scratch.session(&session("s1", "u1").key)).unwrap(), None);
}

#[test]
fn closing_folds_the_log_into_the_file() {
    let Scratch { store, directory } = Scratch::new();
    wait(store.commit(&[Change::CreateUser(user("u1"))])).unwrap();
    drop(store);
    let left: Vec<_> = std::fs::read_dir(directory.file().parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(has_user(&Sqlite::open(directory.file()).unwrap(), "u1"));
}

#[test]
fn commits_nobody_waits_for_any_more_are_finished_before_it_closes() {
    let Scratch { store, directory } = Scratch::new();
    for number in 0..50 {
        let changes = [Change::CreateUser(user(&format!("u{number}")))];
        let mut commit = store.commit(&changes);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        // Asked once, then given up.
        let _ = commit.as_mut().poll(&mut context);
    }
    drop(store);
    let store = Sqlite::open(directory.file()).unwrap();
    assert!((0..50).all(|number| has_user(&store, &format!("u{number}"))));
}

#[test]
fn debug_shows_the_path_and_nothing_else() {
    let scratch = Scratch::new();
    let shown = format!("{:?}", scratch.store);
    assert!(shown.starts_with("Sqlite { path: ") && shown.ends_with("hallpass.db\", .. }"), "{shown}");
}
