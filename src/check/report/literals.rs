//! Literals that cannot be read: instants and dates.

use super::Diagnostic;
use crate::diagnostics::Fix;
use crate::schedule::{Instant, LiteralError, LiteralErrorKind, Part, Zone};
use crate::source::Span;

/// An instant or a date that is none. The span is the whole literal; what the error points at counts from behind the `@`.
pub(in crate::check) fn instant(literal: Span, written: &str, error: &LiteralError) -> Diagnostic {
    let at = |offset: usize| literal.start + 1 + u32::try_from(offset).unwrap_or(0);
    let span = Span { start: at(error.span.start), end: at(error.span.end), ..literal };
    let span = if span.start >= literal.end { literal } else { span };
    match &error.kind {
        LiteralErrorKind::Expected(part) => {
            Diagnostic::new("bad-time", span, format!("{} is missing here", expected(*part))).help(
                "`@2026-03-29`, `@2026-03-29T02:30:00Z` or `@2026-03-29T09:00[Europe/Berlin]`",
            )
        }
        LiteralErrorKind::OutOfRange(part) => {
            Diagnostic::new("bad-time", span, format!("there is no such {}", name(*part)))
        }
        LiteralErrorKind::NoSuchDay { length } => {
            Diagnostic::new("bad-time", span, format!("this month has {length} days"))
        }
        LiteralErrorKind::NoZone => {
            let span = literal.after();
            Diagnostic::new("bad-time", literal, "a time of day needs a zone")
                .because("the same reading is another instant elsewhere")
                .help("`Z` for UTC, or a zone: `[Europe/Berlin]`")
                .fix(Fix::maybe("in UTC", span, "Z"))
        }
        LiteralErrorKind::UnknownZone(zone) => super::schedules::unknown_zone(span, zone),
        LiteralErrorKind::Gap { zone, instants } => {
            two_instants(literal, written, zone, instants, "does not exist")
        }
        LiteralErrorKind::Overlap { zone, instants } => {
            two_instants(literal, written, zone, instants, "comes twice")
        }
        LiteralErrorKind::WrongOffset { zone, instants } => {
            let readings: Vec<String> =
                instants.iter().map(|it| format!("`@{}`", with_zone(zone, *it))).collect();
            let title = format!("`{}` never has this distance from UTC then", zone.name());
            Diagnostic::new("bad-time", literal, title)
                .help(format!("it reads so at {}", super::joined(readings, "and")))
        }
    }
}

/// A reading of a clock that stands for no instant, or for two.
fn two_instants(
    literal: Span,
    written: &str,
    zone: &Zone,
    instants: &[Instant; 2],
    what: &str,
) -> Diagnostic {
    let reading = written.split('[').next().unwrap_or(written);
    let title = format!("{reading} {what} in {}", zone.name());
    let shown: Vec<String> = instants.iter().map(|it| with_zone(zone, *it)).collect();
    let diagnostic = Diagnostic::new("bad-time", literal, title)
        .because("the clocks are changed in that hour")
        .help(format!("either `@{}` or `@{}`", shown[0], shown[1]));
    shown.iter().fold(diagnostic, |it, text| {
        it.fix(Fix::maybe(format!("write `@{text}`"), literal, format!("@{text}")))
    })
}

fn with_zone(zone: &Zone, at: Instant) -> String {
    zone.local(at)
}

fn expected(part: Part) -> String {
    match part {
        Part::End => "the end".to_owned(),
        part => format!("the {}", name(part)),
    }
}

fn name(part: Part) -> &'static str {
    match part {
        Part::Year => "year",
        Part::Month => "month",
        Part::Day => "day",
        Part::Hour => "hour",
        Part::Minute => "minute",
        Part::Second => "second",
        Part::Fraction => "fraction",
        Part::Offset => "zone",
        Part::Zone => "name of a zone",
        Part::End => "end",
    }
}
