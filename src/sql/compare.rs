//! What a database lacks of what programs declare, and how it can be given it.
//!
//! Only additions are ever made: tables, columns that existing rows can be given a value for, indexes. Whatever else
//! differs is for a person to settle and is said so.

use std::collections::BTreeSet;
use std::fmt;

use super::Kind;
use super::schema::{Column, Default, Index, Reference, Table};

/// What a database holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// By name.
    pub tables: Vec<LiveTable>,
}

/// A table as it is in a database.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveTable {
    /// Its name.
    pub name: String,
    /// In the database's order.
    pub columns: Vec<LiveColumn>,
    /// Indexes over plain columns and whole tables, those of unique columns included.
    pub indexes: Vec<Index>,
    /// Columns with what they refer to.
    pub references: Vec<(String, Reference)>,
}

/// A column as it is in a database.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveColumn {
    /// Its name.
    pub name: String,
    /// The database's own name of its type.
    pub type_name: String,
    /// What it holds; nothing where the type says too little.
    pub kind: Option<Kind>,
    /// Whether it may hold null.
    pub nullable: bool,
    /// Whether the database has a value for it when a write names none.
    pub has_default: bool,
    /// Whether it is the table's key, or a part of it.
    pub key: bool,
}

/// Something that a declaration and a database do not agree on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference<'a> {
    /// The declared table.
    pub table: &'a Table,
    /// What differs.
    pub what: What<'a>,
}

