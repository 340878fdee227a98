//! Sessions: statements one after the other on one connection.

use std::sync::Arc;

use rusqlite::types::Value;
use rusqlite::{CachedStatement, Connection, params_from_iter};
use tokio::sync::OwnedMutexGuard;

use super::cells;
use super::link::Link;
use super::{Place, Source, errors, stream};
use crate::host::BoxFuture;
use crate::host::database::{
    Column, Columns, Datum, Dialect, Error, ErrorKind, Interrupter, Query, Result, Rows, Session,
    Stream, Type,
};

/// A session with a source.
pub(super) async fn open(source: &Arc<Source>) -> Result<Sqlite> {
    let turn = match source.place {
        Place::Memory => Some(source.turn.clone().lock_owned().await),
        Place::Own(_) | Place::File(_) | Place::ReadOnly(_) => None,
    };
    let link = source.take().await?;
    Ok(Sqlite { source: source.clone(), link, turn, depth: 0 })
}

pub(super) struct Sqlite {
    source: Arc<Source>,
    link: Link,
    /// The right to write, held for a transaction; in memory, for the whole session.
    turn: Option<OwnedMutexGuard<()>>,
    /// How many transactions are open, one inside the other.
    depth: u32,
}

impl Session for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn literal(&self, value: &Datum) -> Result<String> {
        cells::literal(value.clone())
    }

    fn query(&mut self, query: Query, max_rows: usize) -> BoxFuture<'_, Result<Rows>> {
        let inside = self.depth > 0;
        let job = move |db: &Connection| guarded(db, inside, || read(db, query, max_rows));
        Box::pin(self.link.run(job))
    }

    fn write(&mut self, query: Query) -> BoxFuture<'_, Result<Rows>> {
        let inside = self.depth > 0;
        Box::pin(async move {
            let _turn = self.turn_to_write().await;
            self.link.run(move |db| guarded(db, inside, || write(db, query))).await
        })
    }

    fn execute(&mut self, text: String, params: Vec<Datum>) -> BoxFuture<'_, Result<u64>> {
        let inside = self.depth > 0;
        Box::pin(async move {
            let _turn = self.turn_to_write().await;
            self.link.run(move |db| guarded(db, inside, || execute(db, &text, params))).await
        })
    }

    fn execute_all(&mut self, text: String, rows: Vec<Vec<Datum>>) -> BoxFuture<'_, Result<u64>> {
        Box::pin(async move {
            let _turn = self.turn_to_write().await;
            self.link.run(move |db| all_or_none(db, || execute_all(db, &text, rows))).await
        })
    }

    fn begin(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            if self.depth > 0 {
                let name = savepoint(self.depth);
                self.control(format!("SAVEPOINT {name}")).await?;
                self.depth += 1;
                return Ok(());
            }
            if self.turn.is_none() {
                self.turn = Some(self.source.turn.clone().lock_owned().await);
            }
            // Takes the lock now: a transaction that reads first and writes later could lose to another process.
            let begun = self.control("BEGIN IMMEDIATE".to_owned()).await;
            match begun {
                Ok(()) => self.depth = 1,
                Err(_) => self.transaction_is_over(),
            }
            begun
        })
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            if self.depth > 1 {
                let name = savepoint(self.depth - 1);
                self.control(format!("RELEASE {name}")).await?;
                self.depth -= 1;
                return Ok(());
            }
            self.control("COMMIT".to_owned()).await?;
            self.transaction_is_over();
            Ok(())
        })
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            if self.depth > 1 {
                let name = savepoint(self.depth - 1);
                self.link.run(move |db| undo_to(db, &name)).await?;
                self.depth -= 1;
                return Ok(());
            }
            self.link.run(rollback).await?;
            self.transaction_is_over();
            Ok(())
        })
    }

    fn stream(&mut self, query: Query) -> BoxFuture<'_, Result<Box<dyn Stream>>> {
        Box::pin(async move {
            let own_view = self.source.place.is_file() && self.depth == 0;
            if own_view {
                stream::on_own_connection(&self.source, query).await
            } else {
                stream::set_aside(self.link.clone(), query).await
            }
        })
    }

    fn interrupter(&self) -> Arc<dyn Interrupter> {
        self.link.interrupter()
    }
}

