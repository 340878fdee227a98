//! What to write where a value of another type is needed.

use super::{Diagnostic, Fix};
use crate::check::checker::Checker;
use crate::check::types::Type;
use crate::diagnostics::suggest::words::begins_with_day;
use crate::syntax::tree::{Expr, ExprKind, RecordPart, Text, TextPart};

/// What to write instead, where that is known.
pub(super) fn mended(
    checker: &Checker<'_>,
    diagnostic: Diagnostic,
    expr: &Expr,
    found: &Type,
    wanted: &Type,
) -> Diagnostic {
    let wanted = wanted.without_null();
    match (found, wanted) {
        (Type::Text, Type::Int | Type::Decimal | Type::Float) => {
            text_to_number(diagnostic, expr, wanted)
        }
        (Type::Text, Type::Bool) => text_to_bool(checker, diagnostic, expr),
        (Type::Text, Type::Time) => {
            text_to_day(diagnostic, expr, "@2026-03-29T02:30:00Z", "to_time")
        }
        (Type::Text, Type::Date) => text_to_day(diagnostic, expr, "@2026-03-29", "to_date"),
        (Type::Bytes, Type::Text) => converted(diagnostic, expr, "text"),
        (found, Type::Text) if *found != Type::Secret && !matches!(found, Type::Fn(_)) => {
            to_text(checker, diagnostic, expr)
        }
        (Type::Decimal, Type::Int) => {
            diagnostic.help("`.round().to_int()`, `.floor().to_int()`, or `div` instead of `/`")
        }
        (Type::Int, Type::Bool) => {
            let text = checker.source.slice(expr.span);
            diagnostic.help(format!("a condition compares: `{text} > 0`"))
        }
        (Type::Record(_), Type::Map(..)) => as_map(checker, diagnostic, expr),
        (Type::List(_) | Type::Map(_), Type::Bool) => {
            let text = checker.source.slice(expr.span);
            diagnostic.help(format!("a condition asks: `not {text}.is_empty()`"))
        }
        (Type::Int | Type::Decimal, Type::Duration) => with_unit(checker, diagnostic, expr),
        (Type::Json, wanted) => {
            let text = checker.source.slice(expr.span);
            diagnostic.help(format!("check it into the type: `{text} as {wanted}`")).fix(
                Fix::maybe(
                    format!("read it as `{wanted}`"),
                    expr.span.after(),
                    format!(" as {wanted}"),
                ),
            )
        }
        (found, Type::List(item)) if checker.agree(found, item).holds() => {
            let text = checker.source.slice(expr.span);
            diagnostic.help(format!("a list of it: `[{text}]`"))
        }
        (_, Type::Fn(function)) if !matches!(found, Type::Fn(_)) => {
            a_function(diagnostic, function.params.len())
        }
        (Type::Text, Type::Secret) => diagnostic.help("secrets come from `secret.NAME`"),
        (Type::Secret, _) => diagnostic
            .help("a secret goes only where a `secret` is taken: into headers, keys and passwords"),
        _ => diagnostic,
    }
}

/// Something else where a function of so many parameters is needed.
fn a_function(diagnostic: Diagnostic, params: usize) -> Diagnostic {
    let names = ["a", "b", "c"].get(..params).unwrap_or_default().join(", ");
    let head = if params == 1 { names } else { format!("({names})") };
    diagnostic.help(format!("such as `{head} => …`; where values stand beside it, it is the last"))
}

/// A text where a condition is needed.
fn text_to_bool(checker: &Checker<'_>, diagnostic: Diagnostic, expr: &Expr) -> Diagnostic {
    match quoted(expr, &["true", "false"]) {
        Some(word) => diagnostic.help(format!("without quotes: `{word}`")).fix(Fix::safe(
            format!("write `{word}`"),
            expr.span,
            word,
        )),
        None if matches!(expr.kind, ExprKind::Text(_)) => {
            diagnostic.help("a `bool` is `true` or `false`, without quotes")
        }
        None => {
            let text = checker.source.slice(expr.span);
            diagnostic.help(format!("a condition asks: `not {text}.is_empty()`"))
        }
    }
}

/// A text where a time or a day is needed: how literals of it look, and the method that reads one.
fn text_to_day(diagnostic: Diagnostic, expr: &Expr, form: &str, method: &str) -> Diagnostic {
    match quoted_day(expr) {
        Some(day) => diagnostic.help(format!("written as `{form}`")).fix(without_quotes(
            expr,
            day,
            method == "to_time",
        )),
        None => diagnostic.help(format!("written as `{form}`, or read with `.{method}()`")),
    }
}

