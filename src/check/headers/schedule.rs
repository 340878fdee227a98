//! `schedule`, in its three forms. Findings about a cron expression point into its text.

use std::ops::Range;

use super::line::Line;
use crate::diagnostics::{Diagnostic, Fix};
use crate::schedule::{
    Bounds, Cadence, Calendar, Cron, CronError, CronErrorKind, FieldKind, Foreign, Never, Schedule,
    UnknownZone, Zone, ZoneProblem,
};
use crate::source::Span;

/// Reads the rest of a `schedule` line.
pub(super) fn read(line: &mut Line<'_>) -> Option<Schedule> {
    if line.eat("every") {
        let at = line.here();
        let period = line.duration()?;
        let bounds = bounds(line)?;
        let cadence = Cadence::new(period, bounds);
        if cadence.is_none() {
            line.wrong(Diagnostic::new("bad-header", at, "a cadence must be longer than nothing"));
        }
        return Some(Schedule::Every(cadence?));
    }
    if line.eat("at") {
        return Some(Schedule::At(line.instant()?));
    }
    let (text, place) =
        line.text("a cron expression such as `\"0 7 * * mon-fri\"`, `every 5m` or `at` a time")?;
    let cron = match Cron::parse(&text) {
        Ok(cron) => Some(cron),
        Err(errors) => {
            line.found.extend(errors.iter().map(|error| cron_error(error, &text, place)));
            None
        }
    };
    let zone = zone(line);
    let bounds = bounds(line)?;
    let mut except = Vec::new();
    if line.eat("except") {
        while let Some(date) = line.date() {
            except.push(date);
            if !line.comma() {
                break;
            }
        }
    }
    let mut calendar = Calendar::new(cron?, zone?);
    calendar.except.extend(except);
    Some(Schedule::Cron { calendar: Box::new(calendar), bounds })
}

fn zone(line: &mut Line<'_>) -> Option<Zone> {
    if !line.eat("in") {
        return Some(Zone::utc());
    }
    let (name, place) = line.text("the name of a time zone such as `\"Europe/Berlin\"`")?;
    Zone::get(&name).map_err(|unknown| line.found.push(unknown_zone(&unknown, place))).ok()
}

fn bounds(line: &mut Line<'_>) -> Option<Bounds> {
    let from = if line.eat("from") { Some(line.instant()?) } else { None };
    let until = if line.eat("until") { Some(line.instant()?) } else { None };
    Some(Bounds { from, until })
}

/// What to say of a name that is no zone's.
pub(in crate::check) fn unknown_zone(unknown: &UnknownZone, place: Span) -> Diagnostic {
    let title = format!("no time zone is called `{}`", unknown.name);
    let mut finding = Diagnostic::new("unknown-zone", place, title);
    let offered: Vec<String> = unknown.suggestions.iter().map(|it| format!("`{it}`")).collect();
    let listed = offered.join(", ");
    finding = match unknown.problem {
        ZoneProblem::NoSuchName if offered.is_empty() => finding
            .help("zones are called after a city, such as `Europe/Berlin`; `UTC` is one, too"),
        ZoneProblem::NoSuchName => finding.help(format!("the nearest names are {listed}")),
        ZoneProblem::Renamed => {
            finding.because("this is an old name").help(format!("the zone is called {listed} now"))
        }
        ZoneProblem::Abbreviation => finding
            .because("an abbreviation leaves open whose clock changes hold")
            .help(format!("name a city whose clock you mean: {listed}")),
        ZoneProblem::Offset { .. } => finding
            .because("a fixed distance from UTC knows no daylight saving")
            .help(format!("name a city whose clock you mean: {listed}")),
    };
    for suggestion in &unknown.suggestions {
        let title = format!("write `{suggestion}`");
        let sure = unknown.problem == ZoneProblem::Renamed;
        let fix = if sure {
            Fix::safe(title, place, *suggestion)
        } else {
            Fix::maybe(title, place, *suggestion)
        };
        finding = finding.fix(fix);
    }
    finding
}

/// What to say of a mistake in a cron expression.
fn cron_error(error: &CronError, text: &str, place: Span) -> Diagnostic {
    let at = |range: &Range<usize>| inside(place, range);
    let (code, title, help) = words(&error.kind, text, &error.span);
    let mut finding = Diagnostic::new(code, at(&error.span), title);
    if let Some(help) = help {
        finding = finding.help(help);
    }
    match &error.kind {
        CronErrorKind::Never(Never::NoSuchDay { month_span, .. }) if *month_span != error.span => {
            finding = finding.label(at(month_span), "the months that are asked for");
        }
        CronErrorKind::Never(Never::NoSuchWeekday { weekday_span }) => {
            finding = finding.label(at(weekday_span), "never falls on the days of the month");
        }
        _ => {}
    }
    for fix in &error.fixes {
        let title = format!("write `{}`", fix.apply(text));
        let edit = at(&fix.span);
        let mend = if fix.certain {
            Fix::safe(title, edit, &fix.text)
        } else {
            Fix::maybe(title, edit, &fix.text)
        };
        finding = finding.fix(mend);
    }
    if let Some(first) = error.fixes.first() {
        finding = finding.help(format!("write `\"{}\"`", first.apply(text)));
    }
    finding
}

