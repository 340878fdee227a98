//! Schedules: mistakes in cron expressions at their field.

use std::ops::Range;

use super::{Diagnostic, Fix, joined, number};
use crate::check::headers::Overlap;
use crate::check::headers::cadenced::Cadenced;
use crate::check::project::RunTimes;
use crate::diagnostics::Applicability;
use crate::schedule::{
    Calendar, Cron, CronError, CronErrorKind, FieldKind, Foreign, Instant, Never, UnknownZone,
    Zone, ZoneProblem, names,
};
use crate::schedule::{Civil, Duration};
use crate::source::Span;

/// Where some bytes of the expression stand in the file.
type Place<'a> = &'a dyn Fn(&Range<usize>) -> Span;

/// A cron expression that cannot be read, or never fires.
pub(in crate::check) fn cron(
    error: &CronError,
    text: &str,
    place: Place<'_>,
    zone: &Zone,
    now: Option<Instant>,
) -> Diagnostic {
    let span = place(&error.span);
    let (code, title, why) = sentence(&error.kind);
    let mut diagnostic = Diagnostic::new(code, span, title);
    if let Some(why) = why {
        diagnostic = diagnostic.because(why);
    }
    if let CronErrorKind::Never(never) = &error.kind {
        diagnostic = with_other_field(diagnostic, never, place);
    }
    let joined = text.replace(", ", ",");
    if matches!(error.kind, CronErrorKind::FieldCount { .. })
        && joined != text
        && Cron::parse(&joined).is_ok()
    {
        return diagnostic
            .help("a list has no blanks: they stand between the fields")
            .help(reading(&joined, zone, now))
            .fix(Fix::safe(format!("write `{joined}`"), place(&(0..text.len())), joined));
    }
    if matches!(error.kind, CronErrorKind::FieldCount { .. }) && error.fixes.is_empty() {
        diagnostic = diagnostic.help("`0 7 * * mon-fri` is 07:00 on working days");
    }
    for fix in &error.fixes {
        let whole = fix.apply(text);
        diagnostic = diagnostic.help(reading(&whole, zone, now));
        let edit = Fix::maybe(format!("write `{whole}`"), place(&fix.span), fix.text.clone());
        let applicability = if fix.certain { Applicability::Safe } else { Applicability::Maybe };
        diagnostic = diagnostic.fix(Fix { applicability, ..edit });
    }
    diagnostic
}

/// What an expression means, by the next times at which it would be due.
fn reading(text: &str, zone: &Zone, now: Option<Instant>) -> String {
    let next = now.and_then(|now| {
        let calendar = Calendar::new(Cron::parse(text).ok()?, zone.clone());
        let first = calendar.next_after(now)?;
        let second = calendar.next_after(first)?;
        let shown = [first, second].map(|at| calendar.zone.civil(at).to_string());
        Some(format!("`{text}` is due next at {} and {}", shown[0], shown[1]))
    });
    next.unwrap_or_else(|| format!("`{text}`"))
}

/// The code, the title and the reason of a mistake.
fn sentence(kind: &CronErrorKind) -> (&'static str, String, Option<String>) {
    match kind {
        CronErrorKind::FieldCount { found } => (
            "cron-fields",
            format!(
                "{} field{}; a schedule has five",
                number(*found),
                if *found == 1 { "" } else { "s" }
            ),
            Some("minute, hour, day of month, month, day of week".to_owned()),
        ),
        CronErrorKind::UnknownNickname => (
            "bad-cron",
            "no nickname is written so".to_owned(),
            Some("`@hourly`, `@daily`, `@weekly`, `@monthly` and `@yearly` are known".to_owned()),
        ),
        CronErrorKind::OutOfRange { field, value } => {
            let (low, high) = field.bounds();
            let why = match (field, value.as_str()) {
                (FieldKind::Hour, "24") => Some("midnight is 0".to_owned()),
                (FieldKind::Minute, "60") => Some("the full hour is 0".to_owned()),
                _ => None,
            };
            ("cron-range", format!("{} go from {low} to {high}", plural(*field)), why)
        }
        CronErrorKind::Backwards { field } => {
            ("cron-backwards", format!("this range of {} runs backwards", plural(*field)), None)
        }
        CronErrorKind::NotAValue { field, text } => {
            ("bad-cron", format!("`{text}` is no {}", singular(*field)), None)
        }
        CronErrorKind::MissingValue { field } => {
            ("bad-cron", format!("{} is missing here", with_article(*field)), None)
        }
        CronErrorKind::BadStep { step, .. } => (
            "bad-cron",
            format!("`{step}` is no step"),
            Some("a step is a number from 1 up".to_owned()),
        ),
        CronErrorKind::StepWithoutRange { field } => (
            "bad-cron",
            "a step needs a range to go through".to_owned(),
            Some(format!("one {} alone has nothing to step over", singular(*field))),
        ),
        CronErrorKind::NoSuchWeek { week } => (
            "cron-range",
            format!("a month has no week `{week}`"),
            Some("weeks go from 1 to 5".to_owned()),
        ),
        CronErrorKind::MisplacedPlus => (
            "bad-cron",
            "`+` stands in front of the day of week only".to_owned(),
            Some("it demands both day fields".to_owned()),
        ),
        CronErrorKind::Foreign(foreign) => foreign_sentence(foreign),
        CronErrorKind::Never(never) => ("cron-never", never_sentence(never), None),
    }
}

