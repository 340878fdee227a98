//! Reading and writing single rows, and many at once. Rows come back with all columns in declared order.

use super::Writer;
use crate::sql::schema::{Column, Reference, Table};

/// What happens to a row that is there already.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Conflict<'a> {
    /// The write fails.
    Fail,
    /// The row that is there stays.
    Skip,
    /// The row that is there takes the given columns; the conflict is one of this column, or of any that is unique.
    Update(Option<&'a Column>),
}

/// The row in which `by` holds the parameter.
#[must_use]
pub fn get(table: &Table, by: &Column) -> String {
    let mut writer = Writer::default();
    writer.push("SELECT ");
    writer.all_columns(table);
    writer.rows_where(table, by, 0);
    writer.text
}

/// A row if there is one in which `by` holds the parameter.
#[must_use]
pub fn has(table: &Table, by: &Column) -> String {
    let mut writer = Writer::default();
    writer.push("SELECT 1");
    writer.rows_where(table, by, 0);
    writer.text
}

/// A row if there is one that the parameter refers to.
#[must_use]
pub fn refers(to: &Reference) -> String {
    let (table, column) = (super::quoted(&to.table), super::quoted(&to.column));
    format!("SELECT 1 FROM {table} WHERE {column} = ?1")
}

/// Adds a row of these columns, one parameter each. `edited` are the columns that a row that is there takes over.
#[must_use]
pub fn insert(table: &Table, given: &[&Column], edited: &[&Column], conflict: Conflict) -> String {
    let mut writer = Writer::default();
    writer.insert(table, given, edited, conflict);
    writer.text
}

/// Like [`insert`], and gives the row.
#[must_use]
pub fn insert_one(
    table: &Table,
    given: &[&Column],
    edited: &[&Column],
    conflict: Conflict,
) -> String {
    let mut writer = Writer::default();
    writer.insert(table, given, edited, conflict);
    writer.returning(table);
    writer.text
}

/// Changes columns of the row in which `by` holds the last parameter, and gives the row.
#[must_use]
pub fn update(table: &Table, set: &[&Column], by: &Column) -> String {
    let mut writer = Writer::default();
    writer.push("UPDATE ");
    writer.name(&table.database_name);
    writer.push(" SET ");
    if set.is_empty() {
        let name = super::quoted(&by.database_name);
        writer.push(&format!("{name} = {name}"));
    }
    writer.list(set.iter().enumerate(), |it, (at, column)| {
        it.name(&column.database_name);
        it.push(&format!(" = ?{}", at + 1));
    });
    writer.where_is(by, set.len());
    writer.returning(table);
    writer.text
}

/// Removes the row in which `by` holds the parameter.
#[must_use]
pub fn delete(table: &Table, by: &Column) -> String {
    let mut writer = Writer::default();
    writer.push("DELETE");
    writer.rows_where(table, by, 0);
    writer.text
}

/// Removes all rows.
#[must_use]
pub fn truncate(table: &Table) -> String {
    format!("DELETE FROM {}", super::quoted(&table.database_name))
}

impl Writer {
    fn all_columns(&mut self, table: &Table) {
        self.list(&table.columns, |it, column| it.name(&column.database_name));
    }

    fn rows_where(&mut self, table: &Table, by: &Column, param: usize) {
        self.push(" FROM ");
        self.name(&table.database_name);
        self.where_is(by, param);
    }

    fn where_is(&mut self, by: &Column, param: usize) {
        self.push(" WHERE ");
        self.name(&by.database_name);
        self.push(&format!(" = ?{}", param + 1));
    }

    fn returning(&mut self, table: &Table) {
        self.push(" RETURNING ");
        self.all_columns(table);
    }

    fn insert(&mut self, table: &Table, given: &[&Column], edited: &[&Column], conflict: Conflict) {
        self.push("INSERT INTO ");
        self.name(&table.database_name);
        if given.is_empty() {
            self.push(" DEFAULT VALUES");
        } else {
            self.push(" (");
            self.list(given, |it, column| it.name(&column.database_name));
            self.push(") VALUES (");
            self.list(0..given.len(), |it, at| it.push(&format!("?{}", at + 1)));
            self.push(")");
        }
        self.conflict(table, edited, conflict);
    }

    /// Without a column to change, an upsert still has to give the row, so it sets one to itself.
    fn conflict(&mut self, table: &Table, edited: &[&Column], conflict: Conflict) {
        let on = match conflict {
            Conflict::Fail => return,
            Conflict::Skip => return self.push(" ON CONFLICT DO NOTHING"),
            Conflict::Update(on) => on,
        };
        self.push(" ON CONFLICT ");
        if let Some(on) = on {
            self.push("(");
            self.name(&on.database_name);
            self.push(") ");
        }
        self.push("DO UPDATE SET ");
        if let (true, Some(unchanged)) = (edited.is_empty(), on.or(table.columns.first())) {
            let name = super::quoted(&unchanged.database_name);
            let table = super::quoted(&table.database_name);
            self.push(&format!("{name} = {table}.{name}"));
        }
        self.list(edited, |it, column| {
            it.name(&column.database_name);
            it.push(" = excluded.");
            it.name(&column.database_name);
        });
    }
}
