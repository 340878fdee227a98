//! What is odd about a cron expression that says something: read as its writer may not have meant it.
//!
//! Every number in these findings is computed from the days and times on which the expression really is due.

use super::parts::HeaderText;
use crate::check::checker::Checker;
use crate::check::report::schedules as report;
use crate::schedule::{
    Calendar, Change, Civil, Cron, Date, Duration, Field, FieldKind, Instant, ItemKind, Joined,
};

/// How far ahead the zone's clock changes are looked at.
const YEARS_AHEAD: i64 = 2;

impl Checker<'_> {
    pub(super) fn lint_calendar(&mut self, text: &HeaderText, calendar: &Calendar) {
        let cron = &calendar.cron;
        if text.text.starts_with('@') {
            return;
        }
        self.lint_either_day(text, cron);
        self.lint_uneven(text, cron);
        self.lint_every_minute(text, cron);
        self.lint_months(text, cron);
        self.lint_sunday(text, cron);
        self.lint_clock_change(text, calendar);
    }

    /// Where both day fields are restricted, either may match.
    fn lint_either_day(&mut self, text: &HeaderText, cron: &Cron) {
        if cron.days().joined != Joined::Either {
            return;
        }
        let year = self.year_now();
        let count = year.map(|year| (year, days_of_year(cron, year)));
        let days = text.place(&cron.field(FieldKind::DayOfMonth).span);
        let weekdays = text.place(&cron.field(FieldKind::DayOfWeek).span);
        self.report(report::either_day(cron, days, weekdays, count));
    }

    /// The year that the given instant lies in.
    fn year_now(&self) -> Option<i32> {
        let now = Instant(self.world.project.settings.now?);
        let days = now.seconds().div_euclid(86_400);
        i32::try_from(days).ok().map(|days| Date(days).parts().0)
    }

    /// A step that does not divide its field leaves a shorter gap at the field's end.
    fn lint_uneven(&mut self, text: &HeaderText, cron: &Cron) {
        for kind in [FieldKind::Minute, FieldKind::Hour] {
            let field = cron.field(kind);
            let [item] = field.items.as_slice() else { continue };
            let ItemKind::Plain { values, step: Some(step) } = &item.kind else { continue };
            let (low, high) = kind.bounds();
            let length = high - low + 1;
            if step.whole && length % step.size != 0 {
                let all: Vec<u32> = values.iter().collect();
                self.report(report::uneven(text.place(&field.span), kind, step.size, &all, length));
            }
        }
    }

    /// `* 9 * * *` is every minute from nine to ten.
    fn lint_every_minute(&mut self, text: &HeaderText, cron: &Cron) {
        let minute = cron.field(FieldKind::Minute);
        let every_minute = minute.values() == FieldKind::Minute.all_values();
        let hours = cron.hours();
        if every_minute && hours != FieldKind::Hour.all_values() {
            let first = hours.iter().next().unwrap_or(0);
            let last = hours.iter().next_back().unwrap_or(0);
            let count = hours.count() * 60;
            self.report(report::every_minute(text.place(&minute.span), count, first, last));
        }
    }

    /// A day that some months do not have.
    fn lint_months(&mut self, text: &HeaderText, cron: &Cron) {
        let rule = cron.days();
        let field = cron.field(FieldKind::DayOfMonth);
        let earliest = rule.days.iter().next();
        let by_day_alone = rule.joined == Joined::Both && cron.field(FieldKind::DayOfWeek).star;
        let Some(day) = earliest.filter(|day| *day > 28 && by_day_alone && !rule.last_day) else {
            return;
        };
        let skipped: Vec<u32> = rule.months.iter().filter(|it| longest(*it) < day).collect();
        let sometimes = day == 29 && rule.months.has(2);
        if !skipped.is_empty() || sometimes {
            self.report(report::skips_months(text.place(&field.span), day, &skipped, rule.months));
        }
    }

    fn lint_sunday(&mut self, text: &HeaderText, cron: &Cron) {
        let field = cron.field(FieldKind::DayOfWeek);
        let seven = field.items.iter().find(|item| &text.text[item.span.clone()] == "7");
        if let Some(item) = seven {
            self.report(report::sunday_seven(text.place(&item.span)));
        }
    }

    /// A fixed time that the zone's clock skips or repeats soon.
    fn lint_clock_change(&mut self, text: &HeaderText, calendar: &Calendar) {
        let Some(now) = self.world.project.settings.now.map(Instant) else { return };
        if !calendar.cron.is_fixed() {
            return;
        }
        let until = now.plus(Duration::DAY.times(366 * YEARS_AHEAD));
        let hit = calendar.zone.changes(now, until).find_map(|change| {
            let reading = first_reading(calendar, &change)?;
            Some((change, reading))
        });
        if let Some((change, reading)) = hit {
            let minute = calendar.cron.field(FieldKind::Minute);
            let hour = calendar.cron.field(FieldKind::Hour);
            let span = text.place(&(minute.span.start..hour.span.end));
            self.report(report::clock_change(span, calendar, &change, reading));
        }
    }
}

/// The first reading of a calendar that a change of the clock skips or repeats.
fn first_reading(calendar: &Calendar, change: &Change) -> Option<Civil> {
    let (from, until) =
        if change.is_gap() { (change.from, change.to) } else { (change.to, change.from) };
    calendar.readings(from..until).next()
}

fn days_of_year(cron: &Cron, year: i32) -> usize {
    let Some(first) = Date::new(year, 1, 1) else { return 0 };
    let days = (0..366).map(|day| first.plus_days(day)).take_while(|it| it.parts().0 == year);
    days.filter(|day| cron.days().matches(*day)).count()
}

/// How many days a month has at most.
fn longest(month: u32) -> u32 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// What stands in a field, as it was written.
pub(in crate::check) fn written<'t>(cron: &'t Cron, field: &Field) -> &'t str {
    cron.text().get(field.span.clone()).unwrap_or_default()
}
