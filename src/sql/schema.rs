//! Tables as data: what a declaration says, without a dialect.

use serde::{Deserialize, Serialize};

use super::Kind;

/// A table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// What programs call it: `OrderLine`.
    pub name: String,
    /// What the database calls it: `order_line`.
    pub database_name: String,
    /// At least one, in declared order.
    pub columns: Vec<Column>,
    /// Beside those that `unique` columns make.
    pub indexes: Vec<Index>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks of the language")]
pub struct Column {
    /// What programs call it.
    pub name: String,
    /// What the database calls it.
    pub database_name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may hold null.
    pub nullable: bool,
    /// Whether it is the table's key; at most one column is.
    pub key: bool,
    /// Whether the database numbers it; an int key only.
    pub auto: bool,
    /// Whether no two rows hold the same.
    pub unique: bool,
    /// What it holds when nothing is said.
    pub default: Option<Default>,
    /// Whose key it holds.
    pub reference: Option<Reference>,
}

/// What a column holds when nothing is said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Default {
    /// Always the same.
    Value(Literal),
    /// The time of the write, so many microseconds later.
    Now(i64),
    /// The date of the write in a zone, so many days later.
    Today {
        /// The zone's name.
        zone: String,
        /// Days later.
        days: i64,
    },
    /// A new UUID as text, of version 4 or 7.
    Uuid(u8),
}

/// A constant, as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named after the types of the language")]
pub enum Literal {
    Null,
    Int(i64),
    /// Digits, as they were written.
    Decimal(String),
    Float(f64),
    Bool(bool),
    Text(String),
    /// Microseconds since 1970.
    Time(i64),
    /// Days since 1970.
    Date(i32),
    /// Microseconds.
    Duration(i64),
    /// JSON text.
    Json(String),
}

/// The column of another table whose values this one holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The other table's name in the database.
    pub table: String,
    /// Its key's name in the database.
    pub column: String,
    /// Whether the row goes when the one that it refers to goes.
    pub cascade: bool,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// The columns' names in the database, in order.
    pub columns: Vec<String>,
    /// Whether no two rows hold the same.
    pub unique: bool,
}

impl Table {
    /// The column of this name in programs.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|it| it.name == name)
    }

    /// The key, if the table has one.
    #[must_use]
    pub fn key(&self) -> Option<&Column> {
        self.columns.iter().find(|it| it.key)
    }

    /// A column that is null only where there is no row: the key, or any that holds no null, or else the first.
    #[must_use]
    pub fn witness(&self) -> usize {
        let sure = self.columns.iter().position(|it| it.key);
        sure.or_else(|| self.columns.iter().position(|it| !it.nullable)).unwrap_or(0)
    }

    /// Every index that the table needs: the declared ones, one for each `unique` column, and one for each reference
    /// (without it, deleting a referred-to row would read this whole table).
    #[must_use]
    pub fn all_indexes(&self) -> Vec<Index> {
        let single =
            |column: &Column, unique| Index { columns: vec![column.database_name.clone()], unique };
        let unique = self.columns.iter().filter(|it| it.unique && !it.key);
        let mut indexes: Vec<Index> = unique.map(|it| single(it, true)).collect();
        indexes.extend(self.indexes.iter().cloned());
        for column in self.columns.iter().filter(|it| it.reference.is_some() && !it.key) {
            let leads = |it: &Index| it.columns.first() == Some(&column.database_name);
            if !indexes.iter().any(leads) {
                indexes.push(single(column, false));
            }
        }
        indexes
    }

    /// What the database calls an index of this table.
    #[must_use]
    pub fn index_name(&self, index: &Index) -> String {
        let ending = if index.unique { "unique" } else { "index" };
        format!("{}_{}_{ending}", self.database_name, index.columns.join("_"))
    }
}

impl Column {
    /// Whether an `insert` may leave it out.
    #[must_use]
    pub fn may_be_left_out(&self) -> bool {
        self.auto || self.nullable || self.default.is_some()
    }
}

/// The name that a table or column has in the database where no other is given: words in lower case with `_` between.
#[must_use]
pub fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 4);
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|it| chars[it]);
        let word_ends_before = before.is_some_and(|it| it.is_lowercase() || it.is_ascii_digit());
        let acronym_ends_before = before.is_some_and(char::is_uppercase)
            && chars.get(at + 1).is_some_and(|it| it.is_lowercase());
        if c.is_uppercase() && (word_ends_before || acronym_ends_before) {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_database_are_words_in_lower_case() {
        for (name, wanted) in [
            ("Order", "order"),
            ("OrderLine", "order_line"),
            ("HTTPLog", "http_log"),
            ("Line2Item", "line2_item"),
            ("customer_id", "customer_id"),
            ("A", "a"),
        ] {
            assert_eq!(snake_case(name), wanted);
        }
    }

    #[test]
    fn a_reference_has_an_index_unless_one_already_begins_with_it() {
        let column = |name: &str, reference: bool| Column {
            name: name.to_owned(),
            database_name: name.to_owned(),
            kind: Kind::Int,
            nullable: false,
            key: false,
            auto: false,
            unique: false,
            default: None,
            reference: reference.then(|| Reference {
                table: "t".to_owned(),
                column: "id".to_owned(),
                cascade: false,
            }),
        };
        let mut table = Table {
            name: "T".to_owned(),
            database_name: "t".to_owned(),
            columns: vec![column("a", true), column("b", false)],
            indexes: vec![],
        };
        assert_eq!(table.all_indexes(), [Index { columns: vec!["a".to_owned()], unique: false }]);
        let declared = Index { columns: vec!["a".to_owned(), "b".to_owned()], unique: true };
        table.indexes.push(declared.clone());
        assert_eq!(table.index_name(&declared), "t_a_b_unique");
        assert_eq!(table.all_indexes(), [declared]);
    }
}