impl Sqlite {
    /// The right to write for one statement, unless the session has it.
    async fn turn_to_write(&self) -> Option<OwnedMutexGuard<()>> {
        match self.turn {
            Some(_) => None,
            None => Some(self.source.turn.clone().lock_owned().await),
        }
    }

    async fn control(&self, text: String) -> Result<()> {
        self.link.run(move |db| db.execute_batch(&text).map_err(errors::translate)).await
    }

    fn transaction_is_over(&mut self) {
        self.depth = 0;
        if self.source.place.is_file() {
            self.turn = None;
        }
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        let turn = self.turn.take();
        let is_file = self.source.place.is_file();
        let (until_undone, until_given_back) = if is_file { (turn, None) } else { (None, turn) };
        self.link.abandon(move |db| {
            // Fails only where the database has done it already.
            let _ = rollback(db);
            drop(until_undone);
        });
        self.source.give_back(self.link.clone());
        drop(until_given_back);
    }
}

/// The name of the savepoint inside so many transactions.
fn savepoint(depth: u32) -> String {
    format!("task_{depth}")
}

/// Undoes what was written since the savepoint, unless a failure has undone the whole transaction already.
fn undo_to(db: &Connection, savepoint: &str) -> Result<()> {
    if db.is_autocommit() {
        return Ok(());
    }
    let text = format!("ROLLBACK TO {savepoint}; RELEASE {savepoint}");
    db.execute_batch(&text).map_err(errors::translate)
}

/// Ends the transaction unless a failure has ended it already.
fn rollback(db: &Connection) -> Result<()> {
    if db.is_autocommit() {
        return Ok(());
    }
    db.execute_batch("ROLLBACK").map_err(errors::translate)
}

/// Direct SQL must not begin or end transactions: the session would not know.
fn guarded<T>(db: &Connection, inside: bool, job: impl FnOnce() -> Result<T>) -> Result<T> {
    let result = job();
    if db.is_autocommit() != inside || result.is_err() {
        return result;
    }
    if !inside {
        db.execute_batch("ROLLBACK").map_err(errors::translate)?;
    }
    let message = "a statement must not begin or end a transaction; write `transaction { … }`";
    Err(Error::new(ErrorKind::Sql, message))
}

fn all_or_none<T>(db: &Connection, job: impl FnOnce() -> Result<T>) -> Result<T> {
    db.execute_batch("SAVEPOINT task_all").map_err(errors::translate)?;
    let result = job();
    let end = match result {
        Ok(_) => "RELEASE task_all",
        Err(_) => "ROLLBACK TO task_all; RELEASE task_all",
    };
    let ended = db.execute_batch(end).map_err(errors::translate);
    result.and_then(|it| ended.map(|()| it))
}

fn execute(db: &Connection, text: &str, params: Vec<Datum>) -> Result<u64> {
    let mut statement = prepare(db, text)?;
    if statement.column_count() > 0 {
        // Once it is begun, its writes are made.
        return Err(errors::translate(rusqlite::Error::ExecuteReturnedResults));
    }
    let before = db.total_changes();
    let changed = statement.execute(params_from_iter(stored(params)?));
    let changed = changed.map_err(errors::translate)?;
    // A statement about tables leaves the count of the one before it.
    Ok(if db.total_changes() == before { 0 } else { changed as u64 })
}

fn execute_all(db: &Connection, text: &str, rows: Vec<Vec<Datum>>) -> Result<u64> {
    let mut statement = prepare(db, text)?;
    let mut changed = 0;
    for row in rows {
        let result = statement.execute(params_from_iter(stored(row)?));
        changed += result.map_err(errors::translate)? as u64;
    }
    Ok(changed)
}

fn read(db: &Connection, query: Query, max_rows: usize) -> Result<Rows> {
    let mut statement = prepare_read(db, &query.text)?;
    let reader = Reader::new(&statement, query.columns)?;
    let params = params_from_iter(stored(query.params)?);
    let mut rows = statement.query(params).map_err(errors::translate)?;
    reader.read(&mut rows, max_rows, 0)
}

