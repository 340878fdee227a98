//! Schedules in words and dates: beside the line, above it, and under the pointer.

use std::fmt::Write as _;

use super::View;
use crate::schedule::{
    ClockEffect, Finding, Instant, Schedule, Schedules, Zone, describe, describe_note, findings,
};
use crate::source::Span;
use crate::syntax::tree::Item;

/// How many due times a hover shows.
const SHOWN: usize = 5;

/// A line above a declaration that can be clicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lens {
    /// Runs the task.
    Run(Span),
    /// Says when the task is due next, and shows more when it is clicked.
    Next(Span, String),
    /// Runs a test.
    Test(Span, String),
}

/// What can be started in a file, and when it starts by itself.
#[must_use]
pub fn lenses(view: &View<'_>, now: Instant) -> Vec<Lens> {
    let file = view.project.file(view.file);
    let mut lenses = Vec::new();
    if file.is_task() {
        let first = file.tree.items.iter().find_map(|item| match item {
            Item::Header(header) => Some(header.span),
            Item::Stmt(stmt) => Some(stmt.span),
            _ => None,
        });
        let first = first.unwrap_or(Span::new(view.file, 0, 0));
        lenses.push(Lens::Run(first));
        let headers = &view.facts().headers;
        if headers.active && !headers.schedules.0.is_empty() {
            let zone = headers.schedules.zone();
            let title = match headers.schedules.next_after(now) {
                Some(at) => format!("next: {}", in_short(at, &zone, now)),
                None => "never due again".to_owned(),
            };
            lenses.push(Lens::Next(first, title));
        }
    }
    for item in &file.tree.items {
        if let Item::Test(test) = item {
            lenses.push(Lens::Test(test.span, test.name.text.to_string()));
        }
    }
    lenses
}

/// The file's next due times, a line each.
#[must_use]
pub fn next_runs(view: &View<'_>, now: Instant) -> Vec<String> {
    let schedules = &view.facts().headers.schedules;
    let zone = schedules.zone();
    let due = schedules.between(now, Instant(i64::MAX)).take(SHOWN);
    due.map(|at| format!("{} ({at})", zone.local(at))).collect()
}

/// When each schedule of the file is due next, to stand behind its line.
pub(super) fn beside(view: &View<'_>, now: Instant) -> Vec<(Span, String)> {
    let headers = &view.facts().headers;
    let each = headers.schedules.0.iter().zip(&headers.schedule_spans);
    each.filter_map(|(schedule, span)| {
        let next = schedule.next_after(now)?;
        Some((*span, format!("next: {}", in_short(next, &zone(schedule), now))))
    })
    .collect()
}

/// A schedule in a sentence, its next due times in its zone and in UTC, and the next change of clocks that concerns it.
pub(super) fn page(view: &View<'_>, offset: u32, now: Instant) -> Option<String> {
    let headers = &view.facts().headers;
    let mut each = headers.schedules.0.iter().zip(&headers.schedule_spans);
    let (schedule, _) = each.find(|(_, span)| span.touches(offset))?;
    let mut page = format!("Runs {}.", describe(schedule));
    let zone = zone(schedule);
    let due = Schedules(vec![schedule.clone()]);
    let times: Vec<Instant> = due.between(now, Instant(i64::MAX)).take(SHOWN).collect();
    if times.is_empty() {
        page.push_str("\n\nIt is never due again.");
        return Some(page);
    }
    let _ = write!(page, "\n\n| next, {} | UTC |\n| --- | --- |", zone.name());
    for at in times {
        let note = schedule
            .note(at)
            .map_or(String::new(), |it| format!(" ({})", describe_note(it, &zone)));
        let _ = write!(page, "\n| {}{note} | {at} |", zone.local(at));
    }
    for finding in findings(schedule, Some(now)) {
        if let Finding::ClockChange(change) = finding {
            let _ = write!(page, "\n\n{}", change_words(&change, &zone));
            break;
        }
    }
    Some(page)
}

fn change_words(change: &crate::schedule::ClockChange, zone: &Zone) -> String {
    let day = change.first.date();
    let from = change.first.clock();
    match change.effect {
        ClockEffect::MadeUpFor { at } => {
            format!("On {day} the clock skips {from}: it runs at {} instead.", zone.local(at))
        }
        ClockEffect::Lost => format!("On {day} the clock skips {from}: it does not run then."),
        ClockEffect::FirstPass { at } => format!(
            "On {day} the clock reads {from} twice: it runs at the first, {}.",
            zone.local(at)
        ),
    }
}

fn zone(schedule: &Schedule) -> Zone {
    schedule.zone().cloned().unwrap_or_else(Zone::utc)
}

/// `Mon 07:00` within a week, a date otherwise.
fn in_short(at: Instant, zone: &Zone, now: Instant) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    let civil = zone.civil(at);
    let (date, clock) = (civil.date(), civil.clock());
    let day = DAYS[date.weekday() as usize % DAYS.len()];
    if at.since(now) < crate::schedule::Duration::DAY.times(7) {
        format!("{day} {clock}")
    } else {
        format!("{day} {date} {clock}")
    }
}
