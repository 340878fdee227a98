//! Statements as SQLite reads them.
//!
//! **How values are stored** (all of it readable in the `sqlite3` shell):
//!
//! | kind | stored as | why |
//! |---|---|---|
//! | `int` `duration` | integer (a duration in microseconds) | |
//! | `decimal` | text, `10.00`, compared by the collation `decimal` | exact, keeps its scale, ordered by value; the shell brings a collation of that name and meaning, so that its `order by` and its writes to indexed tables are right, too |
//! | `float` | real | |
//! | `bool` | 0 or 1 | |
//! | `time` | text, `2026-03-29T00:30:00.000000Z`: always in UTC, always 27 characters | its order as text is its order in time; SQLite's own date functions read it |
//! | `date` | text, `2026-03-29` | likewise |
//! | `text` `bytes` `json` | text, blob, JSON text | |
//!
//! SQLite knows too little of decimals, Unicode and zones, and lets integers overflow into reals. What it lacks are
//! functions that the connection must offer, named `decimal_…` and `task_…` here; `host::real::sqlite` defines them.
//!
//! Every value is a parameter. Names are quoted. Nothing else is put into a text.

mod expr;
mod introspect;
mod schema;
mod select;
mod write;

pub use introspect::{
    COLUMNS_QUERY, ColumnRow, INDEXES_QUERY, IndexRow, REFERENCES_QUERY, ReferenceRow, live,
};
pub use schema::{apply, rows_query};
pub use write::{Conflict, delete, get, has, insert, insert_one, refers, truncate, update};

use super::{Kind, Statement};

/// A statement as text, with what its parameters `?1`, `?2`, … hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// By number from 0. A parameter of a list (`in`) has the kind of its elements.
    pub params: Vec<Kind>,
}

/// The text of a statement.
#[must_use]
pub fn render(statement: &Statement) -> Rendered {
    let mut writer = Writer::default();
    match statement {
        Statement::Select(select) => writer.select(select),
        Statement::Update { table, set, condition } => {
            writer.update(table, set, condition.as_ref());
        }
        Statement::Delete { table, condition } => writer.delete(table, condition.as_ref()),
        Statement::Direct(direct) => writer.direct(direct),
        Statement::Schema => writer.push(COLUMNS_QUERY),
    }
    Rendered { text: writer.text, params: writer.params }
}

/// A text in the making.
#[derive(Default)]
struct Writer {
    text: String,
    params: Vec<Kind>,
}

impl Writer {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A name in quotes.
    fn name(&mut self, name: &str) {
        self.push(&quoted(name));
    }

    /// Writes each of the items with `, ` between them.
    fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Self, T)) {
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.push(", ");
            }
            write(self, item);
        }
    }

    fn param(&mut self, number: u32, kind: Kind) {
        let index = number as usize;
        if self.params.len() <= index {
            self.params.resize(index + 1, kind);
        }
        self.params[index] = kind;
        self.push(&format!("?{}", index + 1));
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
