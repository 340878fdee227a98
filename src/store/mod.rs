//! What must not be forgotten: occurrences, runs, their output, the programs that ran, and how far each task was served.
//!
//! A [`Store`] takes [`Write`]s in batches, and a batch is on disk whole when [`Store::apply`] returns, or not at all. It decides
//! nothing: what is due, skipped or missed is the engine's business. There is one writer at a time; people read through
//! [`Ledger`], also while a server writes.

#[cfg(test)]
mod conformance;
mod record;
mod sqlite;
mod words;

use std::fmt;

use crate::schedule::Instant;

pub use record::{
    Attempt, Decided, Entry, Filter, Forget, Hash, Kept, LedgerRow, Line, NewRun, Noted,
    Occurrence, Outcome, Run, RunError, RunId, Saved, Stall, Step, TaskName, TaskRow, Then, Write,
};
pub use sqlite::{SqliteLedger, SqliteStore};
pub use words::{Decision, EndState, Level, Presence, RunState, Settlement, Trigger};

/// Keeps what the engine tells it.
pub trait Store: Send {
    /// Writes all or nothing; what was written survives a crash of the machine once this returns.
    fn apply(&mut self, writes: &[Write]) -> Result<()>;

    /// What the engine needs to go on after a stop or a crash.
    fn restore(&mut self) -> Result<Saved>;

    /// The due times of a task after an instant on which something was decided, in order.
    fn decided_after(&mut self, task: &TaskName, after: Instant) -> Result<Vec<Instant>>;

    /// The variables that the last successful run of a task left.
    fn kept(&mut self, task: &TaskName) -> Result<Vec<Kept>>;

    /// A program that was stored with [`Write::Program`], as long as a task refers to it, or a run that has not ended.
    fn program(&mut self, hash: &Hash) -> Result<Option<Vec<u8>>>;

    /// What tells this store from all others; the same as long as it is there.
    fn name(&mut self) -> Result<String>;

    /// What a run that has not ended has learned, in order.
    fn journal(&mut self, run: RunId) -> Result<Vec<Entry>>;

    /// The state in which a run's machine sleeps.
    fn snapshot(&mut self, run: RunId) -> Result<Option<Vec<u8>>>;

    /// What a run has written so far.
    fn said(&mut self, run: RunId) -> Result<Vec<Line>>;
}

/// Shows what was kept. Reads only.
pub trait Ledger {
    /// Occurrences, the latest due first.
    fn rows(&mut self, filter: &Filter) -> Result<Vec<LedgerRow>>;

    /// One run; `None` if it is unknown or no longer kept.
    fn run(&mut self, run: RunId) -> Result<Option<Run>>;

    /// The attempts of a run, in order.
    fn attempts(&mut self, run: RunId) -> Result<Vec<Attempt>>;

    /// Lines of a run behind the given position (the number of lines already seen), at most `limit`.
    fn lines(&mut self, run: RunId, skip: u64, limit: u64) -> Result<Vec<Line>>;

    /// The last calls of a run, in order.
    fn steps(&mut self, run: RunId) -> Result<Vec<Step>>;

    /// The registered tasks, by name.
    fn tasks(&mut self) -> Result<Vec<TaskRow>>;

    /// A program that a run refers to which has not ended.
    fn program(&mut self, hash: &Hash) -> Result<Option<Vec<u8>>>;

    /// The runs that have not ended, by number.
    fn open_runs(&mut self) -> Result<Vec<Run>>;

    /// What a run that has not ended has learned, in order.
    fn journal(&mut self, run: RunId) -> Result<Vec<Entry>>;
}

/// What a store answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a store failed.
#[derive(Debug)]
pub enum Error {
    /// A batch decides on a due time twice, or ends what does not run: a fault of the caller. Nothing was written.
    Conflict(String),
    /// The file was written by a later version.
    Newer {
        /// The version of its tables.
        found: u32,
        /// The latest version that we know.
        known: u32,
    },
    /// The file holds what no version writes.
    Damaged(String),
    /// The linked SQLite is older than the first one without known faults in its write-ahead log.
    OldSqlite(&'static str),
    /// The database or the disk said no.
    Sqlite(rusqlite::Error),
}

impl Error {
    /// Whether the same may go well later, with nothing lost: a disk that is full may be emptied, another reader may finish.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        use rusqlite::ErrorCode::{CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, ReadOnly};
        let Self::Sqlite(error) = self else { return false };
        let code = error.sqlite_error_code();
        code.is_some_and(|it| {
            matches!(it, DiskFull | DatabaseBusy | DatabaseLocked | ReadOnly | CannotOpen)
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict(what) => write!(f, "the store refuses a contradiction: {what}"),
            Self::Newer { found, known } => {
                write!(
                    f,
                    "the store was written by a later taskc (its tables are version {found}, this one knows {known})"
                )
            }
            Self::Damaged(what) => write!(f, "the store is damaged: {what}"),
            Self::OldSqlite(version) => write!(f, "SQLite {version} is too old for a safe store"),
            Self::Sqlite(error) => write!(f, "the store cannot be used: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Sqlite(error) => Some(error),
            Self::Conflict(_) | Self::Newer { .. } | Self::Damaged(_) | Self::OldSqlite(_) => None,
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => Self::Conflict(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}
