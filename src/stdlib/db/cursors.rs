//! Rows that a loop reads piece by piece.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use tokio::sync::Mutex;

use super::statement::Prepared;
use super::{Access, Request, Sources, faults};
use crate::host::database::{Datum, Query, Session, Stream};
use crate::value::{Code, Fault, Value};

/// How many rows a piece has. Each piece is a line of the run's journal and a trip to the database.
const ROWS_PER_PIECE: usize = 512;

/// The streams that a run has open.
#[derive(Default)]
pub(super) struct Cursors {
    open: RefCell<HashMap<i64, Rc<Cursor>>>,
    last: Cell<i64>,
}

struct Cursor {
    prepared: Rc<Prepared>,
    source: String,
    params: Vec<Datum>,
    /// Nothing for one that was opened before a restart, until it is read on.
    stream: Mutex<Option<Box<dyn Stream>>>,
    /// How many rows have been given.
    given: Cell<usize>,
}

impl Cursors {
    fn put(&self, number: i64, cursor: Rc<Cursor>) {
        self.last.set(self.last.get().max(number));
        self.open.borrow_mut().insert(number, cursor);
    }

    fn get(&self, request: Request<'_>) -> Option<Rc<Cursor>> {
        self.open.borrow().get(&number(request)?).cloned()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.open.borrow().is_empty()
    }

    /// Takes note of rows that a cursor gave before a restart.
    pub(super) fn skip(&self, request: Request<'_>, rows: &Value) {
        if let (Some(cursor), Value::List(rows)) = (self.get(request), rows) {
            cursor.given.set(cursor.given.get() + rows.len());
        }
    }
}

impl Cursor {
    fn query(&self) -> Result<Query, Fault> {
        let reader = self.prepared.rows.as_ref().ok_or_else(gone)?;
        let (text, params) = (self.prepared.text.clone(), self.params.clone());
        Ok(Query { text, params, columns: reader.columns() })
    }
}

fn number(request: Request<'_>) -> Option<i64> {
    match request.args.first() {
        Some(Value::Int(number)) => Some(*number),
        _ => None,
    }
}

impl Sources {
    /// Begins to read; gives the number of the cursor.
    pub(super) async fn open(
        &self,
        request: Request<'_>,
        place: u32,
        source: &str,
    ) -> Result<Value, Fault> {
        let cursor = Rc::new(self.cursor(request, place, source)?);
        let number = self.cursors.last.get() + 1;
        self.cursors.last.set(number);
        let begin = async |session: &mut dyn Session| {
            let stream = session.stream(cursor.query()?).await.map_err(faults::of_database)?;
            *cursor.stream.lock().await = Some(stream);
            Ok(Value::Int(number))
        };
        let result = self.on_source(request.key, source, Access::Read, begin).await?;
        self.remember(&result, &cursor);
        Ok(result)
    }

    /// Takes note of a cursor that was opened before a restart.
    pub(super) fn reopen(&self, request: Request<'_>, place: u32, source: &str, result: &Value) {
        if let Ok(cursor) = self.cursor(request, place, source) {
            self.remember(result, &Rc::new(cursor));
        }
    }

    fn remember(&self, number: &Value, cursor: &Rc<Cursor>) {
        if let Value::Int(number) = number {
            self.cursors.put(*number, cursor.clone());
        }
    }

    fn cursor(&self, request: Request<'_>, place: u32, source: &str) -> Result<Cursor, Fault> {
        let prepared = self.prepared(place, self.result_type(request.site));
        Ok(Cursor {
            params: prepared.bind(request.args)?,
            prepared,
            source: source.to_owned(),
            stream: Mutex::default(),
            given: Cell::default(),
        })
    }

    /// The next rows; none at the end.
    pub(super) async fn next(&self, request: Request<'_>) -> Result<Value, Fault> {
        let cursor = self.cursors.get(request).ok_or_else(gone)?;
        match self.transactions.around(&cursor.source, request.key) {
            Some(it) => it.perform(request.key, async |_| self.piece(&cursor).await).await,
            None => self.piece(&cursor).await,
        }
    }

    async fn piece(&self, cursor: &Cursor) -> Result<Value, Fault> {
        let reader = cursor.prepared.rows.as_ref().ok_or_else(gone)?;
        let mut stream = cursor.stream.lock().await;
        if stream.is_none() {
            *stream = Some(self.read_on(cursor).await?);
        }
        let Some(stream) = stream.as_mut() else { return Err(gone()) };
        let rows = stream.next(ROWS_PER_PIECE).await.map_err(|error| reader.fault(error))?;
        let before = cursor.given.replace(cursor.given.get() + rows.count);
        reader.values(&rows, &self.types, before).map(Value::list)
    }

    /// Reads again and leaves out what was given before.
    async fn read_on(&self, cursor: &Cursor) -> Result<Box<dyn Stream>, Fault> {
        let mut session = self.session(&cursor.source).await?;
        let stream = session.stream(cursor.query()?).await;
        let mut stream = stream.map_err(faults::of_database)?;
        let mut left = cursor.given.get();
        while left > 0 {
            let rows = stream.next(left.min(ROWS_PER_PIECE)).await.map_err(faults::of_database)?;
            if rows.count == 0 {
                break;
            }
            left -= rows.count;
        }
        Ok(stream)
    }

    /// Forgets a cursor.
    pub(super) fn close(&self, request: Request<'_>) -> Value {
        if let Some(number) = number(request) {
            self.cursors.open.borrow_mut().remove(&number);
        }
        Value::Null
    }
}

fn gone() -> Fault {
    Fault::new(Code::Sql, "the rows that were being read are gone")
}
