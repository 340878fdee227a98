//! One write each.
//!
//! Most runs are short, and leave nothing but their two rows: what they cannot have written is not looked for (see [`Known`]).

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Params, params};

use super::super::{
    Decided, Decision, Entry, Error, Forget, Hash, Kept, Line, NewRun, Occurrence, Outcome,
    Presence, Result, RunId, RunState, Settlement, Stall, Step, TaskName, Then, Write,
};
use super::{restore, row};
use crate::schedule::{Duration, Instant};

/// What the tables have, as far as it spares statements that would change nothing. It may say too much, never too little: so a batch that
/// is not committed takes nothing out of it.
#[derive(Debug)]
pub(super) struct Known {
    /// The runs that may have a journal or a snapshot.
    learning: HashSet<RunId>,
    /// Those that have ended when this batch is committed.
    ended: Vec<RunId>,
    /// The tasks that may have kept variables.
    keeping: HashSet<TaskName>,
}

impl Known {
    pub(super) fn read(db: &Connection) -> Result<Self> {
        let (learning, keeping) = (restore::open(db)?, restore::keeping(db)?);
        Ok(Self { learning, ended: Vec::new(), keeping })
    }

    /// A batch begins.
    pub(super) fn begin(&mut self) {
        self.ended.clear();
    }

    /// A batch is on disk.
    pub(super) fn commit(&mut self) {
        for run in self.ended.drain(..) {
            self.learning.remove(&run);
        }
    }

    /// Whether a task may have kept variables.
    pub(super) fn is_keeping(&self, task: &TaskName) -> bool {
        self.keeping.contains(task)
    }
}

pub(super) fn write(db: &Connection, known: &mut Known, write: &Write) -> Result<()> {
    match write {
        Write::Heartbeat { at } => heartbeat(db, *at),
        Write::Task { task, program, timetable, served_until } => {
            register(db, task, (program, timetable), *served_until)
        }
        Write::Leave { task, presence, served_until } => leave(db, task, *presence, *served_until),
        Write::Program { hash, bytes } => add_program(db, hash, bytes),
        Write::Occurrence(occurrence) => add_occurrence(db, occurrence),
        Write::Reopen(occurrence) => reopen(db, occurrence),
        Write::Decide(decision) => decide(db, decision),
        Write::RunStarts(it) => start_run(db, it),
        Write::AttemptStarts { run, attempt, at } => start_attempt(db, *run, *attempt, *at),
        Write::AttemptEnds { run, outcome, then, at } => {
            end_attempt(db, known, *run, outcome, *then, *at)
        }
        Write::Journal { run, entries } => add_entries(db, known, *run, entries),
        Write::Forget { run, what } => forget_calls(db, known, *run, what),
        Write::Sleeps { run, until, used, snapshot } => {
            sleep(db, known, *run, (*until, *used), snapshot.as_deref())
        }
        Write::Stalls { run, stall } => stalls(db, *run, stall),
        Write::Settles { run, call, settlement } => settle(db, known, *run, call, *settlement),
        Write::Resumes { run } => resume(db, *run),
        Write::RunEnds { run, outcome, at } => end_waiting(db, known, *run, outcome, *at),
        Write::Success { task, due, kept } => succeed(db, known, task, *due, kept),
        Write::Lines { run, lines } => add_lines(db, *run, lines),
        Write::Steps { run, steps, keep } => add_steps(db, *run, steps, *keep),
        Write::Pause { task, paused } => pause(db, task, *paused),
        Write::Unmiss { task, after } => unmiss(db, task, *after),
        Write::Trim { task, keep, before } => trim(db, task, *keep, *before),
    }
}

/// Programs that neither a task refers to nor a run that has not ended.
pub(super) fn drop_unused_programs(db: &Connection) -> Result<()> {
    let sql = "DELETE FROM programs WHERE hash NOT IN (SELECT program FROM tasks) \
         AND hash NOT IN (SELECT program FROM runs WHERE ended_us IS NULL)";
    run(db, sql, []).map(drop)
}

fn run(db: &Connection, sql: &str, params: impl Params) -> Result<usize> {
    Ok(db.prepare_cached(sql)?.execute(params)?)
}

/// A change of exactly one row.
fn one(db: &Connection, sql: &str, params: impl Params, contradiction: &str) -> Result<()> {
    match run(db, sql, params)? {
        1 => Ok(()),
        rows => Err(Error::Conflict(format!("{contradiction} ({rows} rows)"))),
    }
}

fn heartbeat(db: &Connection, at: Instant) -> Result<()> {
    let sql = "INSERT INTO server VALUES (1, ?1) ON CONFLICT DO UPDATE SET heartbeat_us = ?1";
    run(db, sql, [at]).map(drop)
}

