//! The schema and the way to it. `application_id` says whose database it is, `user_version` how many migrations it
//! has seen.

use rusqlite::{Connection, Result, Transaction, TransactionBehavior};

/// Each brings a database one version further. Never edited once released; a change is another file.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_users_accounts_sessions_tokens.sql"),
    include_str!("../migrations/0002_claims_of_sessions.sql"),
    include_str!("../migrations/0003_disabled_users_endings.sql"),
    include_str!("../migrations/0004_provider_tokens.sql"),
];

/// "hall" in ASCII.
const APPLICATION: i64 = 0x6861_6c6c;

/// What a database is, seen from this version of hallpass.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It has the schema this version knows.
    Current,
    /// It is empty or ours, and so many migrations are applied.
    Behind(usize),
    /// A later version of hallpass has migrated it to this version of the schema.
    Ahead(i64),
    /// It belongs to another program.
    Foreign,
}

/// The schema's version this crate knows.
pub(crate) const fn known() -> usize {
    MIGRATIONS.len()
}

/// Reads what the database is; changes nothing. It is one moment's standing, though another process may migrate
/// meanwhile.
pub(crate) fn standing(connection: &mut Connection) -> Result<Standing> {
    standing_within(&connection.transaction()?)
}

fn standing_within(connection: &Transaction<'_>) -> Result<Standing> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    let objects: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION {
        let untouched = application == 0 && version == 0 && objects == 0;
        return Ok(if untouched { Standing::Behind(0) } else { Standing::Foreign });
    }
    Ok(match usize::try_from(version) {
        Ok(applied) if applied == known() => Standing::Current,
        Ok(applied) if applied < known() => Standing::Behind(applied),
        _ => Standing::Ahead(version),
    })
}

/// Applies what is missing in one transaction and answers the standing after it. Of several that start at once one
/// migrates; the others meet its lock, and then nothing to do.
pub(crate) fn migrate(connection: &mut Connection) -> Result<Standing> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let applied = match standing_within(&transaction)? {
        Standing::Behind(applied) => applied,
        settled => return Ok(settled),
    };
    for migration in MIGRATIONS.iter().skip(applied) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", i64::try_from(known()).unwrap_or(i64::MAX))?;
    transaction.commit()?;
    tracing::info!(from = applied, to = known(), "migrated the database");
    Ok(Standing::Current)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

    #[test]
    fn an_empty_database_is_brought_to_the_known_schema() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert_eq!(standing(&mut connection), Ok(Standing::Behind(0)));
        assert_eq!(migrate(&mut connection), Ok(Standing::Current));
        assert_eq!(standing(&mut connection), Ok(Standing::Current));
        assert_eq!(migrate(&mut connection), Ok(Standing::Current));
    }

    #[test]
    fn a_database_of_the_first_version_keeps_its_rows() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(MIGRATIONS[0]).unwrap();
        connection.pragma_update(None, "application_id", APPLICATION).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        let ada = "INSERT INTO users (id, email, created) VALUES ('u1', 'ada@example.com', 7)";
        connection.execute(ada, []).unwrap();
        assert_eq!(standing(&mut connection), Ok(Standing::Behind(1)));
        assert_eq!(migrate(&mut connection), Ok(Standing::Current));
        let kept = "SELECT id, email, created, disabled FROM users";
        let row: (String, String, i64, Option<i64>) = connection
            .query_row(kept, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .unwrap();
        assert_eq!(row, ("u1".into(), "ada@example.com".into(), 7, None));
    }

    #[test]
    fn a_database_of_a_later_version_is_ahead_and_stays_as_it_is() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        assert_eq!(migrate(&mut connection), Ok(Standing::Ahead(99)));
    }

    #[test]
    fn a_database_with_somebody_elses_tables_is_foreign() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE theirs (x)").unwrap();
        assert_eq!(migrate(&mut connection), Ok(Standing::Foreign));
    }

    #[test]
    fn a_migration_by_another_while_the_standing_is_read_does_not_make_it_foreign() {
        let file = std::env::temp_dir().join(format!("hallpass-standing-{}.db", std::process::id()));
        let [mut reading, mut migrating] = [&file; 2].map(|file| Connection::open(file).unwrap());
        reading.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).unwrap();
        let migrate_before_the_second_read = move |asked: AuthContext<'_>| {
            if matches!(asked.action, AuthAction::Pragma { pragma_name: "user_version", .. }) {
                migrate(&mut migrating).unwrap();
            }
            Authorization::Allow
        };
        reading.authorizer(Some(migrate_before_the_second_read)).unwrap();
        assert_eq!(standing(&mut reading), Ok(Standing::Behind(0)));
        assert_eq!(standing(&mut reading), Ok(Standing::Current));
        drop(reading);
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn a_migration_that_fails_leaves_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update_and_check(None, "max_page_count", 4, |_| Ok(())).unwrap();
        assert!(migrate(&mut connection).is_err());
        assert_eq!(standing(&mut connection), Ok(Standing::Behind(0)));
    }

    #[test]
    fn every_read_and_every_change_but_the_sweep_goes_by_an_index() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        let by_key = crate::read::QUERIES.iter().chain(crate::commit::STATEMENTS_BY_KEY);
        for sql in by_key {
            let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let nothing = vec![rusqlite::types::Null; plan.parameter_count()];
            let steps: Vec<String> = plan
                .query_map(rusqlite::params_from_iter(nothing), |row| row.get("detail"))
                .unwrap()
                .collect::<Result<_>>()
                .unwrap();
            let scans = |step: &String| step.starts_with("SCAN") && step != "SCAN CONSTANT ROW";
            assert!(!steps.iter().any(scans), "{sql}: {steps:?}");
        }
    }
}
