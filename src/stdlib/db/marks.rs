//! Writes that happen exactly once.
//!
//! A write and a row that says so are one transaction of the database. A run that is resumed without knowing whether its last
//! write was made finds the row, and in it what the write gave, and does not write again.

use crate::host::database::{Column, Columns, Datum, Query, Session, Type};
use crate::value::{Code, Fault, Value, wire};
use crate::vm::CallKey;

use super::faults::of_database;

/// `run` and `call` name the call; `result` is what it gave, as bytes.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS taskc_marks (\
     run TEXT NOT NULL, call TEXT NOT NULL, at_us INTEGER NOT NULL, result BLOB NOT NULL, PRIMARY KEY (run, call)) WITHOUT ROWID";
const FIND: &str = "SELECT result FROM taskc_marks WHERE run = ?1 AND call = ?2";
const ADD: &str = "INSERT INTO taskc_marks (run, call, at_us, result) VALUES (?1, ?2, ?3, ?4)";
const FORGET: &str = "DELETE FROM taskc_marks WHERE at_us < ?1";

/// A mark matters between the write and the line in the run's journal, or until a crashed run is resumed.
const KEPT_US: i64 = 90 * 24 * 3600 * 1_000_000;

/// Makes the table of marks in a database that is to have one, and forgets those that are of no use any more.
pub(super) async fn prepare(session: &mut dyn Session, now_us: i64) -> Result<(), Fault> {
    session.execute(TABLE.to_owned(), vec![]).await.map_err(of_database)?;
    let before = vec![Datum::Int(now_us.saturating_sub(KEPT_US))];
    session.execute(FORGET.to_owned(), before).await.map_err(of_database)?;
    Ok(())
}

/// Does a job that writes in a transaction with its mark, or gives what it gave when it was done before.
pub(super) async fn exactly_once(
    session: &mut dyn Session,
    run: &str,
    key: &CallKey,
    now_us: i64,
    job: impl AsyncFnOnce(&mut dyn Session) -> Result<Value, Fault>,
) -> Result<Value, Fault> {
    session.begin().await.map_err(of_database)?;
    let result = async {
        if let Some(result) = find(session, run, key).await? {
            return Ok(result);
        }
        let result = job(session).await?;
        add(session, run, key, now_us, &result).await?;
        Ok(result)
    };
    let result = result.await;
    let ended = match &result {
        Ok(_) => session.commit().await,
        Err(_) => session.rollback().await,
    };
    result.and_then(|result| ended.map(|()| result).map_err(of_database))
}

/// What a call gave that is marked as done.
pub(super) async fn find(
    session: &mut dyn Session,
    run: &str,
    key: &CallKey,
) -> Result<Option<Value>, Fault> {
    let column =
        Column { name: "result".to_owned(), of: Type::Bytes, nullable: false, gathered: false };
    let query = Query {
        text: FIND.to_owned(),
        params: vec![Datum::Text(run.to_owned()), Datum::Text(key.to_string())],
        columns: Columns::ByPlace(vec![column]),
    };
    let rows = session.query(query, 1).await.map_err(of_database)?;
    let Some(Datum::Bytes(bytes)) = rows.cells.first() else { return Ok(None) };
    let damaged = |_| Fault::new(Code::Sql, "the database's mark of an earlier write is damaged");
    wire::decode(bytes).map(Some).map_err(damaged)
}

/// Marks a call as done.
pub(super) async fn add(
    session: &mut dyn Session,
    run: &str,
    key: &CallKey,
    now_us: i64,
    result: &Value,
) -> Result<(), Fault> {
    let params = vec![
        Datum::Text(run.to_owned()),
        Datum::Text(key.to_string()),
        Datum::Int(now_us),
        Datum::Bytes(wire::encode(result)?),
    ];
    session.execute(ADD.to_owned(), params).await.map_err(of_database)?;
    Ok(())
}
