//! Calls on tables: `Order.get(…)`, `Order.insert(…)`.

use std::rc::Rc;

use super::defaults::Moment;
use super::rows::{ResultType, RowReader};
use super::statement::count;
use super::{Access, Request, Sources, bind, faults};
use crate::bytecode::program::TableCall;
use crate::host::database::{Columns, Datum, Error, ErrorKind, Query, Session};
use crate::sql::schema::{Column, Table};
use crate::sql::sqlite::{self, Conflict};
use crate::value::{Code, Fault, List, Record, Shape, Value};

impl Sources {
    /// Performs a call on a table.
    pub(super) async fn table_call(
        &self,
        request: Request<'_>,
        table: &Table,
        call: &TableCall,
        source: &str,
    ) -> Result<Value, Fault> {
        let access = match call {
            TableCall::Get(_) | TableCall::Has => Access::Read,
            TableCall::Insert
            | TableCall::InsertAll
            | TableCall::Update
            | TableCall::Upsert
            | TableCall::Delete
            | TableCall::Truncate => Access::Write,
        };
        let (ty, sources) = (self.result_type(request.site), self);
        let job = async |session: &mut dyn Session| {
            Call { table, ty, session, sources }.perform(call, request.args).await
        };
        self.on_source(request.key, source, access, job).await
    }
}

/// A call on a table that is being performed.
struct Call<'a, 's> {
    table: &'a Table,
    ty: ResultType<'a>,
    session: &'s mut dyn Session,
    sources: &'a Sources,
}

impl<'a> Call<'a, '_> {
    async fn perform(&mut self, call: &TableCall, args: &[Value]) -> Result<Value, Fault> {
        match (call, args) {
            (TableCall::Get(column), [key, ..]) => self.get(column.as_deref(), key).await,
            (TableCall::Has, [key, ..]) => self.has(key).await,
            (TableCall::Insert, [Value::Record(row), ..]) => self.insert(row, Conflict::Fail).await,
            (TableCall::InsertAll, [Value::List(rows), rest @ ..]) => {
                self.insert_all(rows, rest.first().and_then(Value::as_str)).await
            }
            (TableCall::Update, [key, Value::Record(row), ..]) => self.update(key, row).await,
            (TableCall::Upsert, [Value::Record(row), rest @ ..]) => {
                let on = rest.first().and_then(Value::as_str);
                let on = self.column(on)?;
                self.insert(row, Conflict::Update(Some(on))).await
            }
            (TableCall::Delete, [key, ..]) => self.delete(key).await,
            (TableCall::Truncate, _) => self.truncate().await,
            _ => Err(Fault::argument("a call on a table got other arguments than it takes")),
        }
    }

    /// The column of a name, or the key.
    fn column(&self, name: Option<&str>) -> Result<&'a Column, Fault> {
        let found = match name {
            Some(name) => self.table.column(name),
            None => self.table.key(),
        };
        let wanted = name.unwrap_or("key");
        found.ok_or_else(|| {
            Fault::argument(format!("`{}` has no column `{wanted}`", self.table.name))
        })
    }

    async fn get(&mut self, column: Option<&str>, key: &Value) -> Result<Value, Fault> {
        let by = self.column(column)?;
        let (text, params) = (sqlite::get(self.table, by), vec![bind::datum(key, by.kind)?]);
        self.row(text, params, Access::Read).await.map(|it| it.unwrap_or(Value::Null))
    }

    async fn has(&mut self, key: &Value) -> Result<Value, Fault> {
        let by = self.column(None)?;
        let query = Query {
            text: sqlite::has(self.table, by),
            params: vec![bind::datum(key, by.kind)?],
            columns: Columns::ByPlace(vec![]),
        };
        let rows = self.session.query(query, 1).await.map_err(faults::of_database)?;
        Ok(Value::Bool(rows.count > 0))
    }

    async fn insert(&mut self, row: &Record, conflict: Conflict<'_>) -> Result<Value, Fault> {
        let form = Form::new(self.table, &row.shape);
        let params = form.values(row, &Moment::now(&self.sources.host))?;
        let (given, edited) = (form.columns(), form.edited(conflict));
        let text = sqlite::insert_one(self.table, &given, &edited, conflict);
        match self.row(text, params.clone(), Access::Write).await {
            Ok(row) => Ok(row.unwrap_or(Value::Null)),
            Err(fault) => Err(self.explain(fault, &given, &params).await),
        }
    }

    async fn insert_all(
        &mut self,
        rows: &Rc<List>,
        on_conflict: Option<&str>,
    ) -> Result<Value, Fault> {
        let conflict = match on_conflict {
            None => Conflict::Fail,
            Some("skip") => Conflict::Skip,
            Some("update") => Conflict::Update(None),
            Some(other) => {
                let message = format!("`on_conflict` is \"skip\" or \"update\", not \"{other}\"");
                return Err(Fault::argument(message));
            }
        };
        let moment = Moment::now(&self.sources.host);
        let mut changed = 0;
        let mut rows = rows.iter().peekable();
        while let Some(Value::Record(first)) = rows.peek() {
            let form = Form::new(self.table, &first.shape);
            let shape = first.shape.clone();
            let mut params = Vec::new();
            while let Some(Value::Record(row)) = rows.next_if(|it| has_shape(it, &shape)) {
                params.push(form.values(&row, &moment)?);
            }
            let (given, edited) = (form.columns(), form.edited(conflict));
            let text = sqlite::insert(self.table, &given, &edited, conflict);
            let done = self.session.execute_all(text, params).await;
            changed += done.map_err(|error| faults::of_write(error, self.table))?;
        }
        Ok(count(changed))
    }

    async fn update(&mut self, key: &Value, row: &Record) -> Result<Value, Fault> {
        let by = self.column(None)?;
        let set: Vec<&Column> =
            row.shape.slots.iter().filter_map(|name| self.table.column(name)).collect();
        let value = |it: &&Column| bind::datum(row.get(&it.name).unwrap_or(&Value::Null), it.kind);
        let mut params = set.iter().map(value).collect::<Result<Vec<_>, _>>()?;
        params.push(bind::datum(key, by.kind)?);
        let text = sqlite::update(self.table, &set, by);
        match self.row(text, params.clone(), Access::Write).await {
            Ok(Some(row)) => Ok(row),
            Ok(None) => Err(self.not_found(by, key)),
            Err(fault) => Err(self.explain(fault, &set, &params).await),
        }
    }

    fn not_found(&self, by: &Column, key: &Value) -> Fault {
        let mut shown = String::new();
        // Writing to a String cannot fail.
        let _ = crate::value::write_value(&mut shown, key);
        Fault::new(
            Code::NotFound,
            format!("`{}` has no row whose `{}` is {shown}", self.table.name, by.name),
        )
    }

    async fn delete(&mut self, key: &Value) -> Result<Value, Fault> {
        let by = self.column(None)?;
        let (text, params) = (sqlite::delete(self.table, by), vec![bind::datum(key, by.kind)?]);
        let deleted = self.session.execute(text, params).await;
        deleted.map(|it| Value::Bool(it > 0)).map_err(|error| self.still_referred_to(error))
    }

    async fn truncate(&mut self) -> Result<Value, Fault> {
        let deleted = self.session.execute(sqlite::truncate(self.table), vec![]).await;
        deleted.map(|_| Value::Null).map_err(|error| self.still_referred_to(error))
    }

    fn still_referred_to(&self, error: Error) -> Fault {
        if error.kind == ErrorKind::ForeignKey {
            let message = format!("rows of other tables still refer to `{}`", self.table.name);
            return Fault::new(Code::ForeignKey, message);
        }
        faults::of_database(error)
    }

    /// The first row that a statement gives.
    async fn row(
        &mut self,
        text: String,
        params: Vec<Datum>,
        access: Access,
    ) -> Result<Option<Value>, Fault> {
        let reader = RowReader::of_table(self.table, self.ty);
        let query = Query { text, params, columns: reader.columns() };
        let rows = match access {
            Access::Read => self.session.query(query, 1).await,
            Access::Write => self.session.write(query).await,
        };
        let rows = rows.map_err(|error| reader.fault(error))?;
        Ok(reader.values(&rows, self.ty.types, 0)?.pop())
    }

    /// Tells a failed write by the program's names, and finds the reference that leads nowhere, which the database does
    /// not name.
    async fn explain(&mut self, fault: Fault, columns: &[&Column], params: &[Datum]) -> Fault {
        if !fault.is(Code::ForeignKey) {
            return Fault { message: faults::in_words_of(&fault.message, self.table), ..fault };
        }
        for (column, value) in columns.iter().zip(params) {
            let Some(to) = column.reference.as_ref().filter(|_| *value != Datum::Null) else {
                continue;
            };
            let (text, params) = (sqlite::refers(to), vec![value.clone()]);
            let query = Query { text, params, columns: Columns::ByPlace(vec![]) };
            if self.session.query(query, 1).await.is_ok_and(|rows| rows.count == 0) {
                let shown = self.session.literal(value).unwrap_or_default();
                let message = format!(
                    "`{}.{}` is {shown}, and `{}` has no row with that `{}`",
                    self.table.name, column.name, to.table, to.column
                );
                return Fault { message, ..fault };
            }
        }
        fault
    }
}

