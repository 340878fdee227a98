//! What is likely to surprise about a cron schedule, as data: counts, gaps and dates, all taken from its times.
//!
//! Nothing here is an error, and nothing is said in words. [`findings`] looks from an instant that is given to
//! it: dates, counts of a year and changes of clocks depend on it.

use std::ops::Range;

use super::calendar::Calendar;
use super::cron::{Cron, Field, FieldKind, ItemKind, Joined, Step, Values};
use super::due::{Bounds, Schedule};
use super::time::{Civil, Date, Duration, Instant};
use super::zone::{Change, Zone};

/// Something about a schedule that its author may not have meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A step that does not divide its field evenly.
    UnevenStep(UnevenStep),
    /// Both day fields are restricted and either may match.
    EitherDay(EitherDay),
    /// Every minute of some hours.
    EveryMinute(EveryMinute),
    /// Some months of those that are named have no such day.
    SkipsMonths(SkipsMonths),
    /// The clock skips or repeats fixed times.
    ClockChange(ClockChange),
    /// 7 stands for Sunday, as 0 does.
    SundaySeven {
        /// The bytes of the 7 in the expression.
        span: Range<usize>,
    },
}

/// `*/45`: runs at :00 and :45, with gaps of 45 and 15 minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnevenStep {
    /// The bytes of the item with the step.
    pub span: Range<usize>,
    /// Its field.
    pub field: FieldKind,
    /// The step that was written.
    pub size: u32,
    /// All values of the field.
    pub values: Vec<u32>,
    /// The distances between neighbours among them, each once, in the order in which they first occur, around
    /// the field's end too. Days of the month: around the ends of months of all lengths.
    pub gaps: Vec<u32>,
    /// The nearest steps that are even: the next smaller and the next larger one.
    pub even: Vec<u32>,
    /// The cadence that keeps this distance for ever, where nothing else restricts the schedule.
    pub cadence: Option<Duration>,
}

/// `0 9 13 * 5`: each 13th and each Friday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EitherDay {
    /// The bytes of the field for the day of the month.
    pub day_span: Range<usize>,
    /// The bytes of the field for the day of the week.
    pub weekday_span: Range<usize>,
    /// The year that `days` counts: the next in which it runs, or this one where it runs no more in later years.
    pub year: i32,
    /// On how many days of that year it runs.
    pub days: u32,
    /// The next four days on which it runs, fewer where there are no more.
    pub next: Vec<Date>,
}

/// `* 9 * * *`: 60 times between 09:00 and 09:59.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EveryMinute {
    /// The bytes of the field for the minute.
    pub span: Range<usize>,
    /// How often it runs on a day without a change of clocks.
    pub runs: u32,
    /// The stretches in which it runs every minute, as first and last minute after midnight.
    pub stretches: Vec<(u32, u32)>,
    /// The first hour, for `0 9 * * *` instead.
    pub first_hour: u32,
}

/// `0 0 31 * *`: skips the five shorter months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkipsMonths {
    /// The bytes of the field for the day of the month.
    pub span: Range<usize>,
    /// The months, from 1, that are named and in which it never runs.
    pub never: Vec<u32>,
    /// February, if it runs then in leap years only.
    pub leap_years_only: bool,
}

/// `30 2 * * *` in Europe/Prague: on 28 March 2027 02:30 does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockChange {
    /// When the clock is moved, and how.
    pub change: Change,
    /// The first of the times that it skips or repeats.
    pub first: Civil,
    /// The last of them.
    pub last: Civil,
    /// How many there are.
    pub count: usize,
    /// What happens.
    pub effect: ClockEffect,
}

/// What comes of times that the clock skips or repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockEffect {
    /// They are skipped, and made up for by one run right after the gap.
    MadeUpFor {
        /// When that is.
        at: Instant,
    },
    /// They are skipped and not made up for, and the day has no others.
    Lost,
    /// They occur twice, and run in the first pass alone.
    FirstPass {
        /// When the first of them runs.
        at: Instant,
    },
}

/// How far ahead changes of clocks are looked for.
const TWO_YEARS: Duration = Duration::DAY.times(731);

