//! What the engine reads.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::super::{Entry, Hash, Kept, Result, Run, RunId, Saved, TaskName};
use super::row;
use crate::schedule::Instant;

pub(super) fn saved(db: &Connection) -> Result<Saved> {
    let sql = "SELECT max(last_run, ifnull((SELECT max(run) FROM runs), 0)) FROM identity";
    let last_run = db.query_row(sql, [], |row| row.get(0))?;
    let mut saved = Saved { last_run, ..Saved::default() };

    // A heartbeat speaks for the tasks that were served then.
    let mut tasks = db.prepare(
        "SELECT task, program, iif(presence = 'serving', max(served_until_us, ifnull(heartbeat_us, served_until_us)), \
         served_until_us), previous_us, paused, presence, timetable FROM tasks LEFT JOIN server ORDER BY task",
    )?;
    saved.tasks = tasks.query_map([], row::task)?.collect::<rusqlite::Result<_>>()?;

    saved.open_runs = open_runs(db)?;

    let sql = format!(
        "SELECT {} FROM occurrences o WHERE decision = 'queued' ORDER BY due_us, task",
        row::OCCURRENCE
    );
    saved.queued =
        db.prepare(&sql)?.query_map([], row::occurrence)?.collect::<rusqlite::Result<_>>()?;
    Ok(saved)
}

/// The tasks whose runs have left variables.
pub(super) fn keeping(db: &Connection) -> Result<HashSet<TaskName>> {
    let mut select = db.prepare("SELECT DISTINCT task FROM kept")?;
    Ok(select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// The numbers of the runs that have not ended.
pub(super) fn open(db: &Connection) -> Result<HashSet<RunId>> {
    let mut select = db.prepare("SELECT run FROM runs WHERE ended_us IS NULL")?;
    Ok(select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn open_runs(db: &Connection) -> Result<Vec<Run>> {
    let sql = format!("SELECT {} FROM runs r WHERE ended_us IS NULL ORDER BY run", row::RUN);
    let mut runs = db.prepare(&sql)?;
    Ok(runs.query_map([], |it| row::run(it, 0))?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn name(db: &Connection) -> Result<String> {
    Ok(db.query_row("SELECT name FROM identity", [], |row| row.get(0))?)
}

pub(super) fn journal(db: &Connection, run: RunId) -> Result<Vec<Entry>> {
    let sql = format!("SELECT {} FROM journal WHERE run = ?1 ORDER BY n", row::ENTRY);
    let mut select = db.prepare_cached(&sql)?;
    Ok(select.query_map([run], row::entry)?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn snapshot(db: &Connection, run: RunId) -> Result<Option<Vec<u8>>> {
    let mut select = db.prepare_cached("SELECT bytes FROM snapshots WHERE run = ?1")?;
    Ok(select.query_row([run], |row| row.get(0)).optional()?)
}

pub(super) fn decided_after(
    db: &Connection,
    task: &TaskName,
    after: Instant,
) -> Result<Vec<Instant>> {
    let mut select = db.prepare_cached(
        "SELECT due_us FROM occurrences WHERE task = ?1 AND due_us > ?2 ORDER BY due_us",
    )?;
    let found = select.query_map(params![task, after], |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn kept(db: &Connection, task: &TaskName) -> Result<Vec<Kept>> {
    let mut select =
        db.prepare_cached("SELECT name, value FROM kept WHERE task = ?1 ORDER BY name")?;
    let found =
        select.query_map([task], |row| Ok(Kept { name: row.get(0)?, value: row.get(1)? }))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn program(db: &Connection, hash: &Hash) -> Result<Option<Vec<u8>>> {
    let mut select = db.prepare_cached("SELECT bytes FROM programs WHERE hash = ?1")?;
    Ok(select.query_row([hash], |row| row.get(0)).optional()?)
}