fn has_shape(row: &Value, shape: &Rc<Shape>) -> bool {
    matches!(row, Value::Record(it) if Rc::ptr_eq(&it.shape, shape) || it.shape.slots == shape.slots)
}

/// Which columns rows of a shape bring along, and which get their default.
struct Form<'a> {
    given: Vec<&'a Column>,
    left_out: Vec<&'a Column>,
}

impl<'a> Form<'a> {
    fn new(table: &'a Table, shape: &Shape) -> Self {
        let is_given = |it: &&Column| shape.slot(&it.name).is_some();
        let (given, others): (Vec<_>, Vec<_>) = table.columns.iter().partition(is_given);
        let left_out = others.into_iter().filter(|it| it.default.is_some()).collect();
        Self { given, left_out }
    }

    fn columns(&self) -> Vec<&'a Column> {
        self.given.iter().chain(&self.left_out).copied().collect()
    }

    /// What a row that is there takes over: what was said, and nothing of the defaults.
    fn edited(&self, conflict: Conflict<'_>) -> Vec<&'a Column> {
        let on = match conflict {
            Conflict::Update(on) => on,
            Conflict::Fail | Conflict::Skip => return Vec::new(),
        };
        let stays = |it: &Column| it.key || on.is_some_and(|on| on.name == it.name);
        self.given.iter().copied().filter(|it| !stays(it)).collect()
    }

    fn values(&self, row: &Record, moment: &Moment<'_>) -> Result<Vec<Datum>, Fault> {
        let given = self
            .given
            .iter()
            .map(|column| bind::datum(row.get(&column.name).unwrap_or(&Value::Null), column.kind));
        let defaults = self.left_out.iter().filter_map(|it| it.default.as_ref());
        given.chain(defaults.map(|it| moment.value(it))).collect()
    }
}