fn foreign_sentence(foreign: &Foreign) -> (&'static str, String, Option<String>) {
    let (title, why) = match foreign {
        Foreign::QuestionMark => ("`?` comes from Quartz; here it is `*`", "no restriction"),
        Foreign::NearestWorkday => {
            ("`W` comes from Quartz", "the working day nearest to a day is not known here")
        }
        Foreign::LastWorkday => {
            ("`LW` comes from Quartz", "the last working day is not known here")
        }
        Foreign::DaysBeforeLast => {
            ("`L-n` comes from Quartz", "days before the last one are not known here")
        }
        Foreign::LastAsSaturday => {
            ("`L` as a day of week comes from Quartz", "there it is Saturday")
        }
        Foreign::Hash => (
            "`H` comes from Jenkins; here it is `jitter`",
            "a value that differs from task to task",
        ),
        Foreign::Reboot => {
            ("`@reboot` comes from Vixie cron", "tasks do not depend on when a machine starts")
        }
        Foreign::Every { duration } => {
            let title = format!("`@every` comes from Go; here it is `schedule every {duration}`");
            return ("cron-foreign", title, Some("a cadence has a header of its own".to_owned()));
        }
        Foreign::Nickname => ("this nickname comes from Vixie cron", "it has another one here"),
    };
    ("cron-foreign", title.to_owned(), Some(why.to_owned()))
}

fn never_sentence(never: &Never) -> String {
    match never {
        Never::NoSuchDay { day, months, .. } => {
            let names = months.iter().map(|it| month(*it).to_owned()).collect();
            let verb = if months.len() == 1 { "has" } else { "have" };
            format!("this never runs: {} {verb} no day {day}", joined(names, "and"))
        }
        Never::NoSuchWeekday { .. } => {
            "this never runs: these days are never that day of week".to_owned()
        }
    }
}

fn with_other_field(diagnostic: Diagnostic, never: &Never, place: Place<'_>) -> Diagnostic {
    match never {
        Never::NoSuchDay { month_span, longest, .. } => {
            diagnostic.label(place(month_span), format!("has {longest} days at most"))
        }
        Never::NoSuchWeekday { weekday_span } => {
            diagnostic.label(place(weekday_span), "falls on other days")
        }
    }
}

/// A zone's name that is not taken.
pub(in crate::check) fn unknown_zone(span: Span, problem: &UnknownZone) -> Diagnostic {
    let name = &problem.name;
    let new = |title: String| Diagnostic::new("unknown-zone", span, title);
    match problem.problem {
        ZoneProblem::NoSuchName => super::offer(
            new(format!("no time zone is called `{name}`")),
            span,
            &problem.suggestions,
        ),
        ZoneProblem::Renamed => {
            let today = problem.suggestions.first().copied().unwrap_or("UTC");
            new(format!("`{name}` is called `{today}` now"))
                .because("an old name of the same zone")
                .fix(Fix::safe(format!("write `{today}`"), span, today))
        }
        ZoneProblem::Abbreviation => listed(
            new(format!("`{name}` does not say whose clock is meant"))
                .because("places that share it change their clocks on different days"),
            span,
            &problem.suggestions,
        ),
        ZoneProblem::Offset { .. } => listed(
            new(format!("`{name}` is a distance from UTC, not a zone"))
                .because("no place is bound to keep it"),
            span,
            &problem.suggestions,
        ),
    }
}

