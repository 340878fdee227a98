//! Tables: their columns, their rows, and what may be written into them.

use std::sync::Arc;

use ecow::EcoString;

use super::types::{DeclId, Type};
use crate::sql::schema;

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
