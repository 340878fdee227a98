//! Declarations of tables.

use super::{Diagnostic, Fix, offer};
use crate::check::types::Type;
use crate::source::Span;
use crate::syntax::tree::{Column, Name};

fn bad_column(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new("bad-column", span, title)
}

/// A table has no columns at all.
pub(in crate::check) fn no_columns(name: &Name) -> Diagnostic {
    bad_column(name.span, format!("`{}` has no columns", name.text))
        .help("a table has at least one: `id: int key auto`")
}

/// Two declarations mean the same table of the database.
pub(in crate::check) fn same_database_name(span: Span, name: &str, first: &Name) -> Diagnostic {
    let title = format!("`{}` is called `{name}` in the database, too", first.text);
    Diagnostic::new("duplicate-name", span, title)
        .because("two declarations, one table")
        .label(first.span, "the first one")
        .help("give one of them another name: `table T as \"other\"`")
}

/// What should be a row is no record.
pub(in crate::check) fn not_a_row(span: Span, table: &str, ty: &Type) -> Diagnostic {
    let title = format!("a row of `{table}` is a record, and this is {}", ty.with_article());
    Diagnostic::new("wrong-type", span, title)
        .help("name the columns: behind `=>`, `{ n: n }` is a record and `{ n }` a block")
}

/// A second column is marked as the key.
pub(in crate::check) fn second_key(mark: Span, first: &Name, second: &Name) -> Diagnostic {
    bad_column(mark, "a table has one key")
        .label(first.span, "the key")
        .help(format!("to keep pairs unique, write `unique ({}, {})`", first.text, second.text))
}

/// A column's type cannot be stored.
pub(in crate::check) fn cannot_hold(span: Span, name: &Name, ty: &Type) -> Diagnostic {
    bad_column(span, format!("a column cannot hold {}", ty.with_article()))
        .because(format!("`{}` is stored in a database", name.text))
}

/// The key may be missing.
pub(in crate::check) fn key_may_be_missing(mark: Span, name: &Name, ty: Span) -> Diagnostic {
    bad_column(mark, format!("the key `{}` must always be there", name.text))
        .label(ty, "`?` says that it may be missing")
}

/// A type that rows cannot be found by.
pub(in crate::check) fn not_a_key(mark: Span, name: &Name, ty: &Type) -> Diagnostic {
    bad_column(mark, format!("`{}` cannot be the key", name.text)).because(format!(
        "it is {}; a key is an `int`, `text`, `date` or `time`",
        ty.with_article()
    ))
}

/// `auto` on something else than an int key.
pub(in crate::check) fn auto_elsewhere(mark: Span, name: &Name) -> Diagnostic {
    bad_column(mark, "`auto` numbers the key, an `int`")
        .because("the database numbers nothing else")
        .help(format!("write `{}: int key auto`, or give a default instead", name.text))
}

/// A column is numbered by the database and has a default as well.
pub(in crate::check) fn auto_with_default(default: Span, mark: Span) -> Diagnostic {
    bad_column(default, "this is never used")
        .because("the database numbers the rows")
        .label(mark, "because of this")
}

/// `cascade` without a reference.
pub(in crate::check) fn cascade_alone(mark: Span) -> Diagnostic {
    bad_column(mark, "`cascade` belongs to a reference")
        .because("there is no row that this one could go with")
        .help("write `-> Customer cascade`")
}

/// `as ""`
pub(in crate::check) fn empty_name(span: Span) -> Diagnostic {
    bad_column(span, "a name in the database is not empty")
}

/// A word that is no mark of a column.
pub(in crate::check) fn unknown_mark(
    name: &Name,
    behind: Option<&Name>,
    near: &[&str],
) -> Diagnostic {
    if let Some(foreign) = foreign_mark(name, behind) {
        return foreign;
    }
    let diagnostic = bad_column(name.span, format!("no column is `{}`", name.text))
        .help("columns are `key`, `auto`, `unique`, `-> Table`, `cascade`, `as \"name\"`");
    offer(diagnostic, name.span, near)
}

