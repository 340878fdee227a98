//! What a schedule says that may not be meant: counts, gaps and dates, computed from its times, in words.

use std::ops::Range;

use super::schedules::{month, plural};
use super::{Diagnostic, Fix, joined};
use crate::schedule::{
    Bounds, Calendar, ClockChange, ClockEffect, Cron, Date, EitherDay, EveryMinute, FieldKind,
    Finding, Instant, Schedule, SkipsMonths, UnevenStep, describe_days, names,
};
use crate::source::Span;

/// Where a schedule stands, for findings about it.
#[derive(Clone, Copy)]
pub(in crate::check) struct Place<'a> {
    /// The schedule.
    pub(in crate::check) calendar: &'a Calendar,
    /// Where some bytes of its expression stand in the file.
    pub(in crate::check) text: &'a dyn Fn(&Range<usize>) -> Span,
    /// The instant of the check, where it is known: without it no dates are told.
    pub(in crate::check) now: Option<Instant>,
}

/// One finding in words; several changes of the clock are told together.
pub(in crate::check) fn surprise(found: &[Finding], place: Place<'_>) -> Option<Diagnostic> {
    Some(match found.first()? {
        Finding::UnevenStep(it) => uneven(it, place),
        Finding::EitherDay(it) => either_day(it, place),
        Finding::EveryMinute(it) => every_minute(it, place),
        Finding::SkipsMonths(it) => skips_months(it, place),
        Finding::SundaySeven { span } => {
            Diagnostic::new("sunday-seven", (place.text)(span), "7 and 0 both mean Sunday")
                .fix(Fix::safe("write `0`", (place.text)(span), "0"))
        }
        Finding::ClockChange(first) => clock_change(first, found, place),
    })
}

impl Place<'_> {
    /// Whether the expression with another text at a place can be read and fires.
    fn still_fires(&self, at: &Range<usize>, text: &str) -> bool {
        Cron::parse(&self.with(at, text)).is_ok()
    }

    fn with(&self, at: &Range<usize>, text: &str) -> String {
        let mut whole = self.calendar.cron.text().to_owned();
        whole.replace_range(at.clone(), text);
        whole
    }
}

/// A step that does not divide its field.
fn uneven(it: &UnevenStep, place: Place<'_>) -> Diagnostic {
    let span = (place.text)(&it.span);
    let gaps: Vec<String> = it.gaps.iter().map(ToString::to_string).collect();
    let unit = match it.field {
        FieldKind::Minute => "minutes",
        FieldKind::Hour => "hours",
        FieldKind::DayOfMonth | FieldKind::DayOfWeek => "days",
        FieldKind::Month => "months",
    };
    let at = values(it.field, &it.values);
    let title = match it.gaps.as_slice() {
        [_] => format!("runs {at} only: the step is longer than the field"),
        _ => format!("runs {at}, gaps of {} {unit}", joined(gaps, "and")),
    };
    let mut diagnostic = Diagnostic::new("cron-uneven", span, title).because(format!(
        "{} begin anew before {} of them are over",
        plural(it.field),
        it.size
    ));
    let even: Vec<String> = it.even.iter().map(|step| format!("`*/{step}`")).collect();
    let cadence = it.cadence.map(|every| format!("`schedule every {every}` keeps the distance"));
    let divides = match even.len() {
        0 => None,
        1 => Some(format!("{} divides evenly", even[0])),
        _ => Some(format!("{} divide evenly", joined(even, "and"))),
    };
    let help: Vec<String> = divides.into_iter().chain(cadence).collect();
    if !help.is_empty() {
        diagnostic = diagnostic.help(help.join("; "));
    }
    let fixes = it.even.iter().map(|step| format!("*/{step}"));
    fixes.fold(diagnostic, |it, text| it.fix(Fix::maybe(format!("write `{text}`"), span, text)))
}

/// `at :00 and :45`, `in January, June and November`, with the middle of long rows left out.
fn values(field: FieldKind, values: &[u32]) -> String {
    let (word, name): (&str, fn(u32) -> String) = match field {
        FieldKind::Minute => ("at", |it| format!(":{it:02}")),
        FieldKind::Hour => ("at", |it| format!("{it}:00")),
        FieldKind::DayOfMonth => ("on days", |it| it.to_string()),
        FieldKind::Month => ("in", |it| month(it).to_owned()),
        FieldKind::DayOfWeek => ("on", |it| names::WEEKDAYS[it as usize % 7].to_owned()),
    };
    let names: Vec<String> = values.iter().map(|it| name(*it)).collect();
    let names = match names.as_slice() {
        [first, second, _, _, .., last] => {
            vec![first.clone(), second.clone(), "…".to_owned(), last.clone()]
        }
        _ => names,
    };
    format!("{word} {}", joined(names, "and"))
}

/// Both day fields are restricted.
fn either_day(it: &EitherDay, place: Place<'_>) -> Diagnostic {
    let (day, weekday) = ((place.text)(&it.day_span), (place.text)(&it.weekday_span));
    let title = if place.now.is_some() {
        format!("either day will do: {} days in {}", it.days, it.year)
    } else {
        "either day will do".to_owned()
    };
    let mut diagnostic = Diagnostic::new("cron-either-day", day.to(weekday), title)
        .because(format!("it runs {}", describe_days(place.calendar)));
    if place.now.is_some() {
        let next = it.next.iter().map(ToString::to_string).collect();
        diagnostic = diagnostic.help(format!("the next days are {}", joined(next, "and")));
    }
    let before = it.weekday_span.start..it.weekday_span.start;
    let wishes = [
        ("demand both days", &before, weekday.before(), "+"),
        ("keep only the day of the month", &it.weekday_span, weekday, "*"),
        ("keep only the day of the week", &it.day_span, day, "*"),
    ];
    // Demanding both, or one alone, may leave a schedule that never fires.
    let wishes = wishes.into_iter().filter(|(_, at, _, text)| place.still_fires(at, text));
    wishes.fold(diagnostic, |it, (title, _, span, text)| it.fix(Fix::maybe(title, span, text)))
}

