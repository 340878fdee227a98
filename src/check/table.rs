//! Tables: their columns, their rows, and what may be written into them.

use std::sync::Arc;

use ecow::EcoString;

use super::checker::Checker;
use super::lints::snake_case;
use super::types::{DeclId, FieldType, RecordType, Type};
use crate::sql::schema;
use crate::syntax::tree::{Column, ColumnMark, Table, TableMember};

/// A table as queries and writes see it.
#[derive(Clone, Debug)]
pub struct TableInfo {
    /// Its name in the language.
    pub name: EcoString,
    /// Its name in the database.
    pub database_name: EcoString,
    /// The source that it lives on where it states one; otherwise the task's default source.
    pub source: Option<EcoString>,
    /// The columns in declared order.
    pub columns: Vec<ColumnInfo>,
    /// The type of a row: a record named after the table.
    pub row: Type,
    /// The table as data for programs and databases.
    pub schema: Arc<schema::Table>,
}

/// A column.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "four independent marks of the language")]
pub struct ColumnInfo {
    /// Its name in the language.
    pub name: EcoString,
    /// Its name in the database.
    pub database_name: EcoString,
    /// What it holds.
    pub ty: Type,
    /// The table's key.
    pub key: bool,
    /// Numbered by the database.
    pub auto: bool,
    /// No two rows hold the same.
    pub unique: bool,
    /// A value is put in where none is given.
    pub has_default: bool,
    /// The table whose key it holds, and whether the row goes with the one that it refers to.
    pub reference: Option<(DeclId, Cascade)>,
}

/// What becomes of a row when the one that it refers to is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cascade {
    /// The deletion fails.
    Refuse,
    /// The row goes, too.
    Delete,
}

impl<'p> Checker<'p> {
    /// What a table declares.
    pub(super) fn declare_table(&mut self, _decl: DeclId, table: &'p Table) -> TableInfo {
        let columns: Vec<ColumnInfo> = table
            .members
            .iter()
            .filter_map(|member| match member {
                TableMember::Column(column) => Some(self.declare_column(column)),
                TableMember::Index(_) | TableMember::Error(_) => None,
            })
            .collect();
        let fields = columns
            .iter()
            .map(|column| FieldType { name: column.name.clone(), ty: column.ty.clone() })
            .collect();
        let row = RecordType::new(Some(table.name.text.clone()), fields);
        let database_name = match &table.database_name {
            Some(name) => name.text.clone(),
            None => snake_case(&table.name.text).into(),
        };
        TableInfo {
            name: table.name.text.clone(),
            database_name: database_name.clone(),
            source: table.source.as_ref().map(|name| name.text.clone()),
            columns,
            row: Type::Record(row.into()),
            schema: Arc::new(schema::Table {
                name: table.name.text.to_string(),
                database_name: database_name.to_string(),
                columns: Vec::new(),
                indexes: Vec::new(),
            }),
        }
    }

    fn declare_column(&mut self, column: &Column) -> ColumnInfo {
        let has = |wanted: fn(&ColumnMark) -> bool| column.marks.iter().any(wanted);
        ColumnInfo {
            name: column.name.text.clone(),
            database_name: column.name.text.clone(),
            ty: self.read_type(&column.ty),
            key: has(|it| matches!(it, ColumnMark::Key(_))),
            auto: has(|it| matches!(it, ColumnMark::Auto(_))),
            unique: has(|it| matches!(it, ColumnMark::Unique(_))),
            has_default: column.default.is_some(),
            reference: None,
        }
    }

    /// What stands in a table beside its columns' types: defaults, references, indexes.
    pub(super) fn table_body(&mut self, _decl: DeclId, _table: &'p Table) {}
}