fn listed(diagnostic: Diagnostic, span: Span, places: &[&'static str]) -> Diagnostic {
    if places.is_empty() {
        return diagnostic.help("name a place: `\"Europe/Berlin\"`, or `\"UTC\"`");
    }
    let names = places.iter().map(|it| format!("`\"{it}\"`")).collect();
    let diagnostic = diagnostic.help(format!("name a place: {}", joined(names, "or")));
    places
        .iter()
        .fold(diagnostic, |it, place| it.fix(Fix::maybe(format!("write `{place}`"), span, *place)))
}

/// A cadence of another scheduler in the place of a cron expression; `literal` is the text with its quotes.
pub(in crate::check) fn cadence_in_quotes(literal: Span, it: &Cadenced) -> Diagnostic {
    let ours = format!("every {}", it.every);
    let title = format!("{}; here it is `schedule {ours}`", it.theirs);
    Diagnostic::new("cron-foreign", literal, title)
        .because("a cadence is written without quotes")
        .fix(Fix::maybe(format!("write `{ours}`"), literal, ours))
}

/// A duration right behind `schedule`.
pub(in crate::check) fn every_missing(span: Span) -> Diagnostic {
    Diagnostic::new("bad-header", span, "a cadence is written `schedule every …`").fix(Fix::safe(
        "write `every`",
        span.before(),
        "every ",
    ))
}

/// Nothing that would be a schedule.
pub(in crate::check) fn no_schedule(span: Span) -> Diagnostic {
    Diagnostic::new("bad-header", span, "when should it run?").help(
        "`schedule \"0 7 * * *\"`, `schedule every 15m` or `schedule at @2026-03-29T02:30:00Z`",
    )
}

/// A schedule whose end lies before its beginning.
pub(in crate::check) fn ends_before_it_begins(span: Span, from: Instant) -> Diagnostic {
    Diagnostic::new("cron-never", span, "this never runs: it ends before it begins")
        .because(format!("it begins at {from}"))
}

/// A schedule of which exceptions and bounds leave nothing.
pub(in crate::check) fn nothing_left(span: Span) -> Diagnostic {
    Diagnostic::new("cron-never", span, "this never runs: its exceptions leave nothing")
}

pub(super) fn plural(field: FieldKind) -> &'static str {
    match field {
        FieldKind::Minute => "minutes",
        FieldKind::Hour => "hours",
        FieldKind::DayOfMonth => "days of the month",
        FieldKind::Month => "months",
        FieldKind::DayOfWeek => "days of the week",
    }
}

/// Many tasks that start in one minute, by their schedules.
pub(in crate::check) fn crowded_minute(schedules: &[Span], at: Civil) -> Diagnostic {
    const SHOWN_MAX: usize = 4;
    let title = format!("{} tasks start at {}", schedules.len(), at.clock());
    let first = schedules.first().copied().unwrap_or_default();
    let diagnostic = Diagnostic::new("crowded-minute", first, title)
        .because("those that start together wait for each other");
    let others = schedules.iter().skip(1).take(SHOWN_MAX);
    others
        .fold(diagnostic, |it, span| it.label(*span, "at the same time"))
        .help("`jitter 10m` starts a task up to that much later, always by the same amount")
}

/// A task that starts more often than its runs of late would let it.
pub(in crate::check) fn overlap_likely(
    schedule: Span,
    period: Duration,
    taken: RunTimes,
    overlap: Overlap,
) -> Diagnostic {
    let title = format!("starts every {period}, but runs take up to {}", taken.usual);
    let then = match overlap {
        Overlap::Skip => "what falls due meanwhile is skipped",
        Overlap::Queue(_) => {
            "what falls due meanwhile waits, and is skipped where the queue is full"
        }
        Overlap::Replace => "the run before is cancelled",
        Overlap::Allow(_) => "runs go on side by side",
    };
    Diagnostic::new("overlap-likely", schedule, title)
        .because(format!("95 % of the last {} runs took that long or less", taken.runs))
        .help(format!("{then}; a longer period, or another `overlap`, says what is meant"))
}

fn singular(field: FieldKind) -> &'static str {
    match field {
        FieldKind::Minute => "minute",
        FieldKind::Hour => "hour",
        FieldKind::DayOfMonth => "day of the month",
        FieldKind::Month => "month",
        FieldKind::DayOfWeek => "day of the week",
    }
}

fn with_article(field: FieldKind) -> String {
    let name = singular(field);
    let article = if field == FieldKind::Hour { "an" } else { "a" };
    format!("{article} {name}")
}

/// The name of a month, from 1.
pub(super) fn month(number: u32) -> &'static str {
    names::MONTHS[(number as usize).clamp(1, 12) - 1]
}