/// Every minute of some hours.
fn every_minute(it: &EveryMinute, place: Place<'_>) -> Diagnostic {
    let span = (place.text)(&it.span);
    let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    let title = match it.stretches.as_slice() {
        [(first, last)] => {
            format!("runs {} times between {} and {}", it.runs, clock(*first), clock(*last))
        }
        stretches => format!("runs {} times a day, in {} stretches", it.runs, stretches.len()),
    };
    Diagnostic::new("cron-every-minute", span, title)
        .because("`*` is every minute")
        .help("`0` is once an hour, on the hour")
        .fix(Fix::maybe("write `0`", span, "0"))
}

/// A day that some months do not have.
fn skips_months(it: &SkipsMonths, place: Place<'_>) -> Diagnostic {
    let span = (place.text)(&it.span);
    let title = match it.never.as_slice() {
        [] => "skips February except in leap years".to_owned(),
        [2, 4, 6, 9, 11] => "skips the five shorter months".to_owned(),
        few => {
            let names = few.iter().map(|it| month(*it).to_owned()).collect();
            format!("skips {}", joined(names, "and"))
        }
    };
    let diagnostic = Diagnostic::new("skips-months", span, title)
        .because("not every month that is named has this day");
    if place.still_fires(&it.span, "L") {
        diagnostic.help("`L` is the last day of each month").fix(Fix::maybe("write `L`", span, "L"))
    } else {
        diagnostic
    }
}

/// Times that the clock of the zone skips or repeats: the first such change in the title, the first of either kind in
/// the advice.
fn clock_change(first: &ClockChange, found: &[Finding], place: Place<'_>) -> Diagnostic {
    let cron = &place.calendar.cron;
    let (minute, hour) = (cron.field(FieldKind::Minute), cron.field(FieldKind::Hour));
    let end = minute.span.end.max(hour.span.end);
    let span = (place.text)(&(minute.span.start..end));
    let what = match (first.change.is_gap(), first.count) {
        (true, 1) => "does not exist",
        (true, _) => "do not exist",
        (false, 1) => "comes twice",
        (false, _) => "come twice",
    };
    let title = format!("on {} {} {what}", day(first.first.date()), times(first));
    let zone = place.calendar.zone.name();
    let diagnostic = Diagnostic::new("clock-change", span, title)
        .because(format!("the clocks of {zone} are changed then"))
        .help(sentence(first, place.calendar));
    let other = found.iter().find_map(|it| match it {
        Finding::ClockChange(it) if it.change.is_gap() != first.change.is_gap() => Some(it),
        _ => None,
    });
    let diagnostic = match other {
        Some(other) => diagnostic.help(sentence(other, place.calendar)),
        None => diagnostic,
    };
    match untouched_hour(place) {
        Some(other) => diagnostic
            .help(format!(
                "`{}` is touched by no change; nor is anything `in \"UTC\"`",
                place.with(&hour.span, &other)
            ))
            .fix(Fix::maybe(
                format!("write `{}`", place.with(&hour.span, &other)),
                (place.text)(&hour.span),
                other,
            )),
        None => {
            diagnostic.help("an hour that no change touches avoids it, and so does `in \"UTC\"`")
        }
    }
}

/// The next hour of the day at which the schedule has no such days, where it names one hour.
fn untouched_hour(place: Place<'_>) -> Option<String> {
    let cron = &place.calendar.cron;
    let written = &cron.field(FieldKind::Hour).span;
    let hour: u32 = cron.text().get(written.clone())?.parse().ok()?;
    let from = place.now?;
    let is_untouched = |hour: &u32| {
        let moved = Cron::parse(&place.with(written, &hour.to_string())).ok();
        moved.is_some_and(|cron| {
            let calendar = Calendar::new(cron, place.calendar.zone.clone());
            let schedule =
                Schedule::Cron { calendar: Box::new(calendar), bounds: Bounds::default() };
            let found = crate::schedule::findings(&schedule, Some(from));
            !found.iter().any(|it| matches!(it, Finding::ClockChange(_)))
        })
    };
    (hour + 1..24).find(is_untouched).map(|it| it.to_string())
}

/// What is done about one change, and when.
fn sentence(it: &ClockChange, calendar: &Calendar) -> String {
    let date = day(it.first.date());
    let times = times(it);
    let all = if it.count == 1 { "" } else { " for all of them" };
    match it.effect {
        ClockEffect::MadeUpFor { at } => {
            let at = calendar.zone.civil(at).clock();
            format!("{date}: {times} is skipped; it runs once{all}, at {at}")
        }
        ClockEffect::Lost => format!("{date}: {times} is skipped; nothing runs on that day"),
        ClockEffect::FirstPass { at } => {
            format!("{date}: {times} comes twice; it runs the first time only, at {at}")
        }
    }
}

fn times(it: &ClockChange) -> String {
    match it.count {
        1 => it.first.clock(),
        _ => format!("{} to {}", it.first.clock(), it.last.clock()),
    }
}

/// `28 March 2027`
fn day(date: Date) -> String {
    let (year, number, day) = date.parts();
    format!("{day} {} {year}", month(number))
}
