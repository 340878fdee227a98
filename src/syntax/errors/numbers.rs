//! Numbers and durations as people write them elsewhere.

use super::{Found, error};
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
    let text = found.text.get(year.start as usize..year.start as usize + 10)?;
    let mut form = text.bytes().zip(*b"0000-00-00");
    let is_date =
        form.all(|(it, form)| if form == b'0' { it.is_ascii_digit() } else { it == form });
    let span = Span { end: year.start + 10, ..found.span(year) };
    is_date.then(|| super::date_without_sign(span))
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
    let unit = unit(found.slice(found.token)).filter(|_| found.token.kind.is_name())?;
    let span = Span { end: found.token.end, ..found.span(number) };
    let ours = format!("{}{unit}", found.slice(number));
    Some(error("bad-number", "a duration is written in one piece", span, "").fix(Fix::maybe(
        format!("write `{ours}`"),
        span,
        ours,
    )))
}

/// How a unit of time is written.
fn unit(word: &str) -> Option<&'static str> {
    Some(match word {
        "ms" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "w" | "week" | "weeks" => "w",
        _ => return None,
    })
}
