//! Queries: what groups, databases and loops do not allow.

use ecow::EcoString;

use super::{Diagnostic, Fix, list};
use crate::check::checked::Aggregate;
use crate::check::types::Type;
use crate::source::{Source, Span};
use crate::syntax::tree::{Clause, Expr, For, Name};

/// The text of a place, if it is short enough to be shown.
fn shown(source: &Source, span: Span) -> String {
    const CHARS_MAX: usize = 40;
    let text = source.slice(span);
    if text.chars().count() <= CHARS_MAX && !text.contains('\n') {
        format!("`{text}`")
    } else {
        "this".to_owned()
    }
}

fn not_in(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new("not-in-sql", span, format!("the database cannot evaluate {what}"))
}

const COMPUTE: &str = "compute it before the query, or filter the rows after it";

/// A query contains something that databases cannot compute.
pub(in crate::check) fn not_in_sql(span: Span, source: &Source) -> Diagnostic {
    not_in(span, &shown(source, span)).because("it depends on the row").help(COMPUTE)
}

/// A query calls something that only exists here.
pub(in crate::check) fn call_in_sql(callee: Span, source: &Source) -> Diagnostic {
    let text = source.slice(callee);
    let name = text.rsplit(['.', ' ']).next().unwrap_or(text);
    not_in(callee, &format!("`{name}`")).because("it exists only here").help(COMPUTE)
}

/// What gathers rows is a function value, which only exists here.
pub(in crate::check) fn function_in_sql(span: Span, source: &Source) -> Diagnostic {
    not_in(span, &shown(source, span))
        .because("it exists only here")
        .help("write out what is gathered: `x => x.total`")
}

/// A whole row stands where one value is needed.
pub(in crate::check) fn whole_row(span: Span, source: &Source) -> Diagnostic {
    not_in(span, &shown(source, span))
        .because("this is a whole row")
        .help("name the column that is meant")
}

/// JSON is compared or gathered.
pub(in crate::check) fn json_in_sql(span: Span, source: &Source) -> Diagnostic {
    not_in(span, &shown(source, span))
        .because("the column holds JSON, which a query can select and compare with `null`")
        .help("filter the rows after the query")
}

/// A text is put together from something that databases write in ways of their own.
pub(in crate::check) fn text_of_row(span: Span, source: &Source) -> Diagnostic {
    not_in(span, &shown(source, span))
        .because("it is made text, and databases write values in ways of their own")
        .help("select the value, and put the text together after the query")
}

/// `skip` or `take` differs from row to row.
pub(in crate::check) fn count_depends_on_row(span: Span, text: &str) -> Diagnostic {
    not_in(span, &format!("`{text}`")).because("a number of rows is the same for all of them")
}

/// A list and a table in one query.
pub(in crate::check) fn list_joins_table(list: &Expr) -> Diagnostic {
    Diagnostic::new("not-in-sql", list.span, "the database does not know this list")
        .because("a query reads tables or lists, not both")
        .help("keep the rows that the list names: `where xs.contains(o.id)`")
}

/// Tables of two sources in one query.
pub(in crate::check) fn other_source(span: Span, table: &str) -> Diagnostic {
    Diagnostic::new("not-in-sql", span, format!("`{table}` is in another database"))
        .because("one query goes to one source")
        .help("read one of them into a list first, and use `in`")
}

/// What is written to is no table.
pub(in crate::check) fn not_a_table(span: Span, source: &Source) -> Diagnostic {
    let what = shown(source, span);
    Diagnostic::new("unknown-table", span, format!("{what} is not a table"))
        .because("`update` and `delete` change rows of a table")
}

/// A clause stands behind one that comes later.
pub(in crate::check) fn clause_order(clause: &Clause, before: &Clause) -> Diagnostic {
    let word = clause_word(clause);
    Diagnostic::new("misplaced", clause.word_span, format!("`{word}` cannot stand here"))
        .because(format!("it comes before `{}`", clause_word(before)))
        .label(before.word_span, "already here")
        .help("the order is `join`, `where`, `group by`, `sort`, `skip`, `take`, `select`")
}

/// A clause that stands once is there again.
pub(in crate::check) fn clause_twice(clause: &Clause) -> Diagnostic {
    let word = clause_word(clause);
    Diagnostic::new("misplaced", clause.word_span, format!("`{word}` cannot stand here"))
        .because(format!("a query has one `{word}`"))
}

/// A `join` in a query whose `select` runs in parallel.
pub(in crate::check) fn join_in_parallel(word: Span) -> Diagnostic {
    Diagnostic::new("misplaced", word, "`join` cannot stand here")
        .because("what runs in parallel takes one item at a time")
        .help("read the joined rows first: `parallel for x in (from … join … select …)`")
}

