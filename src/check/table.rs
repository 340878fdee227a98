//! Tables: their columns, their rows, and what may be written into them.

mod calls;
mod defaults;
mod rules;
mod writes;

use std::sync::Arc;

use ecow::EcoString;

use super::checker::Checker;
use super::names::Found;
use super::types::{DeclId, FieldType, RecordType, Type};
use crate::sql::{Kind, schema};
use crate::syntax::tree::{Column, ColumnMark, Index, Item, Name, Table, TableMember};

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

impl TableInfo {
    /// The column of a name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ColumnInfo> {
        self.columns.iter().find(|it| it.name == name)
    }

    /// The key, if the table has one: what is numbered is meant as one, and that it is not marked so is said where it is declared.
    #[must_use]
    pub fn key(&self) -> Option<&ColumnInfo> {
        self.columns.iter().find(|it| it.key).or_else(|| self.columns.iter().find(|it| it.auto))
    }
}

impl ColumnInfo {
    /// Whether a row that is added may leave it out.
    #[must_use]
    pub fn may_be_left_out(&self) -> bool {
        self.auto || self.has_default || matches!(self.ty, Type::Optional(_) | Type::Json)
    }
}

impl<'p> Checker<'p> {
    /// What a table declares. What is wrong with it is said later, when everything else is declared: see [`rules`].
    pub(super) fn declare_table(&mut self, _decl: DeclId, table: &'p Table) -> TableInfo {
        let mut columns: Vec<ColumnInfo> = Vec::new();
        let mut schema_columns: Vec<schema::Column> = Vec::new();
        for column in table.members.iter().filter_map(as_column) {
            let ty = self.read_type(&column.ty);
            let info = self.column_info(column, ty);
            let is_new = columns.iter().all(|it| it.name != info.name);
            if is_new && !info.name.is_empty() {
                schema_columns.push(self.schema_column(column, &info));
                columns.push(info);
            }
        }
        let field = |it: &ColumnInfo| FieldType { name: it.name.clone(), ty: it.ty.clone() };
        let row =
            RecordType::new(Some(table.name.text.clone()), columns.iter().map(field).collect());
        let schema = schema::Table {
            name: table.name.text.to_string(),
            database_name: database_name(table),
            indexes: table
                .members
                .iter()
                .filter_map(as_index)
                .map(|it| index(it, &columns))
                .collect(),
            columns: schema_columns,
        };
        TableInfo {
            name: table.name.text.clone(),
            database_name: schema.database_name.as_str().into(),
            source: table.source.as_ref().map(|name| name.text.clone()),
            columns,
            row: Type::Record(row.into()),
            schema: Arc::new(schema),
        }
    }

    fn column_info(&self, column: &Column, ty: Type) -> ColumnInfo {
        let has = |wanted: fn(&ColumnMark) -> bool| column.marks.iter().any(wanted);
        let cascade = has(|it| matches!(it, ColumnMark::Cascade(_)));
        let cascade = if cascade { Cascade::Delete } else { Cascade::Refuse };
        let reference = referred_to(column).and_then(|name| self.table_named(name));
        ColumnInfo {
            name: column.name.text.clone(),
            database_name: column_name(column).into(),
            ty,
            key: has(|it| matches!(it, ColumnMark::Key(_))),
            auto: has(|it| matches!(it, ColumnMark::Auto(_))),
            unique: has(|it| matches!(it, ColumnMark::Unique(_))),
            has_default: column.default.is_some(),
            reference: reference.map(|it| (it, cascade)),
        }
    }

    fn schema_column(&self, column: &Column, info: &ColumnInfo) -> schema::Column {
        let (kind, nullable) = self.stored(&info.ty).unwrap_or((Kind::Text, false));
        let reference = info.reference.and_then(|(decl, cascade)| {
            let table = self.table_tree(decl)?;
            let key = table.members.iter().filter_map(as_column).find(|it| is_key(it))?;
            let cascade = cascade == Cascade::Delete;
            Some(schema::Reference {
                table: database_name(table),
                column: column_name(key),
                cascade,
            })
        });
        schema::Column {
            name: info.name.to_string(),
            database_name: info.database_name.to_string(),
            kind,
            nullable: nullable && !info.key,
            key: info.key,
            auto: info.auto,
            unique: info.unique,
            default: column.default.as_ref().and_then(|it| self.default_of(it, &info.ty)),
            reference,
        }
    }

