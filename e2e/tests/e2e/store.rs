//! The database under the server (F01, F09).

use std::time::{Duration, Instant};

use e2e::{Config, Server};

use crate::scene::{ADA, PASSWORD, SESSION, with_ada, with_ada_signed_in};

// F09
#[test]
fn what_was_acknowledged_survives_a_kill() {
    let server = Server::start(Config::database_sessions().text("log.level", "info"));
    let mut kept = Vec::new();
    for round in 0..5 {
        for n in 0..3 {
            let mut browser = server.browser();
            let email = format!("user-{round}-{n}@mail.example");
            assert_eq!(browser.sign_up(&email, PASSWORD).status, 200);
            kept.push((email, browser));
        }
        server.kill();
        server.spawn();
        server.wait_until_up();
        for (email, browser) in &mut kept {
            assert_eq!(browser.session()["user"]["email"], email.as_str());
        }
    }
    assert_eq!(server.database().integrity(), "ok");
}

// F09
#[test]
fn a_kill_in_the_middle_of_writes_loses_nothing_acknowledged_and_tears_nothing() {
    let server = std::sync::Arc::new(Server::start(Config::database_sessions().text("log.level", "info")));
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let server = server.clone();
            std::thread::spawn(move || {
                let mut kept = Vec::new();
                for n in 0.. {
                    let mut browser = server.browser();
                    let Ok(answer) = browser.try_send(e2e::Request::get("csrf")) else { return kept };
                    let Ok(body) = serde_json::from_slice::<serde_json::Value>(&answer.body) else {
                        return kept;
                    };
                    let token = body["csrfToken"].as_str().unwrap_or_default().to_owned();
                    let email = format!("writer-{writer}-{n}@mail.example");
                    let fields = [
                        ("csrfToken", token.as_str()),
                        ("email", &email),
                        ("password", PASSWORD),
                        ("json", "true"),
                    ];
                    match browser.try_send(e2e::Request::post("signup", &fields)) {
                        Ok(answer) if answer.status == 200 && browser.cookie(SESSION).is_some() => {
                            kept.push((email, browser));
                        }
                        _ => return kept,
                    }
                }
                kept
            })
        })
        .collect();
    while server.database().rows("sessions").len() < 12 {
        std::thread::yield_now();
    }
    server.kill();
    let kept: Vec<_> = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
    assert!(!kept.is_empty());
    server.spawn();
    server.wait_until_up();
    for (email, mut browser) in kept {
        assert_eq!(browser.session()["user"]["email"], email.as_str());
    }
    assert_eq!(server.database().integrity(), "ok");
    // User, account and session appeared together or not at all.
    let count = |table: &str| server.database().rows(table).len();
    assert_eq!((count("users"), count("accounts")), (count("sessions"), count("sessions")));
}

// F01
#[test]
fn a_database_that_is_locked_is_a_503_in_time_and_nothing_is_lost() {
    let (server, mut browser) = with_ada_signed_in(Config::database_sessions());
    let before = server.database().everything();
    let lock = server.database().open();
    lock.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let start = Instant::now();
    let answer = server.browser().sign_in(ADA, PASSWORD);
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.header("retry-after").is_some());
    assert!(answer.cookie(SESSION).is_none());
    server.log.told(&["reason", "store_unavailable"]);
    // Readers of a WAL are not kept out.
    assert!(browser.is_signed_in());
    lock.execute_batch("ROLLBACK").unwrap();
    assert_eq!(server.database().everything(), before);
    assert_eq!(server.browser().sign_in(ADA, PASSWORD).status, 200);
}

#[test]
fn a_page_over_a_locked_database_is_a_page() {
    let server = with_ada(Config::database_sessions());
    let lock = server.database().open();
    lock.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let mut browser = server.browser();
    let token = browser.csrf();
    let fields = [("csrfToken", token.as_str()), ("email", ADA), ("password", PASSWORD)];
    let request = e2e::Request::post("callback/credentials", &fields).header("Accept", "text/html");
    let answer = browser.send(request);
    assert_eq!(answer.status, 503);
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")));
    assert!(answer.header("retry-after").is_some());
    drop(lock);
}

// F01
#[test]
fn a_database_of_a_newer_schema_is_not_touched() {
    let server = with_ada(Config::database_sessions());
    assert_eq!(server.stop(), Some(0));
    let connection = server.database().open();
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert!(version > 0, "the schema's version is kept in user_version");
    connection.pragma_update(None, "user_version", version + 1).unwrap();
    drop(connection);
    let before = server.database().everything();
    server.spawn();
    let code = server.wait_until_down();
    assert!(code.is_some_and(|code| code != 0), "{code:?}");
    let told = server.log.lines().join("\n");
    assert!(told.contains(&format!("schema version {}", version + 1)), "{told}");
    assert_eq!(server.database().everything(), before);
}

// F01
#[test]
fn a_database_that_is_no_database_is_refused_with_the_way_out() {
    let server = Server::prepare(Config::database_sessions(), &[]);
    std::fs::write(
        server.folder().file("hallpass.db"),
        "this is a diary, not a database, and long enough for one",
    )
    .unwrap();
    server.spawn();
    let code = server.wait_until_down();
    assert!(code.is_some_and(|code| code != 0), "{code:?}");
    let text = std::fs::read_to_string(server.folder().file("hallpass.db")).unwrap();
    assert!(text.starts_with("this is a diary"), "the file was overwritten");
}

// F01
#[test]
fn a_database_in_a_folder_that_is_not_there_is_refused_with_the_way_out() {
    let server =
        Server::prepare(Config::database_sessions().text("database", "sqlite:nowhere/deep/hallpass.db"), &[]);
    server.spawn();
    let code = server.wait_until_down();
    assert!(code.is_some_and(|code| code != 0), "{code:?}");
    assert!(server.log.lines().join("\n").contains("nowhere"), "{:?}", server.log.lines());
}
