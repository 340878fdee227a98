//! Numbers and durations as people write them elsewhere.

use super::{Found, error};
use crate::diagnostics::suggest::words::{DAY_BYTES, begins_with_day, unit_of_time};
use crate::diagnostics::{Diagnostic, Fix};
use crate::source::Span;
use crate::syntax::parser::Want;
use crate::syntax::token::Kind;

/// `1.000,50`, `30 days`
pub(super) fn habit(want: Want, found: &Found<'_>) -> Option<Diagnostic> {
    match want {
        Want::LineEnd if found.token.kind == Kind::Minus => date(found),
        Want::LineEnd if found.token.kind == Kind::Comma => decimal_comma(found),
        Want::LineEnd => in_two_words(found),
        _ => None,
    }
}

/// `2026-01-31` where nothing is calculated: in a header.
fn date(found: &Found<'_>) -> Option<Diagnostic> {
    let year = found.before.filter(|it| it.kind == Kind::Int && it.end == found.token.start)?;
    let span = Span { end: year.start + DAY_BYTES, ..found.span(year) };
    begins_with_day(&found.text[year.start as usize..]).then(|| super::date_without_sign(span))
}

/// `1.000,50`, `12,5`: the signs between digits are the other way round.
fn decimal_comma(found: &Found<'_>) -> Option<Diagnostic> {
    let before = found.before.filter(|it| it.end == found.token.start)?;
    if !matches!(before.kind, Kind::Int | Kind::Decimal) {
        return None;
    }
    let rest = &found.rest_of_line()[1..];
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    if digits == 0 || rest[digits..].starts_with(|c: char| c.is_alphanumeric() || c == '.') {
        return None;
    }
    let end = found.token.end + u32::try_from(digits).ok()?;
    let span = Span { end, ..found.span(before) };
    let whole: String = found.slice(before).chars().filter(char::is_ascii_digit).collect();
    let ours = format!("{whole}.{}", &rest[..digits]);
    Some(
        error("bad-number", "the decimal point is a `.` here", span, "")
            .help("digits are grouped with `_`: `1_000.50`")
            .fix(Fix::maybe(format!("write `{ours}`"), span, ours)),
    )
}

/// `now() - 30 days`
pub(super) fn in_two_words(found: &Found<'_>) -> Option<Diagnostic> {
    let number = found.before.filter(|it| it.kind == Kind::Int && !found.token.on_new_line)?;
    let unit = unit_of_time(found.slice(found.token)).filter(|_| found.token.kind.is_name())?;
    let span = Span { end: found.token.end, ..found.span(number) };
    let ours = format!("{}{unit}", found.slice(number));
    Some(error("bad-number", "a duration is written in one piece", span, "").fix(Fix::maybe(
        format!("write `{ours}`"),
        span,
        ours,
    )))
}
