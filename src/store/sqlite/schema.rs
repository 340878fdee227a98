//! The tables, and the steps from older ones. A step that was released never changes.

use rusqlite::Connection;

use super::super::{Error, Result};

/// The version of the tables after all steps.
const CURRENT: u32 = 4;

/// Each step takes the tables one version further.
const STEPS: [&str; CURRENT as usize] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
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
    use super::*;

    #[test]
    fn migrating_twice_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert!(matches!(check(&connection), Err(Error::Damaged(_))));
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        check(&connection).unwrap();
    }

    #[test]
    fn tables_of_a_later_version_are_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&mut connection), Err(Error::Newer { found: 99, .. })));
        assert!(matches!(check(&connection), Err(Error::Newer { found: 99, .. })));
    }
}
