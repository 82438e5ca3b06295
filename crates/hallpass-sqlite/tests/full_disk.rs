//! A disk that is really full, and one that turns read-only: a small file system in memory, mounted for one process.
//!
//! Linux, and a system that lets users make namespaces, or root. Elsewhere the test says that it was left out;
//! `faults.rs` fills a database in a way that works everywhere.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test without a harness says itself how it went")]

mod scratch;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hallpass_sqlite::Sqlite;
use hallpass_store::{Change, Store};
use scratch::{Directory, cause_of, has_user, integrity, large_user, session, user, wait};

const CHILD: &str = "as-the-child";

/// The ways to a mount of one's own, the humblest first.
const NAMESPACES: &[&[&str]] = &[&["--user", "--map-root-user", "--mount"], &["--mount"]];

fn in_a_namespace(namespace: &[&str], directory: &Path) -> Command {
    let mount = r#"mount -t tmpfs -o size=512k tmpfs "$0" && exec "$@""#;
    let mut command = Command::new("unshare");
    command.args(namespace).args(["sh", "-c", mount]).arg(directory);
    command
}

/// This program is its own child process, so it has a `main` and no test harness.
fn main() {
    if std::env::args().nth(1).as_deref() == Some(CHILD) {
        return a_process_on_a_small_disk();
    }
    let (outcome, passed, ignored) = if a_full_or_read_only_disk_is_an_error_and_never_a_broken_file() {
        ("ok", 1, 0)
    } else {
        ("ignored", 0, 1)
    };
    println!("test a_full_or_read_only_disk_is_an_error_and_never_a_broken_file ... {outcome}\n");
    println!("test result: ok. {passed} passed; 0 failed; {ignored} ignored");
}

/// Whether it could be tried.
fn a_full_or_read_only_disk_is_an_error_and_never_a_broken_file() -> bool {
    let directory = Directory::new();
    let mounted = directory.file().parent().unwrap().to_owned();
    let works = |namespace: &&&[&str]| {
        let mut probe = in_a_namespace(namespace, &mounted);
        probe.arg("true").stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    let Some(namespace) = NAMESPACES.iter().find(works) else {
        println!("LEFT OUT: this system lets nobody mount a file system of their own");
        return false;
    };
    let mut process = in_a_namespace(namespace, &mounted)
        .arg(std::env::current_exe().unwrap())
        .arg(CHILD)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(process.stdin.take().unwrap(), "{}", mounted.display()).unwrap();
    let output = process.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("SAW A FULL AND A READ-ONLY DISK"), "{said}");
    true
}

/// The process in the namespace; it is told its directory.
fn a_process_on_a_small_disk() {
    let mut order = String::new();
    std::io::stdin().read_line(&mut order).unwrap();
    let directory = PathBuf::from(order.trim_end());
    assert!(!directory.as_os_str().is_empty());
    let file = directory.join("hallpass.db");
    let store = Sqlite::open(&file).unwrap();
    wait(store.commit(&[Change::CreateUser(user("u")), Change::StartSession(session("s", "u"))])).unwrap();
    full_disk(&store, &directory);
    drop(store);
    assert_eq!(integrity(&file), "ok");
    read_only_disk(&directory);
    println!("SAW A FULL AND A READ-ONLY DISK");
}

fn full_disk(store: &Sqlite, directory: &Path) {
    // Somebody else takes half of the disk; the database takes the rest.
    std::fs::write(directory.join("ballast"), vec![1; 256 * 1024]).unwrap();
    let mut written = 0;
    let cause = loop {
        match wait(store.commit(&[large_user(&format!("u{written}"), 10_000)])) {
            Ok(()) => written += 1,
            refused => break cause_of(refused),
        }
    };
    assert!(cause.contains("no space left"), "{cause}");
    assert!(written > 0);
    for _ in 0..3 {
        cause_of(wait(store.commit(&[large_user(&format!("u{written}"), 10_000)])));
    }
    assert!(wait(store.session(&session("s", "u").key)).unwrap().is_some());
    assert!((0..written).all(|number| has_user(store, &format!("u{number}"))));
    assert!(!has_user(store, &format!("u{written}")));

    std::fs::remove_file(directory.join("ballast")).unwrap();
    wait(store.commit(&[large_user(&format!("u{written}"), 10_000)])).unwrap();
    assert!(has_user(store, &format!("u{written}")));
}

/// A disk that is mounted for reading only cannot be opened, and says so; what was written is there afterwards.
fn read_only_disk(directory: &Path) {
    let remount = |how: &str| {
        let mounted = Command::new("mount").args(["-o", how]).arg(directory).status().unwrap();
        assert!(mounted.success());
    };
    let file = directory.join("hallpass.db");
    remount("remount,ro");
    let refused = Sqlite::open(&file).expect_err("nothing can be written");
    assert!(refused.to_string().contains("hallpass.db"), "{refused}");
    remount("remount,rw");
    let store = Sqlite::open(&file).unwrap();
    assert!(wait(store.session(&session("s", "u").key)).unwrap().is_some());
}
