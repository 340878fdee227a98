//! Between columns and records.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Type, ValueRef};
use rusqlite::{Result, Row};

use super::super::{
    Attempt, Entry, Hash, Line, Noted, Occurrence, Run, RunError, RunId, Settlement, Step,
    TaskName, TaskRow,
};
use crate::schedule::{Duration, Instant};

/// The columns of [`occurrence`], which the ledger prefixes.
pub(super) const OCCURRENCE: &str = "o.task, o.due_us, o.trigger, o.decision, o.reason, o.run, o.not_before_us, o.missed, o.decided_us";

/// The columns of [`run`].
pub(super) const RUN: &str = "r.run, r.task, r.due_us, r.trigger, r.state, r.attempt, r.missed, r.program, r.started_us, \
     r.ended_us, r.next_attempt_us, r.error, r.terms, r.used_us, r.doubt";

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
        terms: row.get::<_, Vec<u8>>(first + 12)?.into(),
        used: Duration(row.get(first + 13)?),
        doubt: row.get(first + 14)?,
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

/// The columns of [`step`].
pub(super) const STEP: &str = "at_us, took_us, attempt, place, what, args, error";

pub(super) fn step(row: &Row<'_>) -> Result<Step> {
    Ok(Step {
        at: row.get(0)?,
        took: Duration(row.get(1)?),
        attempt: row.get(2)?,
        place: row.get(3)?,
        what: row.get(4)?,
        args: row.get(5)?,
        error: row.get(6)?,
    })
}

/// The columns of [`entry`].
pub(super) const ENTRY: &str = "n, call, attempt, mark, kind, data, at_us";

pub(super) fn entry(row: &Row<'_>) -> Result<Entry> {
    let n: i64 = row.get(0)?;
    let kind: String = row.get(4)?;
    let noted = match kind.as_str() {
        BEGAN => Noted::Began(row.get(5)?),
        INTENDS => Noted::Intends,
        GAVE => Noted::Gave(row.get(5)?),
        SLEEPS => Noted::Sleeps(row.get(6)?),
        FAILED => Noted::Failed(row.get(5)?),
        word => match Settlement::parse(word) {
            Some(settlement) => Noted::Settled(settlement),
            None => {
                let unknown = FromSqlError::Other(format!("`{word}` is no kind of entry").into());
                return Err(rusqlite::Error::FromSqlConversionFailure(
                    4,
                    Type::Text,
                    unknown.into(),
                ));
            }
        },
    };
    Ok(Entry {
        n: u64::try_from(n).map_err(|_| FromSqlError::OutOfRange(n))?,
        call: row.get(1)?,
        attempt: row.get(2)?,
        mark: row.get(3)?,
        noted,
    })
}

const BEGAN: &str = "began";
const INTENDS: &str = "intends";
const GAVE: &str = "gave";
const SLEEPS: &str = "sleeps";
const FAILED: &str = "failed";

/// What stands in the columns `kind`, `data` and `at_us`.
pub(super) fn noted(it: &Noted) -> (&'static str, Option<&[u8]>, Option<Instant>) {
    match it {
        Noted::Began(data) => (BEGAN, Some(data), None),
        Noted::Intends => (INTENDS, None, None),
        Noted::Gave(data) => (GAVE, Some(data), None),
        Noted::Sleeps(until) => (SLEEPS, None, Some(*until)),
        Noted::Failed(data) => (FAILED, Some(data), None),
        Noted::Settled(settlement) => (settlement.as_str(), None, None),
    }
}

pub(super) fn task(row: &Row<'_>) -> Result<TaskRow> {
    Ok(TaskRow {
        task: row.get(0)?,
        program: row.get(1)?,
        served_until: row.get(2)?,
        previous: row.get(3)?,
        paused: row.get(4)?,
        presence: row.get(5)?,
        timetable: row.get::<_, Vec<u8>>(6)?.into(),
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
