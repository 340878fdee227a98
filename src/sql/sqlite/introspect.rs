//! Reading what a database holds: three queries, and what their rows mean.

use crate::sql::Kind;
use crate::sql::compare::{Live, LiveColumn, LiveTable};
use crate::sql::schema::{Index, Reference};

/// Gives the columns of all tables as [`ColumnRow`]s: text, text, text, and three truth values.
pub const COLUMNS_QUERY: &str = "SELECT t.name, c.name, c.type, c.\"notnull\" <> 0, c.dflt_value IS NOT NULL, c.pk > 0 \
     FROM sqlite_schema AS t JOIN pragma_table_xinfo(t.name) AS c \
     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND c.hidden = 0 ORDER BY t.name, c.cid";

/// Gives the columns of all indexes as [`IndexRow`]s: text, text, a truth value, text. Indexes over expressions or over
/// some of the rows are left out.
pub const INDEXES_QUERY: &str = "SELECT t.name, i.name, i.\"unique\" <> 0, c.name \
     FROM sqlite_schema AS t JOIN pragma_index_list(t.name) AS i JOIN pragma_index_info(i.name) AS c \
     WHERE t.type = 'table' AND i.partial = 0 \
     AND NOT EXISTS (SELECT 1 FROM pragma_index_info(i.name) AS e WHERE e.name IS NULL) \
     ORDER BY t.name, i.name, c.seqno";

/// Gives references of one column as [`ReferenceRow`]s: text, text, text, text that may be null, and a truth value.
pub const REFERENCES_QUERY: &str = "SELECT t.name, r.\"from\", r.\"table\", r.\"to\", r.on_delete = 'CASCADE' \
     FROM sqlite_schema AS t JOIN pragma_foreign_key_list(t.name) AS r \
     WHERE t.type = 'table' AND NOT EXISTS (SELECT 1 FROM pragma_foreign_key_list(t.name) AS o WHERE o.id = r.id AND o.seq > 0) \
     ORDER BY t.name, r.id";

/// A row of [`COLUMNS_QUERY`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnRow {
    /// The table's name.
    pub table: String,
    /// The column's name.
    pub column: String,
    /// The declared type.
    pub type_name: String,
    /// Whether null is refused.
    pub not_null: bool,
    /// Whether there is a default.
    pub has_default: bool,
    /// Whether it is the key or a part of it.
    pub key: bool,
}

/// A row of [`INDEXES_QUERY`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexRow {
    /// The table's name.
    pub table: String,
    /// The index's name.
    pub index: String,
    /// Whether no two rows hold the same.
    pub unique: bool,
    /// The next column of the index.
    pub column: String,
}

/// A row of [`REFERENCES_QUERY`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceRow {
    /// The table's name.
    pub table: String,
    /// The column that refers.
    pub column: String,
    /// The table that is referred to.
    pub to_table: String,
    /// The column that is referred to; nothing for the key.
    pub to_column: Option<String>,
    /// Whether deletes cascade.
    pub cascade: bool,
}

/// What a database holds, from the rows of the three queries in their order.
#[must_use]
pub fn live(
    columns: Vec<ColumnRow>,
    indexes: Vec<IndexRow>,
    references: Vec<ReferenceRow>,
) -> Live {
    let mut live = Live::default();
    for row in columns {
        if live.tables.last().is_none_or(|it| it.name != row.table) {
            live.tables.push(LiveTable { name: row.table.clone(), ..LiveTable::default() });
        }
        if let Some(table) = live.tables.last_mut() {
            table.columns.push(column(row));
        }
    }
    let mut last = None;
    for row in indexes {
        let Some(table) = live.tables.iter_mut().find(|it| it.name == row.table) else { continue };
        if last.as_ref() != Some(&row.index) {
            table.indexes.push(Index { columns: Vec::new(), unique: row.unique });
            last = Some(row.index);
        }
        if let Some(index) = table.indexes.last_mut() {
            index.columns.push(row.column);
        }
    }
    for row in references {
        let to_column = row.to_column.or_else(|| key_of(&live, &row.to_table)).unwrap_or_default();
        let Some(table) = live.tables.iter_mut().find(|it| it.name == row.table) else { continue };
        let reference = Reference { table: row.to_table, column: to_column, cascade: row.cascade };
        table.references.push((row.column, reference));
    }
    live
}

fn key_of(live: &Live, table: &str) -> Option<String> {
    let table = live.tables.iter().find(|it| it.name == table)?;
    table.columns.iter().find(|it| it.key).map(|it| it.name.clone())
}

/// A key that is the row number is never null, whatever its declaration says.
fn column(row: ColumnRow) -> LiveColumn {
    let kind = kind_of(&row.type_name);
    LiveColumn {
        name: row.column,
        nullable: !row.not_null && !row.key,
        has_default: row.has_default || (row.key && kind == Some(Kind::Int)),
        kind,
        type_name: row.type_name,
        key: row.key,
    }
}

/// What a column of a declared type holds: our own types, and those of others where SQLite can store only one thing in
/// them. Dates and times of others may be stored in several ways, and numbers with a fraction as floats only.
fn kind_of(type_name: &str) -> Option<Kind> {
    let name = type_name.to_ascii_uppercase();
    let word = name.split(['(', ' ', '_']).next().unwrap_or_default();
    let ours = name.ends_with("_TEXT") || name.ends_with("_INTEGER");
    match word {
        "DECIMAL" if ours => Some(Kind::Decimal),
        "TIME" if ours => Some(Kind::Time),
        "DATE" if ours => Some(Kind::Date),
        "DURATION" if ours => Some(Kind::Duration),
        "JSON" => Some(Kind::Json),
        "BOOLEAN" | "BOOL" => Some(Kind::Bool),
        "INTEGER" | "INT" | "BIGINT" | "SMALLINT" | "TINYINT" | "MEDIUMINT" => Some(Kind::Int),
        "REAL" | "DOUBLE" | "FLOAT" => Some(Kind::Float),
        "TEXT" | "VARCHAR" | "NVARCHAR" | "CHAR" | "NCHAR" | "CLOB" => Some(Kind::Text),
        "BLOB" => Some(Kind::Bytes),
        _ => None,
    }
}
