//! Texts in a language of their own: regular expressions, patterns, templates.

use super::{Diagnostic, Fix, offer};
use crate::check::languages::Literal;
use crate::check::types::RecordType;
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::source::Span;

/// A regular expression that cannot be read, at the place where that shows.
pub(in crate::check) fn bad_regex(at: Span, whole: Span, what: &str) -> Diagnostic {
    let end = whole.end.saturating_sub(1).max(at.start);
    let span = if at.start >= whole.end { whole } else { Span { end, ..at } };
    Diagnostic::new("bad-regex", span, "this pattern cannot be read").because(what)
}

/// A pattern of times or dates with something that it cannot write.
pub(in crate::check) fn bad_format(span: Span, directive: &str, of: &str) -> Diagnostic {
    let title = format!("`{directive}` says nothing of a {of}");
    let diagnostic = Diagnostic::new("bad-format", span, title);
    match of {
        "date" => diagnostic.help("`%Y` year, `%m` month, `%d` day, `%B` name of the month, `%A` of the day"),
        _ => diagnostic.help("`%Y-%m-%d` date, `%H:%M:%S` time of day, `%B` name of the month, `%Z` zone; `%%` is a percent sign"),
    }
}

/// A pattern that is the same for every time; `ours` is what it says in another language, in ours.
pub(in crate::check) fn format_without_directive(
    span: Span,
    pattern: &str,
    ours: Option<String>,
) -> Diagnostic {
    let title = format!("`{pattern}` is the same for every time");
    let diagnostic =
        Diagnostic::new("bad-format", span, title).because("parts of a time begin with `%`");
    match ours {
        Some(ours) => diagnostic
            .help(format!("`{ours}` writes what it seems to mean"))
            .fix(Fix::maybe(format!("write `{ours}`"), span, ours)),
        None => diagnostic.help("`%Y-%m-%d` is the date, `%H:%M:%S` the time of day"),
    }
}

/// A template that is not there.
pub(in crate::check) fn no_template(literal: &Literal<'_>, known: &[&str]) -> Diagnostic {
    let title = format!("no template is called `{}`", literal.text);
    let span = literal.place(0..literal.text.len());
    let near = nearest(literal.text, known.iter().map(|it| Candidate::new(it)));
    let diagnostic = Diagnostic::new("bad-template", span, title)
        .because("looked for beside this file, in the project's folder and in its `templates`");
    offer(diagnostic, span, &near)
}

/// A template that only the run would know.
pub(in crate::check) fn computed_template(span: Span) -> Diagnostic {
    let title = "the path of a template stands in the program, as a text without holes";
    Diagnostic::new("bad-template", span, title)
        .because("templates are read when the program is checked")
        .help("for a text that comes from elsewhere: `template.text(source, values)`")
}

/// A template that cannot be read.
pub(in crate::check) fn bad_template(
    span: Span,
    name: &str,
    error: &minijinja::Error,
) -> Diagnostic {
    let what = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let place = match error.line() {
        Some(line) => format!("{name}, line {line}"),
        None => name.to_owned(),
    };
    Diagnostic::new("bad-template", span, "this template cannot be read")
        .because(format!("{place}: {what}"))
}

/// A template that asks for something that it is not given.
pub(in crate::check) fn missing_value(
    span: Span,
    path: &str,
    name: &str,
    record: &RecordType,
) -> Diagnostic {
    let near = nearest(name, record.declared().map(|field| Candidate::new(&field.name)));
    let diagnostic =
        Diagnostic::new("missing-template-value", span, format!("the template needs `{path}`"));
    match near.as_slice() {
        [] => diagnostic,
        [only] => diagnostic.help(format!("here stands `{only}`, which is near")),
        several => diagnostic.help(format!("near are {}", super::list(several))),
    }
}

/// A statement in which something is opened and not closed.
pub(in crate::check) fn sql_open(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new("bad-sql", span, format!("{what} of this statement is not closed"))
        .because("the database would read to the end")
        .help("close it where it ends; a `'` inside a text is written `''`")
}

/// A statement with a bracket too many.
pub(in crate::check) fn sql_surplus_bracket(span: Span) -> Diagnostic {
    Diagnostic::new("bad-sql", span, "a `)` of this statement closes nothing")
        .help("remove it, or open it where it should begin")
}

/// Two statements in one text.
pub(in crate::check) fn sql_two_statements(span: Span) -> Diagnostic {
    Diagnostic::new("bad-sql", span, "this text holds more than one statement")
        .because("the first ends with `;`")
        .help("write one call for each, inside `transaction { … }` if they belong together")
}

/// A text without a statement.
pub(in crate::check) fn sql_empty(span: Span) -> Diagnostic {
    Diagnostic::new("bad-sql", span, "this text holds no statement").help("such as `select 1`")
}

/// A word that begins no statement, or no clause.
pub(in crate::check) fn sql_word(span: Span, word: &str, near: &[&str], what: &str) -> Diagnostic {
    let title = format!("no {what} of SQL begins with `{word}`");
    let diagnostic = Diagnostic::new("bad-sql", span, title);
    match near {
        [only] => diagnostic.fix(Fix::safe(format!("write `{only}`"), span, *only)),
        _ => offer(diagnostic, span, near),
    }
}

/// A statement about a table that is misspelt.
pub(in crate::check) fn sql_no_table(span: Span, table: &str, near: &[&str]) -> Diagnostic {
    let title = format!("no table of the database is called `{table}`");
    offer(Diagnostic::new("bad-sql", span, title), span, near)
}

/// A statement about a column that none of its tables has.
pub(in crate::check) fn sql_no_column(
    span: Span,
    tables: &[&str],
    columns: &[&str],
    column: &str,
    near: &[&str],
) -> Diagnostic {
    let verb = if tables.len() == 1 { "has" } else { "have" };
    let title = format!("{} {verb} no column `{column}`", super::list(tables));
    let diagnostic = Diagnostic::new("bad-sql", span, title);
    match near {
        [] => diagnostic.help(format!("the declaration has {}", super::some_of(columns))),
        _ => offer(diagnostic, span, near),
    }
}