/// Code, title and help of a mistake.
fn words(
    kind: &CronErrorKind,
    text: &str,
    span: &Range<usize>,
) -> (&'static str, String, Option<String>) {
    let written = text.get(span.clone()).unwrap_or_default();
    match kind {
        CronErrorKind::FieldCount { found } => (
            "cron-fields",
            format!("{found} fields; a schedule has five"),
            Some("minute, hour, day of month, month, day of week".to_owned()),
        ),
        CronErrorKind::UnknownNickname => (
            "cron-range",
            format!("no schedule is called `{written}`"),
            Some("there are @hourly, @daily, @weekly, @monthly and @yearly".to_owned()),
        ),
        CronErrorKind::OutOfRange { field, .. } => {
            let (low, high) = field.bounds();
            (
                "cron-range",
                format!("{} go from {low} to {high}", plural(*field)),
                midnight(*field, written),
            )
        }
        CronErrorKind::Backwards { .. } => {
            ("cron-backwards", format!("`{written}` runs backwards"), None)
        }
        CronErrorKind::NotAValue { field, text } => {
            let (low, high) = field.bounds();
            let help = Some(format!("{} are {low} to {high}{}", plural(*field), names(*field)));
            ("cron-range", format!("`{text}` is no {}", singular(*field)), help)
        }
        CronErrorKind::MissingValue { field } => {
            ("cron-range", format!("a {} is missing here", singular(*field)), None)
        }
        CronErrorKind::BadStep { step, .. } => {
            ("cron-range", format!("`/{step}` is no step; a step is 1 or more"), None)
        }
        CronErrorKind::StepWithoutRange { .. } => {
            ("cron-range", "a step stands behind `*` or a range".to_owned(), None)
        }
        CronErrorKind::NoSuchWeek { week } => {
            ("cron-range", format!("`#{week}`: a month has the weeks 1 to 5"), None)
        }
        CronErrorKind::MisplacedPlus => {
            ("cron-range", "`+` stands before the day of week only".to_owned(), None)
        }
        CronErrorKind::Foreign(foreign) => foreign_words(foreign, written),
        CronErrorKind::Never(Never::NoSuchDay { day, longest, months, .. }) => {
            let which =
                if months.len() == 1 { month_name(months[0]) } else { "none of the months" };
            let verb = if months.len() == 1 { "has no day" } else { "has a day" };
            let help = format!(
                "the last day of every month is `L`; the longest of these months has {longest} days"
            );
            ("cron-never", format!("this never runs: {which} {verb} {day}"), Some(help))
        }
        CronErrorKind::Never(Never::NoSuchWeekday { .. }) => {
            ("cron-never", "this never runs: these days never fall together".to_owned(), None)
        }
    }
}

fn midnight(field: FieldKind, written: &str) -> Option<String> {
    (field == FieldKind::Hour && written == "24").then(|| "midnight is 0".to_owned())
}

fn foreign_words(foreign: &Foreign, written: &str) -> (&'static str, String, Option<String>) {
    let (dialect, help) = match foreign {
        Foreign::QuestionMark => ("Quartz", "here it is `*`".to_owned()),
        Foreign::NearestWorkday | Foreign::LastWorkday => (
            "Quartz",
            "name the days themselves; there is nothing for the nearest working day".to_owned(),
        ),
        Foreign::DaysBeforeLast => ("Quartz", "`L` alone is the last day of the month".to_owned()),
        Foreign::LastAsSaturday => {
            ("Quartz", "the day of week is written `sat`; `satL` is the last Saturday".to_owned())
        }
        Foreign::Hash => ("Jenkins", "write a minute, and `jitter 5m` to spread tasks".to_owned()),
        Foreign::Reboot => (
            "Vixie cron",
            "a schedule knows times only; run the task by hand with `taskc run`".to_owned(),
        ),
        Foreign::Every { duration } => ("Go's cron", format!("write `schedule every {duration}`")),
        Foreign::Nickname => ("Vixie cron", "it goes by another name here".to_owned()),
    };
    ("cron-foreign", format!("`{written}` comes from {dialect}"), Some(help))
}

fn plural(field: FieldKind) -> &'static str {
    match field {
        FieldKind::Minute => "minutes",
        FieldKind::Hour => "hours",
        FieldKind::DayOfMonth => "days of the month",
        FieldKind::Month => "months",
        FieldKind::DayOfWeek => "days of the week",
    }
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

fn names(field: FieldKind) -> &'static str {
    match field {
        FieldKind::Month => ", or jan to dec",
        FieldKind::DayOfWeek => ", or sun to sat",
        FieldKind::Minute | FieldKind::Hour | FieldKind::DayOfMonth => "",
    }
}

fn month_name(month: u32) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    NAMES[(month.clamp(1, 12) - 1) as usize]
}

/// The place of some bytes of the text; a text with escapes is pointed at as a whole.
fn inside(place: Span, range: &Range<usize>) -> Span {
    let at = |offset: usize| {
        u32::try_from(offset).map_or(place.end, |it| place.start.saturating_add(it).min(place.end))
    };
    Span { start: at(range.start), end: at(range.end), ..place }
}
