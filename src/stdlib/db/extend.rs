//! Databases of our own are given what programs declare; what others have is described.

use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use super::defaults::Moment;
use super::{Access, Sources, bind, faults, marks};
use crate::host::database::{Column, Columns, Datum, Query, Rows, Session, Type};
use crate::sql::compare::{self, Change, Live};
use crate::sql::schema::{Default, Literal, Table};
use crate::sql::sqlite::{self, ColumnRow, IndexRow, ReferenceRow};
use crate::value::{Code, Fault, Key, Map, Value};

/// What a process has seen to already.
#[derive(Default)]
pub struct Known {
    /// Sources with the tables that they are known to have, as bytes.
    ready: Mutex<HashSet<(String, Vec<u8>)>>,
}

impl Known {
    fn has(&self, entry: &(String, Vec<u8>)) -> bool {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).contains(entry)
    }

    fn add(&self, entry: (String, Vec<u8>)) {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).insert(entry);
    }
}

impl Sources {
    /// Sees to it that a source has what the program needs, once in a process: its tables, and a place for marks where it writes.
    pub(super) async fn extend(&self, source: &str, access: Access) -> Result<(), Fault> {
        let tables = self.tables_of(source);
        let marked = self.run.is_some() && access == Access::Write;
        if !marked && (tables.is_empty() || !self.host.databases.may_extend(source)) {
            return Ok(());
        }
        let bytes = postcard::to_stdvec(&(marked, &tables)).unwrap_or_default();
        let entry = (source.to_owned(), bytes);
        if self.known.has(&entry) {
            return Ok(());
        }
        let mut session = self.session(source).await?;
        session.begin().await.map_err(faults::of_database)?;
        let extended = self.extend_in(&mut *session, source, &tables, marked).await;
        let ended = match extended {
            Ok(()) => session.commit().await,
            Err(_) => session.rollback().await,
        };
        extended.and_then(|()| ended.map_err(faults::of_database))?;
        self.known.add(entry);
        Ok(())
    }

    fn tables_of(&self, source: &str) -> Vec<Table> {
        let places = self.program.sources.iter().filter(|it| it.name == source);
        let places = places.flat_map(|it| &it.tables);
        places.map(|it| self.program.tables[*it as usize].clone()).collect()
    }

    async fn extend_in(
        &self,
        session: &mut dyn Session,
        source: &str,
        tables: &[Table],
        marked: bool,
    ) -> Result<(), Fault> {
        if marked {
            marks::prepare(session, self.host.clock.now_us()).await?;
        }
        if self.host.databases.may_extend(source) && !tables.is_empty() {
            let moment = Moment::now(&self.host);
            extend(session, tables, &moment).await?;
        }
        Ok(())
    }
}

/// Makes what is missing.
async fn extend(
    session: &mut dyn Session,
    tables: &[Table],
    moment: &Moment<'_>,
) -> Result<(), Fault> {
    let live = read(session).await?;
    let differences = compare::compare(tables, &live);
    let mut with_rows = BTreeSet::new();
    for difference in &differences {
        let table = &difference.table.database_name;
        let is_there = !matches!(difference.what, compare::What::MissingTable);
        if is_there && !with_rows.contains(table) && has_rows(session, table).await? {
            with_rows.insert(table.clone());
        }
    }
    let changes = compare::extension(&differences, &with_rows).map_err(|refused| {
        let all: Vec<_> = refused.iter().map(ToString::to_string).collect();
        Fault::new(Code::Sql, all.join("\n"))
    })?;
    for change in changes {
        let change = with_value(change, moment)?;
        let text = sqlite::apply(&change, &|literal| quote(session, literal));
        // Not `execute`: SQLite tests the rows that are there when a column is added, and looks as if it gave some.
        session.execute_all(text, vec![vec![]]).await.map_err(faults::of_database)?;
    }
    Ok(())
}