/// Everything that there is to say about a schedule, as of `now`, in the order of its fields; changes of clocks
/// last, and only where there is a `now`: without it, days are counted from the epoch.
#[must_use]
pub fn findings(schedule: &Schedule, now: Option<Instant>) -> Vec<Finding> {
    let Schedule::Cron { calendar, bounds } = schedule else {
        return Vec::new();
    };
    let cron = &calendar.cron;
    let mut found = Vec::new();
    found.extend(every_minute(cron).map(Finding::EveryMinute));
    found.extend(
        FieldKind::ALL.iter().flat_map(|it| uneven_steps(cron, *it)).map(Finding::UnevenStep),
    );
    found.extend(skips_months(cron).map(Finding::SkipsMonths));
    found.extend(either_day(schedule, calendar, now.unwrap_or(Instant(0))).map(Finding::EitherDay));
    found.extend(sevens(cron).map(|span| Finding::SundaySeven { span }));
    if let Some(now) = now {
        found.extend(clock_changes(calendar, *bounds, now).map(Finding::ClockChange));
    }
    found
}

fn every_minute(cron: &Cron) -> Option<EveryMinute> {
    let hours = cron.hours();
    if cron.minutes() != FieldKind::Minute.all_values() || hours == FieldKind::Hour.all_values() {
        return None;
    }
    let mut stretches: Vec<(u32, u32)> = Vec::new();
    for hour in hours.iter() {
        match stretches.last_mut() {
            Some((_, last)) if *last + 1 == hour * 60 => *last += 60,
            _ => stretches.push((hour * 60, hour * 60 + 59)),
        }
    }
    Some(EveryMinute {
        span: cron.field(FieldKind::Minute).span.clone(),
        runs: hours.count() * 60,
        stretches,
        first_hour: hours.iter().next()?,
    })
}

fn uneven_steps(cron: &Cron, kind: FieldKind) -> Vec<UnevenStep> {
    let field = cron.field(kind);
    let stepped = field.items.iter().filter_map(|item| match item.kind {
        ItemKind::Plain { values, step: Some(Step { size, whole: true }) } => {
            Some((item, values, size))
        }
        ItemKind::Plain { .. }
        | ItemKind::LastDay
        | ItemKind::Nth { .. }
        | ItemKind::LastWeekday { .. } => None,
    });
    let uneven =
        stepped.filter(|(_, values, size)| gaps(kind, *values).iter().any(|gap| gap != size));
    let findings = uneven.map(|(item, _, size)| UnevenStep {
        span: item.span.clone(),
        field: kind,
        size,
        values: field.values().iter().collect(),
        gaps: gaps(kind, field.values()),
        even: even_steps(kind, size),
        cadence: cadence(cron, field, size),
    });
    findings.collect()
}

/// The distances between neighbouring values, from the last on to the first of the next round too.
fn gaps(kind: FieldKind, values: Values) -> Vec<u32> {
    let rounds: &[(u32, u32)] = match kind {
        FieldKind::Minute => &[(0, 60)],
        FieldKind::Hour => &[(0, 24)],
        FieldKind::Month => &[(1, 12)],
        FieldKind::DayOfWeek => &[(0, 7)],
        FieldKind::DayOfMonth => &[(1, 31), (1, 30), (1, 29), (1, 28)],
    };
    let mut gaps = Vec::new();
    for (first, length) in rounds {
        let round: Vec<u32> = values.iter().filter(|it| *it < first + length).collect();
        let (Some(start), Some(end)) = (round.first(), round.last()) else { continue };
        let inner = round.windows(2).map(|pair| pair[1] - pair[0]);
        for gap in inner.chain([start + length - end]) {
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
        }
    }
    gaps
}

/// The next smaller and the next larger step that fit the field a whole number of times. None fits all months.
fn even_steps(kind: FieldKind, size: u32) -> Vec<u32> {
    let whole = match kind {
        FieldKind::Minute => 60,
        FieldKind::Hour => 24,
        FieldKind::Month => 12,
        FieldKind::DayOfMonth | FieldKind::DayOfWeek => return Vec::new(),
    };
    let even = |it: &u32| whole % *it == 0;
    let smaller = (2..size.min(whole)).rev().find(even);
    let larger = (size + 1..whole).find(even);
    smaller.into_iter().chain(larger).collect()
}

