//! Tasks of a project that all start in the same minute.

use std::collections::BTreeMap;

use super::checked::CheckedFile;
use super::headers::TaskHeaders;
use super::project::Project;
use super::report;
use crate::diagnostics::Diagnostic;
use crate::schedule::{Calendar, Duration, Instant, Schedule};
use crate::source::Span;

/// So many tasks in one minute are a crowd.
const CROWD: usize = 10;

/// How far ahead due times are compared.
const AHEAD: Duration = Duration::DAY.times(7);

/// A schedule that names its minutes, of a task that is triggered and starts on the dot.
struct Fixed<'c> {
    task: usize,
    calendar: &'c Calendar,
    schedule: &'c Schedule,
    span: Span,
}

/// The minute of the coming week in which most tasks start, if they are many.
pub(super) fn crowded_minute<'c>(
    project: &Project,
    files: impl Iterator<Item = &'c CheckedFile>,
) -> Option<Diagnostic> {
    let now = Instant(project.settings.now.unwrap_or(0));
    let fixed: Vec<Fixed<'c>> =
        files.enumerate().flat_map(|(task, file)| fixed(task, &file.headers)).collect();
    if fixed.len() < CROWD || !may_be_crowded(&fixed, now) {
        return None;
    }
    let mut starting: BTreeMap<Instant, Vec<&Fixed<'c>>> = BTreeMap::new();
    for it in &fixed {
        let after = |at: &Instant| it.schedule.next_after(*at);
        let due = std::iter::successors(it.schedule.next_after(now), after);
        for at in due.take_while(|at| *at < now.plus(AHEAD)) {
            let tasks = starting.entry(at).or_default();
            if tasks.last().is_none_or(|last| last.task != it.task) {
                tasks.push(it);
            }
        }
    }
    let most = starting.values().map(Vec::len).max().filter(|it| *it >= CROWD)?;
    let (at, tasks) = starting.iter().find(|(_, tasks)| tasks.len() == most)?;
    let local = tasks.first()?.calendar.zone.civil(*at);
    let spans: Vec<Span> = tasks.iter().map(|it| it.span).collect();
    Some(report::schedules::crowded_minute(&spans, local))
}

fn fixed(task: usize, headers: &TaskHeaders) -> impl Iterator<Item = Fixed<'_>> {
    let is_meant = headers.active && headers.jitter == Duration::ZERO;
    let all = headers.schedules.0.iter().zip(&headers.schedule_spans);
    all.filter_map(move |(schedule, span)| match schedule {
        Schedule::Cron { calendar, .. } if is_meant && calendar.cron.is_fixed() => {
            Some(Fixed { task, calendar, schedule, span: *span })
        }
        Schedule::Cron { .. } | Schedule::Every(_) | Schedule::At(_) => None,
    })
}

/// Whether so many schedules name one minute of the day at all, by the clocks of today: cheaper than due times.
fn may_be_crowded(fixed: &[Fixed<'_>], now: Instant) -> bool {
    const MINUTES: i64 = 24 * 60;
    // An hour more or less, so that no change of clocks in the week hides a crowd.
    let mut named = vec![0_usize; 24 * 60];
    for it in fixed {
        let offset = it.calendar.zone.offset_seconds(now) / 60;
        for hour in it.calendar.cron.hours().iter() {
            for minute in it.calendar.cron.minutes().iter() {
                for moved in [-60, 0, 60] {
                    let at = (i64::from(hour * 60 + minute) - offset + moved).rem_euclid(MINUTES);
                    named[usize::try_from(at).unwrap_or(0)] += 1;
                }
            }
        }
    }
    named.iter().any(|count| *count >= CROWD)
}

#[cfg(test)]
mod tests {
    use crate::check::testing::found_in;

    /// What is found in so many tasks that begin with the same lines.
    fn found(count: usize, headers: &str) -> Vec<String> {
        let text = format!("{headers}\nprint(1)\n");
        let names: Vec<String> = (0..count).map(|it| format!("task_{it}")).collect();
        let files: Vec<(&str, &str)> =
            names.iter().map(|name| (name.as_str(), text.as_str())).collect();
        found_in(&files)
    }

    #[test]
    fn ten_tasks_in_one_minute_are_a_crowd() {
        assert_eq!(found(10, "schedule \"0 0 * * *\"").len(), 1);
        assert!(found(9, "schedule \"0 0 * * *\"").is_empty());
        assert_eq!(found(10, "schedule \"0 2 * * *\" in \"Europe/Berlin\"").len(), 1);
    }

    #[test]
    fn a_task_that_starts_later_or_never_is_not_of_the_crowd() {
        assert!(found(10, "schedule \"0 0 * * *\"\njitter 5m").is_empty());
        assert!(found(10, "schedule \"0 0 * * *\"\nactive false").is_empty());
        assert!(found(10, "schedule \"*/15 * * * *\"").is_empty());
    }

    #[test]
    fn other_days_are_other_minutes() {
        let days = ["mon", "tue"].map(|day| format!("schedule \"0 0 * * {day}\"\nprint(1)\n"));
        let names: Vec<String> = (0..10).map(|it| format!("task_{it}")).collect();
        let text_of = |at: usize| days[at % 2].as_str();
        let files: Vec<(&str, &str)> =
            names.iter().enumerate().map(|(at, name)| (name.as_str(), text_of(at))).collect();
        assert!(found_in(&files).is_empty());
    }
}