/// A word that SQL has behind a column's type; `behind` is the word that follows it.
fn foreign_mark(name: &Name, behind: Option<&Name>) -> Option<Diagnostic> {
    let whole = behind.map_or(name.span, |it| name.span.to(it.span));
    let word = name.text.to_lowercase();
    let said = bad_column(name.span, format!("`{}` is not written here", name.text));
    Some(match (word.as_str(), behind) {
        ("default", Some(value)) => {
            said.help(format!("a default is written `= {}`", value.text)).fix(Fix::safe(
                format!("write `= {}`", value.text),
                whole,
                format!("= {}", value.text),
            ))
        }
        ("default", None) => said.help("a default is written `= …`"),
        ("nullable" | "null" | "optional", _) => {
            said.help("what may be missing has a `?` behind its type: `text?`")
        }
        ("not", _) => said.help("leave it out: only `text?` may be missing"),
        ("primary" | "pk", _) => said.help("the key is marked with `key`"),
        ("autoincrement" | "auto_increment" | "serial" | "identity", _) => {
            said.help("numbered by the database is `key auto`")
        }
        ("references" | "foreign", _) => said.help("a reference is written `-> Customer`"),
        _ => return None,
    })
}

/// A type that an index cannot order.
pub(in crate::check) fn not_indexed(span: Span, name: &Name, ty: &Type) -> Diagnostic {
    bad_column(span, format!("`{}` cannot be in an index", name.text))
        .because(format!("it is {}, which is stored as JSON", ty.with_article()))
}

/// A reference to a table without a key.
pub(in crate::check) fn reference_without_key(table: &Name) -> Diagnostic {
    bad_column(table.span, format!("`{}` has no key to refer to", table.text))
        .help(format!("mark a column of `{}` with `key`", table.text))
}

/// A reference whose type is not that of the key.
pub(in crate::check) fn reference_type(
    column: &Column,
    table: &Name,
    key: &str,
    key_type: &Type,
    ty: &Type,
) -> Diagnostic {
    let wanted = match ty {
        Type::Optional(_) => format!("{key_type}?"),
        _ => key_type.to_string(),
    };
    bad_column(
        column.ty.span,
        format!("`{}` refers to {}", column.name.text, key_type.with_article()),
    )
    .because(format!("and this is {}", ty.with_article()))
    .label(table.span, format!("its key is `{key}: {key_type}`"))
    .fix(Fix::maybe(format!("write `{wanted}`"), column.ty.span, wanted))
}

/// A default that would have to be computed.
pub(in crate::check) fn default_not_known(span: Span, name: &Name) -> Diagnostic {
    bad_column(span, format!("the default of `{}` is not known beforehand", name.text))
        .because("a default is stored with the table")
        .help(
            "a default is a literal, a constant, `now()`, `now() + 30d`, `today()` or `uuid.v7()`",
        )
}

/// A row is asked for by its key where the table has none.
pub(in crate::check) fn no_key(span: Span, table: &str, call: &str) -> Diagnostic {
    Diagnostic::new("wrong-arguments", span, format!("`{table}` has no key for `{call}`"))
        .because("rows are found by their key")
        .help("mark a column with `key`, or name a unique one: `get(email: …)`")
}

/// A row is asked for by a column that several rows may share.
pub(in crate::check) fn not_unique(name: &Name, table: &str, call: &str) -> Diagnostic {
    let title = format!("several rows may have the same `{}`", name.text);
    Diagnostic::new("wrong-arguments", name.span, title)
        .because(format!("`{call}` finds one row"))
        .help(format!(
            "mark the column with `unique`, or write `from x in {table} where x.{} == …`",
            name.text
        ))
}

/// An `upsert` whose row lacks what it is found by.
pub(in crate::check) fn upsert_without(span: Span, column: &str) -> Diagnostic {
    Diagnostic::new("missing-fields", span, format!("`upsert` needs `{column}`"))
        .because("the row that may be there is found by it")
}

/// `on:` or `on_conflict:` is not written out.
pub(in crate::check) fn must_be_literal(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new("wrong-type", span, format!("{what} is written out"))
        .because("it has to be known beforehand")
}

/// A row that is not written out has a field that its column cannot hold.
pub(in crate::check) fn wrong_column(
    span: Span,
    name: &str,
    wanted: &Type,
    found: &Type,
) -> Diagnostic {
    let title =
        format!("`{name}` needs {}, and this is {}", wanted.with_article(), found.with_article());
    Diagnostic::new("wrong-type", span, title)
}