/// A step of minutes or hours that nothing else restricts means a cadence, if it means the step at all.
fn cadence(cron: &Cron, field: &Field, size: u32) -> Option<Duration> {
    let open = |kind: FieldKind| cron.field(kind).values() == kind.all_values();
    let days_open =
        [FieldKind::DayOfMonth, FieldKind::Month, FieldKind::DayOfWeek].into_iter().all(open);
    let alone = field.items.len() == 1 && days_open;
    match field.kind {
        FieldKind::Minute if alone && open(FieldKind::Hour) => {
            Some(Duration::MINUTE.times(size.into()))
        }
        FieldKind::Hour if alone && cron.minutes().count() == 1 => {
            Some(Duration::HOUR.times(size.into()))
        }
        FieldKind::Minute
        | FieldKind::Hour
        | FieldKind::DayOfMonth
        | FieldKind::Month
        | FieldKind::DayOfWeek => None,
    }
}

fn skips_months(cron: &Cron) -> Option<SkipsMonths> {
    let rule = cron.days();
    let by_number = rule.joined == Joined::Both && rule.days != FieldKind::DayOfMonth.all_values();
    if !by_number || rule.last_day {
        return None;
    }
    let first = rule.days.iter().next()?;
    let (years, leap_years) = ([2026, 2028], [2028]);
    let has_day = |month: u32, years: &[i32]| {
        years.iter().any(|year| Date::new(*year, month, first).is_some())
    };
    let never: Vec<u32> = rule.months.iter().filter(|month| !has_day(*month, &years)).collect();
    let february_alone = rule.months == Values::range(2, 2);
    let leap_years_only =
        rule.months.has(2) && !february_alone && first == 29 && has_day(2, &leap_years);
    let span = cron.field(FieldKind::DayOfMonth).span.clone();
    (!never.is_empty() || leap_years_only).then_some(SkipsMonths { span, never, leap_years_only })
}

fn either_day(schedule: &Schedule, calendar: &Calendar, now: Instant) -> Option<EitherDay> {
    if calendar.cron.days().joined == Joined::Both {
        return None;
    }
    let zone = &calendar.zone;
    let next: Vec<Date> = due_days(schedule, zone, now).take(4).collect();
    let year_of = |date: Date| date.parts().0;
    let next_year = year_of(zone.civil(now).date()) + 1;
    let year = match due_days(schedule, zone, before(zone, Date::new(next_year, 1, 1)?)).next() {
        Some(first) => year_of(first),
        None => year_of(*next.first()?),
    };
    let of_year = due_days(schedule, zone, before(zone, Date::new(year, 1, 1)?));
    let days = of_year.take_while(|day| year_of(*day) == year).count();
    Some(EitherDay {
        day_span: calendar.cron.field(FieldKind::DayOfMonth).span.clone(),
        weekday_span: calendar.cron.field(FieldKind::DayOfWeek).span.clone(),
        year,
        days: u32::try_from(days).unwrap_or(u32::MAX),
        next,
    })
}

/// The days, by the zone's calendar, on which the schedule is due after `after`.
fn due_days(schedule: &Schedule, zone: &Zone, after: Instant) -> impl Iterator<Item = Date> {
    let day_after = move |at: Instant| schedule.next_after(at).map(|due| zone.civil(due).date());
    std::iter::successors(day_after(after), move |day| day_after(before(zone, day.plus_days(1))))
}

/// The last instant before `day` begins in the zone.
fn before(zone: &Zone, day: Date) -> Instant {
    Instant(zone.first_reading(day.at(0, 0)).0.saturating_sub(1))
}

fn sevens(cron: &Cron) -> impl Iterator<Item = Range<usize>> {
    let field = cron.field(FieldKind::DayOfWeek);
    let text = cron.text();
    field.items.iter().filter_map(|item| {
        let days = text.get(item.span.clone())?.split(['/', '#']).next()?;
        let (end, is_seven) = match days.rsplit_once('-') {
            // In `5-7` it says that Sunday ends the week, which 0 cannot say.
            Some(_) => return None,
            None => (days.len(), days.trim_end_matches(['l', 'L']) == "7"),
        };
        is_seven.then_some(item.span.start..item.span.start + end.min(1))
    })
}