fn write(db: &Connection, query: Query) -> Result<Rows> {
    let mut statement = prepare(db, &query.text)?;
    let reader = Reader::new(&statement, query.columns)?;
    let params = params_from_iter(stored(query.params)?);
    let mut rows = statement.query(params).map_err(errors::translate)?;
    reader.read(&mut rows, usize::MAX, 0)
}

pub(super) fn prepare_read<'a>(db: &'a Connection, text: &str) -> Result<CachedStatement<'a>> {
    let statement = prepare(db, text)?;
    if !statement.readonly() {
        let message = "the statement writes; `query` only reads, `execute` is for writes";
        return Err(Error::new(ErrorKind::Sql, message));
    }
    Ok(statement)
}

fn prepare<'a>(db: &'a Connection, text: &str) -> Result<CachedStatement<'a>> {
    db.prepare_cached(text).map_err(errors::translate)
}

pub(super) fn stored(params: Vec<Datum>) -> Result<Vec<Value>> {
    params.into_iter().map(cells::store).collect()
}

/// Reads rows of a statement.
pub(super) struct Reader {
    /// Each column with its place in the statement's result.
    columns: Vec<(usize, Column)>,
    /// Whether whoever reads does not know the names.
    named: bool,
}

impl Reader {
    pub(super) fn new(statement: &rusqlite::Statement<'_>, columns: Columns) -> Result<Self> {
        let names = statement.column_names();
        let named = columns == Columns::All;
        let columns = match columns {
            Columns::All => {
                let any = |it: &&str| Column {
                    name: (*it).to_owned(),
                    of: Type::Any,
                    gathered: false,
                    nullable: true,
                };
                names.iter().map(any).enumerate().collect()
            }
            Columns::ByPlace(columns) => columns.into_iter().enumerate().collect(),
            Columns::Only(column) => match names.as_slice() {
                [_] => vec![(0, column)],
                _ => return Err(not_one_column(&names)),
            },
            Columns::ByName(columns) => {
                let find = |column: Column| {
                    let place = names.iter().position(|it| it.eq_ignore_ascii_case(&column.name));
                    place.map(|it| (it, column.clone())).ok_or_else(|| absent(&column, &names))
                };
                columns.into_iter().map(find).collect::<Result<_>>()?
            }
        };
        Ok(Self { columns, named })
    }

    /// The next rows, at most `max_rows`; `before` have been read already.
    pub(super) fn read(
        &self,
        rows: &mut rusqlite::Rows<'_>,
        max_rows: usize,
        before: usize,
    ) -> Result<Rows> {
        let mut out = Rows { width: self.columns.len(), ..Rows::default() };
        if self.named {
            out.names = self.columns.iter().map(|(_, column)| column.name.clone()).collect();
        }
        while out.count < max_rows {
            let Some(row) = rows.next().map_err(errors::translate)? else { break };
            for (at, (place, column)) in self.columns.iter().enumerate() {
                let cell = row.get_ref(*place).map_err(errors::translate)?;
                let datum = cells::load(cell, column).map_err(|found| {
                    let kind = ErrorKind::Decode { row: before + out.count, column: at };
                    let or_null = if column.nullable { " or null" } else { "" };
                    Error::new(kind, format!("expected {}{or_null}, found {found}", column.of))
                })?;
                out.cells.push(datum);
            }
            out.count += 1;
        }
        Ok(out)
    }
}

fn absent(column: &Column, names: &[&str]) -> Error {
    let (column, given) = (&column.name, listed(names));
    let message = format!("the statement gives no column `{column}`; it gives {given}");
    Error::new(ErrorKind::Sql, message)
}

fn not_one_column(names: &[&str]) -> Error {
    let given = listed(names);
    let message =
        format!("one column is read, and the statement gives {given}; name a record type");
    Error::new(ErrorKind::Sql, message)
}

fn listed(names: &[&str]) -> String {
    let given: Vec<_> = names.iter().map(|it| format!("`{it}`")).collect();
    if given.is_empty() { "no columns".to_owned() } else { given.join(", ") }
}
