//! What people read.

use rusqlite::types::ToSql;
use rusqlite::{OptionalExtension, params};

use super::super::{
    Attempt, Entry, Filter, Hash, Ledger, LedgerRow, Line, Result, Run, RunId, Step, TaskRow,
};
use super::{SqliteLedger, restore, row};

impl Ledger for SqliteLedger {
    fn rows(&mut self, filter: &Filter) -> Result<Vec<LedgerRow>> {
        let mut conditions = vec!["1"];
        let mut values: Vec<(&str, &dyn ToSql)> = Vec::new();
        let limit = filter.limit.and_then(|it| i64::try_from(it).ok()).unwrap_or(-1);
        values.push((":limit", &limit));
        if let Some(task) = &filter.task {
            conditions.push("o.task = :task");
            values.push((":task", task));
        }
        if let Some(decision) = &filter.decision {
            conditions.push("o.decision = :decision");
            values.push((":decision", decision));
        }
        if let Some(state) = &filter.state {
            conditions.push("r.state = :state");
            values.push((":state", state));
        }
        if let Some(since) = &filter.since {
            conditions.push("o.due_us >= :since");
            values.push((":since", since));
        }
        let sql = format!(
            "SELECT {}, {} FROM occurrences o LEFT JOIN runs r ON r.run = o.run WHERE {} ORDER BY o.due_us DESC, o.task LIMIT :limit",
            row::OCCURRENCE,
            row::RUN,
            conditions.join(" AND "),
        );
        let mut select = self.connection.prepare(&sql)?;
        let found = select.query_map(values.as_slice(), |it| {
            let occurrence = row::occurrence(it)?;
            // Without a run all its columns are null.
            let run =
                it.get::<_, Option<RunId>>(RUN_AT)?.map(|_| row::run(it, RUN_AT)).transpose()?;
            Ok(LedgerRow { occurrence, run })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    fn run(&mut self, run: RunId) -> Result<Option<Run>> {
        let sql = format!("SELECT {} FROM runs r WHERE r.run = ?1", row::RUN);
        Ok(self
            .connection
            .prepare_cached(&sql)?
            .query_row([run], |it| row::run(it, 0))
            .optional()?)
    }

    fn attempts(&mut self, run: RunId) -> Result<Vec<Attempt>> {
        // The one that the run is in, or ended with, stands in its own row.
        let sql = "SELECT attempt, started_us, ended_us, end_state, error FROM attempts WHERE run = ?1 UNION ALL \
             SELECT attempt, attempt_us, ended_us, iif(ended_us IS NULL, NULL, state), iif(ended_us IS NULL, NULL, error) FROM runs r \
             WHERE run = ?1 AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.run = r.run AND a.attempt = r.attempt) ORDER BY attempt";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_map([run], row::attempt)?.collect::<rusqlite::Result<_>>()?)
    }

    fn lines(&mut self, run: RunId, skip: u64, limit: u64) -> Result<Vec<Line>> {
        let sql = "SELECT at_us, level, text, fields FROM lines WHERE run = ?1 AND n >= ?2 ORDER BY n LIMIT ?3";
        let [skip, limit] = [skip, limit].map(|it| i64::try_from(it).unwrap_or(i64::MAX));
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select
            .query_map(params![run, skip, limit], row::line)?
            .collect::<rusqlite::Result<_>>()?)
    }

    fn steps(&mut self, run: RunId) -> Result<Vec<Step>> {
        let sql = format!("SELECT {} FROM steps WHERE run = ?1 ORDER BY n", row::STEP);
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_map([run], row::step)?.collect::<rusqlite::Result<_>>()?)
    }

    fn tasks(&mut self) -> Result<Vec<TaskRow>> {
        let sql = "SELECT task, program, served_until_us, previous_us, paused, presence, timetable FROM tasks ORDER BY task";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_map([], row::task)?.collect::<rusqlite::Result<_>>()?)
    }

    fn program(&mut self, hash: &Hash) -> Result<Option<Vec<u8>>> {
        restore::program(&self.connection, hash)
    }

    fn open_runs(&mut self) -> Result<Vec<Run>> {
        restore::open_runs(&self.connection)
    }

    fn journal(&mut self, run: RunId) -> Result<Vec<Entry>> {
        restore::journal(&self.connection, run)
    }
}

/// Where the columns of the run begin.
const RUN_AT: usize = 9;