fn clock_changes(
    calendar: &Calendar,
    bounds: Bounds,
    now: Instant,
) -> impl Iterator<Item = ClockChange> {
    let until = bounds.until.map_or(now.plus(TWO_YEARS), |it| it.min(now.plus(TWO_YEARS)));
    let from = bounds.from.map_or(now, |it| it.max(now));
    calendar.zone.changes(from, until).filter_map(|change| clock_change(calendar, change))
}

fn clock_change(calendar: &Calendar, change: Change) -> Option<ClockChange> {
    let (from, to) = (change.from, change.to);
    let touched = if change.is_gap() { from..to } else { to..from };
    let readings: Vec<Civil> = calendar.readings(touched).collect();
    let (first, last) = (*readings.first()?, *readings.last()?);
    let effect = match (change.is_gap(), calendar.cron.is_fixed()) {
        (true, true) => ClockEffect::MadeUpFor { at: change.at },
        (true, false) => {
            let day = first.date();
            let of_day = calendar.readings(day.at(0, 0)..day.plus_days(1).at(0, 0));
            if of_day.count() > readings.len() {
                return None;
            }
            ClockEffect::Lost
        }
        (false, true) => {
            let before_change = Duration::SECOND.times(from.0 - first.0);
            ClockEffect::FirstPass { at: change.at.minus(before_change) }
        }
        (false, false) => return None,
    };
    Some(ClockChange { change, first, last, count: readings.len(), effect })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(text: &str, zone: &str) -> Schedule {
        let calendar = Calendar::new(Cron::parse(text).unwrap(), Zone::get(zone).unwrap());
        Schedule::Cron { calendar: Box::new(calendar), bounds: Bounds::default() }
    }

    fn november_2026() -> Instant {
        Instant::from_seconds(Date::new(2026, 11, 22).unwrap().at(0, 0).0)
    }

    fn found(text: &str) -> Vec<Finding> {
        findings(&schedule(text, "Europe/Prague"), Some(november_2026()))
    }

    fn only(text: &str) -> Finding {
        let found = found(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        found.into_iter().next().unwrap()
    }

    fn dates(days: &[Date]) -> Vec<String> {
        days.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn nothing_to_say_about_plain_schedules() {
        for text in [
            "0 7 * * *",
            "*/15 * * * *",
            "0 */6 * * mon-fri",
            "* * * * *",
            "0 9 13 * +fri",
            "0 9 L * *",
            "7 4 29 2 *",
            "1-31/7 4 * * *",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn uneven_steps_tell_their_gaps() {
        let Finding::UnevenStep(step) = only("*/45 * * * *") else { panic!() };
        assert_eq!((step.values, step.gaps, step.even), (vec![0, 45], vec![45, 15], vec![30]));
        assert_eq!((step.span, step.cadence), (0..4, Some(Duration::MINUTE.times(45))));
        let Finding::UnevenStep(step) = only("0 4,*/7 * * 1") else { panic!() };
        assert_eq!(
            (step.values, step.gaps, step.even),
            (vec![0, 4, 7, 14, 21], vec![4, 3, 7], vec![6, 8])
        );
        assert_eq!((step.span, step.cadence), (4..7, None));
        let Finding::UnevenStep(step) = only("0 5 */2 * *") else { panic!() };
        assert_eq!((step.gaps, step.even), (vec![2, 1], vec![]));
        let Finding::UnevenStep(step) = only("*/90 * * * *") else { panic!() };
        assert_eq!((step.values, step.gaps, step.even), (vec![0], vec![60], vec![30]));
    }

    #[test]
    fn either_day_counts_a_year_and_shows_the_next_dates() {
        let Finding::EitherDay(either) = only("0 9 13 * 5") else { panic!() };
        assert_eq!(
            (either.year, either.days, either.day_span, either.weekday_span),
            (2027, 64, 4..6, 9..10)
        );
        assert_eq!(dates(&either.next), ["2026-11-27", "2026-12-04", "2026-12-11", "2026-12-13"]);
        let Finding::EitherDay(either) = only("*/10 0-22 13 * 5") else { panic!() };
        assert_eq!(dates(&either.next)[3], "2026-12-13");
    }

    #[test]
    fn every_minute_of_an_hour() {
        let Finding::EveryMinute(minutes) = only("* 9,10,14 * * *") else { panic!() };
        assert_eq!((minutes.runs, minutes.first_hour, minutes.span), (180, 9, 0..1));
        assert_eq!(minutes.stretches, [(540, 659), (840, 899)]);
    }

    #[test]
    fn months_without_the_day() {
        let skipped = |text| match only(text) {
            Finding::SkipsMonths(skips) => (skips.never, skips.leap_years_only),
            other => panic!("{other:?}"),
        };
        assert_eq!(skipped("0 7 31 * *"), (vec![2, 4, 6, 9, 11], false));
        assert_eq!(skipped("0 7 30 * *"), (vec![2], false));
        assert_eq!(skipped("0 7 29,30 * *"), (vec![], true));
        assert_eq!(skipped("0 7 31 1,4 +fri"), (vec![4], false));
    }

    #[test]
    fn seven_is_sunday() {
        assert_eq!(only("0 7 * * 1,7"), Finding::SundaySeven { span: 10..11 });
        assert_eq!(only("0 7 * * 7L"), Finding::SundaySeven { span: 8..9 });
        assert_eq!(only("0 7 * * 7#2"), Finding::SundaySeven { span: 8..9 });
        assert_eq!(found("0 7 * * 5-7"), []);
    }

    #[test]
    fn fixed_times_that_the_clock_skips_or_repeats() {
        let found = found("30 2 * * *");
        let shown = found.iter().map(|it| match it {
            Finding::ClockChange(it) => (it.first.to_string(), it.effect),
            other => panic!("{other:?}"),
        });
        let shown = shown.collect::<Vec<_>>();
        let at = |text| crate::schedule::parse_instant(text).unwrap();
        assert_eq!(
            shown,
            [
                (
                    "2027-03-28 02:30".to_owned(),
                    ClockEffect::MadeUpFor { at: at("2027-03-28T01:00Z") }
                ),
                (
                    "2027-10-31 02:30".to_owned(),
                    ClockEffect::FirstPass { at: at("2027-10-31T00:30Z") }
                ),
                (
                    "2028-03-26 02:30".to_owned(),
                    ClockEffect::MadeUpFor { at: at("2028-03-26T01:00Z") }
                ),
                (
                    "2028-10-29 02:30".to_owned(),
                    ClockEffect::FirstPass { at: at("2028-10-29T00:30Z") }
                ),
            ]
        );
    }

    #[test]
    fn other_schedules_are_found_only_where_a_day_is_lost() {
        assert_eq!(found("*/20 1-4 * * *"), []);
        let lost = found("*/20 2 * * *");
        assert_eq!(lost.len(), 2);
        assert!(lost.iter().all(|it| matches!(
            it,
            Finding::ClockChange(ClockChange { effect: ClockEffect::Lost, count: 3, .. })
        )));
    }

    #[test]
    fn bounds_end_what_is_looked_at() {
        let Schedule::Cron { calendar, .. } = schedule("30 2 13 * 5", "Europe/Prague") else {
            unreachable!("made as one")
        };
        let of = |from: Option<&str>, until: &str| Bounds {
            from: from.map(|it| crate::schedule::parse_instant(it).unwrap()),
            until: crate::schedule::parse_instant(until).ok(),
        };
        let bounds = of(None, "2026-12-05T00:00Z");
        let found =
            findings(&Schedule::Cron { calendar: calendar.clone(), bounds }, Some(november_2026()));
        let [Finding::EitherDay(either)] = &found[..] else { panic!("{found:?}") };
        assert_eq!(
            (either.year, dates(&either.next)),
            (2026, vec!["2026-11-27".into(), "2026-12-04".into()])
        );
        let past = of(None, "2026-01-01T00:00Z");
        assert_eq!(findings(&Schedule::Cron { calendar, bounds: past }, Some(november_2026())), []);
    }
}