fn register(
    db: &Connection,
    task: &TaskName,
    (program, timetable): (&Hash, &[u8]),
    served_until: Instant,
) -> Result<()> {
    let sql = "INSERT INTO tasks (task, program, served_until_us, timetable) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT DO UPDATE SET program = ?2, served_until_us = ?3, timetable = ?4, presence = 'serving'";
    run(db, sql, params![task, program, served_until, timetable]).map(drop)
}

fn leave(
    db: &Connection,
    task: &TaskName,
    presence: Presence,
    served_until: Instant,
) -> Result<()> {
    let sql = "UPDATE tasks SET presence = ?2, served_until_us = ?3 WHERE task = ?1";
    one(db, sql, params![task, presence, served_until], "an unknown task leaves")
}

fn add_program(db: &Connection, hash: &Hash, bytes: &[u8]) -> Result<()> {
    let sql = "INSERT INTO programs VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    run(db, sql, params![hash, bytes]).map(drop)
}

fn add_occurrence(db: &Connection, it: &Occurrence) -> Result<()> {
    let sql = "INSERT INTO occurrences VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let params = params![
        it.task,
        it.due,
        it.trigger,
        it.decision,
        it.reason,
        it.run,
        it.not_before,
        it.missed,
        it.decided
    ];
    run(db, sql, params).map(drop)
}

/// The run before, which nothing leads to any more, goes with its lines.
fn reopen(db: &Connection, it: &Occurrence) -> Result<()> {
    let before = "SELECT run FROM occurrences WHERE task = ?1 AND due_us = ?2 AND decision <> 'queued' AND run IS NOT NULL";
    let before: Option<RunId> = db
        .prepare_cached(before)?
        .query_row(params![it.task, it.due], |row| row.get(0))
        .optional()?;
    if let Some(id) = before {
        remember_numbers(db, id)?;
        for table in ["lines", "steps", "attempts", "journal", "snapshots", "runs"] {
            run(db, &format!("DELETE FROM {table} WHERE run = ?1"), [id])?;
        }
    }
    let sql = "INSERT INTO occurrences VALUES (?1, ?2, ?3, 'queued', ?4, NULL, ?5, 0, ?6) \
         ON CONFLICT (task, due_us) DO UPDATE SET trigger = ?3, decision = 'queued', reason = ?4, run = NULL, \
         not_before_us = ?5, missed = 0, decided_us = ?6 WHERE decision <> 'queued'";
    let params = params![it.task, it.due, it.trigger, it.reason, it.not_before, it.decided];
    run(db, sql, params).map(drop)
}

fn decide(db: &Connection, it: &Decided) -> Result<()> {
    let sql = "UPDATE occurrences SET decision = ?3, reason = ?4, run = ?5, decided_us = ?6 \
         WHERE task = ?1 AND due_us = ?2 AND decision = 'queued'";
    let params = params![it.task, it.due, it.decision, it.reason, it.run, it.at];
    one(db, sql, params, "decides what is not queued")
}

fn start_run(db: &Connection, it: &NewRun) -> Result<()> {
    let sql = "INSERT INTO runs (run, task, due_us, trigger, state, attempt, missed, program, started_us, terms, attempt_us) \
         VALUES (?1, ?2, ?3, ?4, 'running', 1, ?5, ?6, ?7, ?8, ?7)";
    let NewRun { id, task, due, trigger, missed, program, started, terms } = it;
    run(db, sql, params![id, task, due, trigger, missed, program, started, &terms[..]]).map(drop)
}

fn start_attempt(db: &Connection, id: RunId, attempt: u32, at: Instant) -> Result<()> {
    let sql = "UPDATE runs SET state = 'running', attempt = ?2, attempt_us = ?3, next_attempt_us = NULL, used_us = 0 \
         WHERE run = ?1 AND state = 'retrying' AND attempt = ?2 - 1";
    one(db, sql, params![id, attempt, at], "starts an attempt of a run that waits for none")
}

fn end_attempt(
    db: &Connection,
    known: &mut Known,
    id: RunId,
    outcome: &Outcome,
    then: Then,
    at: Instant,
) -> Result<()> {
    match then {
        Then::Ends => end_run(db, known, id, "state = 'running'", outcome, at),
        Then::RetriesAt(next) => {
            let sql = "INSERT INTO attempts SELECT run, attempt, attempt_us, ?2, ?3, ?4 FROM runs WHERE run = ?1 AND state = 'running'";
            let params = params![id, at, outcome.end, outcome.error];
            one(db, sql, params, "ends an attempt that is not running")?;
            let sql = "UPDATE runs SET state = 'retrying', next_attempt_us = ?2, error = ?3 WHERE run = ?1";
            one(db, sql, params![id, next, outcome.error], "retries a run that is not there")
        }
    }
}