/// Rows that are there get the default of this moment.
fn with_value(change: Change, moment: &Moment<'_>) -> Result<Change, Fault> {
    let Change::AddColumn { table, mut column, fill: true } = change else { return Ok(change) };
    if let Some(default @ (Default::Now(_) | Default::Today { .. })) = &column.default {
        let literal = match moment.value(default)? {
            Datum::Time(it) => Literal::Time(it),
            Datum::Date(it) => Literal::Date(it),
            _ => Literal::Null,
        };
        column.default = Some(Default::Value(literal));
    }
    Ok(Change::AddColumn { table, column, fill: true })
}

/// A constant that cannot be stored has no place in a declaration; the checker says so.
fn quote(session: &dyn Session, literal: &Literal) -> String {
    let datum = bind::of_literal(literal).unwrap_or(Datum::Null);
    session.literal(&datum).unwrap_or_else(|_| "NULL".to_owned())
}

async fn has_rows(session: &mut dyn Session, table: &str) -> Result<bool, Fault> {
    let rows = ask(session, &sqlite::rows_query(table), &[], 1).await?;
    Ok(rows.count > 0)
}

/// What a database holds.
pub async fn read(session: &mut dyn Session) -> Result<Live, Fault> {
    use Type::{Bool, Text};
    let columns = [Text, Text, Text, Bool, Bool, Bool];
    let columns = ask(session, sqlite::COLUMNS_QUERY, &columns, usize::MAX).await?;
    let indexes = [Text, Text, Bool, Text];
    let indexes = ask(session, sqlite::INDEXES_QUERY, &indexes, usize::MAX).await?;
    let references = [Text, Text, Text, Text, Bool];
    let references = ask(session, sqlite::REFERENCES_QUERY, &references, usize::MAX).await?;
    Ok(sqlite::live(
        columns.iter().filter_map(column_row).collect(),
        indexes.iter().filter_map(index_row).collect(),
        references.iter().filter_map(reference_row).collect(),
    ))
}

async fn ask(
    session: &mut dyn Session,
    text: &str,
    types: &[Type],
    max_rows: usize,
) -> Result<Rows, Fault> {
    let column =
        |of: &Type| Column { name: String::new(), of: *of, nullable: true, gathered: false };
    let columns = Columns::ByPlace(types.iter().map(column).collect());
    let query = Query { text: text.to_owned(), params: vec![], columns };
    session.query(query, max_rows).await.map_err(faults::of_database)
}

fn column_row(cells: &[Datum]) -> Option<ColumnRow> {
    let [table, column, type_name, not_null, has_default, key] = cells else { return None };
    Some(ColumnRow {
        table: text(table)?,
        column: text(column)?,
        type_name: text(type_name)?,
        not_null: *not_null == Datum::Bool(true),
        has_default: *has_default == Datum::Bool(true),
        key: *key == Datum::Bool(true),
    })
}

fn index_row(cells: &[Datum]) -> Option<IndexRow> {
    let [table, index, unique, column] = cells else { return None };
    let unique = *unique == Datum::Bool(true);
    Some(IndexRow { table: text(table)?, index: text(index)?, unique, column: text(column)? })
}

fn reference_row(cells: &[Datum]) -> Option<ReferenceRow> {
    let [table, column, to_table, to_column, cascade] = cells else { return None };
    Some(ReferenceRow {
        table: text(table)?,
        column: text(column)?,
        to_table: text(to_table)?,
        to_column: text(to_column),
        cascade: *cascade == Datum::Bool(true),
    })
}

fn text(cell: &Datum) -> Option<String> {
    if let Datum::Text(text) = cell { Some(text.clone()) } else { None }
}

/// What a database holds, as `json`: tables with columns.
pub(super) async fn describe(session: &mut dyn Session) -> Result<Value, Fault> {
    let live = read(session).await?;
    let tables = live.tables.iter().map(|table| {
        let columns = table.columns.iter().map(|column| {
            object([
                ("name", Value::text(&column.name)),
                ("type", Value::text(&column.type_name)),
                ("nullable", Value::Bool(column.nullable)),
                ("key", Value::Bool(column.key)),
            ])
        });
        object([("name", Value::text(&table.name)), ("columns", Value::list(columns))])
    });
    Ok(object([("tables", Value::list(tables))]))
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let mut map = Map::with_capacity(N);
    for (name, value) in fields {
        map.insert(Key::text(name), value);
    }
    Value::Map(Rc::new(map))
}