    /// The table that a name stands for in this file, if it stands for one alone.
    fn table_named(&self, name: &Name) -> Option<DeclId> {
        let scope = self.file_scope()?;
        match scope.find(self.file, &self.world.scopes, &name.text) {
            Found::Decl(decl) => self.table_tree(decl).map(|_| decl),
            Found::Nothing | Found::Module(_) | Found::Several(_) => None,
        }
    }

    /// How a table is written: known before what it declares is, so that tables may refer to each other.
    fn table_tree(&self, decl: DeclId) -> Option<&'p Table> {
        match self.world.project.file(decl.file).tree.items.get(decl.item as usize)? {
            Item::Table(table) => Some(table),
            _ => None,
        }
    }

    /// How values of a type are stored, and whether null is among them; nothing for what cannot be stored.
    pub(super) fn stored(&self, ty: &Type) -> Option<(Kind, bool)> {
        let kind = match self.open(ty) {
            Type::Optional(inner) => return self.stored(&inner).map(|(kind, _)| (kind, true)),
            Type::Json => return Some((Kind::Json, true)),
            Type::Int => Kind::Int,
            Type::Decimal => Kind::Decimal,
            Type::Float => Kind::Float,
            Type::Bool => Kind::Bool,
            Type::Text | Type::Union(_) => Kind::Text,
            Type::Bytes => Kind::Bytes,
            Type::Time => Kind::Time,
            Type::Date => Kind::Date,
            Type::Duration => Kind::Duration,
            it @ (Type::List(_) | Type::Map(_) | Type::Record(_)) if self.is_jsonable(&it) => {
                Kind::Json
            }
            Type::List(_)
            | Type::Map(_)
            | Type::Record(_)
            | Type::Error
            | Type::Never
            | Type::Nothing
            | Type::Null
            | Type::Secret
            | Type::Fault
            | Type::Fn(_)
            | Type::Param(_)
            | Type::OneOf(_)
            | Type::Named(_) => return None,
        };
        Some((kind, false))
    }
}

fn as_column(member: &TableMember) -> Option<&Column> {
    match member {
        TableMember::Column(column) => Some(column),
        TableMember::Index(_) | TableMember::Error(_) => None,
    }
}

fn as_index(member: &TableMember) -> Option<&Index> {
    match member {
        TableMember::Index(index) => Some(index),
        TableMember::Column(_) | TableMember::Error(_) => None,
    }
}

fn is_key(column: &Column) -> bool {
    column.marks.iter().any(|it| matches!(it, ColumnMark::Key(_)))
}

/// The table that a column says it refers to.
fn referred_to(column: &Column) -> Option<&Name> {
    column.marks.iter().find_map(|it| match it {
        ColumnMark::Reference(name) => Some(name),
        _ => None,
    })
}

fn database_name(table: &Table) -> String {
    match &table.database_name {
        Some(name) => name.text.to_string(),
        None => schema::snake_case(&table.name.text),
    }
}

fn column_name(column: &Column) -> String {
    let named = column.marks.iter().find_map(|it| match it {
        ColumnMark::DatabaseName(name) => Some(name.text.to_string()),
        _ => None,
    });
    named.unwrap_or_else(|| schema::snake_case(&column.name.text))
}

/// Names of columns that there are not have been reported, and are left out.
fn index(index: &Index, columns: &[ColumnInfo]) -> schema::Index {
    let known = |name: &Name| columns.iter().find(|it| it.name == name.text);
    let names = index.columns.iter().filter_map(known);
    schema::Index {
        columns: names.map(|it| it.database_name.to_string()).collect(),
        unique: index.unique,
    }
}

#[cfg(test)]
mod tests;
