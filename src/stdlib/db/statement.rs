//! Statements of programs: queries, set-based writes, direct SQL.

use std::rc::Rc;

use super::rows::{ResultType, RowReader};
use super::{Access, Request, Sources, bind, extend, faults};
use crate::host::database::{Datum, Dialect, Query, Session};
use crate::sql::{Gives, Kind, Statement, sqlite};
use crate::value::{Code, Fault, Value};

/// A statement made ready: its text, and how its rows are read.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) text: String,
    params: Vec<Kind>,
    pub(super) rows: Option<RowReader>,
    gives: Gives,
}

impl Sources {
    /// Runs a statement and gives what its plan says.
    pub(super) async fn statement(
        &self,
        request: Request<'_>,
        place: u32,
        source: &str,
    ) -> Result<Value, Fault> {
        let statement = &self.program.statements[place as usize];
        if matches!(statement, Statement::Schema) {
            let job = async |session: &mut dyn Session| extend::describe(session).await;
            return self.on_source(request.key, source, Access::Read, job).await;
        }
        let prepared = self.prepared(place, self.result_type(request.site));
        let params = prepared.bind(request.args)?;
        let access = if prepared.rows.is_some() { Access::Read } else { Access::Write };
        let job = async |session: &mut dyn Session| prepared.run(session, params, self).await;
        self.on_source(request.key, source, access, job).await
    }

    /// The statement made ready, once in a run.
    pub(super) fn prepared(&self, place: u32, ty: ResultType<'_>) -> Rc<Prepared> {
        let mut all = self.prepared.borrow_mut();
        let make = || Rc::new(Prepared::new(&self.program.statements[place as usize], ty));
        all.entry(place).or_insert_with(make).clone()
    }
}

impl Prepared {
    fn new(statement: &Statement, ty: ResultType<'_>) -> Self {
        let rendered = sqlite::render(statement);
        let (rows, gives) = match statement {
            Statement::Select(select) => {
                let ty = if select.gives == Gives::Rows { ty.element() } else { ty };
                let rows = RowReader::new(&select.outputs, &select.shape, ty, false);
                (Some(rows), select.gives)
            }
            Statement::Direct(direct) => {
                let reader = direct
                    .rows
                    .as_ref()
                    .map(|(outputs, shape)| RowReader::new(outputs, shape, ty.element(), true));
                (reader, Gives::Rows)
            }
            Statement::Update { .. } | Statement::Delete { .. } | Statement::Schema => {
                (None, Gives::Value)
            }
        };
        Self { text: rendered.text, params: rendered.params, rows, gives }
    }

    /// The values of the parameters.
    pub(super) fn bind(&self, args: &[Value]) -> Result<Vec<Datum>, Fault> {
        args.iter().zip(&self.params).map(|(value, kind)| bind::datum(value, *kind)).collect()
    }

    async fn run(
        &self,
        session: &mut dyn Session,
        params: Vec<Datum>,
        sources: &Sources,
    ) -> Result<Value, Fault> {
        let Dialect::Sqlite = session.dialect();
        let Some(reader) = &self.rows else {
            let changed = session.execute(self.text.clone(), params).await;
            return changed.map(count).map_err(faults::of_database);
        };
        let query = Query { text: self.text.clone(), params, columns: reader.columns() };
        let rows = session.query(query, self.rows_wanted()).await;
        let rows = rows.map_err(|error| reader.fault(error))?;
        if self.gives == Gives::Exists {
            return Ok(Value::Bool(rows.count > 0));
        }
        let mut values = reader.values(&rows, &sources.types, 0)?;
        match self.gives {
            Gives::Rows => Ok(Value::list(values)),
            Gives::One if values.len() != 1 => Err(not_one(values.len())),
            Gives::First | Gives::Value | Gives::One | Gives::Exists => {
                Ok(values.pop().unwrap_or(Value::Null))
            }
        }
    }

    fn rows_wanted(&self) -> usize {
        match self.gives {
            Gives::Rows => usize::MAX,
            Gives::First | Gives::Exists | Gives::Value => 1,
            Gives::One => 2,
        }
    }
}

/// A number of rows as an `int`.
pub(super) fn count(rows: u64) -> Value {
    Value::Int(i64::try_from(rows).unwrap_or(i64::MAX))
}

fn not_one(found: usize) -> Fault {
    if found == 0 {
        Fault::new(Code::NotFound, "`one()` found no row")
    } else {
        Fault::new(Code::Limit, "`one()` found more than one row")
    }
}
