//! Numbers, durations, sizes, instants and the words `true`, `false` and `null`.

use super::{Inp, Look};
use crate::diagnostics::suggest::words::{DAY_BYTES, begins_with_day};
use crate::source::Span;
use crate::syntax::errors;
use crate::syntax::token::Kind;
use crate::syntax::tree::ExprKind;

/// A literal that begins with a digit or `@`. One that cannot be read is reported and becomes an error node.
pub(super) fn number(inp: &mut Inp<'_, '_>) -> ExprKind {
    let token = inp.bump();
    let (text, span) = (inp.text(token), inp.span(token));
    match token.kind {
        Kind::Int => int(inp, text, span),
        Kind::Decimal => ExprKind::Decimal(text.chars().filter(|c| *c != '_').collect()),
        Kind::Float => float(text),
        Kind::Duration => quantity(inp, text, span, "duration", micros_per)
            .map_or(ExprKind::Error, ExprKind::Duration),
        Kind::Size => quantity(inp, text, span, "size", bytes_per)
            .and_then(|bytes| u64::try_from(bytes).ok())
            .map_or(ExprKind::Error, ExprKind::Size),
        Kind::Time => instant(&text[1..]),
        _ => ExprKind::Error,
    }
}

/// The `2026-03-09` that a month or day with a leading zero belongs to.
fn date_around(text: &str, part: Span) -> Option<Span> {
    let day_at = |start: u32| {
        let day = Span { start, end: start + DAY_BYTES, ..part };
        text.get(start as usize..).is_some_and(begins_with_day).then_some(day)
    };
    [5, 8].into_iter().find_map(|before| day_at(part.start.checked_sub(before)?))
}

fn int(inp: &mut Inp<'_, '_>, text: &str, span: Span) -> ExprKind {
    let (digits, base) = match text.get(..2) {
        Some("0x") => (&text[2..], 16),
        Some("0b") => (&text[2..], 2),
        _ => (text, 10),
    };
    if base == 10 && digits.len() > 1 && digits.starts_with('0') {
        let state = inp.state();
        let finding = match date_around(state.text, span) {
            Some(date) => errors::date_without_sign(date),
            None => errors::leading_zero(span, digits),
        };
        state.diagnostics.push(finding);
        return ExprKind::Error;
    }
    let mut value: u64 = 0;
    for digit in digits.chars().filter_map(|c| c.to_digit(base)) {
        let larger =
            value.checked_mul(u64::from(base)).and_then(|it| it.checked_add(u64::from(digit)));
        let Some(larger) = larger.filter(|it| *it <= INT_MAX) else {
            inp.state().diagnostics.push(errors::int_too_large(span, base));
            return ExprKind::Error;
        };
        value = larger;
    }
    ExprKind::Int(value)
}

/// The largest number that may be written: behind a minus, it is the smallest `int`.
const INT_MAX: u64 = i64::MAX as u64 + 1;

fn float(text: &str) -> ExprKind {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    digits.parse().map_or(ExprKind::Error, ExprKind::Float)
}

/// The sum of numbers with units: `1h30m`.
fn quantity(
    inp: &mut Inp<'_, '_>,
    text: &str,
    span: Span,
    what: &str,
    per: fn(&str) -> i64,
) -> Option<i64> {
    let mut total: i64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let unit = rest[digits..].find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len() - digits);
        let part = rest[..digits].parse::<i64>().ok();
        let sum = part
            .and_then(|n| n.checked_mul(per(&rest[digits..digits + unit])))
            .and_then(|n| total.checked_add(n));
        let Some(sum) = sum else {
            inp.state().diagnostics.push(errors::quantity_too_large(span, what));
            return None;
        };
        total = sum;
        rest = &rest[digits + unit..];
    }
    Some(total)
}

fn micros_per(unit: &str) -> i64 {
    let second = 1_000_000;
    match unit {
        "ms" => 1_000,
        "s" => second,
        "m" => 60 * second,
        "h" => 3_600 * second,
        "d" => 86_400 * second,
        _ => 604_800 * second,
    }
}

fn bytes_per(unit: &str) -> i64 {
    match unit {
        "KB" => 1 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        _ => 1,
    }
}

/// What stands behind the `@`; the checker reads it.
fn instant(text: &str) -> ExprKind {
    if text.contains('T') { ExprKind::Time(text.into()) } else { ExprKind::Date(text.into()) }
}

/// `true`, `false`, `null`
pub(super) fn word(inp: &mut Inp<'_, '_>) -> ExprKind {
    match inp.bump().kind {
        Kind::True => ExprKind::Bool(true),
        Kind::False => ExprKind::Bool(false),
        _ => ExprKind::Null,
    }
}