fn clause_word(clause: &Clause) -> &'static str {
    use crate::syntax::tree::ClauseKind;
    match clause.kind {
        ClauseKind::Join { left: false, .. } => "join",
        ClauseKind::Join { left: true, .. } => "left join",
        ClauseKind::Where(_) => "where",
        ClauseKind::GroupBy(_) => "group by",
        ClauseKind::Sort(_) => "sort",
        ClauseKind::Skip(_) => "skip",
        ClauseKind::Take(_) => "take",
        ClauseKind::Select(_) => "select",
        ClauseKind::Limit(_) => "limit",
    }
}

/// Groups are not selected.
pub(in crate::check) fn group_without_select(item: Span, clauses: &[Clause]) -> Diagnostic {
    let word = clauses.iter().find(|it| clause_word(it) == "group by");
    let span = word.map_or(item, |it| it.word_span);
    Diagnostic::new("not-grouped", span, "nothing says what is selected of a group")
        .because("a group has many rows")
        .help("`select` its keys and what gathers its rows: `select { key, n: count() }`")
}

/// Something differs within a group.
pub(in crate::check) fn not_grouped(span: Span, text: &str) -> Diagnostic {
    Diagnostic::new("not-grouped", span, format!("`{text}` differs within a group"))
        .because("a group has many rows")
        .help(format!("gather it, `max({text})` say, or add it to `group by`"))
}

/// Keys that cannot be compared.
pub(in crate::check) fn not_groupable(span: Span, ty: &Type) -> Diagnostic {
    Diagnostic::new("wrong-type", span, format!("rows cannot be grouped by {}", ty.with_article()))
}

/// Rows cannot be sorted by this.
pub(in crate::check) fn not_sortable(span: Span, ty: &Type) -> Diagnostic {
    Diagnostic::new("wrong-type", span, format!("rows cannot be sorted by {}", ty.with_article()))
}

/// `sum()`
pub(in crate::check) fn gathers_nothing(callee: Span, brackets: Span, name: &str) -> Diagnostic {
    let inside =
        Span { start: brackets.start + 1, end: brackets.end.saturating_sub(1), ..brackets };
    Diagnostic::new("missing-argument", callee, "nothing says what is gathered".to_owned())
        .because("a row has several columns")
        .fix(Fix::snippet("say it", inside, format!("${{1:{name}}}")))
}

/// `where count() > 3` without groups
pub(in crate::check) fn gathers_no_group(callee: Span, name: &str) -> Diagnostic {
    Diagnostic::new("misplaced", callee, format!("`{name}` cannot stand here"))
        .because("it gathers the rows of a group, and there are no groups")
        .help(format!("put `group by` before it, or gather all rows: `(from …).{name}(…)`"))
}

/// `sum(a, b)`
pub(in crate::check) fn gathers_one(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new("wrong-arguments", span, format!("`{name}` gathers one value of each row"))
}

/// `sum(total: o.total)`
pub(in crate::check) fn gathers_unnamed(word: &Name, name: &str) -> Diagnostic {
    Diagnostic::new(
        "unknown-argument",
        word.span,
        format!("`{name}` has no parameter `{}`", word.text),
    )
}

/// `sum(distinct o.total)`
pub(in crate::check) fn distinct_elsewhere(word: &Name, name: &str) -> Diagnostic {
    Diagnostic::new("wrong-arguments", word.span, format!("`{name}` does not take `distinct`"))
        .because("only `count` does")
}

/// Values that cannot be gathered in this way.
pub(in crate::check) fn cannot_gather(span: Span, which: Aggregate, ty: &Type) -> Diagnostic {
    let (what, needs) = match which {
        Aggregate::Sum => ("added up", "numbers and durations are"),
        Aggregate::Avg => ("averaged", "numbers and durations are"),
        _ => ("put in order", "numbers, texts, times, dates and durations are"),
    };
    Diagnostic::new("wrong-type", span, format!("{} cannot be {what}", ty.with_article()))
        .because(needs)
}

/// A `delete` without a condition.
pub(in crate::check) fn delete_all(span: Span, table: &str) -> Diagnostic {
    Diagnostic::new("delete-all", span, format!("this deletes every row of `{table}`"))
        .because("there is no `where`")
        .help(format!("say which rows, or `where true`, or `{table}.truncate()`"))
        .fix(Fix::snippet("say which", span.after(), " where ${1:condition}"))
        .fix(Fix::maybe("say that it is meant", span.after(), " where true"))
}

/// `set {}`
pub(in crate::check) fn nothing_set(span: Span, table: &str) -> Diagnostic {
    Diagnostic::new("missing-fields", span, "nothing is set")
        .because(format!("name the columns of `{table}` that change"))
}

/// `set { ...row }`
pub(in crate::check) fn spread_in_set(span: Span) -> Diagnostic {
    not_in(span, "a record").because("`set` names its columns")
}

