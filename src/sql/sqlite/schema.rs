//! Making tables, columns and indexes.

use super::{Writer, quoted};
use crate::sql::Kind;
use crate::sql::compare::Change;
use crate::sql::schema::{Column, Default, Literal, Table};

/// The statement that makes a change. `quote` writes a value in its stored form as a literal of SQL.
///
/// Only defaults that are always the same become the database's: its clock is not the one that programs read.
#[must_use]
pub fn apply(change: &Change, quote: &dyn Fn(&Literal) -> String) -> String {
    let mut writer = Writer::default();
    match change {
        Change::CreateTable(table) => writer.create_table(table, quote),
        Change::AddColumn { table, column, .. } => {
            writer.push("ALTER TABLE ");
            writer.name(table);
            writer.push(" ADD COLUMN ");
            writer.column(column, quote);
        }
        Change::CreateIndex { table, name, index } => {
            writer.push(if index.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
            writer.name(name);
            writer.push(" ON ");
            writer.name(table);
            writer.push(" (");
            writer.list(&index.columns, |it, column| it.name(column));
            writer.push(")");
        }
    }
    writer.text
}

/// Gives a row if the table has one.
#[must_use]
pub fn rows_query(table: &str) -> String {
    format!("SELECT 1 FROM {} LIMIT 1", quoted(table))
}

/// The declared type. It begins with the kind, for [`super::live`] to read back, and ends in the word by which SQLite
/// decides on conversions: a text must not become a number.
pub(super) fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Int => "INTEGER",
        Kind::Decimal => "DECIMAL_TEXT",
        Kind::Float => "REAL",
        Kind::Bool => "BOOLEAN",
        Kind::Text => "TEXT",
        Kind::Bytes => "BLOB",
        Kind::Time => "TIME_TEXT",
        Kind::Date => "DATE_TEXT",
        Kind::Duration => "DURATION_INTEGER",
        Kind::Json => "JSON_TEXT",
    }
}

impl Writer {
    fn create_table(&mut self, table: &Table, quote: &dyn Fn(&Literal) -> String) {
        self.push("CREATE TABLE ");
        self.name(&table.database_name);
        self.push(" (");
        self.list(&table.columns, |it, column| it.column(column, quote));
        self.push(")");
    }

    fn column(&mut self, column: &Column, quote: &dyn Fn(&Literal) -> String) {
        self.name(&column.database_name);
        self.push(" ");
        self.push(type_name(column.kind));
        self.push(if column.nullable { "" } else { " NOT NULL" });
        self.push(if column.key { " PRIMARY KEY" } else { "" });
        self.push(if column.auto { " AUTOINCREMENT" } else { "" });
        self.push(if column.kind == Kind::Decimal { " COLLATE decimal" } else { "" });
        if let Some(Default::Value(value)) = &column.default {
            self.push(" DEFAULT ");
            self.push(&quote(value));
        }
        if let Some(to) = &column.reference {
            self.push(" REFERENCES ");
            self.name(&to.table);
            self.push(" (");
            self.name(&to.column);
            self.push(if to.cascade { ") ON DELETE CASCADE" } else { ")" });
        }
    }
}