/// The kinds of difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum What<'a> {
    /// There is no such table.
    MissingTable,
    /// There is no such column.
    MissingColumn(&'a Column),
    /// A declared index, reference index or `unique` is not there; by its place in [`Table::all_indexes`].
    MissingIndex(usize),
    /// The column holds something else.
    OtherKind(&'a Column, &'a LiveColumn),
    /// The declaration says `?` and the database does not allow null.
    NotNullThere(&'a Column),
    /// The database allows null and the declaration does not say `?`.
    NullThere(&'a Column),
    /// One side says that the column is the key.
    OtherKey(&'a Column),
    /// A reference is declared and the database does not know it.
    MissingReference(&'a Column, &'a Reference),
    /// The database demands a value for a column that the declaration does not have.
    Undeclared(&'a LiveColumn),
}

/// Everything in which a database falls short of, or contradicts, the declared tables.
///
/// Columns that only the database has are no difference as long as rows can be written without them.
#[must_use]
pub fn compare<'a>(declared: &'a [Table], live: &'a Live) -> Vec<Difference<'a>> {
    let mut found = Vec::new();
    for table in declared {
        let there = live.tables.iter().find(|it| same_name(&it.name, &table.database_name));
        let whats = match there {
            None => vec![What::MissingTable],
            Some(there) => compare_table(table, there),
        };
        found.extend(whats.into_iter().map(|what| Difference { table, what }));
    }
    found
}

fn compare_table<'a>(table: &'a Table, there: &'a LiveTable) -> Vec<What<'a>> {
    let mut found = Vec::new();
    for column in &table.columns {
        match there.columns.iter().find(|it| same_name(&it.name, &column.database_name)) {
            None => found.push(What::MissingColumn(column)),
            Some(live) => compare_column(column, live, there, &mut found),
        }
    }
    for (at, index) in table.all_indexes().iter().enumerate() {
        let serves = |it: &Index| it.columns == index.columns && (it.unique || !index.unique);
        if !there.indexes.iter().any(serves) {
            found.push(What::MissingIndex(at));
        }
    }
    let declared = |it: &LiveColumn| {
        table.columns.iter().any(|column| same_name(&column.database_name, &it.name))
    };
    let demanded = |it: &&LiveColumn| !it.nullable && !it.has_default && !declared(it);
    found.extend(there.columns.iter().filter(demanded).map(What::Undeclared));
    found
}

fn compare_column<'a>(
    column: &'a Column,
    live: &'a LiveColumn,
    table: &LiveTable,
    found: &mut Vec<What<'a>>,
) {
    if live.kind != Some(column.kind) {
        return found.push(What::OtherKind(column, live));
    }
    if live.key != column.key {
        return found.push(What::OtherKey(column));
    }
    if live.nullable && !column.nullable && !column.key {
        found.push(What::NullThere(column));
    }
    if !live.nullable && column.nullable {
        found.push(What::NotNullThere(column));
    }
    if let Some(reference) = &column.reference {
        let known = |(name, it): &(String, Reference)| {
            same_name(name, &column.database_name) && it == reference
        };
        if !table.references.iter().any(known) {
            found.push(What::MissingReference(column, reference));
        }
    }
}

/// Databases do not tell names apart by case.
fn same_name(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// A step that brings a database nearer to the declarations.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Make the table, without its indexes.
    CreateTable(Table),
    /// Add a column.
    AddColumn {
        /// The table's name in the database.
        table: String,
        /// The column.
        column: Column,
        /// Whether the table has rows: then a default that depends on the moment has to be made a value first.
        fill: bool,
    },
    /// Make an index.
    CreateIndex {
        /// The table's name in the database.
        table: String,
        /// The index's name.
        name: String,
        /// The index.
        index: Index,
    },
}

/// The changes that settle the differences, in the order in which they can be made, or every difference that no
/// addition settles. `with_rows` names the tables (in the database) that are not empty.
pub fn extension<'a>(
    differences: &[Difference<'a>],
    with_rows: &BTreeSet<String>,
) -> Result<Vec<Change>, Vec<Refusal<'a>>> {
    let (mut tables, mut columns, mut indexes, mut refused) = (vec![], vec![], vec![], vec![]);
    for difference in differences {
        let table = difference.table;
        let fill = with_rows.contains(&table.database_name);
        match difference.what {
            What::MissingTable => {
                tables.push(Change::CreateTable(table.clone()));
                indexes.extend(table.all_indexes().iter().map(|it| create_index(table, it)));
            }
            What::MissingColumn(column) => match obstacle(column, fill) {
                Some(why) => refused.push(Refusal { difference: *difference, why: Some(why) }),
                None => columns.push(Change::AddColumn {
                    table: table.database_name.clone(),
                    column: column.clone(),
                    fill,
                }),
            },
            What::MissingIndex(at) => {
                indexes.extend(table.all_indexes().get(at).map(|it| create_index(table, it)));
            }
            What::OtherKind(..)
            | What::NotNullThere(_)
            | What::NullThere(_)
            | What::OtherKey(_)
            | What::MissingReference(..)
            | What::Undeclared(_) => refused.push(Refusal { difference: *difference, why: None }),
        }
    }
    if refused.is_empty() {
        tables.append(&mut columns);
        tables.append(&mut indexes);
        Ok(tables)
    } else {
        Err(refused)
    }
}

fn create_index(table: &Table, index: &Index) -> Change {
    Change::CreateIndex {
        table: table.database_name.clone(),
        name: table.index_name(index),
        index: index.clone(),
    }
}

/// Why a column cannot be added to a table.
fn obstacle(column: &Column, with_rows: bool) -> Option<Obstacle> {
    if column.key {
        return Some(Obstacle::Key);
    }
    if !with_rows || column.nullable {
        return None;
    }
    match &column.default {
        None => Some(Obstacle::NoValue),
        Some(_) if column.reference.is_some() => Some(Obstacle::NoValue),
        Some(_) if column.unique => Some(Obstacle::SameValue),
        Some(Default::Uuid(_)) => Some(Obstacle::SameValue),
        Some(Default::Value(_) | Default::Now(_) | Default::Today { .. }) => None,
    }
}

/// Why a column cannot be added to a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It is the key.
    Key,
    /// The rows that are there have no value for it.
    NoValue,
    /// The rows that are there would all get one value, and it is to differ.
    SameValue,
}

/// A difference that no addition settles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Refusal<'a> {
    /// The difference.
    pub difference: Difference<'a>,
    /// For a missing column, why it cannot be added.
    pub why: Option<Obstacle>,
}

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.difference)?;
        match self.why {
            Some(Obstacle::Key) => f.write_str(", and a key cannot be added to a table that is there"),
            Some(Obstacle::NoValue) => f.write_str(
                ", and the rows that are there have no value for it; give it a default or mark it `?`",
            ),
            Some(Obstacle::SameValue) => f.write_str(
                ", and the rows that are there would all get the same value; mark it `?`",
            ),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Difference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = &self.table.name;
        match self.what {
            What::MissingTable => {
                write!(f, "`{table}`: the database has no table `{}`", self.table.database_name)
            }
            What::MissingColumn(column) => write!(
                f,
                "`{table}.{}`: the table `{}` in the database has no column `{}`",
                column.name, self.table.database_name, column.database_name
            ),
            What::MissingIndex(at) => {
                let indexes = self.table.all_indexes();
                let Some(index) = indexes.get(at) else { return Ok(()) };
                let word = if index.unique { "unique index" } else { "index" };
                let columns = index.columns.join(", ");
                write!(f, "`{table}`: the database has no {word} over ({columns})")
            }
            What::OtherKind(column, live) => write!(
                f,
                "`{table}.{}`: declared as `{}`, and the database's column is of type `{}`",
                column.name, column.kind, live.type_name
            ),
            What::NotNullThere(column) => write!(
                f,
                "`{table}.{}`: declared with `?`, and the database's column takes no null",
                column.name
            ),
            What::NullThere(column) => write!(
                f,
                "`{table}.{}`: declared without `?`, and the database's column may be null",
                column.name
            ),
            What::OtherKey(column) if column.key => {
                write!(
                    f,
                    "`{table}.{}`: declared as the key, and it is not the database's",
                    column.name
                )
            }
            What::OtherKey(column) => {
                write!(
                    f,
                    "`{table}.{}`: the database's key, and not declared as `key`",
                    column.name
                )
            }
            What::MissingReference(column, to) => write!(
                f,
                "`{table}.{}`: declared as a reference, and the database does not tie it to `{}({})`{}",
                column.name,
                to.table,
                to.column,
                if to.cascade { " with cascade" } else { "" }
            ),
            What::Undeclared(live) => write!(
                f,
                "`{table}`: the database demands a value for the column `{}`, which is not declared",
                live.name
            ),
        }
    }
}