/// A query whose rows all become one list.
pub(in crate::check) fn whole_table(span: Span, table: &str) -> Diagnostic {
    Diagnostic::new("whole-table", span, "this reads every row into memory")
        .because("a table grows; the memory of a run does not")
        .help(format!(
            "loop over it, `for x in {table} {{ … }}`, or say how many are enough with `take`"
        ))
}

/// How the rows that a loop looks up one by one are read at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::check) enum AtOnce {
    /// The loop goes over this table, and each of its rows names another one: a join.
    Join(EcoString),
    /// The loop goes over this list of values that are looked up.
    Listed(EcoString),
    /// What is looked up is computed: no query can be written for the reader.
    Unknown,
}

/// What a loop asks for in every turn.
#[derive(Clone, Debug)]
pub(in crate::check) struct Lookup<'a> {
    /// The table that is asked.
    pub table: &'a str,
    /// The column that is compared.
    pub column: &'a str,
    /// What it is compared with, as it is written.
    pub value: &'a str,
}

/// A row is looked up in every turn of a loop.
pub(in crate::check) fn query_in_loop(
    span: Span,
    it: &For,
    lookup: &Lookup<'_>,
    way: &AtOnce,
) -> Diagnostic {
    let item = it.item.name.text.as_str();
    let Lookup { table, column, value } = lookup;
    let first = table.chars().next().map(|it| it.to_ascii_lowercase().to_string());
    let row = first.filter(|it| it != item).unwrap_or_else(|| "x".to_owned());
    Diagnostic::new("query-in-loop", span, "one query per turn of the loop")
        .because("the database is asked again each time")
        .label(it.item.name.span, "the loop")
        .help(match way {
            AtOnce::Join(source) => format!(
                "read both at once: `from {item} in {source} join {row} in {table} on {row}.{column} == {value}`"
            ),
            AtOnce::Listed(values) => format!(
                "read them at once: `from {row} in {table} where {row}.{column} in {values}`"
            ),
            AtOnce::Unknown => format!(
                "collect what is looked up and read it at once: `from {row} in {table} where {row}.{column} in …`"
            ),
        })
}

/// A row is written in every turn of a loop, each in a transaction of its own.
pub(in crate::check) fn write_in_loop(span: Span, it: &For, table: &str) -> Diagnostic {
    Diagnostic::new("write-in-loop", span, "one transaction per turn of the loop")
        .because("each write waits for the disk")
        .label(it.item.name.span, "the loop")
        .help(format!(
            "collect the rows and write them with `{table}.insert_all(rows)`, or put the loop into `transaction {{ … }}`"
        ))
}

/// A statement that is not written in place.
pub(in crate::check) fn text_as_sql(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new("text-as-sql", span, "a statement must be written here, not built")
        .because("a text that was put together elsewhere may hold anything")
        .help(format!("write it in the call: `{name}(\"… {{value}} …\")` binds what is in braces"))
}

/// A call without a statement.
pub(in crate::check) fn no_statement(callee: Span, brackets: Span, name: &str) -> Diagnostic {
    let inside =
        Span { start: brackets.start + 1, end: brackets.end.saturating_sub(1), ..brackets };
    Diagnostic::new("missing-argument", callee, format!("`{name}` needs a statement"))
        .fix(Fix::snippet("write one", inside, "\"${1:select}\""))
}

/// More than a statement.
pub(in crate::check) fn one_statement(span: Span, name: &str, value: &str) -> Diagnostic {
    Diagnostic::new("wrong-arguments", span, format!("`{name}` takes one statement"))
        .because("values stand in braces inside it")
        .help(format!(
            "write `… = {{{}}}` in the statement",
            if value.len() <= 30 { value } else { "x" }
        ))
}

/// A parameter inside a text of SQL.
pub(in crate::check) fn quoted_parameter(span: Span, source: &Source) -> Diagnostic {
    let what = shown(source, span);
    Diagnostic::new("bad-sql", span, format!("{what} stands inside quotes"))
        .because("inside `'…'` it would be text, not a value")
        .help("leave the quotes out: what is in braces is bound as it is")
}

/// A value that cannot be a parameter.
pub(in crate::check) fn cannot_bind(span: Span, ty: &Type) -> Diagnostic {
    Diagnostic::new("wrong-type", span, format!("{} cannot be bound", ty.with_article()))
        .because("a database cannot hold it")
}

/// Rows cannot be read as this.
pub(in crate::check) fn not_a_row(span: Span, ty: &Type) -> Diagnostic {
    Diagnostic::new("wrong-type", span, format!("a row cannot be read as {}", ty.with_article()))
        .help(format!("rows are records, single values, or {}", list(&["json"])))
}

/// `limit` where nothing runs in parallel.
pub(in crate::check) fn limit_of_rows(word: Span) -> Diagnostic {
    Diagnostic::new("misplaced", word, "`limit` is written `take` here")
        .because("`limit` says how many bodies of a `parallel` query run at once")
        .fix(crate::diagnostics::Fix::safe("write `take`", word, "take"))
}