/// Ends a run, and the attempt that it is in.
fn end_run(
    db: &Connection,
    known: &mut Known,
    id: RunId,
    state: &str,
    outcome: &Outcome,
    at: Instant,
) -> Result<()> {
    let sql = format!(
        "UPDATE runs SET state = ?2, ended_us = ?3, next_attempt_us = NULL, doubt = NULL, error = ?4 WHERE run = ?1 AND {state}"
    );
    let to = RunState::from(outcome.end);
    one(db, &sql, params![id, to, at, outcome.error], "ends what does not run")?;
    forget_calls(db, known, id, &Forget::All)?;
    known.ended.push(id);
    Ok(())
}

/// Ends a run that no worker has.
fn end_waiting(
    db: &Connection,
    known: &mut Known,
    id: RunId,
    outcome: &Outcome,
    at: Instant,
) -> Result<()> {
    end_run(db, known, id, "ended_us IS NULL AND state <> 'running'", outcome, at)
}

fn add_entries(db: &Connection, known: &mut Known, id: RunId, entries: &[Entry]) -> Result<()> {
    known.learning.insert(id);
    let mut insert =
        db.prepare_cached("INSERT INTO journal VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
    for it in entries {
        let (kind, data, at) = row::noted(&it.noted);
        let n = i64::try_from(it.n).unwrap_or(i64::MAX);
        insert.execute(params![id, n, it.call, it.attempt, it.mark, kind, data, at])?;
    }
    Ok(())
}

fn forget_calls(db: &Connection, known: &mut Known, id: RunId, what: &Forget) -> Result<()> {
    if !known.learning.contains(&id) {
        return Ok(());
    }
    run(db, "DELETE FROM snapshots WHERE run = ?1", [id])?;
    match what {
        Forget::All => run(db, "DELETE FROM journal WHERE run = ?1", [id]),
        Forget::From { n, prefix } => {
            let sql = "DELETE FROM journal WHERE run = ?1 AND n >= ?2 AND substr(call, 1, length(?3)) = ?3";
            run(db, sql, params![id, i64::try_from(*n).unwrap_or(i64::MAX), prefix])
        }
    }
    .map(drop)
}

fn sleep(
    db: &Connection,
    known: &mut Known,
    id: RunId,
    (until, used): (Instant, Duration),
    snapshot: Option<&[u8]>,
) -> Result<()> {
    let sql = "UPDATE runs SET state = 'sleeping', next_attempt_us = ?2, used_us = ?3 WHERE run = ?1 AND state = 'running'";
    one(db, sql, params![id, until, used.0], "a run that is not running sleeps")?;
    match snapshot {
        Some(bytes) => {
            known.learning.insert(id);
            run(db, "INSERT OR REPLACE INTO snapshots VALUES (?1, ?2)", params![id, bytes])
        }
        None => run(db, "DELETE FROM snapshots WHERE run = ?1", [id]),
    }
    .map(drop)
}

fn stalls(db: &Connection, id: RunId, stall: &Stall) -> Result<()> {
    let sql =
        "UPDATE runs SET state = ?2, doubt = ?3, error = ?4 WHERE run = ?1 AND state = 'running'";
    let params = params![id, stall.state, stall.call, stall.error];
    one(db, sql, params, "a run that is not running stalls")
}

fn settle(
    db: &Connection,
    known: &mut Known,
    id: RunId,
    call: &str,
    settlement: Settlement,
) -> Result<()> {
    let sql = "INSERT INTO journal (run, n, call, attempt, mark, kind) \
         SELECT ?1, (SELECT ifnull(max(n), 0) + 1 FROM journal WHERE run = ?1), ?2, attempt, x'', ?3 \
         FROM runs WHERE run = ?1 AND state = 'in-doubt'";
    known.learning.insert(id);
    one(db, sql, params![id, call, settlement], "settles a run that is not in doubt")
}

fn resume(db: &Connection, id: RunId) -> Result<()> {
    let sql = "UPDATE runs SET state = 'running', next_attempt_us = NULL, doubt = NULL, error = NULL \
         WHERE run = ?1 AND state IN ('sleeping', 'in-doubt', 'held')";
    one(db, sql, [id], "resumes a run that neither sleeps nor has stalled")
}

fn succeed(
    db: &Connection,
    known: &mut Known,
    task: &TaskName,
    due: Instant,
    kept: &[Kept],
) -> Result<()> {
    let sql = "UPDATE tasks SET previous_us = ?2 WHERE task = ?1";
    one(db, sql, params![task, due], "an unknown task succeeds")?;
    if known.keeping.contains(task) {
        run(db, "DELETE FROM kept WHERE task = ?1", [task])?;
    } else if !kept.is_empty() {
        known.keeping.insert(task.clone());
    }
    for it in kept {
        run(db, "INSERT INTO kept VALUES (?1, ?2, ?3)", params![task, it.name, it.value])?;
    }
    Ok(())
}

/// The number behind the last one of a run, which `greatest` asks for.
fn next(db: &Connection, greatest: &str, id: RunId) -> Result<i64> {
    let last: Option<i64> = db.prepare_cached(greatest)?.query_row([id], |row| row.get(0))?;
    Ok(last.map_or(0, |n| n + 1))
}

fn add_lines(db: &Connection, id: RunId, lines: &[Line]) -> Result<()> {
    let first = next(db, "SELECT max(n) FROM lines WHERE run = ?1", id)?;
    let mut insert = db.prepare_cached("INSERT INTO lines VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for (n, line) in (first..).zip(lines) {
        insert.execute(params![id, n, line.at, line.level, line.text, line.fields])?;
    }
    Ok(())
}

fn add_steps(db: &Connection, id: RunId, steps: &[Step], keep: u32) -> Result<()> {
    let first = next(db, "SELECT max(n) FROM steps WHERE run = ?1", id)?;
    let mut insert =
        db.prepare_cached("INSERT INTO steps VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    for (n, it) in (first..).zip(steps) {
        let took_us = it.took.0;
        insert.execute(params![
            id, n, it.at, took_us, it.attempt, it.place, it.what, it.args, it.error
        ])?;
    }
    let count = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let sql = "DELETE FROM steps WHERE run = ?1 AND n < ?2";
    run(db, sql, params![id, first + count - i64::from(keep)]).map(drop)
}

fn pause(db: &Connection, task: &TaskName, paused: bool) -> Result<()> {
    let sql = "UPDATE tasks SET paused = ?2 WHERE task = ?1";
    one(db, sql, params![task, paused], "pauses an unknown task")
}

fn unmiss(db: &Connection, task: &TaskName, after: Instant) -> Result<()> {
    let sql = "DELETE FROM occurrences WHERE task = ?1 AND due_us > ?2 AND run IS NULL AND decision <> 'queued'";
    run(db, sql, params![task, after])?;
    let sql = "UPDATE tasks SET served_until_us = min(served_until_us, ?2) WHERE task = ?1";
    one(db, sql, params![task, after], "the clock of an unknown task is set back")
}

fn trim(db: &Connection, task: &TaskName, keep: u32, before: Option<Instant>) -> Result<()> {
    let with_run = "run IS NOT NULL AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.run = occurrences.run AND r.ended_us IS NULL)";
    let without_run = format!("run IS NULL AND decision <> '{}'", Decision::Queued.as_str());
    for ended in [with_run, &without_run] {
        let sql = format!(
            "SELECT due_us FROM occurrences WHERE task = ?1 AND {ended} ORDER BY due_us DESC LIMIT 1 OFFSET ?2"
        );
        let oldest = db
            .prepare_cached(&sql)?
            .query_row(params![task, keep], |row| row.get::<_, Instant>(0))
            .optional()?;
        // The row at that offset is the first one too many.
        let limit = before.max(oldest.map(|due| Instant(due.0.saturating_add(1))));
        if let Some(limit) = limit {
            forget(db, task, ended, limit)?;
        }
    }
    Ok(())
}

fn forget(db: &Connection, task: &TaskName, ended: &str, limit: Instant) -> Result<()> {
    let chosen = format!("SELECT run FROM occurrences WHERE task = ?1 AND due_us < ?2 AND {ended}");
    for table in ["lines", "steps", "attempts"] {
        run(db, &format!("DELETE FROM {table} WHERE run IN ({chosen})"), params![task, limit])?;
    }
    let sql = format!(
        "DELETE FROM occurrences WHERE task = ?1 AND due_us < ?2 AND {ended} RETURNING run"
    );
    let mut delete = db.prepare_cached(&sql)?;
    let runs = delete.query_map(params![task, limit], |row| row.get::<_, Option<RunId>>(0))?;
    let runs: Vec<RunId> =
        runs.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect();
    if let Some(&last) = runs.iter().max() {
        remember_numbers(db, last)?;
    }
    for id in runs {
        run(db, "DELETE FROM runs WHERE run = ?1", [id])?;
    }
    Ok(())
}

/// Runs up to this number are forgotten, and no other gets their numbers.
fn remember_numbers(db: &Connection, up_to: RunId) -> Result<()> {
    run(db, "UPDATE identity SET last_run = max(last_run, ?1)", [up_to]).map(drop)
}
