//! Habits of SQL: the order of clauses, `select *`, directions in front of what they sort.

use super::{Found, error, habits::habitual};
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::diagnostics::{Diagnostic, Fix};
use crate::source::Span;
use crate::syntax::parser::Want;
use crate::syntax::token::Kind;

/// A habit of SQL that explains why `want` was not there.
pub(super) fn habit(want: Want, found: &Found<'_>) -> Option<Diagnostic> {
    match (want, found.token.kind) {
        (Want::Value, Kind::Star) if found.before_is(Kind::Select) => Some(select_all(found)),
        (Want::LineEnd | Want::Block | Want::Token(Kind::Comma), kind) if kind.is_name() => {
            direction(found)
        }
        _ => None,
    }
    .or_else(|| select_first(found))
}

/// `select *`
fn select_all(found: &Found<'_>) -> Diagnostic {
    let select = found.before.map_or(found.token.start, |it| it.start);
    let head = &found.text[..select as usize];
    let start = u32::try_from(head.trim_end().len()).unwrap_or(select);
    let clause = Span { start, ..found.span(found.token) };
    habitual("a query gives whole rows by itself", found.span(found.token))
        .help("leave `select *` out; `select { o.id, o.total }` takes single columns")
        .fix(Fix::safe("leave `select *` out", clause, ""))
}

/// `sort o.total dsc`, `sort desc o.total`
fn direction(found: &Found<'_>) -> Option<Diagnostic> {
    let before = found.statement_before().trim_end();
    let clause = before.rfind("sort ").map(|at| &before[at + 5..])?;
    match clause.trim() {
        sign @ ("desc" | "asc") => direction_first(found, sign),
        _ => misspelt_direction(found),
    }
}

fn direction_first(found: &Found<'_>, sign: &str) -> Option<Diagnostic> {
    let word = found.span(found.before?);
    let key = found.text[found.token.start as usize..]
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')))
        .next()?;
    let end = found.token.start + u32::try_from(key.len()).ok()?;
    let said = habitual(format!("`{sign}` stands behind what is sorted by"), word);
    let is_whole = !found.text[end as usize..].starts_with(['(', '[', '?']);
    let said = said.help(format!("write `sort {key} {sign}`"));
    if !is_whole {
        return Some(said);
    }
    let lead = Span { end: found.token.start, ..word };
    let behind = Span { start: end, end, ..word };
    let title = format!("write `{key} {sign}`");
    Some(said.fix(Fix::safe(title, lead, "").and(behind, format!(" {sign}"))))
}

fn misspelt_direction(found: &Found<'_>) -> Option<Diagnostic> {
    let (span, word) = (found.span(found.token), found.slice(found.token));
    let meant = match word.to_lowercase().as_str() {
        "descending" | "down" | "reverse" => "desc",
        "ascending" | "up" => "asc",
        _ => *nearest(word, ["desc", "asc"].map(Candidate::new)).first()?,
    };
    let title = format!("`sort` knows no `{word}`");
    let said = error("misplaced", title, span, "`desc` or `asc` may follow, or another clause");
    Some(said.fix(Fix::maybe(format!("write `{meant}`"), span, meant)))
}

/// `select o.id from Order where …`, in whatever case.
pub(super) fn select_first(found: &Found<'_>) -> Option<Diagnostic> {
    let line = found.line();
    let select = word_at(line, "select")?;
    let from = select + word_at(&line[select..], "from")?;
    if word_at(&line[..select], "from").is_some() {
        return None;
    }
    let columns = line[select + "select".len()..from].trim();
    let table: String = line[from + "from".len()..]
        .trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    let start = found.statement.start + u32::try_from(select).ok()?;
    let word = Span { start, end: start + 6, ..found.span(found.statement) };
    let said = habitual("a query begins with `from` here", word);
    Some(said.help(format!("write `{}`", rewritten(columns, &table))))
}

/// The query that was meant, as far as one line of SQL shows it.
fn rewritten(columns: &str, table: &str) -> String {
    let row: String = match table.chars().next() {
        Some(first) if first.is_alphabetic() => first.to_lowercase().collect(),
        _ => return "from o in Order where … select { o.id, o.total }".to_owned(),
    };
    let is_name = |it: &&str| it.chars().all(|c| c.is_alphanumeric() || c == '_');
    let names: Vec<&str> = columns.split(',').map(str::trim).collect();
    if names.iter().all(is_name) && names.len() <= 4 {
        let fields: Vec<String> = names.iter().map(|it| format!("{row}.{it}")).collect();
        return format!("from {row} in {table} where … select {{ {} }}", fields.join(", "));
    }
    match columns {
        "*" => format!("from {row} in {table} where …"),
        _ => format!("from {row} in {table} where … select …"),
    }
}

/// Where a word stands in a line, in whatever case.
fn word_at(line: &str, word: &str) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let is_edge = |c: Option<char>| c.is_none_or(|c| !(c.is_alphanumeric() || c == '_'));
    let mut places = lower.match_indices(word).map(|(at, _)| at);
    places.find(|at| {
        let before = lower[..*at].chars().next_back();
        is_edge(before) && before != Some('.') && is_edge(lower[at + word.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_and_in_any_case() {
        assert_eq!(word_at("let a = SELECT * FROM T", "from"), Some(17));
        assert_eq!(word_at("let fromage = o.from", "from"), None);
    }

    #[test]
    fn sql_is_rewritten_as_far_as_it_is_plain() {
        assert_eq!(rewritten("*", "Customer"), "from c in Customer where …");
        assert_eq!(
            rewritten("id, name", "Customer"),
            "from c in Customer where … select { c.id, c.name }"
        );
        assert_eq!(rewritten("count(*)", "Customer"), "from c in Customer where … select …");
    }
}
