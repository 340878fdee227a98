//! Between columns and records.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Result, Row};

use super::super::{Attempt, Hash, Line, Occurrence, Run, RunError, RunId, TaskName, TaskRow};
use crate::schedule::Instant;

/// The columns of [`occurrence`], which the ledger prefixes.
pub(super) const OCCURRENCE: &str = "o.task, o.due_us, o.trigger, o.decision, o.reason, o.run, o.not_before_us, o.missed, o.decided_us";

/// The columns of [`run`].
pub(super) const RUN: &str = "r.run, r.task, r.due_us, r.trigger, r.state, r.attempt, r.missed, r.program, r.started_us, \
     r.ended_us, r.next_attempt_us, r.error";

pub(super) fn occurrence(row: &Row<'_>) -> Result<Occurrence> {
    Ok(Occurrence {
        task: row.get(0)?,
        due: row.get(1)?,
        trigger: row.get(2)?,
        decision: row.get(3)?,
        reason: row.get(4)?,
        run: row.get(5)?,
        not_before: row.get(6)?,
        missed: row.get(7)?,
        decided: row.get(8)?,
    })
}

/// Reads a run whose first column is at `first`.
pub(super) fn run(row: &Row<'_>, first: usize) -> Result<Run> {
    Ok(Run {
        id: row.get(first)?,
        task: row.get(first + 1)?,
        due: row.get(first + 2)?,
        trigger: row.get(first + 3)?,
        state: row.get(first + 4)?,
        attempt: row.get(first + 5)?,
        missed: row.get(first + 6)?,
        program: row.get(first + 7)?,
        started: row.get(first + 8)?,
        ended: row.get(first + 9)?,
        next_attempt: row.get(first + 10)?,
        error: row.get(first + 11)?,
    })
}

pub(super) fn attempt(row: &Row<'_>) -> Result<Attempt> {
    Ok(Attempt {
        attempt: row.get(0)?,
        started: row.get(1)?,
        ended: row.get(2)?,
        end: row.get(3)?,
        error: row.get(4)?,
    })
}

pub(super) fn line(row: &Row<'_>) -> Result<Line> {
    Ok(Line { at: row.get(0)?, level: row.get(1)?, text: row.get(2)?, fields: row.get(3)? })
}

pub(super) fn task(row: &Row<'_>) -> Result<TaskRow> {
    Ok(TaskRow {
        task: row.get(0)?,
        program: row.get(1)?,
        served_until: row.get(2)?,
        previous: row.get(3)?,
        paused: row.get(4)?,
        presence: row.get(5)?,
    })
}

impl ToSql for Instant {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(self.0.into())
    }
}

impl FromSql for Instant {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

impl ToSql for RunId {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        i64::try_from(self.0)
            .map(Into::into)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
    }
}

impl FromSql for RunId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        u64::try_from(number).map(Self).map_err(|_| FromSqlError::OutOfRange(number))
    }
}

impl ToSql for TaskName {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for TaskName {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str().map(Self::new)
    }
}

impl ToSql for Hash {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(self.0.as_slice().into())
    }
}

impl FromSql for Hash {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let bytes = value.as_blob()?;
        bytes.try_into().map(Self).map_err(|_| FromSqlError::InvalidBlobSize {
            expected_size: 32,
            blob_size: bytes.len(),
        })
    }
}

impl ToSql for RunError {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(self);
        text.map(Into::into).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
    }
}

impl FromSql for RunError {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map_err(|error| FromSqlError::Other(error.into()))
    }
}
