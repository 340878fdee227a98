//! Reads that come piece by piece.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

use rusqlite::{Connection, params_from_iter};
use tokio::sync::oneshot;

use super::link::Link;
use super::session::{Reader, prepare_read, stored};
use super::{Source, errors};
use crate::host::BoxFuture;
use crate::host::database::{Error, ErrorKind, Query, Result, Rows, Stream};

/// Runs on a connection of its own, which stands in the middle of its statement between two pieces: rows are as they
/// were at the start whatever others write, and nothing is held but the piece.
pub(super) async fn on_own_connection(
    source: &Arc<Source>,
    query: Query,
) -> Result<Box<dyn Stream>> {
    let link = source.take().await?;
    let (requests, inbox) = mpsc::channel();
    let (ready, opened) = oneshot::channel();
    link.send(move |db| serve(db, query, ready, &inbox));
    let stream = OwnConnection { source: source.clone(), link, requests: Some(requests) };
    opened.await.unwrap_or_else(|_| Err(ended()))?;
    Ok(Box::new(stream))
}

struct OwnConnection {
    source: Arc<Source>,
    link: Link,
    requests: Option<mpsc::Sender<Request>>,
}

/// So many rows at most, and where they go.
type Request = (usize, oneshot::Sender<Result<Rows>>);

fn serve(
    db: &Connection,
    query: Query,
    ready: oneshot::Sender<Result<()>>,
    inbox: &mpsc::Receiver<Request>,
) {
    let started = prepare_read(db, &query.text).and_then(|statement| {
        let reader = Reader::new(&statement, query.columns)?;
        Ok((statement, reader, stored(query.params)?))
    });
    let (mut statement, reader, params) = match started {
        Ok(started) => started,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    let mut rows = match statement.query(params_from_iter(params)) {
        Ok(rows) => rows,
        Err(error) => {
            let _ = ready.send(Err(errors::translate(error)));
            return;
        }
    };
    let _ = ready.send(Ok(()));
    let mut count = 0;
    while let Ok((max_rows, answer)) = inbox.recv() {
        let result = reader.read(&mut rows, max_rows, count);
        count += result.as_ref().map_or(0, |it| it.count);
        let _ = answer.send(result);
    }
}

impl Stream for OwnConnection {
    fn next(&mut self, max_rows: usize) -> BoxFuture<'_, Result<Rows>> {
        Box::pin(async move {
            let (answer, answered) = oneshot::channel();
            let sent = self.requests.as_ref().is_some_and(|it| it.send((max_rows, answer)).is_ok());
            if !sent {
                return Err(ended());
            }
            answered.await.unwrap_or_else(|_| Err(ended()))
        })
    }
}

impl Drop for OwnConnection {
    fn drop(&mut self) {
        self.requests = None;
        self.link.abandon(|_| ());
        self.source.give_back(self.link.clone());
    }
}

fn ended() -> Error {
    Error::new(ErrorKind::Connect, "the read has ended")
}

/// Copies the rows to a temporary table first and reads that piece by piece: inside a transaction, whose writes only
/// its own connection sees, and in memory, where there is no other connection.
pub(super) async fn set_aside(link: Link, query: Query) -> Result<Box<dyn Stream>> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let table = format!("task_rows_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let create = format!("CREATE TEMP TABLE {table} AS {}", query.text);
    let reader = link.run(move |db| {
        let reader = Reader::new(&*prepare_read(db, &query.text)?, query.columns)?;
        let params = params_from_iter(stored(query.params)?);
        db.execute(&create, params).map_err(errors::translate)?;
        Ok(reader)
    });
    let reader = Arc::new(reader.await?);
    Ok(Box::new(SetAside { link, table, reader, count: 0 }))
}

struct SetAside {
    link: Link,
    table: String,
    /// The table's columns stand where those of the statement stood.
    reader: Arc<Reader>,
    count: usize,
}

impl Stream for SetAside {
    fn next(&mut self, max_rows: usize) -> BoxFuture<'_, Result<Rows>> {
        let table = &self.table;
        let text =
            format!("SELECT * FROM temp.{table} WHERE _rowid_ > ?1 ORDER BY _rowid_ LIMIT ?2");
        let (reader, before) = (self.reader.clone(), self.count);
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let params = (whole(before), whole(max_rows));
        Box::pin(async move {
            let rows = self.link.run(move |db| {
                let mut statement = prepare_read(db, &text)?;
                let mut rows = statement.query(params).map_err(errors::translate)?;
                reader.read(&mut rows, max_rows, before)
            });
            let rows = rows.await?;
            self.count += rows.count;
            Ok(rows)
        })
    }
}

impl Drop for SetAside {
    fn drop(&mut self) {
        let drop_table = format!("DROP TABLE IF EXISTS temp.{}", self.table);
        self.link.send(move |db| {
            // A rollback has taken it along already.
            let _ = db.execute_batch(&drop_table);
        });
    }
}
