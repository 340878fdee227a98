//! The store in one SQLite file: write-ahead log, synced at every commit, one writer.

mod apply;
mod ledger;
mod restore;
mod row;
mod schema;

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{Entry, Error, Hash, Kept, Ledger, Line, Result, RunId, Saved, Store, TaskName, Write};
use crate::schedule::Instant;

/// The first SQLite whose write-ahead log has no known way to lose a commit.
const OLDEST_SQLITE: i32 = 3_051_003;

/// The writer's connection.
pub struct SqliteStore {
    reader: SqliteLedger,
    known: apply::Known,
}

/// When many tasks are due at once, one commit changes thousands of pages: 32 MiB of them stay in memory, and the log is copied into the file when
/// it is as long (both in place of 2 and 4), so that each page is written and synced once for all that.
const MUCH_AT_ONCE: &str = "PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 8192;";

/// A connection for reading: the writer's own, or one beside a server that writes.
pub struct SqliteLedger {
    connection: Connection,
}

impl SqliteStore {
    /// Opens or makes the file. The caller sees to it that nobody else writes (see the lock of the data folder).
    pub fn open(path: &Path) -> Result<Self> {
        Self::prepare(Connection::open(path)?)
    }

    /// A store that is gone when it is dropped.
    pub fn open_in_memory() -> Result<Self> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(mut connection: Connection) -> Result<Self> {
        check_version()?;
        configure(&connection)?;
        // `fullfsync` makes macOS write through the disk's cache; other systems always do and ignore it.
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;",
        )?;
        connection.execute_batch(MUCH_AT_ONCE)?;
        schema::migrate(&mut connection)?;
        let known = apply::Known::read(&connection)?;
        Ok(Self { reader: SqliteLedger { connection }, known })
    }

    /// Reads what was written.
    pub fn ledger(&mut self) -> &mut SqliteLedger {
        &mut self.reader
    }
}

impl Store for SqliteStore {
    fn apply(&mut self, writes: &[Write]) -> Result<()> {
        if writes.is_empty() {
            return Ok(());
        }
        let transaction = self
            .reader
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        self.known.begin();
        for write in writes {
            apply::write(&transaction, &mut self.known, write)?;
        }
        transaction.commit()?;
        self.known.commit();
        Ok(())
    }

    fn restore(&mut self) -> Result<Saved> {
        apply::drop_unused_programs(&self.reader.connection)?;
        restore::saved(&self.reader.connection)
    }

    fn decided_after(&mut self, task: &TaskName, after: Instant) -> Result<Vec<Instant>> {
        restore::decided_after(&self.reader.connection, task, after)
    }

    fn kept(&mut self, task: &TaskName) -> Result<Vec<Kept>> {
        if !self.known.is_keeping(task) {
            return Ok(Vec::new());
        }
        restore::kept(&self.reader.connection, task)
    }

    fn program(&mut self, hash: &Hash) -> Result<Option<Vec<u8>>> {
        restore::program(&self.reader.connection, hash)
    }

    fn name(&mut self) -> Result<String> {
        restore::name(&self.reader.connection)
    }

    fn journal(&mut self, run: RunId) -> Result<Vec<Entry>> {
        restore::journal(&self.reader.connection, run)
    }

    fn snapshot(&mut self, run: RunId) -> Result<Option<Vec<u8>>> {
        restore::snapshot(&self.reader.connection, run)
    }

    fn said(&mut self, run: RunId) -> Result<Vec<Line>> {
        self.reader.lines(run, 0, u64::MAX)
    }
}

impl SqliteLedger {
    /// Opens a file that a store has made.
    pub fn open(path: &Path) -> Result<Self> {
        check_version()?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        configure(&connection)?;
        schema::check(&connection)?;
        Ok(Self { connection })
    }
}

fn check_version() -> Result<()> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(Error::OldSqlite(rusqlite::version()));
    }
    Ok(())
}

/// What holds for writers and readers.
fn configure(connection: &Connection) -> Result<()> {
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;")?)
}

#[cfg(test)]
mod tests {
    use super::super::conformance::{self, Subject};
    use super::super::{Decision, Ledger, Occurrence, Trigger};
    use super::*;
    use crate::host::real::scratch::Scratch;

    struct InFolder(Scratch);

    impl Subject for InFolder {
        fn store(&self) -> Box<dyn Store> {
            Box::new(SqliteStore::open(&self.0.path().join("taskc.db")).unwrap())
        }

        fn ledger(&self) -> Box<dyn Ledger> {
            Box::new(SqliteLedger::open(&self.0.path().join("taskc.db")).unwrap())
        }
    }

    #[test]
    fn conforms() {
        conformance::check(|| InFolder(Scratch::new()));
    }

    #[test]
    fn every_commit_is_synced() {
        let subject = InFolder(Scratch::new());
        let store = SqliteStore::open(&subject.0.path().join("taskc.db")).unwrap();
        let pragma = |name| {
            store
                .reader
                .connection
                .pragma_query_value(None, name, |row| row.get::<_, String>(0))
                .unwrap()
        };
        assert_eq!(pragma("journal_mode"), "wal");
        let full: i64 = store
            .reader
            .connection
            .pragma_query_value(None, "synchronous", |row| row.get(0))
            .unwrap();
        assert_eq!(full, 2);
    }

    #[test]
    fn a_reader_cannot_write_and_needs_tables() {
        let subject = InFolder(Scratch::new());
        let path = subject.0.path().join("taskc.db");
        assert!(matches!(SqliteLedger::open(&path), Err(Error::Sqlite(_))));
        Connection::open(&path)
            .unwrap()
            .execute_batch("PRAGMA user_version = 0; CREATE TABLE x(y)")
            .unwrap();
        assert!(matches!(SqliteLedger::open(&path), Err(Error::Damaged(_))));
        drop(subject.store());
        let ledger = SqliteLedger::open(&path).unwrap();
        assert!(ledger.connection.execute("DELETE FROM runs", []).is_err());
    }

    #[test]
    fn a_word_of_another_version_is_damage_and_not_a_panic() {
        let subject = InFolder(Scratch::new());
        let mut store = subject.store();
        let occurrence = Occurrence {
            task: TaskName::new("a"),
            due: Instant(1),
            trigger: Trigger::Schedule,
            decision: Decision::Queued,
            reason: None,
            run: None,
            not_before: Instant(1),
            missed: 0,
            decided: Instant(1),
        };
        store.apply(&[Write::Occurrence(occurrence)]).unwrap();
        let raw = Connection::open(subject.0.path().join("taskc.db")).unwrap();
        raw.execute("UPDATE occurrences SET trigger = 'moon'", []).unwrap();
        let message = store.restore().unwrap_err().to_string();
        assert!(message.contains("`moon` is not a Trigger"), "{message}");
    }
}