/// A literal in the place of a text that is written like a day; where a time is needed, a day is its first moment in UTC.
pub(super) fn without_quotes(expr: &Expr, day: &str, is_time: bool) -> Fix {
    let midnight = if is_time && !day.contains('T') { "T00:00:00Z" } else { "" };
    let literal = format!("@{day}{midnight}");
    Fix::maybe(format!("write `{literal}`"), expr.span, literal)
}

/// A number where a duration is needed.
fn with_unit(checker: &Checker<'_>, diagnostic: Diagnostic, expr: &Expr) -> Diagnostic {
    match &expr.kind {
        ExprKind::Int(n) => diagnostic
            .help(format!("a duration has a unit: `{n}s`, `{n}m`, `{n}h`"))
            .fix(Fix::maybe(format!("write `{n}s`"), expr.span, format!("{n}s"))),
        _ => {
            let text = checker.source.slice(expr.span);
            diagnostic.help(format!("a duration has a unit: `{text} * 1s`"))
        }
    }
}

/// A record literal where a map is needed: its fields as keys.
fn as_map(checker: &Checker<'_>, diagnostic: Diagnostic, expr: &Expr) -> Diagnostic {
    let ExprKind::Record(parts) = &expr.kind else {
        return diagnostic.help("a map stands in square brackets: `[\"key\": value]`");
    };
    let entry = |part: &RecordPart| match part {
        RecordPart::Field(name, value) | RecordPart::Short(name, value) => {
            Some(format!("\"{}\": {}", name.text, checker.source.slice(value.span)))
        }
        RecordPart::Spread(_) => None,
    };
    let entries: Option<Vec<String>> = parts.iter().map(entry).collect();
    let Some(entries) = entries.filter(|it| !it.is_empty()) else {
        return diagnostic.help("a map stands in square brackets: `[\"key\": value]`");
    };
    let written = format!("[{}]", entries.join(", "));
    diagnostic.help("a map stands in square brackets, its keys are texts").fix(Fix::maybe(
        format!("write `{written}`"),
        expr.span,
        written,
    ))
}

fn text_to_number(diagnostic: Diagnostic, expr: &Expr, wanted: &Type) -> Diagnostic {
    let written = match &expr.kind {
        ExprKind::Text(text) => plain(text),
        _ => None,
    };
    let is_number = |text: &&str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let may_have_point = *wanted != Type::Int;
        !digits.is_empty()
            && digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.ends_with(|c: char| c.is_ascii_digit())
            && digits.chars().filter(|c| *c == '.').count() <= usize::from(may_have_point)
            && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    match written.filter(is_number) {
        Some(number) => diagnostic.help("a number is written without quotes").fix(Fix::safe(
            format!("write `{number}`"),
            expr.span,
            number,
        )),
        None => {
            let method = format!(".to_{wanted}()");
            diagnostic
                .help(format!("`{method} ?? …` reads one, and says what if there is none"))
                .fix(Fix::snippet(
                    format!("read it as `{wanted}`"),
                    expr.span.after(),
                    format!("{method} ?? ${{1:0}}"),
                ))
        }
    }
}

fn quoted(expr: &Expr, words: &[&'static str]) -> Option<&'static str> {
    let ExprKind::Text(text) = &expr.kind else { return None };
    let written = plain(text)?;
    words.iter().find(|word| **word == written).copied()
}

/// A literal text that begins like a day.
pub(super) fn quoted_day(expr: &Expr) -> Option<&str> {
    let ExprKind::Text(text) = &expr.kind else { return None };
    let written = plain(text)?;
    (begins_with_day(written) && !written.contains(' ')).then_some(written)
}

fn to_text(checker: &Checker<'_>, diagnostic: Diagnostic, expr: &Expr) -> Diagnostic {
    let text = checker.source.slice(expr.span);
    if text.len() > 60 || text.contains('\n') {
        return diagnostic.help("`.to_text()` gives its text");
    }
    let written = format!("\"{{{text}}}\"");
    diagnostic.help(format!("put it into a text: `{written}`")).fix(Fix::maybe(
        format!("write `{written}`"),
        expr.span,
        written,
    ))
}

pub(super) fn converted(diagnostic: Diagnostic, expr: &Expr, method: &str) -> Diagnostic {
    let needs_brackets = matches!(expr.kind, ExprKind::Binary(_) | ExprKind::Unary(..));
    let (open, close) = if needs_brackets { ("(", ")") } else { ("", "") };
    diagnostic.help(format!("`.{method}()` turns one into the other")).fix(
        Fix::maybe(format!("call `.{method}()`"), expr.span.before(), open)
            .and(expr.span.after(), format!("{close}.{method}()")),
    )
}

/// The characters of a text without holes.
pub(super) fn plain(text: &Text) -> Option<&str> {
    match text.parts.as_slice() {
        [] => Some(""),
        [TextPart::Literal(only, _)] => Some(only),
        _ => None,
    }
}
