//! The tables, and the steps from older ones. A step that was released never changes.

use rusqlite::Connection;

use super::super::{Error, Result};

/// The version of the tables after all steps.
const CURRENT: u32 = 5;

/// Each step takes the tables one version further.
const STEPS: [&str; CURRENT as usize] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
];

/// Brings the tables up to date.
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version = version(&transaction)?;
    for (step, after) in STEPS.iter().zip(1..) {
        if after > version {
            transaction.execute_batch(step)?;
        }
    }
    transaction.pragma_update(None, "user_version", CURRENT)?;
    Ok(transaction.commit()?)
}

/// Refuses tables that are not of this version.
pub(super) fn check(connection: &Connection) -> Result<()> {
    match version(connection)? {
        CURRENT => Ok(()),
        0 => Err(Error::Damaged("it has no tables; has a server been started here?".to_owned())),
        older => Err(Error::Damaged(format!(
            "its tables are version {older}; the server brings them to version {CURRENT} when it starts"
        ))),
    }
}

/// The version of the tables; 0 in an empty file.
fn version(connection: &Connection) -> Result<u32> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > CURRENT {
        return Err(Error::Newer { found, known: CURRENT });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::super::{EndState, Ledger, RunId};
    use super::super::{SqliteLedger, restore};
    use super::*;

    #[test]
    fn migrating_twice_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert!(matches!(check(&connection), Err(Error::Damaged(_))));
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        check(&connection).unwrap();
    }

    /// Run 1 is in its second attempt, 2 has ended in its second, 3 waits for its second, 4 was cancelled while it waited for it; 9 is forgotten.
    const RUNS_OF_VERSION_4: &str = "
        INSERT INTO runs (run, task, due_us, trigger, state, attempt, missed, program, started_us, ended_us) VALUES
            (1, 't', 1, 'schedule', 'running', 2, 0, zeroblob(32), 10, NULL), (2, 't', 2, 'schedule', 'failed', 2, 0, zeroblob(32), 20, 29),
            (3, 't', 3, 'schedule', 'retrying', 1, 0, zeroblob(32), 30, NULL), (4, 't', 4, 'schedule', 'cancelled', 1, 0, zeroblob(32), 40, 45),
            (9, 't', 9, 'schedule', 'running', 1, 0, zeroblob(32), 90, NULL);
        INSERT INTO attempts VALUES (1, 1, 10, 11, 'failed', NULL), (1, 2, 12, NULL, NULL, NULL), (2, 1, 20, 21, 'failed', NULL),
            (2, 2, 22, 29, 'failed', NULL), (3, 1, 30, 31, 'failed', NULL), (4, 1, 40, 41, 'failed', NULL);
        DELETE FROM runs WHERE run = 9;
        PRAGMA user_version = 4;";

    #[test]
    fn attempts_of_version_4_are_where_they_were() {
        let mut connection = Connection::open_in_memory().unwrap();
        for step in &STEPS[..4] {
            connection.execute_batch(step).unwrap();
        }
        connection.execute_batch(RUNS_OF_VERSION_4).unwrap();
        migrate(&mut connection).unwrap();
        let stored: i64 =
            connection.query_row("SELECT count(*) FROM attempts", [], |row| row.get(0)).unwrap();
        assert_eq!(stored, 4, "the last of runs 1 and 2 stands in their rows");
        assert_eq!(restore::saved(&connection).unwrap().last_run, RunId(9));
        let mut ledger = SqliteLedger { connection };
        let mut attempts = |run| -> Vec<_> {
            let attempts = ledger.attempts(RunId(run)).unwrap();
            attempts
                .iter()
                .map(|it| (it.attempt, it.started.0, it.ended.map(|at| at.0), it.end))
                .collect()
        };
        let failed = Some(EndState::Failed);
        assert_eq!(attempts(1), [(1, 10, Some(11), failed), (2, 12, None, None)]);
        assert_eq!(attempts(2), [(1, 20, Some(21), failed), (2, 22, Some(29), failed)]);
        assert_eq!(attempts(3), [(1, 30, Some(31), failed)]);
        assert_eq!(attempts(4), [(1, 40, Some(41), failed)]);
    }

    #[test]
    fn tables_of_a_later_version_are_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&mut connection), Err(Error::Newer { found: 99, .. })));
        assert!(matches!(check(&connection), Err(Error::Newer { found: 99, .. })));
    }
}
